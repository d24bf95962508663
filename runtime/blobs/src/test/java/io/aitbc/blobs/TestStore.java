// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.crypto.MerkleTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A store in a folder with a clock that tests turn, and another holder.
final class TestStore implements Holders {
  static final BlobOwner ALICE = new BlobOwner("alice");
  static final BlobOwner BOB = new BlobOwner("bob");
  static final Duration HOUR = Duration.ofHours(1);
  static final int CHUNK = BlobId.CHUNK_BYTES;

  static final BlobLimits LIMITS = new BlobLimits(20L * CHUNK, 10L * CHUNK, Duration.ofDays(30));

  final Path folder;
  final Map<BlobId, byte[]> elsewhere = new HashMap<>();
  Instant now = Instant.ofEpochSecond(1_800_000_000);
  BlobStore store;

  TestStore(Path folder) throws IOException {
    this.folder = folder;
    store = open();
  }

  private BlobStore open() throws IOException {
    return BlobStore.open(
        folder, new DirectoryChunks(folder.resolve("chunks")), LIMITS, this, () -> now);
  }

  void restart() throws IOException {
    store = open();
  }

  BlobId put(byte[] content, BlobOwner owner) throws IOException, BlobRefusedException {
    BlobId id = BlobHasher.id(content);
    Container upload = store.begin(id, owner, HOUR);
    if (content.length > 0) { // The blob of no bytes is here at once.
      append(upload, owner, content);
    }
    return id;
  }

  void append(Container upload, BlobOwner owner, byte[] bytes)
      throws IOException, BlobRefusedException {
    try (UploadWriter writer = store.goOn(upload, owner)) {
      writer.append(Part.of(bytes), bytes.length);
    }
  }

  byte[] get(BlobId id) throws IOException, BlobRefusedException {
    byte[] content = new byte[(int) id.length()];
    Blob blob = store.read(id);
    for (int chunk = 0; chunk < id.chunks(); chunk++) {
      byte[] bytes = blob.chunk(chunk);
      System.arraycopy(bytes, 0, content, chunk * CHUNK, bytes.length);
    }
    return content;
  }

  /// The only file of chunks.
  Path chunksFile() throws IOException {
    try (var files = Files.walk(folder.resolve("chunks"))) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  @Override
  public Optional<byte[]> chunk(BlobId id, ChunkHashes hashes, int chunk) {
    return Optional.ofNullable(elsewhere.get(id))
        .map(all -> Arrays.copyOfRange(all, chunk * CHUNK, chunk * CHUNK + id.chunkLength(chunk)));
  }

  @Override
  public Optional<byte[]> hashes(BlobId id) {
    return Optional.ofNullable(elsewhere.get(id))
        .map(all -> {
          byte[] hashes = new byte[id.chunks() * 32];
          for (int chunk = 0; chunk < id.chunks(); chunk++) {
            MerkleTree.leaf(all, chunk * CHUNK, id.chunkLength(chunk)).copyTo(hashes, chunk * 32);
          }
          return hashes;
        });
  }
}

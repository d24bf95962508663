// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The files that say which blobs, leases and uploads there are.
///
/// - `blobs/AA/ID`: name of the container, then the hashes of the chunks. It is the blob.
/// - `leases/OWNER/ID`: the end of the lease, in seconds since 1970.
/// - `uploads/CONTAINER`: id, owner and seconds of lease of what is being uploaded.
/// - `uploads/CONTAINER.hashes`: hashes of the chunks that came whole, not made durable one by one.
///
/// An upload is recorded before its first chunk and forgotten after its last, so no container is
/// left behind that nothing names.
final class BlobCatalog {
  private static final String HASHES = ".hashes";
  private static final int NAME_BYTES = 32;

  private final Path blobs;
  private final Path leases;
  private final Path uploads;

  BlobCatalog(Path folder) throws IOException {
    blobs = Files.createDirectories(folder.resolve("blobs"));
    leases = Files.createDirectories(folder.resolve("leases"));
    uploads = Files.createDirectories(folder.resolve("uploads"));
  }

  /// Takes what the files say.
  interface Reader {
    void blob(BlobId id, Container container);

    void lease(BlobId id, BlobOwner owner, long untilSeconds);

    void upload(Container container, BlobId id, BlobOwner owner, long leaseSeconds);
  }

  /// Reads everything: blobs, then leases, then uploads; and removes what was not finished.
  ///
  /// @throws IOException if a file is none of these
  void readAll(Reader reader) throws IOException {
    for (Path folder : children(blobs)) {
      for (Path file : children(folder)) {
        reader.blob(id(file), container(file));
      }
    }
    for (Path folder : children(leases)) {
      BlobOwner owner =
          BlobOwner.parse(folder.getFileName().toString()).orElseThrow(() -> strange(folder));
      for (Path file : children(folder)) {
        reader.lease(id(file), owner, number(file, Files.readString(file)));
      }
    }
    for (Path file : children(uploads)) {
      if (file.toString().endsWith(HASHES)) {
        continue;
      }
      Container container =
          Container.parse(file.getFileName().toString()).orElseThrow(() -> strange(file));
      String[] words = Files.readString(file).split(" ", -1);
      if (words.length != 3) {
        throw strange(file);
      }
      BlobId id = BlobId.parse(words[0]).orElseThrow(() -> strange(file));
      BlobOwner owner = BlobOwner.parse(words[1]).orElseThrow(() -> strange(file));
      reader.upload(container, id, owner, number(file, words[2]));
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.list(folder)) {
      all = paths.sorted().toList();
    }
    for (Path path : all) {
      if (path.toString().endsWith(DurableFiles.UNFINISHED)) {
        Files.delete(path);
      }
    }
    return all.stream().filter(path -> !path.toString().endsWith(DurableFiles.UNFINISHED)).toList();
  }

  private static BlobId id(Path file) throws IOException {
    return BlobId.parse(file.getFileName().toString()).orElseThrow(() -> strange(file));
  }

  private static long number(Path file, String digits) throws IOException {
    if (!digits.matches("[0-9]{1,18}")) {
      throw strange(file);
    }
    return Long.parseLong(digits);
  }

  private static IOException strange(Path file) {
    return new IOException("not a file of a blob store, or damaged: " + file);
  }

  private Container container(Path file) throws IOException {
    try (var content = Files.newInputStream(file)) {
      String name = new String(content.readNBytes(NAME_BYTES), StandardCharsets.US_ASCII);
      return Container.parse(name).orElseThrow(() -> strange(file));
    }
  }

  private Path blobFolder(BlobId id) {
    return blobs.resolve(id.toString().substring(0, 2));
  }

  private Path blobFile(BlobId id) {
    return blobFolder(id).resolve(id.toString());
  }

  void writeBlob(BlobId id, Container container, byte[] hashes) throws IOException {
    DurableFiles.replace(
        blobFolder(id),
        id.toString(),
        container.name().getBytes(StandardCharsets.US_ASCII),
        hashes);
  }

  /// The hashes as they lie on the disk; nothing if the file is gone.
  Optional<byte[]> readHashes(BlobId id) throws IOException {
    int length = NAME_BYTES + id.chunks() * Hash.BYTES;
    try (var content = Files.newInputStream(blobFile(id))) {
      byte[] all = content.readNBytes(length);
      return all.length < NAME_BYTES
          ? Optional.empty()
          : Optional.of(Arrays.copyOfRange(all, NAME_BYTES, all.length));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }

  void deleteBlob(BlobId id) throws IOException {
    boolean _ = Files.deleteIfExists(blobFile(id));
  }

  private Path leaseFile(BlobId id, BlobOwner owner) {
    return leases.resolve(owner.name()).resolve(id.toString());
  }

  void writeLease(BlobId id, BlobOwner owner, long untilSeconds) throws IOException {
    DurableFiles.replace(
        leases.resolve(owner.name()),
        id.toString(),
        Long.toString(untilSeconds).getBytes(StandardCharsets.US_ASCII));
  }

  void deleteLease(BlobId id, BlobOwner owner) throws IOException {
    boolean _ = Files.deleteIfExists(leaseFile(id, owner));
  }

  private Path hashesFile(Container container) {
    return uploads.resolve(container.name() + HASHES);
  }

  void writeUpload(Container container, BlobId id, BlobOwner owner, long leaseSeconds)
      throws IOException {
    String text = id + " " + owner.name() + " " + leaseSeconds;
    DurableFiles.replace(uploads, container.name(), text.getBytes(StandardCharsets.US_ASCII));
  }

  /// Writes the hash of a chunk behind those before it. After a loss of power the last ones may be
  /// missing or wrong, and the last one's chunk may be missing whenever the process ended.
  void writeHash(Container container, int chunk, Hash hash) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            hashesFile(container), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(hash.toArray());
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes, (long) chunk * Hash.BYTES + bytes.position());
      }
    }
  }

  /// The hashes that were written; not more than the blob has.
  byte[] readUploadHashes(Container container, BlobId id) throws IOException {
    try (var content = Files.newInputStream(hashesFile(container))) {
      byte[] all = content.readNBytes(id.chunks() * Hash.BYTES);
      return Arrays.copyOf(all, all.length / Hash.BYTES * Hash.BYTES);
    } catch (NoSuchFileException absent) {
      return new byte[0];
    }
  }

  /// Puts these hashes in the place of those that were written.
  void replaceUploadHashes(Container container, byte[] hashes) throws IOException {
    Path _ = Files.write(hashesFile(container), hashes);
  }

  void deleteUpload(Container container) throws IOException {
    boolean _ = Files.deleteIfExists(hashesFile(container));
    boolean _ = Files.deleteIfExists(uploads.resolve(container.name()));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.blobs.BlobIndex.Pending;
import io.aitbc.blobs.BlobIndex.Progress;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Takes the bytes of an upload: each is copied once into a chunk, which is hashed and written when
/// it is whole. Belongs to one thread. What came of a chunk that is not whole is kept in memory,
/// for whoever goes on, but does not outlive the process.
public final class UploadWriter implements AutoCloseable {
  private final BlobStore store;
  private final Pending pending;
  private final Claims.Claim claim;
  private final byte[] chunk = new byte[BlobId.CHUNK_BYTES];
  private byte[] hashes;
  private int whole;
  private int filled;
  private boolean done;

  UploadWriter(BlobStore store, Pending pending, Progress progress, Claims.Claim claim)
      throws BlobRefusedException, IOException {
    this.store = store;
    this.pending = pending;
    this.claim = claim;
    hashes = progress.hashes();
    whole = hashes.length / Hash.BYTES;
    filled = progress.rest().length;
    System.arraycopy(progress.rest(), 0, chunk, 0, filled);
    finishIfWhole();
  }

  /// Bytes that are here.
  public long offset() {
    return offset(pending.id(), whole, filled);
  }

  /// Bytes of `whole` chunks and `more`: the last chunk may be shorter than the others.
  static long offset(BlobId id, int whole, int more) {
    return Math.min(id.length(), (long) whole * BlobId.CHUNK_BYTES + more);
  }

  /// What the upload shall be.
  public BlobId id() {
    return pending.id();
  }

  /// Whether the last byte came and the blob is here.
  public boolean isDone() {
    return done;
  }

  /// Adds the next bytes. With the last one the blob is here, and durable.
  ///
  /// @param part the bytes
  /// @param length how many
  /// @throws BlobRefusedException if they are more than the blob has, or it is whole and another
  ///   one
  /// @throws IOException if the store fails
  public void append(Part part, int length) throws BlobRefusedException, IOException {
    if (length > pending.id().length() - offset()) {
      throw new BlobRefusedException(new BlobRefusal.TooLong(pending.id().length()));
    }
    int from = 0;
    while (from < length) {
      int chunkLength = pending.id().chunkLength(whole);
      int taken = Math.min(length - from, chunkLength - filled);
      part.copyTo(from, chunk, filled, taken);
      from += taken;
      filled += taken;
      if (filled == chunkLength) {
        flush(chunkLength);
      }
    }
    finishIfWhole();
  }

  private void flush(int length) throws IOException {
    Hash hash = MerkleTree.leaf(chunk, 0, length);
    store.writeChunk(pending, whole, ByteBuffer.wrap(chunk, 0, length), hash);
    if ((whole + 1) * Hash.BYTES > hashes.length) {
      int room = Math.min(pending.id().chunks(), Math.max(16, 2 * whole));
      hashes = Arrays.copyOf(hashes, room * Hash.BYTES);
    }
    hash.copyTo(hashes, whole * Hash.BYTES);
    whole++;
    filled = 0;
  }

  private void finishIfWhole() throws BlobRefusedException, IOException {
    if (!done && whole == pending.id().chunks()) {
      store.finish(pending, Arrays.copyOf(hashes, whole * Hash.BYTES));
      done = true;
    }
  }

  /// Lets others go on.
  @Override
  public void close() {
    if (whole < pending.id().chunks() && filled == pending.id().chunkLength(whole)) {
      filled = 0; // The disk would not take it; it has to come again.
    }
    store.keepProgress(
        pending,
        new Progress(Arrays.copyOf(hashes, whole * Hash.BYTES), Arrays.copyOf(chunk, filled)));
    claim.close();
  }
}

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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Takes the bytes of an upload: each is copied once into a chunk, which is written when it is
/// whole, and hashed beside that and while the next one comes. Belongs to one thread. What came of
/// a chunk that is not whole is kept in memory, for whoever goes on, but does not outlive the
/// process.
public final class UploadWriter implements AutoCloseable {
  private final BlobStore store;
  private final Pending pending;
  private final Claims.Claim claim;

  /// Is filled; then it is hashed while the other one is filled.
  private byte[] chunk;

  /// None until a second chunk comes.
  private byte @Nullable [] other;

  /// Of whole chunks, without the one that is hashed.
  private byte[] hashes;

  /// Number of these.
  private int whole;

  /// Gives the hash of the chunk behind these, which is written, if there is one.
  private @Nullable FutureTask<Hash> hashing;

  /// Bytes of the chunk behind all of them.
  private int filled;

  private boolean done;

  UploadWriter(BlobStore store, Pending pending, Progress progress, Claims.Claim claim)
      throws BlobRefusedException, IOException {
    this.store = store;
    this.pending = pending;
    this.claim = claim;
    hashes = progress.hashes();
    whole = hashes.length / Hash.BYTES;
    chunk = new byte[chunkBytesMax()];
    filled = progress.rest().length;
    System.arraycopy(progress.rest(), 0, chunk, 0, filled);
    finishIfWhole();
  }

  /// Bytes that are here.
  public long offset() {
    return offset(pending.id(), next(), filled);
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

  /// Number of the chunk that is filled.
  private int next() {
    return whole + (hashing == null ? 0 : 1);
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
      int chunkLength = pending.id().chunkLength(next());
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
    filled = 0; // What the disk would not take has to come again.
    settle();
    byte[] full = chunk;
    int number = whole;
    FutureTask<Hash> started =
        new FutureTask<>(() -> {
          Hash hash = MerkleTree.leaf(full, 0, length);
          store.recordHash(pending, number, hash);
          return hash;
        });
    Thread _ = Thread.ofVirtual().name("blobs-hash").start(started);
    try {
      store.writeChunk(pending, number, ByteBuffer.wrap(full, 0, length));
    } catch (IOException | RuntimeException failed) {
      Hash _ = result(started); // Nobody else may go on while it takes down its hash.
      throw failed;
    }
    hashing = started;
    if (next() < pending.id().chunks()) {
      chunk = other == null ? new byte[chunkBytesMax()] : other;
      other = full;
    }
  }

  private int chunkBytesMax() {
    return (int) Math.min(BlobId.CHUNK_BYTES, pending.id().length());
  }

  /// Waits for the hash of the chunk that is written, which is then among the whole ones.
  ///
  /// @throws IOException if the store fails: the chunk, and what came behind it, has to come again
  void settle() throws IOException {
    FutureTask<Hash> ending = hashing;
    if (ending == null) {
      return;
    }
    hashing = null;
    int behind = filled;
    filled = 0;
    Hash hash = result(ending);
    if ((whole + 1) * Hash.BYTES > hashes.length) {
      int room = Math.min(pending.id().chunks(), Math.max(16, 2 * whole));
      hashes = Arrays.copyOf(hashes, room * Hash.BYTES);
    }
    hash.copyTo(hashes, whole * Hash.BYTES);
    whole++;
    filled = behind;
  }

  /// Waits for as long as it takes to hash a chunk, also in a thread that shall end.
  private static Hash result(FutureTask<Hash> hashing) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return hashing.get();
        } catch (InterruptedException ending) {
          interrupted = true;
        } catch (ExecutionException failed) {
          throw new IOException("a chunk's hash is lost", failed.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void finishIfWhole() throws BlobRefusedException, IOException {
    if (!done && next() == pending.id().chunks()) {
      settle();
      store.finish(pending, Arrays.copyOf(hashes, whole * Hash.BYTES));
      done = true;
    }
  }

  /// Lets others go on.
  @Override
  public void close() {
    try {
      settle();
    } catch (IOException failed) {
      // The progress says that the chunk has to come again.
    } finally {
      store.keepProgress(
          pending,
          new Progress(Arrays.copyOf(hashes, whole * Hash.BYTES), Arrays.copyOf(chunk, filled)));
      claim.close();
    }
  }
}

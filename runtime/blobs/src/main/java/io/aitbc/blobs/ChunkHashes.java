// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.util.Optional;

/// The hashes of a blob's chunks, which lead to the root in its id: with them every chunk can be
/// judged alone. Immutable. Protocol §17.8.
public final class ChunkHashes {
  private final byte[] hashes;

  private ChunkHashes(byte[] hashes) {
    this.hashes = hashes;
  }

  /// The hashes, 32 bytes each, one behind the other, which are copied; nothing if they are not
  /// those of this blob.
  public static Optional<ChunkHashes> of(BlobId id, byte[] hashes) {
    boolean right =
        hashes.length == id.chunks() * Hash.BYTES
            && MerkleTree.over(hashes).root().equals(id.root());
    return right ? Optional.of(new ChunkHashes(hashes.clone())) : Optional.empty();
  }

  /// Whether these bytes are the chunk.
  ///
  /// @param chunk its number
  /// @param bytes its bytes from 0 on
  /// @param length how many they are
  public boolean hold(int chunk, byte[] bytes, int length) {
    return MerkleTree.leaf(bytes, 0, length).equals(Hash.of(hashes, chunk * Hash.BYTES));
  }

  /// A copy of the hashes, one behind the other.
  public byte[] toArray() {
    return hashes.clone();
  }
}

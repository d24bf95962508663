// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.util.Optional;

/// Others who may have a blob: asked when a part of it is damaged or gone here. What they give is
/// judged like everything else that is read.
public interface Holders {
  /// Nobody.
  Holders NONE =
      new Holders() {
        @Override
        public Optional<byte[]> chunk(BlobId id, ChunkHashes hashes, int chunk) {
          return Optional.empty();
        }

        @Override
        public Optional<byte[]> hashes(BlobId id) {
          return Optional.empty();
        }
      };

  /// A chunk of a blob, from the first who has it right.
  ///
  /// @param id the blob
  /// @param hashes the hashes of its chunks
  /// @param chunk the chunk's number
  Optional<byte[]> chunk(BlobId id, ChunkHashes hashes, int chunk);

  /// The hashes of a blob's chunks, 32 bytes each.
  ///
  /// @param id the blob
  Optional<byte[]> hashes(BlobId id);
}

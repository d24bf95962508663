// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import java.io.IOException;

/// A blob that is here. Every chunk is compared with its hash whenever it is read.
public final class Blob {
  private final BlobStore store;
  private final BlobId id;
  private final Container container;
  private final ChunkHashes hashes;

  Blob(BlobStore store, BlobId id, Container container, ChunkHashes hashes) {
    this.store = store;
    this.id = id;
    this.container = container;
    this.hashes = hashes;
  }

  /// Its id.
  public BlobId id() {
    return id;
  }

  /// The hashes of its chunks.
  public ChunkHashes hashes() {
    return hashes;
  }

  Container container() {
    return container;
  }

  /// A chunk's bytes, checked; from another holder if they are damaged here.
  ///
  /// @param chunk its number, from 0 on
  /// @throws BlobRefusedException if the blob was removed meanwhile, or the chunk is lost
  /// @throws IOException if the store fails
  public byte[] chunk(int chunk) throws BlobRefusedException, IOException {
    return store.chunk(this, chunk);
  }
}

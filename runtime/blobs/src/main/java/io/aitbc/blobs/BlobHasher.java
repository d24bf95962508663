// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// Computes the id of content. Protocol §17.8.
public final class BlobHasher {
  private BlobHasher() {}

  /// The id of these bytes.
  public static BlobId id(byte[] content) {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (int from = 0; from < content.length; from += BlobId.CHUNK_BYTES) {
      int length = Math.min(BlobId.CHUNK_BYTES, content.length - from);
      hashes.writeBytes(MerkleTree.leaf(content, from, length).toArray());
    }
    return id(hashes, content.length);
  }

  /// The id of what the stream gives until its end.
  ///
  /// @throws IOException if it cannot be read or is longer than a blob may be
  public static BlobId id(InputStream content) throws IOException {
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    byte[] chunk = new byte[BlobId.CHUNK_BYTES];
    long length = 0;
    int read = content.readNBytes(chunk, 0, chunk.length);
    while (read > 0) {
      length += read;
      if (length > BlobId.LENGTH_BYTES_MAX) {
        throw new IOException("a blob has at most " + BlobId.LENGTH_BYTES_MAX + " bytes");
      }
      hashes.writeBytes(MerkleTree.leaf(chunk, 0, read).toArray());
      read = content.readNBytes(chunk, 0, chunk.length);
    }
    return id(hashes, length);
  }

  private static BlobId id(ByteArrayOutputStream hashes, long length) {
    Hash root = MerkleTree.over(hashes.toByteArray()).root();
    return new BlobId(root, length);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.blobs.BlobId;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.nio.ByteBuffer;
import java.util.Optional;

/// Where a job's model and inputs are found: a blob of a fixed length, whose root is the task hash
/// on the chain. Protocol §17.9.
///
/// @param model file of the model
/// @param inputs file of the items
public record TaskFile(BlobId model, BlobId inputs) {
  /// Length of the file.
  public static final int BYTES = 1 + 2 * (Hash.BYTES + 8);

  private static final byte VERSION = 1;

  /// The blob that a task hash names.
  public static BlobId id(Hash task) {
    return new BlobId(task, BYTES);
  }

  /// The task hash.
  public Hash hash() {
    return MerkleTree.leaf(encoded());
  }

  /// The file.
  public byte[] encoded() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).put(VERSION);
    for (BlobId id : new BlobId[] {model, inputs}) {
      buffer.put(id.root().toArray()).putLong(id.length());
    }
    return buffer.array();
  }

  /// Reads a file; empty if it is none.
  public static Optional<TaskFile> decode(byte[] file) {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    if (file.length != BYTES || buffer.get() != VERSION) {
      return Optional.empty();
    }
    Optional<BlobId> model = id(buffer);
    Optional<BlobId> inputs = id(buffer);
    return model.flatMap(first -> inputs.map(second -> new TaskFile(first, second)));
  }

  private static Optional<BlobId> id(ByteBuffer buffer) {
    byte[] root = new byte[Hash.BYTES];
    buffer.get(root);
    long length = buffer.getLong();
    return length > 0 && length <= BlobId.LENGTH_BYTES_MAX
        ? Optional.of(new BlobId(Hash.of(root), length))
        : Optional.empty();
  }
}

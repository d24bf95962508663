// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import java.nio.ByteBuffer;

/// The leaves of a job's input tree and of a claim's output tree. Protocol §17.4.
public final class ItemLeaf {
  private static final byte PREFIX = 0;

  private ItemLeaf() {}

  /// SHA-256(0x00 ‖ index ‖ length ‖ root over the input's tiles).
  ///
  /// @param index number of the item in the job
  /// @param bytes length of the input in bytes
  /// @param tiles root of the tree over its tiles
  public static Hash input(int index, long bytes, Hash tiles) {
    return Sha256.hash(
        ByteBuffer.allocate(1 + 4 + 8 + Hash.BYTES)
            .put(PREFIX)
            .putInt(index)
            .putLong(bytes)
            .put(tiles.toArray())
            .array());
  }

  /// SHA-256(0x00 ‖ index ‖ output).
  ///
  /// @param index number of the item in the claim
  /// @param output its canonical little-endian bytes; in training the root of the state
  public static Hash output(int index, byte[] output) {
    return Sha256.hash(
        ByteBuffer.allocate(1 + 4 + output.length).put(PREFIX).putInt(index).put(output).array());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Height;

/// Epochs: {@link #LENGTH_BLOCKS} blocks with one validator set each. Epoch 0 begins with block 1;
/// the last block of epoch e has height 100 (e + 1). Protocol §2.
public final class Epochs {
  /// Blocks in an epoch.
  public static final int LENGTH_BLOCKS = 100;

  private Epochs() {}

  /// The epoch of a block; the genesis block counts to epoch 0.
  public static long of(Height height) {
    return height.number() == 0 ? 0 : (height.number() - 1) / LENGTH_BLOCKS;
  }

  /// Whether a block is the last of its epoch.
  public static boolean isLast(Height height) {
    return height.number() > 0 && height.number() % LENGTH_BLOCKS == 0;
  }

  /// Where a block above the genesis block stands in its epoch, from 0 to 99.
  public static int position(Height height) {
    return (int) ((height.number() - 1) % LENGTH_BLOCKS);
  }

  /// The first block of an epoch.
  public static Height first(long epoch) {
    return new Height(Math.addExact(Math.multiplyExact(epoch, LENGTH_BLOCKS), 1));
  }

  /// The last block of an epoch.
  public static Height last(long epoch) {
    return new Height(Math.multiplyExact(Math.addExact(epoch, 1), LENGTH_BLOCKS));
  }
}

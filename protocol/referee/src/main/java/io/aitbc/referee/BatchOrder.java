// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// Which row of the data set stands at a place of a batch: a permutation of the rows for each pass,
/// any place of which is computed alone. Protocol §17.1.
final class BatchOrder {
  /// Rounds of the Feistel network; four already look random.
  static final int ROUNDS = 6;

  /// Most walks until a value is in range. Three of four values may be out of range, so the chance
  /// to need more is (3/4)^4096.
  static final int WALKS_MAX = 4096;

  private BatchOrder() {}

  /// The row at place `row` of step `step`'s batch.
  ///
  /// @param seed the seed of the order
  /// @param step number of the step, unsigned
  /// @param batch rows of a batch
  /// @param row place in the batch
  /// @param count rows of the data set
  static int index(long seed, int step, int batch, int row, int count) {
    long position = Integer.toUnsignedLong(step) * batch + row;
    return permuted(seed, position / count, (int) (position % count), count);
  }

  /// A permutation of 0 to `count - 1`, another for each pass: a balanced Feistel network over the
  /// least even number of bits, walked until the value is in range.
  static int permuted(long seed, long pass, int position, int count) {
    int bits = Math.max(1, (33 - Integer.numberOfLeadingZeros(count - 1)) / 2);
    long mask = (1L << bits) - 1;
    long key = RandomNumbers.mix(seed + RandomNumbers.G * (pass + 1));
    long value = position;
    for (int walk = 0; walk < WALKS_MAX; walk++) {
      long left = value >>> bits;
      long right = value & mask;
      for (int round = 0; round < ROUNDS; round++) {
        long mixed = RandomNumbers.mix(key + RandomNumbers.G * (round + 1) + right);
        long next = left ^ (mixed & mask);
        left = right;
        right = next;
      }
      value = (left << bits) | right;
      if (value < count) {
        return (int) value;
      }
    }
    return position;
  }
}

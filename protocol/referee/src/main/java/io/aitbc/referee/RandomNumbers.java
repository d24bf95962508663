// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// Integers that look random, from a seed: the only source of initial weights, data and noise.
/// Value i of stream s is mix(mix(seed + G (s + 1)) + G (i + 1)) in 64-bit arithmetic that wraps,
/// where G is 0x9e3779b97f4a7c15 and mix the finalizer of SplitMix64. Protocol §17.1. Belongs to
/// one thread.
public final class RandomNumbers {
  /// 2^64 divided by the golden ratio, odd.
  static final long G = 0x9e3779b97f4a7c15L;

  private final long key;
  private long next;

  /// The stream's values from the first on.
  public RandomNumbers(Seed seed, long stream) {
    this.key = mix(seed.value() + G * (stream + 1));
  }

  /// What everything random in a job is derived from.
  ///
  /// @param value any 64 bits
  public record Seed(long value) {}

  static long mix(long value) {
    long mixed = value;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /// The next 64 bits.
  public long nextLong() {
    return mix(key + G * ++next);
  }

  /// A number from 0 to `bound - 1`: the upper half of the product with the next 64 bits.
  public int below(int bound) {
    return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
  }

  /// A multiple of 2^-24 from 0 on and below 1: the upper 24 of the next 64 bits.
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  /// `count` numbers between -bound and bound: bound * (2 f - 1), f from {@link #nextFloat}.
  public float[] symmetric(int count, float bound) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = bound * (2 * nextFloat() - 1);
    }
    return values;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import java.util.List;

/// A seeded source of random values (SplitMix64): the same seed gives the same values on every
/// machine. Belongs to one thread.
public final class Seed {
  /// A property of one test run: it draws what it needs and throws when it does not hold.
  @FunctionalInterface
  public interface Property {
    /// Checks the property with values drawn from `seed`.
    void check(Seed seed) throws Exception;
  }

  private static final String OVERRIDE = "aitbc.seed";

  private final long origin;
  private long state;

  private Seed(long origin) {
    this.origin = origin;
    this.state = origin;
  }

  /// A source that begins at `seed`.
  public static Seed of(long seed) {
    return new Seed(seed);
  }

  /// Checks `property` for `count` seeds from `first` on. When one fails, the error names the seed,
  /// and `-Daitbc.seed=N` runs that one alone.
  public static void forAll(long first, int count, Property property) {
    Long only = Long.getLong(OVERRIDE);
    if (only != null) {
      check(only, property);
      return;
    }
    for (int i = 0; i < count; i++) {
      check(first + i, property);
    }
  }

  private static void check(long seed, Property property) {
    try {
      property.check(new Seed(seed));
    } catch (Exception | AssertionError | StackOverflowError failure) {
      throw new AssertionError(
          "seed " + seed + " (repeat with -D" + OVERRIDE + "=" + seed + "): " + failure, failure);
    }
  }

  /// The number this source began at.
  public long origin() {
    return origin;
  }

  /// A source of its own, so that what one part draws does not move what another draws.
  public Seed fork() {
    return new Seed(nextLong());
  }

  /// Any long.
  public long nextLong() {
    state += 0x9e3779b97f4a7c15L;
    long mixed = state;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /// A number from 0 to `bound - 1`.
  ///
  /// @throws IllegalArgumentException if `bound` is not positive
  public int below(int bound) {
    return (int) below((long) bound);
  }

  /// A number from 0 to `bound - 1`.
  ///
  /// @throws IllegalArgumentException if `bound` is not positive
  public long below(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("not positive: " + bound);
    }
    return Math.unsignedMultiplyHigh(nextLong(), bound);
  }

  /// A number from `min` to `max`, both included.
  public int between(int min, int max) {
    return min + (int) below((long) max - min + 1);
  }

  /// A number from `min` to `max`, both included; `max - min` is below 2^63 - 1.
  public long between(long min, long max) {
    return min + below(Math.addExact(Math.subtractExact(max, min), 1));
  }

  /// True `part` times out of `whole`.
  public boolean chance(int part, int whole) {
    return below(whole) < part;
  }

  /// `length` random bytes.
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    long bits = 0;
    for (int i = 0; i < length; i++) {
      bits = (i & 7) == 0 ? nextLong() : bits >>> 8;
      bytes[i] = (byte) bits;
    }
    return bytes;
  }

  /// A non-negative number whose count of bits is even: edges and small numbers come as often as
  /// large ones.
  public long magnitude() {
    int bits = below(64);
    return bits == 0 ? 0 : nextLong() >>> (64 - bits);
  }

  /// One of `choices`.
  ///
  /// @throws IllegalArgumentException if there are none
  public <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /// One of `choices`.
  @SafeVarargs
  public final <T> T pick(T... choices) {
    return choices[below(choices.length)];
  }
}

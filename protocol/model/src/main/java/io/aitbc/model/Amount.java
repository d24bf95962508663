// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.math.BigInteger;

/// An amount of money in wei, from 0 to 2^256 - 1, exact. One AITBC is 10^18 wei. Arithmetic throws
/// instead of wrapping. Protocol §11.2.
public record Amount(UInt256 wei) implements Comparable<Amount> {
  /// Nothing.
  public static final Amount ZERO = new Amount(UInt256.ZERO);

  /// 10^18 wei.
  public static final Amount ONE_AITBC = wei(1_000_000_000_000_000_000L);

  /// `wei` wei.
  ///
  /// @throws IllegalArgumentException if it is negative
  public static Amount wei(long wei) {
    return new Amount(UInt256.of(wei));
  }

  /// `wei` wei.
  ///
  /// @throws IllegalArgumentException if it is negative or above 2^256 - 1
  public static Amount wei(BigInteger wei) {
    return new Amount(UInt256.of(wei));
  }

  /// `count` times 10^18 wei.
  ///
  /// @throws IllegalArgumentException if it is negative
  public static Amount aitbc(long count) {
    return ONE_AITBC.times(count);
  }

  /// Whether this is nothing.
  public boolean isZero() {
    return wei.isZero();
  }

  /// This and `other` together.
  ///
  /// @throws ArithmeticException if the sum is 2^256 wei or more
  public Amount plus(Amount other) {
    return new Amount(wei.plus(other.wei));
  }

  /// What is left of this without `other`.
  ///
  /// @throws ArithmeticException if `other` is more
  public Amount minus(Amount other) {
    return new Amount(wei.minus(other.wei));
  }

  /// `count` times this.
  ///
  /// @throws ArithmeticException if the product is 2^256 wei or more
  /// @throws IllegalArgumentException if `count` is negative
  public Amount times(long count) {
    return new Amount(wei.times(UInt256.of(count)));
  }

  /// The smaller of this and `other`.
  public Amount min(Amount other) {
    return compareTo(other) <= 0 ? this : other;
  }

  @Override
  public int compareTo(Amount other) {
    return wei.compareTo(other.wei);
  }

  @Override
  public String toString() {
    return wei + " wei";
  }
}

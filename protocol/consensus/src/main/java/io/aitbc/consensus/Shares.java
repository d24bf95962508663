// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import java.math.BigInteger;

/// Shares of a whole in exact integers, rounded down.
final class Shares {
  /// A whole, in millionths.
  static final int WHOLE_MILLIONTHS = 1_000_000;

  private Shares() {}

  /// `part / whole` in millionths, rounded down.
  ///
  /// @param part from 0 to `whole`
  /// @param whole above 0
  static int millionths(long part, long whole) {
    return (int) scale(part, WHOLE_MILLIONTHS, whole);
  }

  /// `value * numerator / denominator`, rounded down; nothing overflows on the way.
  ///
  /// @throws ArithmeticException if the result is not below 2^63
  static long scale(long value, long numerator, long denominator) {
    if (Math.multiplyHigh(value, numerator) == 0 && value * numerator >= 0) {
      return value * numerator / denominator;
    }
    return BigInteger.valueOf(value)
        .multiply(BigInteger.valueOf(numerator))
        .divide(BigInteger.valueOf(denominator))
        .longValueExact();
  }

  /// The sum of two numbers that are not below 0, at most `Long.MAX_VALUE`.
  static long plus(long first, long second) {
    long sum = first + second;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /// The product of two numbers that are not below 0, at most `Long.MAX_VALUE`.
  static long times(long first, long second) {
    long product = first * second;
    return Math.multiplyHigh(first, second) != 0 || product < 0 ? Long.MAX_VALUE : product;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

/// The arithmetic of single elements. `strictfp` needs no word since Java 17: every operation of a
/// float is IEEE 754's, rounded to nearest even, and no compiler may reorder or fuse two of them.
/// Protocol §17.2.
final class Arithmetic {
  private Arithmetic() {}

  static int saturated(long value) {
    return Math.clamp(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
  }

  /// The shifted sum, half rounded up, clipped. A negative shift multiplies.
  static int requantized(int sum, int shift, int low, int high) {
    long value = sum;
    long shifted = shift <= 0 ? value << -shift : (value + (1L << (shift - 1))) >> shift;
    return Math.clamp(shifted, low, high);
  }

  /// The nearest int8, half rounded up, saturated; 0 for NaN. In binary64 the addition of a half is
  /// exact, or so far from the next integer that its rounding does not matter.
  static int toInt8(float value) {
    return Float.isNaN(value) ? 0 : saturated((long) StrictMath.floor(value + 0.5));
  }

  static float maximum(float a, float b) {
    return a > b ? a : b;
  }

  static float relu(float a) {
    return a > 0 ? a : 0;
  }

  static float gate(float a, float b) {
    return a > 0 ? b : 0;
  }

  static float exp(float a) {
    return (float) StrictMath.exp(a);
  }

  static float log(float a) {
    return (float) StrictMath.log(a);
  }

  /// Correctly rounded: binary64 has more than twice the digits, so rounding twice does no harm.
  static float sqrt(float a) {
    return (float) Math.sqrt(a);
  }

  static float tanh(float a) {
    return (float) StrictMath.tanh(a);
  }
}

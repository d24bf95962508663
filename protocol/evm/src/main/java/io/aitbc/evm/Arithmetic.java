// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

/// Sum, difference, product and power of 256-bit words modulo 2^256. Yellow Paper appendix H.
///
/// A word is four longs of a flat array, lowest first. A binary operation takes its first operand
/// (the top of the stack) at `at + 4`, its second at `at`, and leaves the result at `at`.
final class Arithmetic {
  private Arithmetic() {}

  /// First plus second.
  static void add(long[] w, int at) {
    long a = w[at + 4];
    long b = w[at];
    long sum = a + b;
    w[at] = sum;
    long carry = ((a & b) | ((a | b) & ~sum)) >>> 63;
    a = w[at + 5];
    b = w[at + 1];
    sum = a + b + carry;
    w[at + 1] = sum;
    carry = ((a & b) | ((a | b) & ~sum)) >>> 63;
    a = w[at + 6];
    b = w[at + 2];
    sum = a + b + carry;
    w[at + 2] = sum;
    carry = ((a & b) | ((a | b) & ~sum)) >>> 63;
    w[at + 3] += w[at + 7] + carry;
  }

  /// First minus second.
  static void subtract(long[] w, int at) {
    long a = w[at + 4];
    long b = w[at];
    long difference = a - b;
    w[at] = difference;
    long borrow = ((~a & b) | ((~a | b) & difference)) >>> 63;
    a = w[at + 5];
    b = w[at + 1];
    difference = a - b - borrow;
    w[at + 1] = difference;
    borrow = ((~a & b) | ((~a | b) & difference)) >>> 63;
    a = w[at + 6];
    b = w[at + 2];
    difference = a - b - borrow;
    w[at + 2] = difference;
    borrow = ((~a & b) | ((~a | b) & difference)) >>> 63;
    w[at + 3] = w[at + 7] - w[at + 3] - borrow;
  }

  /// First times second.
  static void multiply(long[] w, int at) {
    multiply(w, at + 4, w, at, w, at);
  }

  /// Puts the product of the words at `x[xAt]` and `y[yAt]` at `z[zAt]`, which may be one of them.
  static void multiply(long[] x, int xAt, long[] y, int yAt, long[] z, int zAt) {
    long a0 = x[xAt];
    long a1 = x[xAt + 1];
    long a2 = x[xAt + 2];
    long a3 = x[xAt + 3];
    long b0 = y[yAt];
    long b1 = y[yAt + 1];
    long b2 = y[yAt + 2];
    long b3 = y[yAt + 3];
    if ((a1 | a2 | a3 | b1 | b2 | b3) == 0) {
      z[zAt] = a0 * b0;
      z[zAt + 1] = Math.unsignedMultiplyHigh(a0, b0);
      z[zAt + 2] = 0;
      z[zAt + 3] = 0;
      return;
    }
    // Row a0.
    long r1 = Math.unsignedMultiplyHigh(a0, b0);
    long low = a0 * b1;
    r1 += low;
    long r2 = Math.unsignedMultiplyHigh(a0, b1) + below(r1, low);
    low = a0 * b2;
    r2 += low;
    long r3 = Math.unsignedMultiplyHigh(a0, b2) + below(r2, low) + a0 * b3;
    // Row a1.
    low = a1 * b0;
    r1 += low;
    long carry = Math.unsignedMultiplyHigh(a1, b0) + below(r1, low);
    r2 += carry;
    long over = below(r2, carry);
    low = a1 * b1;
    r2 += low;
    over += Math.unsignedMultiplyHigh(a1, b1) + below(r2, low);
    r3 += over + a1 * b2;
    // Row a2.
    low = a2 * b0;
    r2 += low;
    r3 += Math.unsignedMultiplyHigh(a2, b0) + below(r2, low) + a2 * b1;
    // Row a3.
    r3 += a3 * b0;
    z[zAt] = a0 * b0;
    z[zAt + 1] = r1;
    z[zAt + 2] = r2;
    z[zAt + 3] = r3;
  }

  private static long below(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
  }

  /// First to the power of second, by squaring from the exponent's highest bit down.
  ///
  /// @param scratch room for two words, overwritten
  static void power(long[] w, int at, long[] scratch) {
    System.arraycopy(w, at + 4, scratch, 0, 4);
    int bits = bitLength(w, at);
    if (bits == 0) {
      set(w, at, 1);
      return;
    }
    System.arraycopy(w, at + 4, scratch, 4, 4);
    for (int bit = bits - 2; bit >= 0; bit--) {
      multiply(scratch, 4, scratch, 4, scratch, 4);
      if ((w[at + (bit >>> 6)] >>> bit & 1) != 0) {
        multiply(scratch, 4, scratch, 0, scratch, 4);
      }
    }
    System.arraycopy(scratch, 4, w, at, 4);
  }

  /// How many bits the word at `at` needs; 0 for 0.
  static int bitLength(long[] w, int at) {
    for (int limb = 3; limb >= 0; limb--) {
      if (w[at + limb] != 0) {
        return 64 * limb + 64 - Long.numberOfLeadingZeros(w[at + limb]);
      }
    }
    return 0;
  }

  /// Replaces the word at `at` by its negative modulo 2^256.
  static void negate(long[] w, int at) {
    long carry = 1;
    for (int limb = 0; limb < 4; limb++) {
      long value = ~w[at + limb] + carry;
      carry = carry == 1 && value == 0 ? 1 : 0;
      w[at + limb] = value;
    }
  }

  /// Puts a number below 2^64 at `at`.
  static void set(long[] w, int at, long value) {
    w[at] = value;
    w[at + 1] = 0;
    w[at + 2] = 0;
    w[at + 3] = 0;
  }

  /// Whether the word at `at` is 0.
  static boolean isZero(long[] w, int at) {
    return (w[at] | w[at + 1] | w[at + 2] | w[at + 3]) == 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

/// Comparisons, shifts and single bits of 256-bit words, for {@link Operators}. Yellow Paper
/// appendix H; operands lie as in {@link Arithmetic}.
final class Bitwise {
  private Bitwise() {}

  /// Whether the unsigned word at `a` is below the one at `b`.
  static boolean isBelow(long[] w, int a, int b) {
    if (w[a + 3] != w[b + 3]) {
      return w[a + 3] + Long.MIN_VALUE < w[b + 3] + Long.MIN_VALUE;
    }
    if (w[a + 2] != w[b + 2]) {
      return w[a + 2] + Long.MIN_VALUE < w[b + 2] + Long.MIN_VALUE;
    }
    if (w[a + 1] != w[b + 1]) {
      return w[a + 1] + Long.MIN_VALUE < w[b + 1] + Long.MIN_VALUE;
    }
    return w[a] + Long.MIN_VALUE < w[b] + Long.MIN_VALUE;
  }

  /// Whether the word at `a` is below the one at `b`, as two's complement numbers.
  static boolean isSignedBelow(long[] w, int a, int b) {
    return w[a + 3] != w[b + 3] ? w[a + 3] < w[b + 3] : isBelow(w, a, b);
  }

  /// Inverts every bit of the word at `at`.
  static void not(long[] w, int at) {
    w[at] = ~w[at];
    w[at + 1] = ~w[at + 1];
    w[at + 2] = ~w[at + 2];
    w[at + 3] = ~w[at + 3];
  }

  /// The byte of the second whose index from the high end is the first; 0 from index 32 on.
  static void byteAt(long[] w, int at) {
    long index = w[at + 4];
    long value = 0;
    if (fits(w, at + 4) && index >= 0 && index < 32) {
      int fromLow = 31 - (int) index;
      value = w[at + (fromLow >>> 3)] >>> ((fromLow & 7) << 3) & 0xff;
    }
    Arithmetic.set(w, at, value);
  }

  /// The second moved up by as many bits as the first says.
  static void shiftLeft(long[] w, int at) {
    int bits = shift(w, at + 4);
    if (bits == 256) {
      Arithmetic.set(w, at, 0);
      return;
    }
    int limbs = bits >>> 6;
    int rest = bits & 63;
    for (int i = 3; i >= 0; i--) {
      int from = i - limbs;
      long high = from >= 0 ? w[at + from] << rest : 0;
      long low = from >= 1 && rest != 0 ? w[at + from - 1] >>> (64 - rest) : 0;
      w[at + i] = high | low;
    }
  }

  /// The second moved down by as many bits as the first says, zeros moving in.
  static void shiftRight(long[] w, int at) {
    shiftDown(w, at, shift(w, at + 4), 0);
  }

  /// The second moved down by as many bits as the first says, its sign moving in.
  static void shiftRightSigned(long[] w, int at) {
    shiftDown(w, at, shift(w, at + 4), w[at + 3] >> 63);
  }

  private static void shiftDown(long[] w, int at, int bits, long fill) {
    int limbs = bits >>> 6;
    int rest = bits & 63;
    for (int i = 0; i < 4; i++) {
      int from = i + limbs;
      long limb = from < 4 ? w[at + from] : fill;
      if (rest != 0) {
        long above = from < 3 ? w[at + from + 1] : fill;
        limb = limb >>> rest | above << (64 - rest);
      }
      w[at + i] = limb;
    }
  }

  /// The shift distance in the word at `at`, 256 for every larger one.
  private static int shift(long[] w, int at) {
    long distance = w[at];
    return fits(w, at) && distance >= 0 && distance < 256 ? (int) distance : 256;
  }

  private static boolean fits(long[] w, int at) {
    return (w[at + 1] | w[at + 2] | w[at + 3]) == 0;
  }

  /// The second with the sign of its byte number first (from the low end) copied to all higher
  /// bytes.
  static void signExtend(long[] w, int at) {
    long index = w[at + 4];
    if (!fits(w, at + 4) || index < 0 || index > 30) {
      return;
    }
    int sign = (int) index * 8 + 7;
    int limb = sign >>> 6;
    int rest = 63 - (sign & 63);
    long extended = w[at + limb] << rest >> rest;
    w[at + limb] = extended;
    for (int i = limb + 1; i < 4; i++) {
      w[at + i] = extended >> 63;
    }
  }

  /// Replaces the word at `at` by how many zero bits are above its highest bit. EIP-7939.
  static void countLeadingZeros(long[] w, int at) {
    Arithmetic.set(w, at, 256 - Arithmetic.bitLength(w, at));
  }
}

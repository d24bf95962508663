// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import java.util.Arrays;

/// Quotients and remainders of 256-bit words, and of the 512-bit product and 257-bit sum that
/// MULMOD and ADDMOD reduce. Operands lie as in {@link Arithmetic}; dividing by zero gives zero.
///
/// It is schoolbook division in base 2^64 with the divisor's reciprocal, so it needs no 128-bit
/// division: N. Möller and T. Granlund, Improved division by invariant integers (IEEE Transactions
/// on Computers, 2011), algorithms 2 to 6. Holds scratch space, so it belongs to one thread.
final class Division {
  /// Limbs of the widest dividend, and one that normalizing may add.
  private static final int DIVIDEND_LIMBS_MAX = 9;

  /// First approximation of a reciprocal from the nine highest bits of the divisor.
  private static final short[] RECIPROCALS = new short[256];

  static {
    for (int i = 0; i < 256; i++) {
      RECIPROCALS[i] = (short) (0x7fd00 / (0x100 | i));
    }
  }

  private final long[] dividend = new long[DIVIDEND_LIMBS_MAX];
  private final long[] divisor = new long[4];
  private final long[] quotient = new long[DIVIDEND_LIMBS_MAX];
  private final long[] remainder = new long[4];

  // The reciprocal computed last: a contract reduces by one modulus again and again.
  private long lastHigh = Long.MIN_VALUE;
  private long lastLow;
  private long lastReciprocal = reciprocal(Long.MIN_VALUE, 0);

  /// First divided by second, unsigned.
  void divide(long[] w, int at) {
    if ((w[at + 1] | w[at + 2] | w[at + 3] | w[at + 5] | w[at + 6] | w[at + 7]) == 0) {
      w[at] = w[at] == 0 ? 0 : Long.divideUnsigned(w[at + 4], w[at]);
      return;
    }
    if (load(w, at)) {
      run(4);
      System.arraycopy(quotient, 0, w, at, 4);
    }
  }

  /// First modulo second, unsigned.
  void modulo(long[] w, int at) {
    if ((w[at + 1] | w[at + 2] | w[at + 3] | w[at + 5] | w[at + 6] | w[at + 7]) == 0) {
      w[at] = w[at] == 0 ? 0 : Long.remainderUnsigned(w[at + 4], w[at]);
      return;
    }
    if (load(w, at)) {
      run(4);
      System.arraycopy(remainder, 0, w, at, 4);
    }
  }

  /// First divided by second as two's complement numbers, rounded towards zero; the lowest number
  /// by -1 is itself.
  void divideSigned(long[] w, int at) {
    boolean negative = (w[at + 3] ^ w[at + 7]) < 0;
    makePositive(w, at);
    makePositive(w, at + 4);
    divide(w, at);
    if (negative) {
      Arithmetic.negate(w, at);
    }
  }

  /// First modulo second as two's complement numbers, with the sign of the first.
  void moduloSigned(long[] w, int at) {
    boolean negative = w[at + 7] < 0;
    makePositive(w, at);
    makePositive(w, at + 4);
    modulo(w, at);
    if (negative) {
      Arithmetic.negate(w, at);
    }
  }

  private static void makePositive(long[] w, int at) {
    if (w[at + 3] < 0) {
      Arithmetic.negate(w, at);
    }
  }

  /// First (at `at + 8`) plus second (at `at + 4`), not wrapped, modulo third (at `at`).
  void addModulo(long[] w, int at) {
    if (Arithmetic.isZero(w, at)) {
      return;
    }
    long carry = 0;
    for (int i = 0; i < 4; i++) {
      long a = w[at + 8 + i];
      long b = w[at + 4 + i];
      long sum = a + b + carry;
      dividend[i] = sum;
      carry = ((a & b) | ((a | b) & ~sum)) >>> 63;
    }
    dividend[4] = carry;
    System.arraycopy(w, at, divisor, 0, 4);
    run(5);
    System.arraycopy(remainder, 0, w, at, 4);
  }

  /// First (at `at + 8`) times second (at `at + 4`), not wrapped, modulo third (at `at`).
  void multiplyModulo(long[] w, int at) {
    if (Arithmetic.isZero(w, at)) {
      return;
    }
    dividend[0] = 0;
    dividend[1] = 0;
    dividend[2] = 0;
    dividend[3] = 0;
    for (int i = 0; i < 4; i++) {
      addRow(w[at + 8 + i], w, at + 4, i);
    }
    System.arraycopy(w, at, divisor, 0, 4);
    run(8);
    System.arraycopy(remainder, 0, w, at, 4);
  }

  /// Adds `a` times the word at `w[at]` to the dividend from limb `i` on, whose limb `i + 4` it
  /// sets.
  private void addRow(long a, long[] w, int at, int i) {
    long low = a * w[at];
    long high = Math.unsignedMultiplyHigh(a, w[at]);
    long sum = low + dividend[i];
    dividend[i] = sum;
    long carry = high + (isBelow(sum, low) ? 1 : 0);
    low = a * w[at + 1];
    high = Math.unsignedMultiplyHigh(a, w[at + 1]);
    sum = low + carry;
    high += isBelow(sum, low) ? 1 : 0;
    low = sum + dividend[i + 1];
    dividend[i + 1] = low;
    carry = high + (isBelow(low, sum) ? 1 : 0);
    low = a * w[at + 2];
    high = Math.unsignedMultiplyHigh(a, w[at + 2]);
    sum = low + carry;
    high += isBelow(sum, low) ? 1 : 0;
    low = sum + dividend[i + 2];
    dividend[i + 2] = low;
    carry = high + (isBelow(low, sum) ? 1 : 0);
    low = a * w[at + 3];
    high = Math.unsignedMultiplyHigh(a, w[at + 3]);
    sum = low + carry;
    high += isBelow(sum, low) ? 1 : 0;
    low = sum + dividend[i + 3];
    dividend[i + 3] = low;
    dividend[i + 4] = high + (isBelow(low, sum) ? 1 : 0);
  }

  /// Loads dividend and divisor; false if the divisor is zero, which stands as the result already.
  private boolean load(long[] w, int at) {
    if (Arithmetic.isZero(w, at)) {
      return false;
    }
    System.arraycopy(w, at + 4, dividend, 0, 4);
    System.arraycopy(w, at, divisor, 0, 4);
    return true;
  }

  /// Divides the lowest `limbs` limbs of `dividend`, at least four, by `divisor`, which is not
  /// zero. Of the quotient at least four limbs are set.
  private void run(int limbs) {
    quotient[0] = 0;
    quotient[1] = 0;
    quotient[2] = 0;
    quotient[3] = 0;
    dividend[limbs] = 0;
    int n = 4;
    while (divisor[n - 1] == 0) {
      n--;
    }
    int m = limbs;
    while (m > 0 && dividend[m - 1] == 0) {
      m--;
    }
    if (m < n) {
      System.arraycopy(dividend, 0, remainder, 0, 4);
      return;
    }
    int shift = Long.numberOfLeadingZeros(divisor[n - 1]);
    normalize(dividend, m + 1, shift);
    normalize(divisor, n, shift);
    if (n == 4) {
      byFourLimbs(m, shift);
      return;
    }
    if (n == 1) {
      byOneLimb(m);
    } else {
      byMoreLimbs(m, n);
    }
    for (int i = 0; i < n; i++) {
      long above = shift != 0 && i + 1 < n ? dividend[i + 1] << (64 - shift) : 0;
      remainder[i] = dividend[i] >>> shift | above;
    }
    Arrays.fill(remainder, n, 4, 0);
  }

  private static void normalize(long[] words, int length, int shift) {
    if (shift == 0) {
      return;
    }
    for (int i = length - 1; i > 0; i--) {
      words[i] = words[i] << shift | words[i - 1] >>> (64 - shift);
    }
    words[0] <<= shift;
  }

  private void byOneLimb(int m) {
    long d = divisor[0];
    long v = reciprocal(d);
    long rest = dividend[m];
    for (int j = m - 1; j >= 0; j--) {
      long low = dividend[j];
      long q0 = v * rest;
      long q1 = Math.unsignedMultiplyHigh(v, rest) + rest;
      q0 += low;
      q1 += (isBelow(q0, low) ? 1 : 0);
      q1++;
      long r = low - q1 * d;
      long oneTooMany = isBelow(q0, r) ? -1L : 0; // As likely as not, so no branch.
      q1 += oneTooMany;
      r += d & oneTooMany;
      if (!isBelow(r, d)) {
        q1++;
        r -= d;
      }
      quotient[j] = q1;
      rest = r;
    }
    dividend[0] = rest;
  }

  private void byMoreLimbs(int m, int n) {
    long d1 = divisor[n - 1];
    long d0 = divisor[n - 2];
    long v = keptReciprocal(d1, d0);
    for (int j = m - n; j >= 0; j--) {
      long u2 = dividend[j + n];
      long u1 = dividend[j + n - 1];
      long q = u2 == d1 && u1 == d0 ? -1L : estimate(u2, u1, dividend[j + n - 2], d1, d0, v);
      if (subtractMultiple(j, n, q)) {
        q--;
        addBack(j, n);
      }
      quotient[j] = q;
    }
  }

  /// Divides by four limbs, the modulus of most reductions: as {@link #byMoreLimbs}, with the rest
  /// in local variables, and puts the remainder in its place.
  private void byFourLimbs(int m, int shift) {
    long d0 = divisor[0];
    long d1 = divisor[1];
    long d2 = divisor[2];
    long d3 = divisor[3];
    long v = keptReciprocal(d3, d2);
    // Reduced factors give a product whose highest quotient limb is 0: begin one limb lower.
    int first = dividend[m] == 0 && m > 4 && isHighPartBelow(m) ? m - 5 : m - 4;
    long r3 = dividend[first + 4];
    long r2 = dividend[first + 3];
    long r1 = dividend[first + 2];
    long r0 = dividend[first + 1];
    for (int j = first; j >= 0; j--) {
      long q = r3 == d3 && r2 == d2 ? -1L : estimate(r3, r2, r1, d3, d2, v);
      // (r3, r2, r1, r0, next) - q * (d3, d2, d1, d0): the highest limb cancels out, or is one
      // short if q is one too many.
      long low = q * d0;
      long carry = Math.unsignedMultiplyHigh(q, d0);
      long next = dividend[j];
      carry += (isBelow(next, low) ? 1 : 0);
      long t0 = next - low;
      low = q * d1 + carry;
      carry =
          Math.unsignedMultiplyHigh(q, d1)
              + (isBelow(low, carry) ? 1 : 0)
              + (isBelow(r0, low) ? 1 : 0);
      long t1 = r0 - low;
      low = q * d2 + carry;
      carry =
          Math.unsignedMultiplyHigh(q, d2)
              + (isBelow(low, carry) ? 1 : 0)
              + (isBelow(r1, low) ? 1 : 0);
      long t2 = r1 - low;
      low = q * d3 + carry;
      carry =
          Math.unsignedMultiplyHigh(q, d3)
              + (isBelow(low, carry) ? 1 : 0)
              + (isBelow(r2, low) ? 1 : 0);
      long t3 = r2 - low;
      if (isBelow(r3, carry)) {
        q--;
        long sum = t0 + d0;
        long over = ((t0 & d0) | ((t0 | d0) & ~sum)) >>> 63;
        t0 = sum;
        sum = t1 + d1 + over;
        over = ((t1 & d1) | ((t1 | d1) & ~sum)) >>> 63;
        t1 = sum;
        sum = t2 + d2 + over;
        over = ((t2 & d2) | ((t2 | d2) & ~sum)) >>> 63;
        t2 = sum;
        t3 = t3 + d3 + over;
      }
      quotient[j] = q;
      r0 = t0;
      r1 = t1;
      r2 = t2;
      r3 = t3;
    }
    int left = 63 - shift; // Two steps, since a distance of 64 would be none.
    remainder[0] = (r0 >>> shift) | (r1 << 1 << left);
    remainder[1] = (r1 >>> shift) | (r2 << 1 << left);
    remainder[2] = (r2 >>> shift) | (r3 << 1 << left);
    remainder[3] = r3 >>> shift;
  }

  private long keptReciprocal(long high, long low) {
    if (high != lastHigh || low != lastLow) {
      lastHigh = high;
      lastLow = low;
      lastReciprocal = reciprocal(high, low);
    }
    return lastReciprocal;
  }

  /// Whether the four limbs of the dividend below limb `m` are below the divisor.
  private boolean isHighPartBelow(int m) {
    for (int i = 3; i > 0; i--) {
      if (dividend[m - 4 + i] != divisor[i]) {
        return isBelow(dividend[m - 4 + i], divisor[i]);
      }
    }
    return isBelow(dividend[m - 4], divisor[0]);
  }

  /// The quotient of three limbs by two: the next digit, or one too many.
  private static long estimate(long u2, long u1, long u0, long d1, long d0, long v) {
    long q0 = v * u2;
    long q1 = Math.unsignedMultiplyHigh(v, u2) + u2;
    q0 += u1;
    q1 += (isBelow(q0, u1) ? 1 : 0);
    long r1 = u1 - q1 * d1;
    long t0 = d0 * q1;
    long t1 = Math.unsignedMultiplyHigh(d0, q1);
    // (r1, r0) = (r1, u0) - (t1, t0) - (d1, d0)
    long r0 = u0 - t0;
    r1 = r1 - t1 - (isBelow(u0, t0) ? 1 : 0);
    long borrow = (isBelow(r0, d0) ? 1 : 0);
    r0 -= d0;
    r1 = r1 - d1 - borrow;
    q1++;
    long oneTooMany = isBelow(r1, q0) ? 0 : -1L; // As likely as not, so no branch.
    q1 += oneTooMany;
    long add0 = d0 & oneTooMany;
    r0 += add0;
    r1 += (d1 & oneTooMany) + (isBelow(r0, add0) ? 1 : 0);
    if (isBelow(d1, r1) || (r1 == d1 && !isBelow(r0, d0))) {
      q1++;
    }
    return q1;
  }

  /// Subtracts `q` times the divisor from the dividend's limbs from `j` on; whether that went below
  /// zero.
  private boolean subtractMultiple(int j, int n, long q) {
    long carry = 0;
    for (int i = 0; i < n; i++) {
      long low = q * divisor[i];
      long high = Math.unsignedMultiplyHigh(q, divisor[i]);
      low += carry;
      high += (isBelow(low, carry) ? 1 : 0);
      long limb = dividend[j + i];
      high += (isBelow(limb, low) ? 1 : 0);
      dividend[j + i] = limb - low;
      carry = high;
    }
    long top = dividend[j + n];
    dividend[j + n] = top - carry;
    return isBelow(top, carry);
  }

  private void addBack(int j, int n) {
    long carry = 0;
    for (int i = 0; i < n; i++) {
      long a = dividend[j + i];
      long b = divisor[i];
      long sum = a + b + carry;
      dividend[j + i] = sum;
      carry = ((a & b) | ((a | b) & ~sum)) >>> 63;
    }
    dividend[j + n] += carry;
  }

  /// `floor((2^128 - 1) / d) - 2^64` for a `d` whose highest bit is set.
  private static long reciprocal(long d) {
    long v0 = RECIPROCALS[(int) (d >>> 55) - 256];
    long d40 = (d >>> 24) + 1;
    long v1 = (v0 << 11) - ((v0 * v0 * d40) >>> 40) - 1;
    long v2 = (v1 << 13) + ((v1 * (0x1000000000000000L - v1 * d40)) >>> 47);
    long odd = d & 1;
    long half = (d >>> 1) + odd;
    long e = (v2 >>> 1 & -odd) - v2 * half;
    long v3 = (Math.unsignedMultiplyHigh(v2, e) >>> 1) + (v2 << 31);
    long low = v3 * d;
    long high = Math.unsignedMultiplyHigh(v3, d);
    high += (isBelow(low + d, low) ? 1 : 0);
    return v3 - high - d;
  }

  /// `floor((2^192 - 1) / (d1 * 2^64 + d0)) - 2^64` for a `d1` whose highest bit is set.
  private static long reciprocal(long d1, long d0) {
    long v = reciprocal(d1);
    long p = d1 * v + d0;
    if (isBelow(p, d0)) {
      v--;
      if (!isBelow(p, d1)) {
        v--;
        p -= d1;
      }
      p -= d1;
    }
    long t1 = Math.unsignedMultiplyHigh(v, d0);
    long t0 = v * d0;
    p += t1;
    if (isBelow(p, t1)) {
      v--;
      if (isBelow(d1, p) || (p == d1 && !isBelow(t0, d0))) {
        v--;
      }
    }
    return v;
  }

  private static boolean isBelow(long a, long b) {
    return a + Long.MIN_VALUE < b + Long.MIN_VALUE;
  }
}

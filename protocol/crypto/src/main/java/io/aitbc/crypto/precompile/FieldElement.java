// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// An element of a {@link PrimeField}, always below p. Immutable. Nothing here is secret, so time
/// may depend on values; where it does not, that is for speed.
final class FieldElement {
  final PrimeField field;
  final long w0;
  final long w1;
  final long w2;
  final long w3;

  FieldElement(PrimeField field, long w0, long w1, long w2, long w3) {
    this.field = field;
    this.w0 = w0;
    this.w1 = w1;
    this.w2 = w2;
    this.w3 = w3;
  }

  FieldElement plus(FieldElement other) {
    long s0 = w0 + other.w0;
    long carry = carry(w0, other.w0, s0);
    long s1 = w1 + other.w1 + carry;
    carry = carry(w1, other.w1, s1);
    long s2 = w2 + other.w2 + carry;
    carry = carry(w2, other.w2, s2);
    long s3 = w3 + other.w3 + carry;
    carry = carry(w3, other.w3, s3);
    return reduced(s0, s1, s2, s3, carry);
  }

  FieldElement twice() {
    return plus(this);
  }

  FieldElement minus(FieldElement other) {
    long d0 = w0 - other.w0;
    long borrow = borrow(w0, other.w0, d0);
    long d1 = w1 - other.w1 - borrow;
    borrow = borrow(w1, other.w1, d1);
    long d2 = w2 - other.w2 - borrow;
    borrow = borrow(w2, other.w2, d2);
    long d3 = w3 - other.w3 - borrow;
    borrow = borrow(w3, other.w3, d3);
    // Below zero: add p.
    long mask = -borrow;
    long q0 = field.p0 & mask;
    long q1 = field.p1 & mask;
    long q2 = field.p2 & mask;
    long s0 = d0 + q0;
    long carry = carry(d0, q0, s0);
    long s1 = d1 + q1 + carry;
    carry = carry(d1, q1, s1);
    long s2 = d2 + q2 + carry;
    carry = carry(d2, q2, s2);
    return new FieldElement(field, s0, s1, s2, d3 + (field.p3 & mask) + carry);
  }

  FieldElement negated() {
    return field.zero().minus(this);
  }

  FieldElement squared() {
    return times(this);
  }

  /// Montgomery's product, x · y / 2^256 mod p, row by row: t becomes (t + x_i · y + m · p) / 2^64
  /// with the m that makes the sum divisible. Unrolled, so that t stays in registers.
  FieldElement times(FieldElement other) {
    long y0 = other.w0;
    long y1 = other.w1;
    long y2 = other.w2;
    long y3 = other.w3;
    long p0 = field.p0;
    long p1 = field.p1;
    long p2 = field.p2;
    long p3 = field.p3;
    long inverse = field.inverse;

    long x = w0;
    long t0 = x * y0;
    long c = Math.unsignedMultiplyHigh(x, y0);
    long t1 = x * y1 + c;
    c = high(x, y1, c);
    long t2 = x * y2 + c;
    c = high(x, y2, c);
    long t3 = x * y3 + c;
    long t4 = high(x, y3, c);
    long t5 = 0;
    long s;
    long m = t0 * inverse;
    c = high(m, p0, t0);
    t0 = m * p1 + t1 + c;
    c = high(m, p1, t1, c);
    t1 = m * p2 + t2 + c;
    c = high(m, p2, t2, c);
    t2 = m * p3 + t3 + c;
    c = high(m, p3, t3, c);
    t3 = t4 + c;
    t4 = t5 + below(t3, c);

    x = w1;
    s = x * y0 + t0;
    c = high(x, y0, t0);
    t0 = s;
    s = x * y1 + t1 + c;
    c = high(x, y1, t1, c);
    t1 = s;
    s = x * y2 + t2 + c;
    c = high(x, y2, t2, c);
    t2 = s;
    s = x * y3 + t3 + c;
    c = high(x, y3, t3, c);
    t3 = s;
    s = t4 + c;
    t5 = below(s, c);
    t4 = s;
    m = t0 * inverse;
    c = high(m, p0, t0);
    t0 = m * p1 + t1 + c;
    c = high(m, p1, t1, c);
    t1 = m * p2 + t2 + c;
    c = high(m, p2, t2, c);
    t2 = m * p3 + t3 + c;
    c = high(m, p3, t3, c);
    t3 = t4 + c;
    t4 = t5 + below(t3, c);

    x = w2;
    s = x * y0 + t0;
    c = high(x, y0, t0);
    t0 = s;
    s = x * y1 + t1 + c;
    c = high(x, y1, t1, c);
    t1 = s;
    s = x * y2 + t2 + c;
    c = high(x, y2, t2, c);
    t2 = s;
    s = x * y3 + t3 + c;
    c = high(x, y3, t3, c);
    t3 = s;
    s = t4 + c;
    t5 = below(s, c);
    t4 = s;
    m = t0 * inverse;
    c = high(m, p0, t0);
    t0 = m * p1 + t1 + c;
    c = high(m, p1, t1, c);
    t1 = m * p2 + t2 + c;
    c = high(m, p2, t2, c);
    t2 = m * p3 + t3 + c;
    c = high(m, p3, t3, c);
    t3 = t4 + c;
    t4 = t5 + below(t3, c);

    x = w3;
    s = x * y0 + t0;
    c = high(x, y0, t0);
    t0 = s;
    s = x * y1 + t1 + c;
    c = high(x, y1, t1, c);
    t1 = s;
    s = x * y2 + t2 + c;
    c = high(x, y2, t2, c);
    t2 = s;
    s = x * y3 + t3 + c;
    c = high(x, y3, t3, c);
    t3 = s;
    s = t4 + c;
    t5 = below(s, c);
    t4 = s;
    m = t0 * inverse;
    c = high(m, p0, t0);
    t0 = m * p1 + t1 + c;
    c = high(m, p1, t1, c);
    t1 = m * p2 + t2 + c;
    c = high(m, p2, t2, c);
    t2 = m * p3 + t3 + c;
    c = high(m, p3, t3, c);
    t3 = t4 + c;
    t4 = t5 + below(t3, c);
    return reduced(t0, t1, t2, t3, t4);
  }

  /// s + carry · 2^256, which is below 2p, modulo p.
  private FieldElement reduced(long s0, long s1, long s2, long s3, long carry) {
    long d0 = s0 - field.p0;
    long borrow = borrow(s0, field.p0, d0);
    long d1 = s1 - field.p1 - borrow;
    borrow = borrow(s1, field.p1, d1);
    long d2 = s2 - field.p2 - borrow;
    borrow = borrow(s2, field.p2, d2);
    long d3 = s3 - field.p3 - borrow;
    borrow = borrow(s3, field.p3, d3);
    // Keep s where it was below p already. A mask, because a branch would be guessed wrong half the
    // time.
    long keep = -(borrow & (carry ^ 1));
    return new FieldElement(
        field,
        d0 ^ ((d0 ^ s0) & keep),
        d1 ^ ((d1 ^ s1) & keep),
        d2 ^ ((d2 ^ s2) & keep),
        d3 ^ ((d3 ^ s3) & keep));
  }

  /// High word of x · y + a.
  private static long high(long x, long y, long a) {
    return Math.unsignedMultiplyHigh(x, y) + below(x * y + a, a);
  }

  /// High word of x · y + a + b, which fits two words.
  private static long high(long x, long y, long a, long b) {
    long sum = x * y + a;
    return Math.unsignedMultiplyHigh(x, y) + below(sum, a) + below(sum + b, b);
  }

  /// 1 if `a` is below `b` as unsigned numbers: the carry when `b` was added to get `a`.
  private static long below(long a, long b) {
    return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
  }

  /// Carry out of `sum` = a + b + carry in.
  private static long carry(long a, long b, long sum) {
    return ((a & b) | ((a | b) & ~sum)) >>> 63;
  }

  /// Borrow out of `difference` = a - b - borrow in.
  private static long borrow(long a, long b, long difference) {
    return ((~a & b) | ((~a | b) & difference)) >>> 63;
  }

  /// Whether the four words are a number below p, as they always are outside of decoding.
  boolean isReduced() {
    long borrow = borrow(w0, field.p0, w0 - field.p0);
    borrow = borrow(w1, field.p1, w1 - field.p1 - borrow);
    borrow = borrow(w2, field.p2, w2 - field.p2 - borrow);
    return borrow(w3, field.p3, w3 - field.p3 - borrow) == 1;
  }

  /// 1 / this; 0 for 0.
  FieldElement inverted() {
    return isZero() ? this : field.inverse(this);
  }

  FieldElement power(BigInteger exponent) {
    FieldElement result = field.one();
    for (int bit = exponent.bitLength() - 1; bit >= 0; bit--) {
      result = result.squared();
      result = exponent.testBit(bit) ? result.times(this) : result;
    }
    return result;
  }

  boolean isZero() {
    return (w0 | w1 | w2 | w3) == 0;
  }

  /// Elements are equal if value and field are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FieldElement element
        && ((w0 ^ element.w0) | (w1 ^ element.w1) | (w2 ^ element.w2) | (w3 ^ element.w3)) == 0
        && field == element.field;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(w0 ^ w1 ^ w2 ^ w3);
  }

  @Override
  public String toString() {
    return field.value(this).toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// An element of a {@link PrimeField}, always below p, in five limbs of 52 bits, lowest first.
/// Immutable. Nothing here is secret, so time may depend on values; where it does not, that is for
/// speed.
final class FieldElement {
  /// Bits of a limb.
  static final int BITS = 52;

  static final long MASK = (1L << BITS) - 1;

  /// Twice this and twice 52 bits are 64 and 52: see {@link #high}.
  private static final int HIGH_SHIFT = (Long.SIZE - BITS) / 2;

  final PrimeField field;
  final long l0;
  final long l1;
  final long l2;
  final long l3;
  final long l4;

  FieldElement(PrimeField field, long l0, long l1, long l2, long l3, long l4) {
    this.field = field;
    this.l0 = l0;
    this.l1 = l1;
    this.l2 = l2;
    this.l3 = l3;
    this.l4 = l4;
  }

  FieldElement plus(FieldElement other) {
    return reduced(l0 + other.l0, l1 + other.l1, l2 + other.l2, l3 + other.l3, l4 + other.l4);
  }

  FieldElement twice() {
    return plus(this);
  }

  FieldElement minus(FieldElement other) {
    long d0 = l0 - other.l0;
    long d1 = l1 - other.l1 + (d0 >> BITS);
    long d2 = l2 - other.l2 + (d1 >> BITS);
    long d3 = l3 - other.l3 + (d2 >> BITS);
    long d4 = l4 - other.l4 + (d3 >> BITS);
    // Below zero: add p.
    long negative = d4 >> 63;
    long s0 = (d0 & MASK) + (field.p0 & negative);
    long s1 = (d1 & MASK) + (field.p1 & negative) + (s0 >> BITS);
    long s2 = (d2 & MASK) + (field.p2 & negative) + (s1 >> BITS);
    long s3 = (d3 & MASK) + (field.p3 & negative) + (s2 >> BITS);
    long s4 = d4 + (field.p4 & negative) + (s3 >> BITS);
    return new FieldElement(field, s0 & MASK, s1 & MASK, s2 & MASK, s3 & MASK, s4);
  }

  FieldElement negated() {
    return field.zero().minus(this);
  }

  FieldElement squared() {
    return times(this);
  }

  /// Montgomery's product, x · y / 2^260 mod p, row by row: t becomes (t + x_i · y + m · p) / 2^52
  /// with the m that makes the sum divisible. A product of two limbs has 104 bits: its low half is
  /// masked out of the product, its high half is the high word of the factors shifted left by 12
  /// bits in all. Twelve bits of a word are spare, so t collects every sum without a carry; carries
  /// are what costs in Java, which has no add-with-carry. Unrolled, so that t stays in registers.
  FieldElement times(FieldElement other) {
    long y0 = other.l0;
    long y1 = other.l1;
    long y2 = other.l2;
    long y3 = other.l3;
    long y4 = other.l4;
    long p0 = field.p0;
    long p1 = field.p1;
    long p2 = field.p2;
    long p3 = field.p3;
    long p4 = field.p4;

    long x = l0;
    long s = low(x, y0);
    long m = (s * field.inverse) & MASK;
    long t0 = low(x, y1) + high(x, y0) + low(m, p1) + high(m, p0) + ((s + low(m, p0)) >>> BITS);
    long t1 = low(x, y2) + high(x, y1) + low(m, p2) + high(m, p1);
    long t2 = low(x, y3) + high(x, y2) + low(m, p3) + high(m, p2);
    long t3 = low(x, y4) + high(x, y3) + low(m, p4) + high(m, p3);
    long t4 = high(x, y4) + high(m, p4);

    x = l1;
    s = t0 + low(x, y0);
    m = (s * field.inverse) & MASK;
    t0 = t1 + low(x, y1) + high(x, y0) + low(m, p1) + high(m, p0) + ((s + low(m, p0)) >>> BITS);
    t1 = t2 + low(x, y2) + high(x, y1) + low(m, p2) + high(m, p1);
    t2 = t3 + low(x, y3) + high(x, y2) + low(m, p3) + high(m, p2);
    t3 = t4 + low(x, y4) + high(x, y3) + low(m, p4) + high(m, p3);
    t4 = high(x, y4) + high(m, p4);

    x = l2;
    s = t0 + low(x, y0);
    m = (s * field.inverse) & MASK;
    t0 = t1 + low(x, y1) + high(x, y0) + low(m, p1) + high(m, p0) + ((s + low(m, p0)) >>> BITS);
    t1 = t2 + low(x, y2) + high(x, y1) + low(m, p2) + high(m, p1);
    t2 = t3 + low(x, y3) + high(x, y2) + low(m, p3) + high(m, p2);
    t3 = t4 + low(x, y4) + high(x, y3) + low(m, p4) + high(m, p3);
    t4 = high(x, y4) + high(m, p4);

    x = l3;
    s = t0 + low(x, y0);
    m = (s * field.inverse) & MASK;
    t0 = t1 + low(x, y1) + high(x, y0) + low(m, p1) + high(m, p0) + ((s + low(m, p0)) >>> BITS);
    t1 = t2 + low(x, y2) + high(x, y1) + low(m, p2) + high(m, p1);
    t2 = t3 + low(x, y3) + high(x, y2) + low(m, p3) + high(m, p2);
    t3 = t4 + low(x, y4) + high(x, y3) + low(m, p4) + high(m, p3);
    t4 = high(x, y4) + high(m, p4);

    x = l4;
    s = t0 + low(x, y0);
    m = (s * field.inverse) & MASK;
    t0 = t1 + low(x, y1) + high(x, y0) + low(m, p1) + high(m, p0) + ((s + low(m, p0)) >>> BITS);
    t1 = t2 + low(x, y2) + high(x, y1) + low(m, p2) + high(m, p1);
    t2 = t3 + low(x, y3) + high(x, y2) + low(m, p3) + high(m, p2);
    t3 = t4 + low(x, y4) + high(x, y3) + low(m, p4) + high(m, p3);
    t4 = high(x, y4) + high(m, p4);
    return reduced(t0, t1, t2, t3, t4);
  }

  /// The number with these limbs, which may be longer than 52 bits, modulo p; it is below 2p.
  private FieldElement reduced(long t0, long t1, long t2, long t3, long t4) {
    long s1 = t1 + (t0 >>> BITS);
    long s2 = t2 + (s1 >>> BITS);
    long s3 = t3 + (s2 >>> BITS);
    long s4 = t4 + (s3 >>> BITS);
    long d0 = (t0 & MASK) - field.p0;
    long d1 = (s1 & MASK) - field.p1 + (d0 >> BITS);
    long d2 = (s2 & MASK) - field.p2 + (d1 >> BITS);
    long d3 = (s3 & MASK) - field.p3 + (d2 >> BITS);
    long d4 = s4 - field.p4 + (d3 >> BITS);
    // Keep s where it was below p already. A mask, because a branch would be guessed wrong half the
    // time.
    long keep = d4 >> 63;
    return new FieldElement(
        field,
        (d0 ^ ((d0 ^ t0) & keep)) & MASK,
        (d1 ^ ((d1 ^ s1) & keep)) & MASK,
        (d2 ^ ((d2 ^ s2) & keep)) & MASK,
        (d3 ^ ((d3 ^ s3) & keep)) & MASK,
        d4 ^ ((d4 ^ s4) & keep));
  }

  /// Bits 0 to 51 of x · y.
  private static long low(long x, long y) {
    return (x * y) & MASK;
  }

  /// Bits 52 to 103 of x · y.
  private static long high(long x, long y) {
    return Math.multiplyHigh(x << HIGH_SHIFT, y << HIGH_SHIFT);
  }

  /// Whether the limbs are a number below p, as they always are outside of decoding.
  boolean isReduced() {
    long borrow = (l0 - field.p0) >> BITS;
    borrow = (l1 - field.p1 + borrow) >> BITS;
    borrow = (l2 - field.p2 + borrow) >> BITS;
    borrow = (l3 - field.p3 + borrow) >> BITS;
    return l4 - field.p4 + borrow < 0;
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
    return (l0 | l1 | l2 | l3 | l4) == 0;
  }

  /// Elements are equal if value and field are.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FieldElement element
        && l0 == element.l0
        && l1 == element.l1
        && l2 == element.l2
        && l3 == element.l3
        && l4 == element.l4
        && field == element.field;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(l0 ^ l1 ^ l2 ^ l3 ^ l4);
  }

  @Override
  public String toString() {
    return field.value(this).toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;

/// A point of a curve y^2 = x^3 + a x + b over a {@link PrimeField}, a being 0 or -3, in Jacobian
/// coordinates: x = X / Z^2, y = Y / Z^3; Z is 0 for the identity. Immutable.
final class CurvePoint {
  /// Width of the signed digits of a scalar: odd multiples up to 15 are tabled.
  private static final int WINDOW_BITS = 5;

  /// The curve a point belongs to.
  ///
  /// @param field the field of its coordinates
  /// @param a 0 or -3
  /// @param b the constant term
  record Curve(PrimeField field, FieldElement a, FieldElement b) {
    CurvePoint identity() {
      return new CurvePoint(this, field.one(), field.one(), field.zero());
    }

    /// The point (x, y), which lies on the curve.
    CurvePoint point(FieldElement x, FieldElement y) {
      return new CurvePoint(this, x, y, field.one());
    }

    boolean contains(FieldElement x, FieldElement y) {
      return y.squared().equals(x.squared().plus(a).times(x).plus(b));
    }
  }

  private final Curve curve;
  private final FieldElement x;
  private final FieldElement y;
  private final FieldElement z;

  private CurvePoint(Curve curve, FieldElement x, FieldElement y, FieldElement z) {
    this.curve = curve;
    this.x = x;
    this.y = y;
    this.z = z;
  }

  boolean isIdentity() {
    return z.isZero();
  }

  CurvePoint negated() {
    return new CurvePoint(curve, x, y.negated(), z);
  }

  CurvePoint doubled() {
    if (isIdentity() || y.isZero()) {
      return curve.identity();
    }
    FieldElement ySquared = y.squared();
    FieldElement s = x.times(ySquared).twice().twice();
    FieldElement m = tangent();
    FieldElement x3 = m.squared().minus(s.twice());
    FieldElement y4 = ySquared.squared().twice().twice().twice();
    FieldElement y3 = m.times(s.minus(x3)).minus(y4);
    return new CurvePoint(curve, x3, y3, y.times(z).twice());
  }

  /// 3 X^2 + a Z^4.
  private FieldElement tangent() {
    if (curve.a.isZero()) {
      FieldElement xSquared = x.squared();
      return xSquared.twice().plus(xSquared);
    }
    FieldElement zSquared = z.squared();
    FieldElement product = x.minus(zSquared).times(x.plus(zSquared));
    return product.twice().plus(product);
  }

  CurvePoint plus(CurvePoint other) {
    if (isIdentity()) {
      return other;
    }
    if (other.isIdentity()) {
      return this;
    }
    FieldElement z1 = z.squared();
    FieldElement z2 = other.z.squared();
    FieldElement u1 = x.times(z2);
    FieldElement u2 = other.x.times(z1);
    FieldElement s1 = y.times(z2).times(other.z);
    FieldElement s2 = other.y.times(z1).times(z);
    FieldElement h = u2.minus(u1);
    FieldElement r = s2.minus(s1);
    if (h.isZero()) {
      return r.isZero() ? doubled() : curve.identity();
    }
    FieldElement hSquared = h.squared();
    FieldElement hCubed = hSquared.times(h);
    FieldElement v = u1.times(hSquared);
    FieldElement x3 = r.squared().minus(hCubed).minus(v.twice());
    FieldElement y3 = r.times(v.minus(x3)).minus(s1.times(hCubed));
    return new CurvePoint(curve, x3, y3, z.times(other.z).times(h));
  }

  /// This point times a number that is not negative.
  CurvePoint times(BigInteger scalar) {
    return sumOf(curve, new CurvePoint[] {this}, new BigInteger[] {scalar});
  }

  /// The sum of `points`, each times its scalar; scalars are not negative. One chain of doublings
  /// serves all.
  static CurvePoint sumOf(Curve curve, CurvePoint[] points, BigInteger[] scalars) {
    CurvePoint[][] tables = new CurvePoint[points.length][];
    byte[][] digits = new byte[points.length][];
    int length = 0;
    for (int i = 0; i < points.length; i++) {
      tables[i] = points[i].oddMultiples();
      digits[i] = signedDigits(scalars[i]);
      length = Math.max(length, digits[i].length);
    }
    CurvePoint sum = curve.identity();
    for (int place = length - 1; place >= 0; place--) {
      sum = sum.doubled();
      for (int i = 0; i < points.length; i++) {
        int digit = place < digits[i].length ? digits[i][place] : 0;
        if (digit > 0) {
          sum = sum.plus(tables[i][digit >> 1]);
        } else if (digit < 0) {
          sum = sum.plus(tables[i][-digit >> 1].negated());
        }
      }
    }
    return sum;
  }

  /// This point times 1, 3, 5, …, 15.
  private CurvePoint[] oddMultiples() {
    CurvePoint[] multiples = new CurvePoint[1 << (WINDOW_BITS - 2)];
    multiples[0] = this;
    CurvePoint two = doubled();
    for (int i = 1; i < multiples.length; i++) {
      multiples[i] = multiples[i - 1].plus(two);
    }
    return multiples;
  }

  /// The non-adjacent form of width 5: digits are 0 or odd, from -15 to 15, lowest first; of five
  /// in a row at most one is not 0.
  static byte[] signedDigits(BigInteger scalar) {
    // The words of the scalar, with room for a carry out of the highest.
    int words = scalar.bitLength() / Long.SIZE + 1;
    byte[] digits = new byte[scalar.bitLength() + 1];
    long[] bits = new long[words];
    for (int i = 0; i < words; i++) {
      bits[i] = scalar.shiftRight(Long.SIZE * i).longValue();
    }
    int carry = 0;
    int place = 0;
    while (place < digits.length) {
      if (bit(bits, place) == carry) {
        place++; // The digit is 0 and the carry stays.
        continue;
      }
      int width = Math.min(WINDOW_BITS, digits.length - place);
      int window = carry;
      for (int i = 0; i < width; i++) {
        window += bit(bits, place + i) << i;
      }
      carry = window >> (WINDOW_BITS - 1) & 1;
      digits[place] = (byte) (window - (carry << WINDOW_BITS));
      place += width;
    }
    return digits;
  }

  private static int bit(long[] bits, int place) {
    int word = place / Long.SIZE;
    return word < bits.length ? (int) (bits[word] >>> place) & 1 : 0;
  }

  /// Whether x = `affine`, without a division.
  boolean hasX(FieldElement affine) {
    return !isIdentity() && affine.times(z.squared()).equals(x);
  }

  /// Writes x and y, 32 bytes each; zeros for the identity.
  void encode(byte[] output, int offset) {
    if (isIdentity()) {
      return;
    }
    FieldElement inverse = z.inverted();
    FieldElement square = inverse.squared();
    curve.field.encode(x.times(square), output, offset);
    curve.field.encode(y.times(square).times(inverse), output, offset + PrimeField.BYTES);
  }
}

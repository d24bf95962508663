// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;

/// An element re + im · i of bn254's quadratic extension, i² = -1.
///
/// @param re the real part
/// @param im the imaginary part
record Fp2(FieldElement re, FieldElement im) {
  static final PrimeField FIELD =
      new PrimeField(
          new BigInteger(
              "21888242871839275222246405745257275088696311157297823662689037894645226208583"));

  static final Fp2 ZERO = new Fp2(FIELD.zero(), FIELD.zero());
  static final Fp2 ONE = new Fp2(FIELD.one(), FIELD.zero());

  /// 9 + i, of which neither the square nor the cube root lies in this field: the towers' v³ and
  /// w⁶.
  static final Fp2 XI = new Fp2(FIELD.of(9), FIELD.one());

  Fp2 plus(Fp2 other) {
    return new Fp2(re.plus(other.re), im.plus(other.im));
  }

  Fp2 minus(Fp2 other) {
    return new Fp2(re.minus(other.re), im.minus(other.im));
  }

  Fp2 negated() {
    return new Fp2(re.negated(), im.negated());
  }

  Fp2 twice() {
    return new Fp2(re.twice(), im.twice());
  }

  Fp2 thrice() {
    return twice().plus(this);
  }

  Fp2 conjugated() {
    return new Fp2(re, im.negated());
  }

  /// Karatsuba: three multiplications.
  Fp2 times(Fp2 other) {
    FieldElement first = re.times(other.re);
    FieldElement second = im.times(other.im);
    FieldElement cross = re.plus(im).times(other.re.plus(other.im));
    return new Fp2(first.minus(second), cross.minus(first).minus(second));
  }

  Fp2 times(FieldElement scalar) {
    return new Fp2(re.times(scalar), im.times(scalar));
  }

  /// (re + im)(re - im) + 2 re im · i.
  Fp2 squared() {
    return new Fp2(re.plus(im).times(re.minus(im)), re.times(im).twice());
  }

  /// Times 9 + i.
  Fp2 timesXi() {
    FieldElement nineRe = re.twice().twice().twice().plus(re);
    FieldElement nineIm = im.twice().twice().twice().plus(im);
    return new Fp2(nineRe.minus(im), nineIm.plus(re));
  }

  /// 1 / this; 0 for 0.
  Fp2 inverted() {
    FieldElement inverse = re.squared().plus(im.squared()).inverted();
    return new Fp2(re.times(inverse), im.negated().times(inverse));
  }

  Fp2 power(BigInteger exponent) {
    Fp2 result = ONE;
    for (int bit = exponent.bitLength() - 1; bit >= 0; bit--) {
      result = result.squared();
      result = exponent.testBit(bit) ? result.times(this) : result;
    }
    return result;
  }

  boolean isZero() {
    return re.isZero() && im.isZero();
  }
}

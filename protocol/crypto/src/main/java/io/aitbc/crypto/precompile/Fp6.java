// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

/// An element a + b v + c v² over {@link Fp2}, v³ = 9 + i.
///
/// @param a the coefficient of 1
/// @param b the coefficient of v
/// @param c the coefficient of v²
record Fp6(Fp2 a, Fp2 b, Fp2 c) {
  static final Fp6 ZERO = new Fp6(Fp2.ZERO, Fp2.ZERO, Fp2.ZERO);
  static final Fp6 ONE = new Fp6(Fp2.ONE, Fp2.ZERO, Fp2.ZERO);

  Fp6 plus(Fp6 other) {
    return new Fp6(a.plus(other.a), b.plus(other.b), c.plus(other.c));
  }

  Fp6 minus(Fp6 other) {
    return new Fp6(a.minus(other.a), b.minus(other.b), c.minus(other.c));
  }

  Fp6 negated() {
    return new Fp6(a.negated(), b.negated(), c.negated());
  }

  Fp6 twice() {
    return new Fp6(a.twice(), b.twice(), c.twice());
  }

  /// Karatsuba: six multiplications.
  Fp6 times(Fp6 other) {
    Fp2 aa = a.times(other.a);
    Fp2 bb = b.times(other.b);
    Fp2 cc = c.times(other.c);
    Fp2 bc = b.plus(c).times(other.b.plus(other.c)).minus(bb).minus(cc);
    Fp2 ab = a.plus(b).times(other.a.plus(other.b)).minus(aa).minus(bb);
    Fp2 ac = a.plus(c).times(other.a.plus(other.c)).minus(aa).minus(cc);
    return new Fp6(aa.plus(bc.timesXi()), ab.plus(cc.timesXi()), ac.plus(bb));
  }

  Fp6 times(Fp2 scalar) {
    return new Fp6(a.times(scalar), b.times(scalar), c.times(scalar));
  }

  /// Times p + q v.
  Fp6 times(Fp2 p, Fp2 q) {
    Fp2 ap = a.times(p);
    Fp2 bq = b.times(q);
    Fp2 cross = a.plus(b).times(p.plus(q)).minus(ap).minus(bq);
    return new Fp6(ap.plus(c.times(q).timesXi()), cross, bq.plus(c.times(p)));
  }

  Fp6 timesV() {
    return new Fp6(c.timesXi(), a, b);
  }

  /// 1 / this; 0 for 0.
  Fp6 inverted() {
    Fp2 first = a.squared().minus(b.times(c).timesXi());
    Fp2 second = c.squared().timesXi().minus(a.times(b));
    Fp2 third = b.squared().minus(a.times(c));
    Fp2 norm = a.times(first).plus(c.times(second).plus(b.times(third)).timesXi());
    Fp2 inverse = norm.inverted();
    return new Fp6(first.times(inverse), second.times(inverse), third.times(inverse));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;

/// An element g + h w over {@link Fp6}, w² = v: where bn254's pairing takes its values.
///
/// @param g the coefficient of 1
/// @param h the coefficient of w
record Fp12(Fp6 g, Fp6 h) {
  static final Fp12 ONE = new Fp12(Fp6.ONE, Fp6.ZERO);

  private static final BigInteger P = Fp2.FIELD.modulus();

  /// (9 + i)^(k (p - 1) / 6) for k from 0 to 5: what raising to p multiplies w^k with.
  static final Fp2[] FROBENIUS = frobenius();

  private static Fp2[] frobenius() {
    Fp2 root = Fp2.XI.power(P.subtract(BigInteger.ONE).divide(BigInteger.valueOf(6)));
    Fp2[] powers = new Fp2[6];
    powers[0] = Fp2.ONE;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1].times(root);
    }
    return powers;
  }

  Fp12 times(Fp12 other) {
    Fp6 gg = g.times(other.g);
    Fp6 hh = h.times(other.h);
    Fp6 cross = g.plus(h).times(other.g.plus(other.h)).minus(gg).minus(hh);
    return new Fp12(gg.plus(hh.timesV()), cross);
  }

  Fp12 squared() {
    Fp6 gh = g.times(h);
    Fp6 sum = g.plus(h).times(g.plus(h.timesV())).minus(gh).minus(gh.timesV());
    return new Fp12(sum, gh.twice());
  }

  /// Times p + q w + r v w, the shape of a line.
  Fp12 timesLine(Fp2 p, Fp2 q, Fp2 r) {
    Fp6 gp = g.times(p);
    Fp6 hq = h.times(q, r);
    Fp6 cross = g.plus(h).times(p.plus(q), r).minus(gp).minus(hq);
    return new Fp12(gp.plus(hq.timesV()), cross);
  }

  /// This to the power of p⁶. It is 1 / this for elements of norm 1.
  Fp12 conjugated() {
    return new Fp12(g, h.negated());
  }

  /// 1 / this; 0 for 0.
  Fp12 inverted() {
    Fp6 inverse = g.times(g).minus(h.times(h).timesV()).inverted();
    return new Fp12(g.times(inverse), h.negated().times(inverse));
  }

  /// This to the power of p.
  Fp12 toTheP() {
    return new Fp12(
        new Fp6(
            g.a().conjugated(),
            g.b().conjugated().times(FROBENIUS[2]),
            g.c().conjugated().times(FROBENIUS[4])),
        new Fp6(
            h.a().conjugated().times(FROBENIUS[1]),
            h.b().conjugated().times(FROBENIUS[3]),
            h.c().conjugated().times(FROBENIUS[5])));
  }

  /// The square of an element whose order divides p⁴ - p² + 1 (Granger, Scott: "Faster squaring in
  /// the cyclotomic subgroup of sixth degree extensions", 2010).
  Fp12 cyclotomicSquared() {
    Fp2 aSquared = g.a().squared();
    Fp2 hbSquared = h.b().squared();
    Fp2 gcSquared = g.c().squared();
    Fp2 haSquared = h.a().squared();
    Fp2 hcSquared = h.c().squared();
    Fp2 gbSquared = g.b().squared();
    Fp2 cross1 = h.b().plus(g.a()).squared().minus(hbSquared).minus(aSquared);
    Fp2 cross2 = g.c().plus(h.a()).squared().minus(gcSquared).minus(haSquared);
    Fp2 cross3 = h.c().plus(g.b()).squared().minus(hcSquared).minus(gbSquared).timesXi();
    Fp2 first = hbSquared.timesXi().plus(aSquared);
    Fp2 second = gcSquared.timesXi().plus(haSquared);
    Fp2 third = hcSquared.timesXi().plus(gbSquared);
    return new Fp12(
        new Fp6(
            first.minus(g.a()).twice().plus(first),
            second.minus(g.b()).twice().plus(second),
            third.minus(g.c()).twice().plus(third)),
        new Fp6(
            cross3.plus(h.a()).twice().plus(cross3),
            cross1.plus(h.b()).twice().plus(cross1),
            cross2.plus(h.c()).twice().plus(cross2)));
  }

  boolean isOne() {
    return equals(ONE);
  }
}

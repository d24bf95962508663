// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;
import java.util.List;

/// The optimal ate pairing of bn254: a Miller loop over 6t + 2 and two more lines, then the final
/// exponentiation (Vercauteren: "Optimal pairings", 2008; formulas of Costello, Lange, Naehrig and
/// of Aranha et al., eprint 2013/722 §4.3).
final class Bn254Pairing {
  /// 6t + 2.
  private static final BigInteger LOOP =
      BigInteger.valueOf(Bn254Twist.PARAMETER).multiply(BigInteger.valueOf(6)).add(BigInteger.TWO);

  private static final FieldElement HALF = Fp2.FIELD.of(2).inverted();

  private Bn254Pairing() {}

  /// A pair to be paired; neither point is the identity.
  ///
  /// @param x first coordinate of the point of G1
  /// @param y its second coordinate
  /// @param q the point of G2
  record Pair(FieldElement x, FieldElement y, Bn254Twist q) {}

  /// Whether the product of the pairings is 1.
  static boolean productIsOne(List<Pair> pairs) {
    return finalExponentiation(millerLoop(pairs)).isOne();
  }

  /// The product of the pairs' Miller functions. All pairs share the squarings.
  static Fp12 millerLoop(List<Pair> pairs) {
    Walker[] walkers = new Walker[pairs.size()];
    for (int i = 0; i < walkers.length; i++) {
      walkers[i] = new Walker(pairs.get(i));
    }
    Fp12 product = Fp12.ONE;
    for (int bit = LOOP.bitLength() - 2; bit >= 0; bit--) {
      product = product.squared();
      for (Walker walker : walkers) {
        product = walker.doubled(product);
        if (LOOP.testBit(bit)) {
          product = walker.added(product, walker.pair.q);
        }
      }
    }
    for (Walker walker : walkers) {
      Bn254Twist once = walker.pair.q.frobenius();
      product = walker.added(product, once);
      product = walker.added(product, once.frobenius().negated());
    }
    return product;
  }

  /// A multiple of a pair's second point as it walks through the loop, in homogeneous coordinates x
  /// = X / Z, y = Y / Z.
  private static final class Walker {
    private final Pair pair;
    private Fp2 x;
    private Fp2 y;
    private Fp2 z = Fp2.ONE;

    Walker(Pair pair) {
      this.pair = pair;
      x = pair.q.x();
      y = pair.q.y();
    }

    /// Doubles the point and multiplies `product` with the tangent's value.
    Fp12 doubled(Fp12 product) {
      Fp2 a = x.times(y).times(HALF);
      Fp2 b = y.squared();
      Fp2 c = z.squared();
      Fp2 e = c.thrice().times(Bn254Twist.B);
      Fp2 f = e.thrice();
      Fp2 g = b.plus(f).times(HALF);
      Fp2 h = y.plus(z).squared().minus(b.plus(c));
      Fp2 i = e.minus(b);
      Fp2 j = x.squared();
      x = b.minus(f).times(a);
      y = g.squared().minus(e.squared().thrice());
      z = b.times(h);
      return line(product, h.negated(), j.thrice(), i);
    }

    /// Adds `q` and multiplies `product` with the line's value.
    Fp12 added(Fp12 product, Bn254Twist q) {
      Fp2 o = y.minus(q.y().times(z));
      Fp2 l = x.minus(q.x().times(z));
      Fp2 d = l.squared();
      Fp2 e = l.times(d);
      Fp2 g = x.times(d);
      Fp2 h = e.plus(z.times(o.squared())).minus(g.twice());
      x = l.times(h);
      y = g.minus(h).times(o).minus(y.times(e));
      z = z.times(e);
      return line(product, l, o.negated(), q.x().times(o).minus(l.times(q.y())));
    }

    private Fp12 line(Fp12 product, Fp2 ofY, Fp2 ofX, Fp2 constant) {
      return product.timesLine(ofY.times(pair.y), ofX.times(pair.x), constant);
    }
  }

  /// `value` to the power of (p¹² - 1) / r, up to a power prime to r (Scott et al.: "On the final
  /// exponentiation for calculating pairings on ordinary elliptic curves", 2009).
  static Fp12 finalExponentiation(Fp12 value) {
    // To the power of (p⁶ - 1)(p² + 1): afterwards conjugation inverts.
    Fp12 f = value.conjugated().times(value.inverted());
    f = f.toTheP().toTheP().times(f);

    Fp12 fp = f.toTheP();
    Fp12 fp2 = fp.toTheP();
    Fp12 fp3 = fp2.toTheP();
    Fp12 ft = toTheT(f);
    Fp12 ft2 = toTheT(ft);
    Fp12 ft3 = toTheT(ft2);

    Fp12 y0 = fp.times(fp2).times(fp3);
    Fp12 y1 = f.conjugated();
    Fp12 y2 = ft2.toTheP().toTheP();
    Fp12 y3 = ft.toTheP().conjugated();
    Fp12 y4 = ft.times(ft2.toTheP()).conjugated();
    Fp12 y5 = ft2.conjugated();
    Fp12 y6 = ft3.times(ft3.toTheP()).conjugated();

    Fp12 t0 = y6.cyclotomicSquared().times(y4).times(y5);
    Fp12 t1 = y3.times(y5).times(t0);
    t0 = t0.times(y2);
    t1 = t1.cyclotomicSquared().times(t0).cyclotomicSquared();
    t0 = t1.times(y1);
    t1 = t1.times(y0);
    return t0.cyclotomicSquared().times(t1);
  }

  private static Fp12 toTheT(Fp12 value) {
    Fp12 result = value;
    for (int bit = 62 - Long.numberOfLeadingZeros(Bn254Twist.PARAMETER); bit >= 0; bit--) {
      result = result.cyclotomicSquared();
      result = (Bn254Twist.PARAMETER >>> bit & 1) == 1 ? result.times(value) : result;
    }
    return result;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

/// A point of the twist y² = x³ + 3 / (9 + i) over {@link Fp2}, in affine coordinates, not the
/// identity. Bn254's G2 is the subgroup of prime order.
///
/// @param x the first coordinate
/// @param y the second coordinate
record Bn254Twist(Fp2 x, Fp2 y) {
  /// 3 / (9 + i).
  static final Fp2 B = Fp2.XI.inverted().times(Fp2.FIELD.of(3));

  /// t, the parameter of the family: p and r are polynomials of it.
  static final long PARAMETER = 4965661367192848881L;

  private static final Fp2 P_TO_X = Fp12.FROBENIUS[2];
  private static final Fp2 P_TO_Y = Fp12.FROBENIUS[3];

  boolean isOnCurve() {
    return y.squared().equals(x.squared().times(x).plus(B));
  }

  /// The image under the twist of raising both coordinates to p, an endomorphism of the twist.
  Bn254Twist frobenius() {
    return new Bn254Twist(x.conjugated().times(P_TO_X), y.conjugated().times(P_TO_Y));
  }

  Bn254Twist negated() {
    return new Bn254Twist(x, y.negated());
  }

  /// Whether this point of the curve has order r: (t+1)Q + ψ(tQ) + ψ²(tQ) = ψ³(2tQ), where ψ is
  /// {@link #frobenius} (Dai, Lin, Zhao, Zhou: "Fast subgroup membership testings on
  /// pairing-friendly curves", eprint 2022/348, §5.1). Multiplies by 63 bits where the definition
  /// takes 254.
  boolean isInSubgroup() {
    Jacobian q = Jacobian.of(this);
    Jacobian multiple = q.times(PARAMETER);
    Jacobian once = multiple.frobenius();
    Jacobian twice = once.frobenius();
    Jacobian left = multiple.plus(q).plus(once).plus(twice);
    Jacobian right = twice.frobenius().doubled();
    return left.plus(right.negated()).isIdentity();
  }

  /// Coordinates x = X / Z², y = Y / Z³; Z is 0 for the identity.
  record Jacobian(Fp2 x, Fp2 y, Fp2 z) {
    static final Jacobian IDENTITY = new Jacobian(Fp2.ONE, Fp2.ONE, Fp2.ZERO);

    static Jacobian of(Bn254Twist point) {
      return new Jacobian(point.x, point.y, Fp2.ONE);
    }

    boolean isIdentity() {
      return z.isZero();
    }

    Jacobian negated() {
      return new Jacobian(x, y.negated(), z);
    }

    Jacobian frobenius() {
      return new Jacobian(
          x.conjugated().times(P_TO_X), y.conjugated().times(P_TO_Y), z.conjugated());
    }

    Jacobian doubled() {
      if (isIdentity() || y.isZero()) {
        return IDENTITY;
      }
      Fp2 ySquared = y.squared();
      Fp2 s = x.times(ySquared).twice().twice();
      Fp2 m = x.squared().thrice();
      Fp2 x3 = m.squared().minus(s.twice());
      Fp2 y3 = m.times(s.minus(x3)).minus(ySquared.squared().twice().twice().twice());
      return new Jacobian(x3, y3, y.times(z).twice());
    }

    Jacobian plus(Jacobian other) {
      if (isIdentity()) {
        return other;
      }
      if (other.isIdentity()) {
        return this;
      }
      Fp2 z1 = z.squared();
      Fp2 z2 = other.z.squared();
      Fp2 u1 = x.times(z2);
      Fp2 s1 = y.times(z2).times(other.z);
      Fp2 h = other.x.times(z1).minus(u1);
      Fp2 r = other.y.times(z1).times(z).minus(s1);
      if (h.isZero()) {
        return r.isZero() ? doubled() : IDENTITY;
      }
      Fp2 hSquared = h.squared();
      Fp2 hCubed = hSquared.times(h);
      Fp2 v = u1.times(hSquared);
      Fp2 x3 = r.squared().minus(hCubed).minus(v.twice());
      Fp2 y3 = r.times(v.minus(x3)).minus(s1.times(hCubed));
      return new Jacobian(x3, y3, z.times(other.z).times(h));
    }

    /// This point times a number above 0.
    Jacobian times(long scalar) {
      Jacobian result = IDENTITY;
      for (int bit = 63 - Long.numberOfLeadingZeros(scalar); bit >= 0; bit--) {
        result = result.doubled();
        result = (scalar >>> bit & 1) == 1 ? result.plus(this) : result;
      }
      return result;
    }
  }
}

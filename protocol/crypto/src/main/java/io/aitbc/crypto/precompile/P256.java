// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;
import java.util.Optional;

/// Verifies ECDSA signatures over P-256 (secp256r1), for precompile 0x0100 (EIP-7951).
public final class P256 {
  /// Length of an input: digest, r, s, x, y, 32 bytes each.
  public static final int INPUT_BYTES = 160;

  private static final int R_OFFSET = 32;
  private static final int S_OFFSET = 64;
  private static final int X_OFFSET = 96;
  private static final int Y_OFFSET = 128;

  private static final BigInteger ORDER =
      hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  private static final PrimeField SCALARS = new PrimeField(ORDER);
  private static final PrimeField FIELD =
      new PrimeField(hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"));
  private static final CurvePoint.Curve CURVE =
      new CurvePoint.Curve(
          FIELD,
          FIELD.of(-3),
          FIELD.of(hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")));
  private static final CurvePoint BASE =
      CURVE.point(
          FIELD.of(hex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")),
          FIELD.of(hex("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")));

  private P256() {}

  /// Whether the input is a valid signature. False for every malformed input: another length, r or
  /// s not from 1 to n - 1, a coordinate not below p, a key that is not on the curve or the
  /// identity.
  public static boolean verify(byte[] input) {
    if (input.length != INPUT_BYTES) {
      return false;
    }
    BigInteger r = new BigInteger(1, input, R_OFFSET, PrimeField.BYTES);
    BigInteger s = new BigInteger(1, input, S_OFFSET, PrimeField.BYTES);
    if (!isScalar(r) || !isScalar(s)) {
      return false;
    }
    Optional<FieldElement> x = FIELD.decode(input, X_OFFSET);
    Optional<FieldElement> y = FIELD.decode(input, Y_OFFSET);
    // (0, 0), the encoding of the identity, does not lie on the curve.
    if (x.isEmpty() || y.isEmpty() || !CURVE.contains(x.get(), y.get())) {
      return false;
    }
    BigInteger digest = new BigInteger(1, input, 0, PrimeField.BYTES);
    FieldElement inverse = SCALARS.of(s).inverted();
    CurvePoint sum =
        CurvePoint.sumOf(
            CURVE,
            new CurvePoint[] {BASE, CURVE.point(x.get(), y.get())},
            new BigInteger[] {
              SCALARS.value(SCALARS.of(digest).times(inverse)),
              SCALARS.value(SCALARS.of(r).times(inverse))
            });
    // r is x modulo n, so x is r or r + n.
    BigInteger second = r.add(ORDER);
    return sum.hasX(FIELD.of(r))
        || (second.compareTo(FIELD.modulus()) < 0 && sum.hasX(FIELD.of(second)));
  }

  private static boolean isScalar(BigInteger value) {
    return value.signum() > 0 && value.compareTo(ORDER) < 0;
  }

  private static BigInteger hex(String digits) {
    return new BigInteger(digits, 16);
  }
}

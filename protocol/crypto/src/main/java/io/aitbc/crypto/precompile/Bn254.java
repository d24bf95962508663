// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Operations of the curve bn254 (alt_bn128) for precompiles 0x06, 0x07 and 0x08 (EIP-196,
/// EIP-197). Empty results are what the EIPs call an error: a coordinate not below p, a point off
/// the curve or, in G2, outside of the subgroup, a length that is no multiple of a pair's.
public final class Bn254 {
  /// Length of a point of G1: x and y, 32 bytes each; zeros for the identity.
  public static final int G1_BYTES = 64;

  /// Length of a point of G2: imaginary and real part of x, then of y.
  public static final int G2_BYTES = 128;

  /// Length of a pair of points.
  public static final int PAIR_BYTES = G1_BYTES + G2_BYTES;

  private static final int WORD_BYTES = PrimeField.BYTES;
  private static final PrimeField FIELD = Fp2.FIELD;
  private static final CurvePoint.Curve CURVE =
      new CurvePoint.Curve(FIELD, FIELD.zero(), FIELD.of(3));

  private Bn254() {}

  /// The sum of two points (EIP-196, ADD). Input that ends early is continued with zeros, what is
  /// beyond 128 bytes is ignored.
  public static Optional<byte[]> add(byte[] input) {
    byte[] points = Arrays.copyOf(input, 2 * G1_BYTES);
    return point(points, 0)
        .flatMap(first -> point(points, G1_BYTES).map(second -> encoded(first.plus(second))));
  }

  /// A point times a number below 2^256 (EIP-196, MUL). Input that ends early is continued with
  /// zeros, what is beyond 96 bytes is ignored.
  public static Optional<byte[]> multiply(byte[] input) {
    byte[] padded = Arrays.copyOf(input, G1_BYTES + WORD_BYTES);
    BigInteger scalar = new BigInteger(1, padded, G1_BYTES, WORD_BYTES);
    return point(padded, 0).map(point -> encoded(point.times(scalar)));
  }

  /// A word of 32 bytes: 1 if the product of the pairings is one, else 0 (EIP-197). No pairs give
  /// 1.
  public static Optional<byte[]> pairing(byte[] input) {
    if (input.length % PAIR_BYTES != 0) {
      return Optional.empty();
    }
    List<Bn254Pairing.Pair> pairs = new ArrayList<>();
    for (int offset = 0; offset < input.length; offset += PAIR_BYTES) {
      boolean first = isZero(input, offset, G1_BYTES);
      boolean second = isZero(input, offset + G1_BYTES, G2_BYTES);
      Optional<Bn254Twist> q = second ? Optional.empty() : twistPoint(input, offset + G1_BYTES);
      if (!(second || q.isPresent()) || point(input, offset).isEmpty()) {
        return Optional.empty();
      }
      if (!first && !second) { // A pairing with the identity is one.
        pairs.add(
            new Bn254Pairing.Pair(
                FIELD.decode(input, offset).orElseThrow(),
                FIELD.decode(input, offset + WORD_BYTES).orElseThrow(),
                q.orElseThrow()));
      }
    }
    byte[] word = new byte[WORD_BYTES];
    word[WORD_BYTES - 1] = (byte) (pairs.isEmpty() || Bn254Pairing.productIsOne(pairs) ? 1 : 0);
    return Optional.of(word);
  }

  private static Optional<CurvePoint> point(byte[] input, int offset) {
    if (isZero(input, offset, G1_BYTES)) {
      return Optional.of(CURVE.identity());
    }
    Optional<FieldElement> x = FIELD.decode(input, offset);
    Optional<FieldElement> y = FIELD.decode(input, offset + WORD_BYTES);
    return x.isPresent() && y.isPresent() && CURVE.contains(x.get(), y.get())
        ? Optional.of(CURVE.point(x.get(), y.get()))
        : Optional.empty();
  }

  private static Optional<Bn254Twist> twistPoint(byte[] input, int offset) {
    return coordinate(input, offset)
        .flatMap(x -> coordinate(input, offset + 2 * WORD_BYTES).map(y -> new Bn254Twist(x, y)))
        .filter(point -> point.isOnCurve() && point.isInSubgroup());
  }

  private static Optional<Fp2> coordinate(byte[] input, int offset) {
    return FIELD
        .decode(input, offset + WORD_BYTES)
        .flatMap(re -> FIELD.decode(input, offset).map(im -> new Fp2(re, im)));
  }

  private static byte[] encoded(CurvePoint point) {
    byte[] output = new byte[G1_BYTES];
    point.encode(output, 0);
    return output;
  }

  private static boolean isZero(byte[] input, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (input[i] != 0) {
        return false;
      }
    }
    return true;
  }
}

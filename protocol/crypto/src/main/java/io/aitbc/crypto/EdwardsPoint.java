// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc7748.X25519Field;

/// A point of edwards25519 (RFC 8032 §5.1) in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z.
/// Immutable. Time and memory access of {@link #times} do not depend on the scalar.
final class EdwardsPoint {
  static final int BYTES = 32;

  private static final int[] D =
      field("a3785913ca4deb75abd841414d0a700098e879777940c78c73fe6f2bee6c0352");
  private static final int[] TWO_D = sum(D, D);

  static final EdwardsPoint IDENTITY = new EdwardsPoint(number(0), number(1), number(1), number(0));

  static final EdwardsPoint BASE =
      decode(HexFormat.of().parseHex("58" + "66".repeat(31))).orElseThrow();

  private final int[] x;
  private final int[] y;
  private final int[] z;
  private final int[] t;

  private EdwardsPoint(int[] x, int[] y, int[] z, int[] t) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.t = t;
  }

  /// The point with this encoding (RFC 8032 §5.1.3); empty if there is none or the encoding is not
  /// the canonical one. The subgroup is not checked.
  static Optional<EdwardsPoint> decode(byte[] encoding) {
    if (encoding.length != BYTES) {
      return Optional.empty();
    }
    int sign = (encoding[BYTES - 1] & 0x80) >>> 7;
    byte[] yBytes = encoding.clone();
    yBytes[BYTES - 1] &= 0x7f;
    int[] y = X25519Field.create();
    X25519Field.decode255(yBytes, y);
    if (!Arrays.equals(encode(y), yBytes)) {
      return Optional.empty(); // y is p or more
    }
    // x^2 = (y^2 - 1) / (d y^2 + 1)
    int[] ySquared = product(y, y);
    int[] x = X25519Field.create();
    int[] above = difference(ySquared, number(1));
    int[] below = sum(product(ySquared, D), number(1));
    if (!X25519Field.sqrtRatioVar(above, below, x)) {
      return Optional.empty();
    }
    byte[] xBytes = encode(x);
    if (sign == 1 && Arrays.equals(xBytes, new byte[BYTES])) {
      return Optional.empty();
    }
    if ((xBytes[0] & 1) != sign) {
      x = difference(number(0), x);
    }
    return Optional.of(new EdwardsPoint(x, y, number(1), product(x, y)));
  }

  /// The 32 bytes of the point: y little-endian, the sign of x in the highest bit.
  byte[] encoded() {
    int[] inverse = X25519Field.create();
    X25519Field.inv(z, inverse);
    byte[] bytes = encode(product(y, inverse));
    byte[] xBytes = encode(product(x, inverse));
    bytes[BYTES - 1] |= (byte) ((xBytes[0] & 1) << 7);
    return bytes;
  }

  /// Complete addition for a = -1 (Hisil, Wong, Carter, Dawson 2008, §3.1): right for any two
  /// points.
  EdwardsPoint plus(EdwardsPoint other) {
    int[] a = product(difference(y, x), difference(other.y, other.x));
    int[] b = product(sum(y, x), sum(other.y, other.x));
    int[] c = product(product(t, TWO_D), other.t);
    int[] zz = product(z, other.z);
    int[] d = sum(zz, zz);
    int[] e = difference(b, a);
    int[] f = difference(d, c);
    int[] g = sum(d, c);
    int[] h = sum(b, a);
    return new EdwardsPoint(product(e, f), product(g, h), product(f, g), product(e, h));
  }

  EdwardsPoint negated() {
    return new EdwardsPoint(difference(number(0), x), y, z, difference(number(0), t));
  }

  /// This point times the little-endian number in `scalar`.
  EdwardsPoint times(byte[] scalar) {
    EdwardsPoint result = IDENTITY;
    for (int bit = 8 * scalar.length - 1; bit >= 0; bit--) {
      EdwardsPoint doubled = result.plus(result);
      EdwardsPoint added = doubled.plus(this);
      int mask = -((scalar[bit >>> 3] >>> (bit & 7)) & 1);
      result =
          new EdwardsPoint(
              choice(mask, added.x, doubled.x),
              choice(mask, added.y, doubled.y),
              choice(mask, added.z, doubled.z),
              choice(mask, added.t, doubled.t));
    }
    return result;
  }

  /// This point times 8, which is the identity exactly for the eight points of small order.
  EdwardsPoint timesCofactor() {
    EdwardsPoint two = plus(this);
    EdwardsPoint four = two.plus(two);
    return four.plus(four);
  }

  boolean isIdentity() {
    return Arrays.equals(encoded(), IDENTITY.encoded());
  }

  private static int[] choice(int mask, int[] ifSet, int[] ifClear) {
    int[] chosen = X25519Field.create();
    X25519Field.copy(ifClear, 0, chosen, 0);
    X25519Field.cmov(mask, ifSet, 0, chosen, 0);
    return chosen;
  }

  private static int[] product(int[] a, int[] b) {
    int[] c = X25519Field.create();
    X25519Field.mul(a, b, c);
    return c;
  }

  private static int[] sum(int[] a, int[] b) {
    int[] c = X25519Field.create();
    X25519Field.add(a, b, c);
    X25519Field.carry(c);
    return c;
  }

  private static int[] difference(int[] a, int[] b) {
    int[] c = X25519Field.create();
    X25519Field.sub(a, b, c);
    X25519Field.carry(c);
    return c;
  }

  private static int[] number(int small) {
    int[] value = X25519Field.create();
    value[0] = small;
    return value;
  }

  private static int[] field(String littleEndianHex) {
    int[] value = X25519Field.create();
    X25519Field.decode255(HexFormat.of().parseHex(littleEndianHex), value);
    return value;
  }

  private static byte[] encode(int[] value) {
    int[] normal = X25519Field.create();
    X25519Field.copy(value, 0, normal, 0);
    X25519Field.normalize(normal);
    byte[] bytes = new byte[BYTES];
    X25519Field.encode(normal, bytes);
    return bytes;
  }
}

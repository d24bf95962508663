// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

/// An ECDSA signature over secp256k1. r and s may be any 32 bytes here; {@link #isStrict} says
/// whether they are what the protocol accepts. Protocol §12.4.
///
/// @param r 32 bytes big-endian
/// @param s 32 bytes big-endian
/// @param yParity 0 or 1: parity of the y coordinate of the point whose x coordinate is r
public record Secp256k1Signature(Hash r, Hash s, int yParity) {
  /// Order n of the group.
  public static final Hash ORDER =
      Hash.fromHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

  /// (n - 1) / 2, the largest s that is accepted (EIP-2).
  public static final Hash S_MAX =
      Hash.fromHex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

  /// @throws IllegalArgumentException if yParity is neither 0 nor 1
  public Secp256k1Signature {
    if ((yParity & ~1) != 0) {
      throw new IllegalArgumentException("yParity is 0 or 1, not " + yParity);
    }
  }

  /// Whether r and s lie between 1 and n - 1.
  public boolean isInRange() {
    return isScalar(r) && isScalar(s);
  }

  /// Whether r lies between 1 and n - 1 and s between 1 and (n - 1) / 2. Without the second bound
  /// anybody could turn one valid signature into another, and so one transaction into two hashes.
  public boolean isStrict() {
    return isInRange() && s.compareTo(S_MAX) <= 0;
  }

  private static boolean isScalar(Hash value) {
    return !value.equals(Hash.ZERO) && value.compareTo(ORDER) < 0;
  }
}

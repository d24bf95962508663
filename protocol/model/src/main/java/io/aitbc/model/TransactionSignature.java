// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Secp256k1Signature;
import java.util.Optional;

/// The three numbers that a sender or an authority put under a message, as they came from outside:
/// any numbers of the right width. {@link #usable} tells whether they can be a signature at all.
/// Protocol §12.4.
///
/// @param r first number, below 2^256
/// @param s second number, below 2^256
/// @param yParity parity of the curve point, 0 to 255; only 0 and 1 are usable
public record TransactionSignature(UInt256 r, UInt256 s, int yParity) {
  /// Greatest parity that a field holds (EIP-7702 fixes one byte).
  public static final int Y_PARITY_MAX = 255;

  /// Order of the secp256k1 group (SEC 2, §2.4.1).
  public static final UInt256 GROUP_ORDER = UInt256.of(Secp256k1Signature.ORDER);

  /// Greatest `s` allowed, half of the order rounded down: else everyone could turn a signature
  /// into a second one for the same message (EIP-2).
  public static final UInt256 S_MAX = UInt256.of(Secp256k1Signature.S_MAX);

  /// @throws IllegalArgumentException if the parity is not in 0 .. 255
  public TransactionSignature {
    if (yParity < 0 || yParity > Y_PARITY_MAX) {
      throw new IllegalArgumentException("parity not in 0 .. 255: " + yParity);
    }
  }

  /// The numbers of `signature`.
  public static TransactionSignature of(Secp256k1Signature signature) {
    return new TransactionSignature(
        UInt256.of(signature.r()), UInt256.of(signature.s()), signature.yParity());
  }

  /// Whether `r` and `s` are at least 1 and below the order of the group, and the parity is 0 or 1.
  public boolean isInRange() {
    return !r.isZero()
        && !s.isZero()
        && r.compareTo(GROUP_ORDER) < 0
        && s.compareTo(GROUP_ORDER) < 0
        && yParity <= 1;
  }

  /// Whether `s` is at most {@link #S_MAX}.
  public boolean isLow() {
    return s.compareTo(S_MAX) <= 0;
  }

  /// The signature, if the numbers are in range and `s` is low.
  public Optional<Secp256k1Signature> usable() {
    if (!isInRange() || !isLow()) {
      return Optional.empty();
    }
    return Optional.of(new Secp256k1Signature(r.toHash(), s.toHash(), yParity));
  }
}

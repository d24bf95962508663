// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.math.BigInteger;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;

/// RSASSA-PSS (RFC 8017 §8.1) with SHA-384, MGF1 over SHA-384 and a salt of 48 bytes: what AMD
/// signs its keys with. Checked here, never signed with. Protocol §12.6.
public final class RsaPss {
  /// Shortest modulus accepted, in bits.
  public static final int MODULUS_BITS_MIN = 2_048;

  /// Longest modulus accepted, in bits: bounds what one check costs.
  public static final int MODULUS_BITS_MAX = 4_096;

  private static final int SALT_BYTES = 48;
  private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

  private RsaPss() {}

  /// Whether `signature` signs `message`.
  ///
  /// @param modulus big-endian
  /// @param exponent big-endian; only 65,537 is accepted
  public static boolean verify(Bytes modulus, Bytes exponent, Bytes message, Bytes signature) {
    BigInteger n = new BigInteger(1, modulus.content());
    if (n.bitLength() < MODULUS_BITS_MIN
        || n.bitLength() > MODULUS_BITS_MAX
        || !n.testBit(0)
        || !new BigInteger(1, exponent.content()).equals(EXPONENT)
        || signature.length() != (n.bitLength() + 7) / 8
        || new BigInteger(1, signature.content()).compareTo(n) >= 0) {
      return false;
    }
    PSSSigner verifier =
        new PSSSigner(new RSAEngine(), new SHA384Digest(), new SHA384Digest(), SALT_BYTES);
    // "Internal" leaves out a search for factors of the modulus, which is of an accepted root's
    // key.
    verifier.init(false, new RSAKeyParameters(false, n, EXPONENT, true));
    verifier.update(message.content(), 0, message.length());
    return verifier.verifySignature(signature.content());
  }
}

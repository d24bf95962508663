// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECPoint;

/// Curves whose ECDSA signatures (FIPS 186-5) the hardware of others makes. Checked here, never
/// signed with. Protocol §12.6.
public enum NistCurve {
  /// secp256r1.
  P256("P-256", 32),
  /// secp384r1.
  P384("P-384", 48),
  /// secp521r1.
  P521("P-521", 66);

  @SuppressWarnings("ImmutableEnumChecker") // Nothing changes it after it was made.
  private final ECDomainParameters domain;

  private final int bytes;

  NistCurve(String name, int bytes) {
    X9ECParameters parameters = CustomNamedCurves.getByName(name);
    domain =
        new ECDomainParameters(
            parameters.getCurve(), parameters.getG(), parameters.getN(), parameters.getH());
    this.bytes = bytes;
  }

  /// Length of a coordinate, and of r and s in a signature of fixed length.
  public int bytes() {
    return bytes;
  }

  /// Whether x and y, one after the other and big-endian, are a point of the curve that can be a
  /// public key.
  public boolean isKey(Bytes key) {
    return key.length() == 2 * bytes && isPoint(key);
  }

  private boolean isPoint(Bytes key) {
    BigInteger x = number(key.slice(0, bytes));
    BigInteger y = number(key.slice(bytes, bytes));
    BigInteger field = domain.getCurve().getField().getCharacteristic();
    return x.compareTo(field) < 0
        && y.compareTo(field) < 0
        && domain.getCurve().createPoint(x, y).isValid();
  }

  /// Whether `r` and `s` sign `digest` under a key.
  ///
  /// @param key x and y, one after the other and big-endian
  /// @param digest hash of what was signed; of a longer one the leftmost bits count, as many as the
  ///   order has
  /// @param r big-endian, of any length
  /// @param s big-endian, of any length
  /// @return false too if the key is no point of the curve, or r or s not from 1 to n - 1
  public boolean verify(Bytes key, Bytes digest, Bytes r, Bytes s) {
    if (!isKey(key)) {
      return false;
    }
    ECPoint point =
        domain.getCurve().createPoint(number(key.slice(0, bytes)), number(key.slice(bytes, bytes)));
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, new ECPublicKeyParameters(point, domain));
    return verifier.verifySignature(digest.toArray(), number(r), number(s));
  }

  /// Whether a signature of fixed length, r and s one after the other and big-endian, holds.
  public boolean verify(Bytes key, Bytes digest, Bytes signature) {
    return signature.length() == 2 * bytes
        && verify(key, digest, signature.slice(0, bytes), signature.slice(bytes, bytes));
  }

  private static BigInteger number(Bytes bigEndian) {
    return new BigInteger(1, bigEndian.content());
  }
}

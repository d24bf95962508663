// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.NistCurve;

/// A public key of a certificate.
sealed interface SubjectKey {
  /// A point of a curve.
  ///
  /// @param point x and y, one after the other
  record Elliptic(NistCurve curve, Bytes point) implements SubjectKey {}

  /// An RSA key; both numbers big-endian.
  record Rsa(Bytes modulus, Bytes exponent) implements SubjectKey {}

  /// A key of a kind that nothing here is checked with.
  record Other(String algorithm) implements SubjectKey {}

  /// Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
  static SubjectKey of(DerValue info) throws RefusedException {
    DerReader parts = info.as(DerValue.SEQUENCE).children();
    DerReader algorithm = parts.next(DerValue.SEQUENCE).children();
    String name = algorithm.next().objectIdentifier();
    Bytes key = parts.next().bits();
    parts.end();
    return switch (name) {
      case "1.2.840.10045.2.1" -> elliptic(algorithm.next().objectIdentifier(), key);
      case "1.2.840.113549.1.1.1" -> {
        DerReader numbers = DerValue.of(key).as(DerValue.SEQUENCE).children();
        Rsa rsa = new Rsa(numbers.next().unsigned(), numbers.next().unsigned());
        numbers.end();
        yield rsa;
      }
      default -> new Other(name);
    };
  }

  private static SubjectKey elliptic(String curveName, Bytes key) throws RefusedException {
    NistCurve curve =
        switch (curveName) {
          case "1.2.840.10045.3.1.7" -> NistCurve.P256;
          case "1.3.132.0.34" -> NistCurve.P384;
          case "1.3.132.0.35" -> NistCurve.P521;
          default -> throw new RefusedException(Reason.UNSUPPORTED_KEY_TYPE);
        };
    RefusedException.unless(
        key.length() == 1 + 2 * curve.bytes() && key.at(0) == 4, Reason.MALFORMED);
    Bytes point = key.slice(1, 2 * curve.bytes());
    RefusedException.unless(curve.isKey(point), Reason.MALFORMED);
    return new Elliptic(curve, point);
  }
}

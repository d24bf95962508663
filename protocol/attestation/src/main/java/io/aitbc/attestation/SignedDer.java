// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.RsaPss;
import io.aitbc.crypto.Sha2;

/// What a certificate and a revocation list have in common: content, algorithm, signature (RFC 5280
/// §4.1.1).
///
/// @param content the encoding that is signed
/// @param algorithm an AlgorithmIdentifier
/// @param signature the signature's bytes
record SignedDer(DerValue content, DerValue algorithm, Bytes signature) {
  private static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";
  private static final String ECDSA_SHA384 = "1.2.840.10045.4.3.3";
  private static final String ECDSA_SHA512 = "1.2.840.10045.4.3.4";
  private static final String RSA_PSS = "1.2.840.113549.1.1.10";
  private static final String SHA384 = "2.16.840.1.101.3.4.2.2";
  private static final String MGF1 = "1.2.840.113549.1.1.8";

  static SignedDer of(Bytes encoded) throws RefusedException {
    DerReader parts = DerValue.of(encoded).as(DerValue.SEQUENCE).children();
    SignedDer signed =
        new SignedDer(
            parts.next(DerValue.SEQUENCE), parts.next(DerValue.SEQUENCE), parts.next().bits());
    parts.end();
    return signed;
  }

  /// Whether `key` made the signature.
  boolean isSignedBy(SubjectKey key) throws RefusedException {
    DerReader parts = algorithm.children();
    String name = parts.next().objectIdentifier();
    return switch (key) {
      case SubjectKey.Elliptic elliptic ->
          switch (name) {
            case ECDSA_SHA256 -> ecdsa(elliptic, Sha2.SHA256);
            case ECDSA_SHA384 -> ecdsa(elliptic, Sha2.SHA384);
            case ECDSA_SHA512 -> ecdsa(elliptic, Sha2.SHA512);
            default -> false;
          };
      case SubjectKey.Rsa rsa ->
          name.equals(RSA_PSS)
              && parts.hasMore()
              && isPssWithSha384(parts.next())
              && RsaPss.verify(rsa.modulus(), rsa.exponent(), content.encoded(), signature);
      case SubjectKey.Other _ -> false;
    };
  }

  private boolean ecdsa(SubjectKey.Elliptic key, Sha2 hash) throws RefusedException {
    DerReader numbers = DerValue.of(signature).as(DerValue.SEQUENCE).children();
    Bytes r = numbers.next().unsigned();
    Bytes s = numbers.next().unsigned();
    numbers.end();
    return key.curve().verify(key.point(), hash.hash(content.encoded()), r, s);
  }

  /// RSASSA-PSS-params (RFC 4055 §3.1) that name SHA-384 twice and a salt of 48 bytes.
  private static boolean isPssWithSha384(DerValue parameters) throws RefusedException {
    DerReader parts = parameters.as(DerValue.SEQUENCE).children();
    DerReader hash = parts.next(DerValue.context(0)).children().next(DerValue.SEQUENCE).children();
    DerReader mask = parts.next(DerValue.context(1)).children().next(DerValue.SEQUENCE).children();
    int salt = parts.next(DerValue.context(2)).children().next().small();
    return hash.next().objectIdentifier().equals(SHA384)
        && mask.next().objectIdentifier().equals(MGF1)
        && mask.next(DerValue.SEQUENCE).children().next().objectIdentifier().equals(SHA384)
        && salt == 48;
  }
}

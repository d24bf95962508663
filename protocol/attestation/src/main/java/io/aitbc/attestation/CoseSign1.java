// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.NistCurve;
import io.aitbc.crypto.Sha2;
import java.util.List;
import java.util.Optional;

/// A message with one signature (RFC 9052 §4.2), by ECDSA.
///
/// @param protectedHeader the header that is signed, encoded
/// @param algorithm ES256, ES384 or ES512: -7, -35, -36
/// @param payload what is signed
/// @param signature r and s
record CoseSign1(Bytes protectedHeader, long algorithm, Bytes payload, Bytes signature) {
  private static final long TAG = 18;
  private static final long ALGORITHM = 1;

  static CoseSign1 of(CborValue value) throws RefusedException {
    RefusedException.unless(
        value instanceof CborValue.Tagged(long tag, CborValue _) && tag == TAG, Reason.MALFORMED);
    List<CborValue> parts = ((CborValue.Tagged) value).value().asItems();
    RefusedException.unless(parts.size() == 4, Reason.MALFORMED);
    Bytes header = parts.get(0).asOctets();
    Optional<CborValue> algorithm = CborReader.read(header).asMembers().find(ALGORITHM);
    RefusedException.unless(algorithm.isPresent(), Reason.MALFORMED);
    CborValue.Members _ = parts.get(1).asMembers();
    return new CoseSign1(
        header, algorithm.get().asNumber(), parts.get(2).asOctets(), parts.get(3).asOctets());
  }

  /// Whether `key` made the signature, or a refusal if the algorithm is none that is judged.
  boolean isSignedBy(SubjectKey.Elliptic key) throws RefusedException {
    NistCurve curve;
    Sha2 hash;
    if (algorithm == -7) {
      curve = NistCurve.P256;
      hash = Sha2.SHA256;
    } else if (algorithm == -35) {
      curve = NistCurve.P384;
      hash = Sha2.SHA384;
    } else if (algorithm == -36) {
      curve = NistCurve.P521;
      hash = Sha2.SHA512;
    } else {
      throw new RefusedException(Reason.UNSUPPORTED_KEY_TYPE);
    }
    Bytes structure =
        CborWriter.write(
            new CborValue.Items(
                List.of(
                    new CborValue.Text("Signature1"),
                    new CborValue.Octets(protectedHeader),
                    new CborValue.Octets(Bytes.EMPTY),
                    new CborValue.Octets(payload))));
    return key.curve() == curve && curve.verify(key.point(), hash.hash(structure), signature);
  }
}

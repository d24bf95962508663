// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.NistCurve;
import io.aitbc.crypto.Sha2;
import io.aitbc.crypto.Sha256;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Judges PSA tokens and CCA tokens: their keys have no certificates, so somebody whom governance
/// admitted must have vouched for them. Protocol §18.4.
final class ArmCheck {
  private static final long CCA_COLLECTION = 399;
  private static final long CCA_PLATFORM = 44_234;
  private static final long CCA_REALM = 44_241;
  private static final long REALM_KEY = 44_237;
  private static final long REALM_KEY_HASH = 44_240;
  private static final long REALM_PERSONALIZATION = 44_235;
  private static final long REALM_INITIAL = 44_238;
  private static final long REALM_EXTENSIBLE = 44_239;
  private static final long NONCE = 10;

  private ArmCheck() {}

  static NormalisedClaims checkPsa(
      Bytes token, Optional<Collateral.Endorsed> endorsed, TrustPolicy policy)
      throws RefusedException {
    CoseSign1 message = CoseSign1.of(CborReader.read(token));
    SubjectKey.Elliptic key = endorsedKey(endorsed);
    RefusedException.unless(message.isSignedBy(key), Reason.EVIDENCE_SIGNATURE_INVALID);
    PsaClaims claims = PsaClaims.of(CborReader.read(message.payload()));
    RefusedException.unless(
        policy.psaProfiles().contains(claims.profile()), Reason.UNSUPPORTED_VERSION);
    claims.checkLifeCycle();
    RefusedException.unless(claims.clientId().orElse(0L) > 0, Reason.POLICY_VIOLATION);
    RefusedException.unless(
        claims.instanceId().length() == 33 && claims.instanceId().at(0) == 1, Reason.MALFORMED);
    return claims(
        Platform.PSA,
        claims.instanceId(),
        joined(claims.components()),
        List.of(claims.implementationId()),
        claims.nonce(),
        key);
  }

  static NormalisedClaims checkCca(
      Bytes token, Optional<Collateral.Endorsed> endorsed, TrustPolicy policy)
      throws RefusedException {
    CborValue outer = CborReader.read(token);
    RefusedException.unless(
        outer instanceof CborValue.Tagged(long tag, CborValue _) && tag == CCA_COLLECTION,
        Reason.MALFORMED);
    CborValue.Members collection = ((CborValue.Tagged) outer).value().asMembers();
    CoseSign1 platform = part(collection, CCA_PLATFORM);
    CoseSign1 realm = part(collection, CCA_REALM);
    SubjectKey.Elliptic key = endorsedKey(endorsed);
    RefusedException.unless(platform.isSignedBy(key), Reason.EVIDENCE_SIGNATURE_INVALID);
    PsaClaims claims = PsaClaims.of(CborReader.read(platform.payload()));
    RefusedException.unless(
        policy.ccaProfiles().contains(claims.profile()), Reason.UNSUPPORTED_VERSION);
    CborValue.Members realmClaims = CborReader.read(realm.payload()).asMembers();
    Bytes realmKey = PsaClaims.required(realmClaims.find(REALM_KEY)).asOctets();
    RefusedException.unless(realm.isSignedBy(realmPoint(realmKey)), Reason.REALM_SIGNATURE_INVALID);
    Sha2 hash =
        switch (PsaClaims.required(realmClaims.find(REALM_KEY_HASH)).asText()) {
          case "sha-256" -> Sha2.SHA256;
          case "sha-384" -> Sha2.SHA384;
          case "sha-512" -> Sha2.SHA512;
          default -> throw new RefusedException(Reason.UNSUPPORTED_KEY_TYPE);
        };
    RefusedException.unless(
        claims.nonce().equals(hash.hash(realmKey)), Reason.ATTESTATION_KEY_BINDING_INVALID);
    claims.checkLifeCycle();
    List<Bytes> extra = new ArrayList<>();
    for (CborValue register : PsaClaims.required(realmClaims.find(REALM_EXTENSIBLE)).asItems()) {
      extra.add(register.asOctets());
    }
    extra.add(PsaClaims.required(realmClaims.find(REALM_PERSONALIZATION)).asOctets());
    return claims(
        Platform.CCA,
        claims.instanceId(),
        PsaClaims.required(realmClaims.find(REALM_INITIAL)).asOctets(),
        extra,
        PsaClaims.required(realmClaims.find(NONCE)).asOctets(),
        key);
  }

  private static CoseSign1 part(CborValue.Members collection, long label) throws RefusedException {
    return CoseSign1.of(CborReader.read(PsaClaims.required(collection.find(label)).asOctets()));
  }

  /// A realm's key: a raw point, or a COSE_Key (RFC 9052 §7) of kind EC2.
  private static SubjectKey.Elliptic realmPoint(Bytes key) throws RefusedException {
    Bytes point;
    if (key.length() == 97 && key.at(0) == 4) {
      point = key.slice(1, 96);
    } else {
      CborValue.Members parameters = CborReader.read(key).asMembers();
      RefusedException.unless(
          PsaClaims.required(parameters.find(1)).asNumber() == 2
              && PsaClaims.required(parameters.find(-1)).asNumber() == 2,
          Reason.UNSUPPORTED_KEY_TYPE);
      point =
          joined(
              List.of(
                  PsaClaims.required(parameters.find(-2)).asOctets(),
                  PsaClaims.required(parameters.find(-3)).asOctets()));
    }
    RefusedException.unless(NistCurve.P384.isKey(point), Reason.MALFORMED);
    return new SubjectKey.Elliptic(NistCurve.P384, point);
  }

  private static SubjectKey.Elliptic endorsedKey(Optional<Collateral.Endorsed> endorsed)
      throws RefusedException {
    RefusedException.unless(endorsed.isPresent(), Reason.ENDORSEMENT_MISSING);
    if (SubjectKey.of(DerValue.of(endorsed.get().key())) instanceof SubjectKey.Elliptic key) {
      return key;
    }
    throw new RefusedException(Reason.UNSUPPORTED_KEY_TYPE);
  }

  private static Bytes joined(List<Bytes> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(part -> out.writeBytes(part.toArray()));
    return Bytes.wrap(out.toByteArray());
  }

  private static NormalisedClaims claims(
      Platform platform,
      Bytes instanceId,
      Bytes measurement,
      List<Bytes> extra,
      Bytes data,
      SubjectKey.Elliptic key) {
    return new NormalisedClaims(
        platform,
        NormalisedClaims.hardwareId(platform, instanceId),
        measurement,
        extra,
        0,
        data,
        Optional.empty(),
        0,
        List.of(),
        1,
        Sha256.hash(key.point()),
        false,
        Long.MAX_VALUE);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.NistCurve;
import io.aitbc.crypto.Sha2;
import java.util.List;
import java.util.Optional;

/// Judges reports of AMD's platform, in the order of Protocol §18.4; the first fault is the answer.
/// AMD signs no ratings: the policy's floor stands in their place.
final class SnpCheck {
  private SnpCheck() {}

  static NormalisedClaims check(
      Evidence.Snp evidence, Optional<Collateral.Snp> collateral, TrustPolicy policy, long seconds)
      throws RefusedException {
    SnpReport report = SnpReport.of(evidence.report());
    RefusedException.unless(collateral.isPresent(), Reason.COLLATERAL_MISSING);
    SnpKey key = SnpKey.check(evidence.key(), collateral.get(), policy, seconds);
    RefusedException.unless(
        key.chain().leaf().key() instanceof SubjectKey.Elliptic point
            && point.curve() == NistCurve.P384
            && point
                .curve()
                .verify(point.point(), Sha2.SHA384.hash(report.signed()), report.r(), report.s()),
        Reason.EVIDENCE_SIGNATURE_INVALID);
    SnpProduct product = key.product();
    for (int i = 0; i < product.parts(); i++) {
      RefusedException.unless(
          key.versions().get(i) == product.version(report.reported(), i),
          Reason.TCB_EXTENSION_MISMATCH);
    }
    checkMachine(report, key);
    RefusedException.unless(!report.debug(), Reason.DEBUG_ENABLED);
    RefusedException.unless(
        report.hasReservedOne()
            && !report.mayMigrate()
            && report.privilege() <= policy.privilegeMax(),
        Reason.POLICY_VIOLATION);
    Bytes floor = policy.floors().get(product.text());
    if (floor == null) {
      throw new RefusedException(Reason.TCB_NOT_SUPPORTED);
    }
    RefusedException.unless(
        product.reaches(report.reported(), floor)
            && product.reaches(report.committed(), floor)
            && product.reaches(report.launch(), floor),
        Reason.TCB_UNACCEPTABLE);
    return new NormalisedClaims(
        Platform.SEV_SNP,
        NormalisedClaims.hardwareId(
            Platform.SEV_SNP, key.cloud() ? report.reportId() : report.chipId()),
        report.measurement(),
        List.of(report.idKeyDigest(), report.authorKeyDigest()),
        (int) Math.min(report.guestVersion(), Integer.MAX_VALUE),
        report.data(),
        Optional.empty(),
        0,
        List.of(),
        report.version(),
        key.chain().root().fingerprint(),
        key.development(),
        key.validUntil());
  }

  /// The report is of the machine, and of the kind of key, that the certificate speaks of.
  private static void checkMachine(SnpReport report, SnpKey key) throws RefusedException {
    if (!key.cloud()) {
      Bytes id = key.hardwareId();
      RefusedException.unless(
          report.chipId().slice(0, id.length()).equals(id)
              && ByteCursor.isZero(report.chipId().slice(id.length(), 64 - id.length())),
          Reason.CHIP_ID_MISMATCH);
    }
    boolean agrees =
        report.signingKey() == (key.cloud() ? 1 : 0)
            && (report.version() < 3 || key.product().covers(report.family(), report.model()));
    RefusedException.unless(agrees, Reason.CHIP_ID_MISMATCH);
  }
}

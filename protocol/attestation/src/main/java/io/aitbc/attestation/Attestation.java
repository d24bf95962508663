// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.Optional;

/// Judges evidence. A pure function of evidence, collateral, policy and the block's time: the same
/// answer on every machine, today and in ten years. Protocol §18.
public final class Attestation {
  private Attestation() {}

  /// Whether evidence is authentic, and its platform acceptable; not what code it is of, or what it
  /// is bound to.
  ///
  /// @param seconds the block's time, since 1970
  public static AttestationResult authenticate(
      Evidence evidence, Collateral collateral, TrustPolicy policy, long seconds) {
    try {
      NormalisedClaims claims = claims(evidence, collateral, policy, seconds);
      return new AttestationResult(
          Reason.OK, Optional.of(claims), level(claims, 0), policy.epoch());
    } catch (RefusedException refused) {
      return AttestationResult.refused(refused.reason(), policy);
    }
  }

  /// Whether an encoded claim is authentic, of approved code, and bound to what was claimed.
  ///
  /// @param claim an encoded {@link TeeClaim}
  /// @param expected what the claim must be bound to
  /// @param height the height of the block that takes the claim
  /// @param seconds that block's time, since 1970
  public static AttestationResult verify(
      Bytes claim,
      Binding expected,
      Collateral collateral,
      TrustPolicy policy,
      long height,
      long seconds) {
    try {
      TeeClaim parsed = TeeClaim.of(claim);
      RefusedException.unless(
          expected.anchorHeight() <= height
              && height - expected.anchorHeight() <= policy.anchorBlocksMax(),
          Reason.STALE_ANCHOR);
      NormalisedClaims claims = claims(parsed.primary(), collateral, policy, seconds);
      checkCode(claims, expected.code(), policy);
      RefusedException.unless(
          !policy.deniedHardware().contains(claims.hardwareId()), Reason.HWID_DENIED);
      RefusedException.unless(
          claims.userData().equals(expected.userData(Binding.auxiliary(parsed.gpus()))),
          Reason.BINDING_MISMATCH);
      for (Evidence.Gpu report : parsed.gpus()) {
        checkGpu(report, expected.gpuNonce(), policy, seconds);
      }
      return new AttestationResult(
          Reason.OK, Optional.of(claims), level(claims, parsed.gpus().size()), policy.epoch());
    } catch (RefusedException refused) {
      return AttestationResult.refused(refused.reason(), policy);
    }
  }

  /// Whether a claim is of another platform, or brings another number of GPU reports. What is no
  /// claim has neither.
  static boolean contradicts(Bytes claim, Platform platform, int gpus) {
    try {
      TeeClaim parsed = TeeClaim.of(claim);
      return parsed.platform() != platform || parsed.gpus().size() != gpus;
    } catch (RefusedException noClaim) {
      return false;
    }
  }

  /// Whether the key of an AMD chip or cloud is AMD's, so that it can be registered once and left
  /// out of claims.
  ///
  /// @param key its certificate, DER
  public static Reason authenticateKey(
      Bytes key, Collateral.Snp collateral, TrustPolicy policy, long seconds) {
    try {
      SnpKey _ = SnpKey.check(key, collateral, policy, seconds);
      return Reason.OK;
    } catch (RefusedException refused) {
      return refused.reason();
    }
  }

  /// Whether an item of collateral is what a vendor signed and counts at a time, and which item of
  /// the chain's state it takes the place of. An endorsement is no vendor's: it is refused.
  ///
  /// @param seconds the block's time, since 1970
  public static ItemResult authenticate(CollateralItem item, TrustPolicy policy, long seconds) {
    try {
      return ItemCheck.check(item, policy, seconds);
    } catch (RefusedException refused) {
      return ItemResult.refused(refused.reason());
    }
  }

  /// The length of the quote that `bytes` begin with, which drivers hand out in larger buffers;
  /// empty if there is none. Whoever makes a claim cuts it there.
  public static Optional<Integer> quoteLength(Bytes bytes) {
    try {
      return Optional.of(DcapQuote.of(bytes).length());
    } catch (RefusedException noQuote) {
      return Optional.empty();
    }
  }

  private static NormalisedClaims claims(
      Evidence evidence, Collateral collateral, TrustPolicy policy, long seconds)
      throws RefusedException {
    NormalisedClaims claims =
        switch (evidence) {
          case Evidence.Dcap(Bytes quote) ->
              DcapCheck.check(quote, as(Collateral.Dcap.class, collateral), policy, seconds);
          case Evidence.Snp report ->
              SnpCheck.check(report, as(Collateral.Snp.class, collateral), policy, seconds);
          case Evidence.Psa(Bytes token) ->
              ArmCheck.checkPsa(token, as(Collateral.Endorsed.class, collateral), policy);
          case Evidence.Cca(Bytes token) ->
              ArmCheck.checkCca(token, as(Collateral.Endorsed.class, collateral), policy);
          case Evidence.Gpu report -> GpuCheck.check(report, policy, seconds);
        };
    RefusedException.unless(
        policy.platforms().contains(claims.platform()), Reason.UNSUPPORTED_PLATFORM);
    return claims;
  }

  private static <T extends Collateral> Optional<T> as(Class<T> type, Collateral collateral) {
    return type.isInstance(collateral) ? Optional.of(type.cast(collateral)) : Optional.empty();
  }

  private static void checkCode(NormalisedClaims claims, Hash code, TrustPolicy policy)
      throws RefusedException {
    boolean approved =
        policy.code().stream()
            .anyMatch(each ->
                each.platform() == claims.platform()
                    && each.measurement().equals(claims.measurement())
                    && each.versionMin() <= claims.version()
                    && each.codeHash().equals(code));
    RefusedException.unless(approved, Reason.CODE_NOT_APPROVED);
  }

  private static void checkGpu(Evidence.Gpu report, Hash nonce, TrustPolicy policy, long seconds)
      throws RefusedException {
    NormalisedClaims claims = claims(report, new Collateral.None(), policy, seconds);
    RefusedException.unless(claims.userData().equals(nonce.toBytes()), Reason.BINDING_MISMATCH);
    RefusedException.unless(
        policy.gpuSets().contains(Hash.of(claims.measurement().toArray())),
        Reason.GPU_MEASUREMENT_UNKNOWN);
    RefusedException.unless(
        !policy.deniedHardware().contains(claims.hardwareId()), Reason.HWID_DENIED);
  }

  private static TrustLevel level(NormalisedClaims claims, int gpus) {
    if (claims.developmentRoot()) {
      return TrustLevel.DEVELOPMENT;
    }
    return gpus > 0 ? TrustLevel.CPU_AND_GPU : TrustLevel.CPU;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aitbc.attestation.Attestation;
import io.aitbc.attestation.AttestationResult;
import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Collateral;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.NormalisedClaims;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TeeClaim;
import io.aitbc.attestation.TrustLevel;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.testkit.Seed;
import io.aitbc.testkit.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Genuine evidence, damaged and misused. Protocol §18.
class TeeHostileTest {
  /// Damaged copies per build; the property `aitbc.flips` asks for more.
  private static final int FLIPS = Integer.getInteger("aitbc.flips", 300);

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private static List<TeeCase> cases;

  @BeforeAll
  static void readCases() throws Exception {
    Optional<Path> vectors = Vectors.find("tee");
    assumeTrue(vectors.isPresent(), "vectors not found");
    cases = TeeVectors.read(vectors.orElseThrow());
  }

  private static TeeCase named(String name) {
    return cases.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  private static Bytes content(Evidence evidence) {
    return switch (evidence) {
      case Evidence.Dcap(Bytes quote) -> quote;
      case Evidence.Snp(Bytes report, Bytes _) -> report;
      case Evidence.Psa(Bytes token) -> token;
      case Evidence.Cca(Bytes token) -> token;
      case Evidence.Gpu(Bytes report, String _) -> report;
    };
  }

  private static Evidence with(Evidence evidence, Bytes content) {
    return switch (evidence) {
      case Evidence.Dcap _ -> new Evidence.Dcap(content);
      case Evidence.Snp(Bytes _, Bytes key) -> new Evidence.Snp(content, key);
      case Evidence.Psa _ -> new Evidence.Psa(content);
      case Evidence.Cca _ -> new Evidence.Cca(content);
      case Evidence.Gpu(Bytes _, String chain) -> new Evidence.Gpu(content, chain);
    };
  }

  private static AttestationResult judge(TeeCase one, Evidence evidence) {
    return Attestation.authenticate(evidence, one.collateral(), one.policy(), one.seconds());
  }

  @Test // Protocol §18.4
  void noSingleBitOfGenuineEvidenceCanBeTurned() {
    List<TeeCase> genuine =
        cases.stream().filter(one -> one.accepted() && one.evidence().isPresent()).toList();
    assertFalse(genuine.isEmpty());
    Seed.forAll(
        18_100,
        FLIPS,
        random -> {
          TeeCase one = genuine.get(random.below(genuine.size()));
          Bytes whole = content(one.evidence().orElseThrow());
          byte[] turned = whole.toArray();
          int bit = random.below(turned.length * 8);
          turned[bit / 8] ^= (byte) (1 << (bit % 8));
          AttestationResult before = judge(one, one.evidence().orElseThrow());
          AttestationResult after =
              judge(one, with(one.evidence().orElseThrow(), Bytes.of(turned)));
          assertTrue(before.isAccepted(), one.name());
          // What no signature covers says nothing: it may change nothing that is read.
          assertTrue(
              !after.isAccepted() || after.equals(before),
              () -> one.name() + " bit " + bit + ": " + after);
        });
  }

  @Test // Protocol §18.2
  void cutEvidenceIsRefusedAtEveryLength() {
    for (TeeCase one :
        List.of(
            named("sgx/real-v3-a067"),
            named("tdx/real-v5-td15-alibaba"),
            named("snp/real-v3-genoa-vcek"),
            named("psa/tfm-2_0_0-sign1"),
            named("cca/veraison-good"))) {
      Bytes whole = content(one.evidence().orElseThrow());
      for (int length = 0; length < whole.length(); length += 1 + length / 40) {
        Reason reason =
            judge(one, with(one.evidence().orElseThrow(), whole.slice(0, length))).reason();
        assertNotEquals(Reason.OK, reason, one.name() + " cut to " + length);
      }
    }
  }

  @Test // Protocol §18.2
  void bytesAfterTheEvidenceAreRefused() {
    for (String name :
        List.of(
            "sgx/real-v3-a067",
            "snp/real-v2-milan-vcek",
            "nvidia/real-hopper-h100",
            "psa/rfc9783-sign1")) {
      TeeCase one = named(name);
      byte[] whole = content(one.evidence().orElseThrow()).toArray();
      byte[] longer = java.util.Arrays.copyOf(whole, whole.length + 1);
      assertEquals(
          Reason.TRAILING_DATA,
          judge(one, with(one.evidence().orElseThrow(), Bytes.wrap(longer))).reason(),
          name);
    }
  }

  @Test // Protocol §18.5
  void withoutItsCollateralNothingIsAccepted() {
    for (TeeCase one : cases) {
      if (one.evidence().isPresent() && !(one.evidence().get() instanceof Evidence.Gpu)) {
        assertFalse(
            Attestation.authenticate(
                    one.evidence().get(), new Collateral.None(), one.policy(), one.seconds())
                .isAccepted(),
            one.name());
      }
    }
  }

  @Test // Protocol §18.6
  void aDevelopmentRootIsRefusedInProductionAndWorthNothingElsewhere() {
    TeeCase one = named("sgx/dev-good-bound");
    AttestationResult tried = judge(one, one.evidence().orElseThrow());
    assertEquals(TrustLevel.DEVELOPMENT, tried.level());
    TrustPolicy production = changed(one.policy(), true, List.of(), new TreeSet<>());
    assertEquals(
        Reason.DEV_ROOT_FORBIDDEN,
        Attestation.authenticate(
                one.evidence().orElseThrow(), one.collateral(), production, one.seconds())
            .reason());
  }

  // ---- A whole claim, over the known answer of the vectors.

  static final Binding BOUND =
      new Binding(
          Hash.fromHex("da1644886d0cd8ae78ac9facef291c213b90067c4c2e5c4307d16c8e81ebbaed"),
          Hash.fromHex("7afaa346b4bf92bf9dc21e9ae809887412a86beb766842e99df7fee6573a4781"),
          Hash.fromHex("9100d8724355b5bedd450b37e90ce07f6879c250c11c1325f8f318e9f765f8b2"),
          100,
          Hash.fromHex("ea9e98a1c33d0af7c5bb16829200c2d52f7a1b9fb954d365df8ab73f085fef5f"),
          Hash.fromHex("f7218970d1a5858b1d37bd7f2935222ceb12c787fc91ee5e9ebf03584d5b2a02"),
          Hash.fromHex("6caa1c4e2813bdc354829b0bef56d2abaa7ab037db7af85eb39d9ae350d2135c"),
          Hash.fromHex("91c49f74e95acf2630562067f573959431d019a00b079860c590a6633a084f71"));

  private static TrustPolicy changed(
      TrustPolicy policy,
      boolean production,
      List<TrustPolicy.ApprovedCode> code,
      SortedSet<Hash> denied) {
    return new TrustPolicy(
        production,
        policy.platforms(),
        policy.roots(),
        policy.developmentRoots(),
        policy.accepted(),
        policy.evaluationMin(),
        policy.floors(),
        policy.privilegeMax(),
        policy.strictDomains(),
        policy.psaProfiles(),
        policy.ccaProfiles(),
        code,
        policy.gpuSets(),
        denied,
        policy.anchorBlocksMax(),
        policy.epoch());
  }

  private static TrustPolicy approving(TeeCase one, SortedSet<Hash> denied) {
    NormalisedClaims read = judge(one, one.evidence().orElseThrow()).claims().orElseThrow();
    return changed(
        one.policy(),
        false,
        List.of(
            new TrustPolicy.ApprovedCode(
                read.platform(), read.measurement(), read.version(), BOUND.code())),
        denied);
  }

  private static Reason verify(TeeCase one, Binding binding, TrustPolicy policy, long height) {
    Bytes claim = new TeeClaim(one.evidence().orElseThrow(), List.of()).encoded();
    return Attestation.verify(claim, binding, one.collateral(), policy, height, one.seconds())
        .reason();
  }

  @Test // Protocol §18.2
  void aClaimHoldsForWhatItIsBoundToAndForNothingElse() {
    for (String name : List.of("sgx/dev-good-bound", "snp/dev-good-bound", "psa/dev-good-bound")) {
      TeeCase one = named(name);
      TrustPolicy policy = approving(one, new TreeSet<>());
      assertEquals(Reason.OK, verify(one, BOUND, policy, 120), name);
      Hash other = Hash.fromHex("11".repeat(32));
      Binding b = BOUND;
      for (Binding wrong :
          List.of(
              new Binding(
                  other,
                  b.task(),
                  b.anchorHash(),
                  100,
                  b.code(),
                  b.input(),
                  b.output(),
                  b.worker()),
              new Binding(
                  b.chain(),
                  other,
                  b.anchorHash(),
                  100,
                  b.code(),
                  b.input(),
                  b.output(),
                  b.worker()),
              new Binding(
                  b.chain(), b.task(), other, 100, b.code(), b.input(), b.output(), b.worker()),
              new Binding(
                  b.chain(),
                  b.task(),
                  b.anchorHash(),
                  101,
                  b.code(),
                  b.input(),
                  b.output(),
                  b.worker()),
              new Binding(
                  b.chain(),
                  b.task(),
                  b.anchorHash(),
                  100,
                  b.code(),
                  other,
                  b.output(),
                  b.worker()),
              new Binding(
                  b.chain(), b.task(), b.anchorHash(), 100, b.code(), b.input(), other, b.worker()),
              new Binding(
                  b.chain(),
                  b.task(),
                  b.anchorHash(),
                  100,
                  b.code(),
                  b.input(),
                  b.output(),
                  other))) {
        assertEquals(Reason.BINDING_MISMATCH, verify(one, wrong, policy, 120), name);
      }
    }
  }

  @Test // Protocol §18.6
  void onlyApprovedCodeRecentAnchorsAndTrustedMachinesCount() {
    TeeCase one = named("sgx/dev-good-bound");
    TrustPolicy policy = approving(one, new TreeSet<>());
    assertEquals(Reason.OK, verify(one, BOUND, policy, 200));
    assertEquals(Reason.STALE_ANCHOR, verify(one, BOUND, policy, 201));
    assertEquals(Reason.STALE_ANCHOR, verify(one, BOUND, policy, 99));
    assertEquals(Reason.CODE_NOT_APPROVED, verify(one, BOUND, one.policy(), 120));
    Hash machine = judge(one, one.evidence().orElseThrow()).claims().orElseThrow().hardwareId();
    TreeSet<Hash> denied = new TreeSet<>(List.of(machine));
    assertEquals(Reason.HWID_DENIED, verify(one, BOUND, approving(one, denied), 120));
  }

  @Test // Protocol §18.2
  void theBindingsKnownAnswerHolds() {
    assertEquals(Binding.PREIMAGE_BYTES, BOUND.preimage(Hash.ZERO).length());
    assertEquals(
        judge(named("sgx/dev-good-bound"), named("sgx/dev-good-bound").evidence().orElseThrow())
            .claims()
            .orElseThrow()
            .userData(),
        BOUND.userData(Hash.ZERO));
    assertEquals(
        "0x8f567f7499be2d5ab0f2c0e6433cb57a81d5037f66b4d06345a7d307de71cc5f",
        BOUND.gpuNonce().toBytes().toHex());
  }
}

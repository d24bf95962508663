// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aitbc.attestation.Attestation;
import io.aitbc.attestation.AttestationResult;
import io.aitbc.attestation.Binding;
import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.Inquiry;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TeeClaim;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.testkit.Vectors;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Inquiries, as contracts make them to 0x0a06, over the vectors. Protocol §18.8.
class TeeInquiryTest {
  private static final long HEIGHT = 120;

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

  private static Bytes claim(TeeCase one) {
    return new TeeClaim(one.evidence().orElseThrow(), List.of()).encoded();
  }

  private static Platform platform(TeeCase one) {
    return new TeeClaim(one.evidence().orElseThrow(), List.of()).platform();
  }

  private static Inquiry.OfClaim inquiry(TeeCase one, Binding binding, TrustPolicy policy) {
    return new Inquiry.OfClaim(
        platform(one), 0, one.seconds(), HEIGHT, binding, claim(one), policy, one.items());
  }

  private static List<TeeCase> claimed() {
    return cases.stream()
        .filter(one -> one.evidence().filter(e -> !(e instanceof Evidence.Gpu)).isPresent())
        .toList();
  }

  private static Hash word(Bytes words, int index) {
    return Hash.of(words.toArray(), 32 * index);
  }

  private static long number(Bytes words, int index) {
    return new BigInteger(1, word(words, index).toArray()).longValueExact();
  }

  private static Bytes answer(Inquiry inquiry) {
    return Inquiry.answer(inquiry.encoded()).orElseThrow();
  }

  private static long reason(Inquiry inquiry) {
    return number(answer(inquiry), 0);
  }

  @Test
  void everyClaimIsAnsweredAsItIsJudged() {
    int accepted = 0;
    for (TeeCase one : claimed()) {
      TrustPolicy policy = one.approving(TeeHostileTest.BOUND.code());
      AttestationResult judged =
          Attestation.verify(
              claim(one), TeeHostileTest.BOUND, one.collateral(), policy, HEIGHT, one.seconds());
      Bytes answer = answer(inquiry(one, TeeHostileTest.BOUND, policy));
      assertEquals(judged.reason().code(), number(answer, 0), one.name());
      assertEquals(judged.level().code(), number(answer, 1), one.name());
      assertEquals(
          judged.claims().map(c -> c.platform().code()).orElse(0), (int) number(answer, 2));
      assertEquals(judged.claims().map(c -> c.hardwareId()).orElse(Hash.ZERO), word(answer, 3));
      assertEquals(judged.claims().map(c -> c.validUntil()).orElse(0L), number(answer, 4));
      assertEquals(policy.epoch(), word(answer, 5));
      accepted += judged.isAccepted() ? 1 : 0;
    }
    assertEquals(3, accepted); // The bound ones: of SGX, SEV-SNP and PSA.
  }

  @Test
  void anInquiryWithAnotherByteIsNotAnsweredWithYes() {
    int fixed = 1 + 1 + 1 + 8 + 8;
    for (String name : List.of("sgx/dev-good-bound", "snp/dev-good-bound", "psa/dev-good-bound")) {
      TeeCase one = named(name);
      TrustPolicy policy = one.approving(TeeHostileTest.BOUND.code());
      Inquiry.OfClaim whole = inquiry(one, TeeHostileTest.BOUND, policy);
      assertEquals(Reason.OK.code(), reason(whole), name);
      int claimAt = fixed + 232 + 4;
      int approvalsAt = claimAt + whole.claim().length() + 4 + policy.encoded().length() + 4;
      List<Integer> places = new ArrayList<>(List.of(0, 1, 2));
      for (int field : new int[] {0, 32, 64, 96, 104, 136, 168, 200, 231}) {
        places.add(fixed + field);
      }
      for (int sixteenth = 0; sixteenth < 16; sixteenth++) {
        places.add(claimAt + sixteenth * whole.claim().length() / 16);
      }
      for (int offset : new int[] {0, 1, 5, 7, 20, 38}) {
        places.add(approvalsAt + offset);
      }
      for (int at : places) {
        byte[] turned = whole.encoded().toArray();
        turned[at] ^= 0x40;
        Optional<Bytes> answer = Inquiry.answer(Bytes.wrap(turned));
        assertTrue(answer.filter(words -> number(words, 0) == 0).isEmpty(), name + ": byte " + at);
      }
    }
  }

  @Test // Protocol §18.6
  void everyRuleOfAPolicyDecides() {
    TeeCase sgx = named("sgx/dev-good-bound");
    TeeCase snp = named("snp/dev-good-bound");
    TeeCase psa = named("psa/dev-good-bound");
    for (TeeCase one : List.of(sgx, snp, psa)) {
      TrustPolicy p = one.approving(TeeHostileTest.BOUND.code());
      TreeSet<Platform> others = new TreeSet<>(p.platforms());
      others.remove(platform(one));
      assertEquals(
          Reason.UNSUPPORTED_PLATFORM.code(), reason(inquiry(one, changed(p, others, 0, 100))));
      assertEquals(
          Reason.STALE_ANCHOR.code(), reason(inquiry(one, changed(p, p.platforms(), 0, 19))));
      assertEquals(0, reason(inquiry(one, changed(p, p.platforms(), 0, 20))));
      assertEquals(Reason.CODE_NOT_APPROVED.code(), reason(inquiry(one, one.policy())));
    }
    TrustPolicy strict =
        changed(
            sgx.approving(TeeHostileTest.BOUND.code()),
            sgx.approving(TeeHostileTest.BOUND.code()).platforms(),
            1_000,
            100);
    assertEquals(Reason.TCB_UNACCEPTABLE.code(), reason(inquiry(sgx, strict)));
    // Judged by a policy that knows vendors' roots alone.
    TrustPolicy vendors = named("sgx/real-v3-a067").policy();
    assertEquals(Reason.UNTRUSTED_ROOT.code(), reason(inquiry(sgx, vendors)));
    assertEquals(Reason.UNTRUSTED_ROOT.code(), reason(inquiry(snp, vendors)));
  }

  private static Inquiry inquiry(TeeCase one, TrustPolicy policy) {
    return inquiry(one, TeeHostileTest.BOUND, policy);
  }

  private static TrustPolicy changed(
      TrustPolicy p, SortedSet<Platform> platforms, int evaluationMin, long anchorBlocksMax) {
    return new TrustPolicy(
        p.production(),
        platforms,
        p.roots(),
        p.developmentRoots(),
        p.accepted(),
        evaluationMin,
        p.floors(),
        p.privilegeMax(),
        p.strictDomains(),
        p.psaProfiles(),
        p.ccaProfiles(),
        p.code(),
        p.gpuSets(),
        new TreeSet<>(),
        anchorBlocksMax,
        p.epoch());
  }

  @Test
  void whatIsNoInquiryHasNoAnswer() {
    TeeCase one = named("sgx/dev-good-bound");
    Bytes whole =
        inquiry(one, TeeHostileTest.BOUND, one.approving(TeeHostileTest.BOUND.code())).encoded();
    for (int length = 0; length < whole.length(); length += 1 + length / 50) {
      assertEquals(Optional.empty(), Inquiry.answer(whole.slice(0, length)), "cut to " + length);
    }
    byte[] longer = Arrays.copyOf(whole.toArray(), whole.length() + 1);
    assertEquals(Optional.empty(), Inquiry.answer(Bytes.wrap(longer)));
    for (int kind : new int[] {0, 4, 255}) {
      byte[] other = whole.toArray();
      other[0] = (byte) kind;
      assertEquals(Optional.empty(), Inquiry.answer(Bytes.wrap(other)));
    }
    assertEquals(Optional.empty(), Inquiry.answer(Bytes.wrap(new byte[Inquiry.BYTES_MAX + 1])));
  }

  @Test // What is paid for is what was asked for.
  void anInquiryThatNamesAnotherPlatformOrMoreGpusIsMalformed() {
    TeeCase one = named("psa/dev-good-bound");
    Inquiry.OfClaim asked =
        inquiry(one, TeeHostileTest.BOUND, one.approving(TeeHostileTest.BOUND.code()));
    for (Platform platform : Platform.values()) {
      Inquiry other =
          new Inquiry.OfClaim(
              platform,
              0,
              asked.seconds(),
              HEIGHT,
              asked.binding(),
              asked.claim(),
              asked.policy(),
              asked.collateral());
      assertEquals(platform == Platform.PSA ? 0 : Reason.MALFORMED.code(), reason(other));
    }
    Inquiry more =
        new Inquiry.OfClaim(
            Platform.PSA,
            1,
            asked.seconds(),
            HEIGHT,
            asked.binding(),
            asked.claim(),
            asked.policy(),
            asked.collateral());
    assertEquals(Reason.MALFORMED.code(), reason(more));
  }

  @Test // Protocol §18.5
  void itemsOfCollateralAreJudgedByThemselves() {
    for (String name :
        List.of(
            "sgx/real-v3-a067",
            "tdx/real-v5-td15-alibaba",
            "snp/real-v3-genoa-vcek",
            "snp/dev-good-bound",
            "psa/rfc9783-sign1")) {
      TeeCase one = named(name);
      TreeSet<Hash> subjects = new TreeSet<>();
      for (CollateralItem item : one.items()) {
        Inquiry asked = new Inquiry.OfItem(one.seconds(), one.policy(), item);
        Bytes answer = answer(asked);
        if (item instanceof CollateralItem.Endorsement) {
          assertEquals(Reason.ENDORSEMENT_MISSING.code(), number(answer, 0), one.name());
          continue;
        }
        assertEquals(Reason.OK.code(), number(answer, 0), one.name() + " " + item.kind());
        assertTrue(subjects.add(word(answer, 1)), "one subject for two items");
        assertTrue(number(answer, 3) <= one.seconds() && one.seconds() <= number(answer, 5));
        assertEquals(
            one.policy().developmentRoots().isEmpty() ? 0 : 1, number(answer, 6), one.name());
        long tooEarly = number(answer, 3) - 1;
        long tooLate = number(answer, 5) + 1;
        for (long time : new long[] {tooEarly, tooLate}) {
          assertNotEquals(0, reason(new Inquiry.OfItem(time, one.policy(), item)), "at " + time);
        }
      }
    }
  }

  @Test // Protocol §18.5
  void anItemThatIsNotSignedByItsVendorIsRefused() {
    TeeCase one = named("tdx/real-v5-td15-alibaba");
    for (CollateralItem item : one.items()) {
      CollateralItem forged =
          switch (item) {
            case CollateralItem.Revocations(String chain, Bytes list) ->
                new CollateralItem.Revocations(chain, turned(list));
            case CollateralItem.Levels(String chain, String text, Bytes signature) ->
                new CollateralItem.Levels(chain, text.replace("OutOfDate", "UpToDate"), signature);
            case CollateralItem.QuotingEnclave(String chain, String text, Bytes signature) ->
                new CollateralItem.QuotingEnclave(chain, text, turned(signature));
            default -> throw new IllegalStateException("not of Intel's");
          };
      assertNotEquals(0, reason(new Inquiry.OfItem(one.seconds(), one.policy(), forged)));
    }
    TrustPolicy development = named("sgx/dev-good-bound").policy();
    for (CollateralItem item : named("sgx/dev-good-bound").items()) {
      Inquiry asked = new Inquiry.OfItem(one.seconds(), one.policy(), item);
      assertEquals(Reason.UNTRUSTED_ROOT.code(), reason(asked));
    }
    assertEquals(1, number(answer(new Inquiry.OfPolicy(development)), 2));
  }

  private static Bytes turned(Bytes bytes) {
    byte[] turned = bytes.toArray();
    turned[turned.length - 1] ^= 1;
    return Bytes.wrap(turned);
  }

  @Test // Protocol §18.6
  void aPolicyOfAProductionNetworkWithADevelopmentRootIsNone() {
    byte[] policy = named("sgx/dev-good-bound").policy().encoded().toArray();
    byte[] asked = new byte[5 + policy.length];
    asked[0] = 3;
    asked[3] = (byte) (policy.length >> 8);
    asked[4] = (byte) policy.length;
    System.arraycopy(policy, 0, asked, 5, policy.length);
    assertTrue(Inquiry.answer(Bytes.of(asked)).isPresent());
    asked[5] = 1; // Production.
    assertEquals(Optional.empty(), Inquiry.answer(Bytes.of(asked)));
    asked[5] = 2; // Neither.
    assertEquals(Optional.empty(), Inquiry.answer(Bytes.of(asked)));
  }
}

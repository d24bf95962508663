// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devtee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.Inquiry;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TeeClaim;
import io.aitbc.attestation.TrustLevel;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.compute.Attester;
import io.aitbc.compute.AttesterProvider;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Evidence of the development machines, judged by the verifier that judges real evidence. Protocol
/// §18.
class DevelopmentMachineTest {
  private static final String SEED = "5e".repeat(32);
  private static final Instant ISSUED = Instant.parse("2026-11-01T00:00:00Z");
  private static final long NOW = Instant.parse("2026-11-29T12:00:00Z").getEpochSecond();
  private static final long HEIGHT = 120;
  private static final Hash CODE = hash(5);
  private static final Binding BINDING =
      new Binding(hash(1), hash(2), hash(3), 100, CODE, hash(6), hash(7), hash(8));

  private static Hash hash(int number) {
    return Hash.fromHex("%02x".formatted(number).repeat(32));
  }

  private static final Map<Platform, DevelopmentMachine> MACHINES = new TreeMap<>();

  static {
    DevelopmentMachine.PLATFORMS.forEach(each -> MACHINES.put(each, made(each, "a")));
  }

  private static DevelopmentMachine machine(Platform platform) {
    return Objects.requireNonNull(MACHINES.get(platform));
  }

  private static DevelopmentMachine made(Platform platform, String name) {
    return new DevelopmentMachine(platform, Hash.fromHex(SEED).toBytes(), name);
  }

  private static TrustPolicy policy(DevelopmentMachine machine, boolean production) {
    TreeSet<Hash> development = new TreeSet<>();
    if (!production) {
      development.add(machine.root());
    }
    // A trust domain gives itself no version.
    int versionMin = machine.platform() == Platform.TDX ? 0 : 1;
    return new TrustPolicy(
        production,
        new TreeSet<>(DevelopmentMachine.PLATFORMS),
        new TreeSet<>(List.of(hash(9))),
        development,
        new TreeSet<>(List.of(TcbStatus.UP_TO_DATE)),
        20,
        new TreeMap<>(Map.of("Milan", Bytes.fromHex("04000000000018db"))),
        0,
        true,
        List.of(),
        List.of(),
        List.of(
            new TrustPolicy.ApprovedCode(
                machine.platform(), machine.measurement(CODE), versionMin, CODE)),
        new TreeSet<>(),
        new TreeSet<>(),
        256,
        Hash.ZERO);
  }

  private static Inquiry.OfClaim inquiry(
      DevelopmentMachine machine, Evidence evidence, Binding binding, TrustPolicy policy) {
    return new Inquiry.OfClaim(
        machine.platform(),
        0,
        NOW,
        HEIGHT,
        binding,
        new TeeClaim(evidence, List.of()).encoded(),
        policy,
        machine.collateral(ISSUED));
  }

  private static Hash word(Inquiry asked, int index) {
    return Hash.of(Inquiry.answer(asked.encoded()).orElseThrow().toArray(), 32 * index);
  }

  private static int number(Inquiry asked, int index) {
    return word(asked, index).toArray()[31];
  }

  private static Evidence attested(Platform platform) throws EngineRefusedException {
    AttesterProvider provider = AttesterProvider.named("development").orElseThrow();
    Map<String, String> settings =
        Map.of("platform", platform.name(), "seed", SEED, "machine", "a");
    try (Attester attester = provider.open(settings)) {
      return attester.attest(BINDING).getFirst();
    }
  }

  @Test
  void theVerifierAcceptsItWhereItsRootIsKnownAndCountsItForNothing() throws Exception {
    for (Platform platform : DevelopmentMachine.PLATFORMS) {
      DevelopmentMachine machine = machine(platform);
      Evidence evidence =
          platform == Platform.SEV_SNP // Its keys take a second to find.
              ? machine.evidence(CODE, BINDING.userData(Hash.ZERO))
              : attested(platform);
      Inquiry asked = inquiry(machine, evidence, BINDING, policy(machine, false));
      assertEquals(Reason.OK.code(), number(asked, 0), platform.name());
      assertEquals(TrustLevel.DEVELOPMENT.code(), number(asked, 1));
      assertEquals(platform.code(), number(asked, 2));
      for (CollateralItem item : machine.collateral(ISSUED)) {
        Inquiry single = new Inquiry.OfItem(NOW, policy(machine, false), item);
        assertEquals(Reason.OK.code(), number(single, 0), platform + " " + item.kind());
        assertEquals(1, number(single, 6));
      }
    }
  }

  @Test // Protocol §18.6
  void aProductionPolicyRefusesItByItsRoot() throws Exception {
    for (Platform platform : DevelopmentMachine.PLATFORMS) {
      DevelopmentMachine machine = machine(platform);
      TrustPolicy production = policy(machine, true);
      Inquiry asked =
          inquiry(
              machine, machine.evidence(CODE, BINDING.userData(Hash.ZERO)), BINDING, production);
      assertEquals(Reason.UNTRUSTED_ROOT.code(), number(asked, 0));
      for (CollateralItem item : machine.collateral(ISSUED)) {
        Inquiry single = new Inquiry.OfItem(NOW, production, item);
        assertEquals(Reason.UNTRUSTED_ROOT.code(), number(single, 0), "kind " + item.kind());
      }
    }
  }

  @Test // Protocol §18.2
  void itIsBoundToWhatItWasAskedForAndToTheCodeThatItMeasures() {
    Binding other = new Binding(hash(1), hash(2), hash(3), 100, CODE, hash(6), hash(99), hash(8));
    for (Platform platform : DevelopmentMachine.PLATFORMS) {
      DevelopmentMachine machine = machine(platform);
      TrustPolicy policy = policy(machine, false);
      Evidence evidence = machine.evidence(CODE, other.userData(Hash.ZERO));
      assertEquals(
          Reason.BINDING_MISMATCH.code(), number(inquiry(machine, evidence, BINDING, policy), 0));
      Evidence otherCode = machine.evidence(hash(77), BINDING.userData(Hash.ZERO));
      assertEquals(
          Reason.CODE_NOT_APPROVED.code(), number(inquiry(machine, otherCode, BINDING, policy), 0));
    }
  }

  @Test
  void theSameSeedGivesTheSameBytesAndAnotherMachineAnotherHardwareId() {
    for (Platform platform : DevelopmentMachine.PLATFORMS) {
      DevelopmentMachine machine = machine(platform);
      DevelopmentMachine beside = made(platform, "b");
      Bytes data = BINDING.userData(Hash.ZERO);
      assertEquals(machine.evidence(CODE, data), machine.evidence(CODE, data));
      assertEquals(machine.collateral(ISSUED), beside.collateral(ISSUED));
      assertEquals(machine.root(), beside.root());
      TrustPolicy policy = policy(machine, false);
      Hash first = word(inquiry(machine, machine.evidence(CODE, data), BINDING, policy), 3);
      Hash second = word(inquiry(beside, beside.evidence(CODE, data), BINDING, policy), 3);
      assertNotEquals(Hash.ZERO, first);
      assertNotEquals(Hash.ZERO, second);
      assertNotEquals(first, second);
    }
    DevelopmentMachine again = made(Platform.TDX, "a");
    Bytes zeros = Bytes.wrap(new byte[64]);
    assertEquals(machine(Platform.TDX).evidence(CODE, zeros), again.evidence(CODE, zeros));
    DevelopmentMachine elsewhere =
        new DevelopmentMachine(Platform.SGX, Hash.fromHex("77".repeat(32)).toBytes(), "a");
    assertNotEquals(machine(Platform.SGX).root(), elsewhere.root());
  }

  /// Java's own reader and checker of certificates is another one than the chain's.
  @Test // Protocol §18.3
  void certificatesAndListsAreWhatOthersReadToo() throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Platform platform : DevelopmentMachine.PLATFORMS) {
      for (CollateralItem item : machine(platform).collateral(ISSUED)) {
        String chain =
            switch (item) {
              case CollateralItem.Revocations(String text, Bytes _) -> text;
              case CollateralItem.Levels(String text, String _, Bytes _) -> text;
              case CollateralItem.QuotingEnclave(String text, String _, Bytes _) -> text;
              case CollateralItem.Authorities(String text) -> text;
              case CollateralItem.Endorsement _ -> throw new IllegalStateException("not signed");
            };
        List<X509Certificate> certificates =
            factory
                .generateCertificates(
                    new ByteArrayInputStream(chain.getBytes(StandardCharsets.US_ASCII)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
        X509Certificate root = certificates.getLast();
        for (X509Certificate certificate : certificates) {
          certificate.verify(root.getPublicKey());
          assertTrue(
              certificate.getSubjectX500Principal().getName().contains("O=DEVELOPMENT ONLY"));
        }
        if (item instanceof CollateralItem.Revocations(String _, Bytes list)) {
          X509CRL read = (X509CRL) factory.generateCRL(new ByteArrayInputStream(list.toArray()));
          read.verify(certificates.getFirst().getPublicKey());
          assertEquals(ISSUED, read.getThisUpdate().toInstant());
        }
      }
    }
  }

  @Test
  void whatIsNoDevelopmentMachineIsRefused() {
    AttesterProvider provider = AttesterProvider.named("development").orElseThrow();
    for (Map<String, String> settings :
        List.of(
            Map.of("platform", "SGX"),
            Map.of("platform", "SGX", "seed", "12"),
            Map.of("platform", "PSA", "seed", SEED))) {
      assertThrows(EngineRefusedException.class, () -> provider.open(settings).close());
    }
    assertTrue(AttesterProvider.named("none").isEmpty());
  }

  /// Levels with `names` of one hash more, signed as the others are.
  private static Inquiry levelsWith(int from, int to) {
    DevelopmentMachine machine = machine(Platform.SGX);
    CollateralItem.Levels genuine = (CollateralItem.Levels) machine.collateral(ISSUED).get(2);
    StringBuilder text = new StringBuilder("{");
    for (int name = from; name < to; name++) {
      text.append('"');
      for (int bit = 0; bit < 10; bit++) {
        text.append((name >> bit & 1) == 0 ? "ab" : "bA"); // 33 * 'a' + 'b' = 33 * 'b' + 'A'
      }
      text.append("\":1,");
    }
    text.append(genuine.text(), 1, genuine.text().length());
    EllipticKey signer =
        EllipticKey.of(EllipticKey.P256_BYTES, Hash.fromHex(SEED).toBytes(), "sgx tcb signer");
    Bytes signature = signer.sign(Bytes.wrap(text.toString().getBytes(StandardCharsets.US_ASCII)));
    return new Inquiry.OfItem(
        NOW,
        policy(machine, false),
        new CollateralItem.Levels(genuine.chain(), text.toString(), signature));
  }

  @Test
  void whatWasAskedBeforeChangesNoAnswer() {
    for (Inquiry asked : List.of(levelsWith(0, 152), levelsWith(152, 303), levelsWith(303, 455))) {
      assertEquals(Reason.OK.code(), number(asked, 0));
    }
  }
}

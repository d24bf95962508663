// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aitbc.attestation.CollateralItem;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Sha256;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The registries of collateral and of code, with what Intel has signed. Protocol §18.9.
class CollateralTest {
  /// Beside those of the genesis, so that each test says the first policy.
  private static final Address COLLATERAL =
      Address.fromHex("0x0000000000000000000000000000000000003016");

  private static final Address RUNTIMES =
      Address.fromHex("0x0000000000000000000000000000000000003015");
  private static final Address SYSTEM =
      Address.fromHex("0xfffffffffffffffffffffffffffffffffffffffe");
  private static final Address TIMELOCK = EconomyContract.TIMELOCK.address();
  private static final Address STRANGER = account(5);
  private static final Instant VALID = Instant.parse("2025-07-01T00:00:00Z");

  private final EconomyWorld world = new EconomyWorld(3, 4, 8);

  CollateralTest() {
    place(COLLATERAL, "CollateralRegistry");
    place(RUNTIMES, "RuntimeRegistry");
    world.timeMillis = VALID.toEpochMilli();
    world.startBlock();
  }

  private void place(Address where, String contract) {
    world.state.setNonce(where, 1);
    var _ = world.state.setCode(where, Artifacts.code(contract));
  }

  private EconomyWorld.Outcome send(Address who, Address to, CallData data) {
    return world.send(who, to, Amount.ZERO, data);
  }

  private void succeed(EconomyWorld.Outcome outcome) {
    assertTrue(outcome.succeeded(), () -> outcome.result().toString());
  }

  private static void fails(EconomyWorld.Outcome outcome, String error) {
    assertEquals(CallData.selector(error), outcome.error());
  }

  private static TrustPolicy policy(boolean production, Hash root, List<Hash> development) {
    return new TrustPolicy(
        production,
        new TreeSet<>(List.of(Platform.SGX)),
        new TreeSet<>(List.of(root)),
        new TreeSet<>(development),
        new TreeSet<>(List.of(TcbStatus.UP_TO_DATE)),
        0,
        new TreeMap<>(),
        0,
        true,
        List.of(),
        List.of(),
        List.of(),
        new TreeSet<>(),
        new TreeSet<>(),
        256,
        Hash.ZERO);
  }

  private static CallData with(String function, Bytes bytes) {
    return CallData.of(function).bytes(bytes);
  }

  private void initialize(Hash root) {
    Bytes policy = policy(true, root, List.of()).encoded();
    succeed(send(SYSTEM, COLLATERAL, with("initialize(bytes)", policy)));
  }

  // ---- Vendor-signed items out of the vectors.

  private record Signed(Hash root, List<CollateralItem> items) {}

  private static Optional<Signed> signed(String folder) throws Exception {
    Optional<Path> vectors = Vectors.find("tee");
    if (vectors.isEmpty()) {
      return Optional.empty();
    }
    String json = Files.readString(vectors.get().resolve(folder).resolve("collateral.json"));
    String signers = field(json, "tcb_info_issuer_chain");
    String root = signers.substring(signers.indexOf("-----BEGIN", 10));
    String processors = field(json, "pck_crl_issuer_chain");
    return Optional.of(
        new Signed(
            Sha256.hash(Files.readAllBytes(vectors.get().resolve("roots/intel_sgx_root_ca.der"))),
            List.of(
                new CollateralItem.Revocations(root, Bytes.fromHex(field(json, "root_ca_crl"))),
                new CollateralItem.Revocations(processors, Bytes.fromHex(field(json, "pck_crl"))),
                new CollateralItem.Levels(
                    signers,
                    field(json, "tcb_info"),
                    Bytes.fromHex(field(json, "tcb_info_signature"))),
                new CollateralItem.QuotingEnclave(
                    field(json, "qe_identity_issuer_chain"),
                    field(json, "qe_identity"),
                    Bytes.fromHex(field(json, "qe_identity_signature"))))));
  }

  /// A text of a flat JSON object.
  private static String field(String json, String name) {
    int start = json.indexOf('"', json.indexOf("\"" + name + "\":") + name.length() + 3) + 1;
    int end = start;
    while (json.charAt(end) != '"') {
      end += json.charAt(end) == '\\' ? 2 : 1;
    }
    String text = json.substring(start, end);
    return text.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
  }

  private static Signed intel() throws Exception {
    Optional<Signed> found = signed("sgx/real-v3-a067");
    assumeTrue(found.isPresent(), "vectors not found");
    return found.orElseThrow();
  }

  private static Hash hash(EconomyWorld.Outcome outcome) {
    return Hash.of(outcome.word(0).toArray());
  }

  @Test
  void anybodyBringsWhatAVendorHasSignedOnce() throws Exception {
    Signed intel = intel();
    initialize(intel.root());
    CallData joined = CallData.of("collateral(bytes32[])");
    List<UInt256> subjects = new ArrayList<>();
    Bytes expected = Bytes.EMPTY;
    for (CollateralItem item : intel.items()) {
      EconomyWorld.Outcome first =
          send(STRANGER, COLLATERAL, with("submit(bytes)", item.encoded()));
      succeed(first);
      System.out.printf(
          "[notice] submit of collateral kind %d, %d bytes: %d gas%n",
          item.kind(), item.encoded().length(), first.gasUsed());
      subjects.add(UInt256.of(hash(first)));
      fails(
          send(STRANGER, COLLATERAL, with("submit(bytes)", item.encoded())),
          "NotNewer(bytes32,uint64,uint32)");
      byte[] longer = new byte[expected.length() + item.encoded().length()];
      expected.copyTo(longer, 0);
      item.encoded().copyTo(longer, expected.length());
      expected = Bytes.wrap(longer);
    }
    EconomyWorld.Outcome all = send(STRANGER, COLLATERAL, joined.numbers(subjects));
    succeed(all);
    assertEquals(expected, all.result().output().slice(64, expected.length()));
  }

  @Test
  void whatIsNotSignedOrNotValidInThisBlockIsRefused() throws Exception {
    Signed intel = intel();
    initialize(intel.root());
    CollateralItem.Levels levels = (CollateralItem.Levels) intel.items().get(2);
    Bytes forged =
        new CollateralItem.Levels(
                levels.chain(), levels.text().replace("OutOfDate", "UpToDate"), levels.signature())
            .encoded();
    refused(
        send(STRANGER, COLLATERAL, with("submit(bytes)", forged)),
        Reason.COLLATERAL_SIGNATURE_INVALID);
    refused(
        send(STRANGER, COLLATERAL, with("submit(bytes)", Bytes.of((byte) 9))), Reason.MALFORMED);
    world.timeMillis = Instant.parse("2026-07-01T00:00:00Z").toEpochMilli();
    world.startBlock();
    refused(
        send(STRANGER, COLLATERAL, with("submit(bytes)", levels.encoded())),
        Reason.COLLATERAL_EXPIRED);
  }

  @Test
  void itemsOfARootThatIsNotPinnedAreRefusedAndRemovedOnesComeBackOnlyNewer() throws Exception {
    Signed intel = intel();
    initialize(Hash.fromHex("11".repeat(32)));
    Bytes item = intel.items().getFirst().encoded();
    refused(send(STRANGER, COLLATERAL, with("submit(bytes)", item)), Reason.UNTRUSTED_ROOT);
    Bytes pinned = policy(true, intel.root(), List.of()).encoded();
    succeed(send(TIMELOCK, COLLATERAL, with("setPolicy(bytes)", pinned)));
    Hash subject = hash(send(STRANGER, COLLATERAL, with("submit(bytes)", item)));
    CallData remove = CallData.of("remove(bytes32)").hash(subject);
    fails(send(STRANGER, COLLATERAL, remove), "OnlyTimelock(address)");
    succeed(send(TIMELOCK, COLLATERAL, remove));
    fails(
        send(
            STRANGER,
            COLLATERAL,
            CallData.of("collateral(bytes32[])").numbers(List.of(UInt256.of(subject)))),
        "NoItem(bytes32)");
    fails(
        send(STRANGER, COLLATERAL, with("submit(bytes)", item)), "NotNewer(bytes32,uint64,uint32)");
  }

  private static void refused(EconomyWorld.Outcome outcome, Reason reason) {
    fails(outcome, "ItemRefused(uint256)");
    assertEquals(
        UInt256.of(reason.code()),
        UInt256.of(outcome.result().output().toArray(), CallData.SELECTOR_BYTES, 32));
  }

  @Test // Protocol §18.6
  void aProductionNetworkNeverHasADevelopmentRoot() {
    Hash root = Hash.fromHex("11".repeat(32));
    Bytes development = policy(false, root, List.of(Hash.fromHex("22".repeat(32)))).encoded();
    byte[] both = development.toArray();
    both[0] = 1; // Says production, and names a development root.
    CallData wrong = with("initialize(bytes)", Bytes.of(both));
    fails(send(SYSTEM, COLLATERAL, wrong), "NotAPolicy()");
    initialize(root);
    fails(
        send(TIMELOCK, COLLATERAL, with("setPolicy(bytes)", development)),
        "OtherKindOfNetwork(bool)");
    fails(send(TIMELOCK, COLLATERAL, with("setPolicy(bytes)", Bytes.of(both))), "NotAPolicy()");
    fails(
        send(STRANGER, COLLATERAL, with("setPolicy(bytes)", development)), "OnlyTimelock(address)");
    fails(send(SYSTEM, COLLATERAL, with("initialize(bytes)", development)), "AlreadyInitialized()");
  }

  @Test
  void onlyWhomGovernanceAdmitsVouchesForKeys() {
    initialize(Hash.fromHex("11".repeat(32)));
    Bytes key = Bytes.wrap(new byte[91]);
    fails(send(STRANGER, COLLATERAL, with("endorse(bytes)", key)), "NotAnEndorser(address)");
    CallData admit = CallData.of("setEndorser(address,bool)").address(STRANGER).number(1);
    fails(send(STRANGER, COLLATERAL, admit), "OnlyTimelock(address)");
    succeed(send(TIMELOCK, COLLATERAL, admit));
    Hash subject = hash(send(STRANGER, COLLATERAL, with("endorse(bytes)", key)));
    CallData ask = CallData.of("collateral(bytes32[])").numbers(List.of(UInt256.of(subject)));
    Bytes expected = new CollateralItem.Endorsement(key).encoded();
    assertEquals(
        expected, send(STRANGER, COLLATERAL, ask).result().output().slice(64, expected.length()));
    CallData withdraw = CallData.of("withdraw(bytes32)").hash(subject);
    fails(send(account(6), COLLATERAL, withdraw), "NotTheEndorser(bytes32,address)");
    succeed(send(STRANGER, COLLATERAL, withdraw));
    fails(send(STRANGER, COLLATERAL, ask), "NoItem(bytes32)");
  }

  @Test
  void governanceApprovesCodeAndStrikesItOff() {
    Hash code = Hash.fromHex("33".repeat(32));
    Bytes measurement = Bytes.wrap(new byte[32]);
    CallData approve =
        CallData.of("approve(bytes32,uint8,uint32,bytes)")
            .hash(code)
            .number(1)
            .number(3)
            .bytes(measurement);
    fails(send(STRANGER, RUNTIMES, approve), "OnlyTimelock(address)");
    CallData approvals = CallData.of("approvals(bytes32)").hash(code);
    for (int count = 0; count < 16; count++) {
      succeed(send(TIMELOCK, RUNTIMES, approve));
    }
    fails(send(TIMELOCK, RUNTIMES, approve), "TooManyApprovals(bytes32,uint256)");
    Bytes all = send(STRANGER, RUNTIMES, approvals).result().output();
    assertEquals(UInt256.of(16 * 39), UInt256.of(all.toArray(), 32, 32));
    // Platform, least version, length of the measurement.
    assertEquals(Bytes.fromHex("01000000030020"), all.slice(64, 7));
    CallData strike = CallData.of("strikeOff(bytes32,uint256)").hash(code).number(0);
    fails(send(STRANGER, RUNTIMES, strike), "OnlyTimelock(address)");
    for (int count = 0; count < 16; count++) {
      succeed(send(TIMELOCK, RUNTIMES, strike));
    }
    fails(send(TIMELOCK, RUNTIMES, strike), "NotApproved(bytes32,uint256)");
    assertEquals(UInt256.ZERO, send(STRANGER, RUNTIMES, approvals).word(1));
    Bytes tooLong = Bytes.wrap(new byte[1_025]);
    for (Bytes wrong : List.of(Bytes.EMPTY, tooLong)) {
      fails(
          send(
              TIMELOCK,
              RUNTIMES,
              CallData.of("approve(bytes32,uint8,uint32,bytes)")
                  .hash(code)
                  .number(1)
                  .number(3)
                  .bytes(wrong)),
          "WrongMeasurement(uint256,uint256)");
    }
    for (int platform : new int[] {0, 6}) {
      fails(
          send(
              TIMELOCK,
              RUNTIMES,
              CallData.of("approve(bytes32,uint8,uint32,bytes)")
                  .hash(code)
                  .number(platform)
                  .number(3)
                  .bytes(measurement)),
          "NotAPlatform(uint8)");
    }
  }

  @Test
  void governanceDeniesMachinesWhoseKeysAreLost() {
    Hash machine = Hash.fromHex("44".repeat(32));
    CallData deny = CallData.of("setDenied(bytes32,bool)").hash(machine).number(1);
    CallData ask = CallData.of("isDenied(bytes32)").hash(machine);
    fails(send(STRANGER, RUNTIMES, deny), "OnlyTimelock(address)");
    assertEquals(UInt256.ZERO, send(STRANGER, RUNTIMES, ask).word(0));
    succeed(send(TIMELOCK, RUNTIMES, deny));
    assertEquals(UInt256.ONE, send(STRANGER, RUNTIMES, ask).word(0));
  }
}

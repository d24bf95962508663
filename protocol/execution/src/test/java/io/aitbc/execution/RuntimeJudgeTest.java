// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.Platform;
import io.aitbc.attestation.Reason;
import io.aitbc.attestation.TcbStatus;
import io.aitbc.attestation.TeeClaim;
import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Sha256;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// RuntimeRegistry.judge with tokens of a device whose key was endorsed on the chain, and with the
/// genesis hash that BeaconHistory kept. Protocol §18.9 rule 6.
class RuntimeJudgeTest {
  private static final Address RUNTIMES = EconomyContract.RUNTIME_REGISTRY.address();
  private static final Address COLLATERAL = EconomyContract.COLLATERAL_REGISTRY.address();
  private static final Address CLOCK = EconomyContract.BEACON_HISTORY.address();
  private static final Address TIMELOCK = EconomyContract.TIMELOCK.address();
  private static final Address ENDORSER = account(5);
  private static final String PROFILE = "tag:psacertified.org,2023:psa#tfm";
  private static final Hash CODE = Hash.fromHex("33".repeat(32));
  private static final Bytes MEASUREMENT = Bytes.fromHex("ab".repeat(32));
  private static final Bytes INSTANCE = Bytes.fromHex("01" + "cd".repeat(32));

  /// Blocks of this chain between which an anchor may lie.
  private static final long ANCHOR_BLOCKS = 100;

  private static final long NOW = 1_000;

  private final EconomyWorld world = new EconomyWorld(3, 4, 8);
  private final KeyPair key = key();
  private final Hash subject;

  RuntimeJudgeTest() {
    begin(1, RuntimeJudgeTest::hashAt); // As the chain begins: this is when the genesis is kept.
    begin(NOW, RuntimeJudgeTest::hashAt);
    TrustPolicy policy =
        new TrustPolicy(
            true,
            new TreeSet<>(List.of(Platform.PSA)),
            new TreeSet<>(List.of(Hash.fromHex("11".repeat(32)))),
            new TreeSet<>(),
            new TreeSet<>(List.of(TcbStatus.UP_TO_DATE)),
            0,
            new TreeMap<>(),
            0,
            true,
            List.of(PROFILE),
            List.of(),
            List.of(),
            new TreeSet<>(),
            new TreeSet<>(),
            ANCHOR_BLOCKS,
            Hash.ZERO);
    succeed(send(TIMELOCK, COLLATERAL, CallData.of("setPolicy(bytes)").bytes(policy.encoded())));
    succeed(
        send(
            TIMELOCK,
            COLLATERAL,
            CallData.of("setEndorser(address,bool)").address(ENDORSER).number(1)));
    Bytes endorsed = Bytes.wrap(key.getPublic().getEncoded());
    subject =
        Hash.of(
            send(ENDORSER, COLLATERAL, CallData.of("endorse(bytes)").bytes(endorsed))
                .word(0)
                .toArray());
    succeed(
        send(
            TIMELOCK,
            RUNTIMES,
            CallData.of("approve(bytes32,uint8,uint32,bytes)")
                .hash(CODE)
                .number(Platform.PSA.code())
                .number(0)
                .bytes(MEASUREMENT)));
  }

  private static KeyPair key() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Hash hashAt(long height) {
    return Keccak256.hash(Contracts.word(height));
  }

  private void begin(long height, BlockEnvironment.Ancestors hashes) {
    world.height = height;
    world.block =
        new BlockEnvironment(
            Fork.OSAKA,
            UInt256.of(7),
            account(0),
            height,
            1_700_000_000 + height,
            100_000_000,
            Hash.ZERO,
            Amount.ZERO,
            Amount.ZERO,
            hashes);
    var _ =
        world
            .calls()
            .call(
                CLOCK,
                CallData.of("startBlock(uint64,uint128)")
                    .number(1_000 * (1_700_000_000 + height))
                    .number(0)
                    .toBytes());
  }

  private EconomyWorld.Outcome send(Address who, Address to, CallData data) {
    return world.send(who, to, Amount.ZERO, data);
  }

  private static Binding binding(Hash chain, long anchor, Hash anchorHash) {
    return new Binding(
        chain,
        Hash.fromHex("01".repeat(32)),
        anchorHash,
        anchor,
        CODE,
        Hash.fromHex("02".repeat(32)),
        Hash.fromHex("03".repeat(32)),
        Hash.fromHex("04".repeat(32)));
  }

  private EconomyWorld.Outcome judge(Binding bound, Bytes token, List<Hash> subjects) {
    return send(
        ENDORSER,
        RUNTIMES,
        CallData.of(
                "judge(uint8,uint8,(bytes32,uint64,bytes32,bytes32,bytes32,bytes32),"
                    + "bytes,bytes32[])")
            .number(Platform.PSA.code())
            .number(0)
            .hash(bound.task())
            .number(bound.anchorHeight())
            .hash(bound.code())
            .hash(bound.input())
            .hash(bound.output())
            .hash(bound.worker())
            .bytes(new TeeClaim(new Evidence.Psa(token), List.of()).encoded())
            .numbers(subjects.stream().map(UInt256::of).toList()));
  }

  private EconomyWorld.Outcome judge(Binding bound) {
    return judge(bound, token(bound.userData(Hash.ZERO)), List.of(subject));
  }

  private static void assertReason(Reason reason, EconomyWorld.Outcome outcome) {
    succeed(outcome);
    assertEquals(UInt256.of(reason.code()), outcome.word(0), reason.toString());
  }

  // ---- A token as a device makes it (RFC 9783, RFC 9052).

  private static void head(int major, long argument, ByteArrayOutputStream out) {
    if (argument < 24) {
      out.write(major << 5 | (int) argument);
    } else if (argument < 256) {
      out.write(major << 5 | 24);
      out.write((int) argument);
    } else {
      out.write(major << 5 | 25);
      out.write((int) (argument >> 8));
      out.write((int) argument);
    }
  }

  private static void octets(byte[] bytes, ByteArrayOutputStream out) {
    head(2, bytes.length, out);
    out.writeBytes(bytes);
  }

  private static void text(String text, ByteArrayOutputStream out) {
    head(3, text.length(), out);
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private Bytes token(Bytes nonce) {
    ByteArrayOutputStream claims = new ByteArrayOutputStream();
    head(5, 7, claims);
    head(0, 10, claims); // Nonce.
    octets(nonce.toArray(), claims);
    head(0, 256, claims); // Instance.
    octets(INSTANCE.toArray(), claims);
    head(0, 265, claims); // Profile.
    text(PROFILE, claims);
    head(0, 2394, claims); // Client.
    head(0, 1, claims);
    head(0, 2395, claims); // Life cycle.
    head(0, 0x3000, claims);
    head(0, 2396, claims); // Implementation.
    octets(new byte[32], claims);
    head(0, 2399, claims); // Components.
    head(4, 1, claims);
    head(5, 1, claims);
    head(0, 2, claims);
    octets(MEASUREMENT.toArray(), claims);
    byte[] header = {(byte) 0xa1, 1, 0x26}; // ES256.
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    head(4, 4, signed);
    text("Signature1", signed);
    octets(header, signed);
    octets(new byte[0], signed);
    octets(claims.toByteArray(), signed);
    ByteArrayOutputStream token = new ByteArrayOutputStream();
    head(6, 18, token);
    head(4, 4, token);
    octets(header, token);
    head(5, 0, token);
    octets(claims.toByteArray(), token);
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key.getPrivate());
      signature.update(signed.toByteArray());
      octets(signature.sign(), token);
    } catch (java.security.GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
    return Bytes.wrap(token.toByteArray());
  }

  @Test // Protocol §16.2
  void theGenesisHashIsThatOfBlockZeroForGood() {
    CallData ask = CallData.of("genesisHash()");
    assertEquals(
        UInt256.of(hashAt(0)), world.read(EconomyContract.BEACON_HISTORY, ask), "in block " + NOW);
    begin(NOW + 1, _ -> Hash.ZERO);
    assertEquals(UInt256.of(hashAt(0)), world.read(EconomyContract.BEACON_HISTORY, ask));
  }

  @Test
  void evidenceThatIsBoundToThisChainAndItsAnchorHolds() {
    EconomyWorld.Outcome held = judge(binding(hashAt(0), NOW - 1, hashAt(NOW - 1)));
    assertReason(Reason.OK, held);
    assertEquals(UInt256.ONE, held.word(1), "a platform's level");
    assertEquals(UInt256.of(Platform.PSA.code()), held.word(2));
    assertEquals(UInt256.of(hardware()), held.word(3));
  }

  private static Hash hardware() {
    byte[] named = new byte[1 + INSTANCE.length()];
    named[0] = (byte) Platform.PSA.code();
    INSTANCE.copyTo(named, 1);
    return Sha256.hash(named);
  }

  @Test
  void evidenceOfAnotherChainForkClaimOrDeviceDoesNot() {
    Hash anchor = hashAt(NOW - 1);
    Binding right = binding(hashAt(0), NOW - 1, anchor);
    assertReason(Reason.BINDING_MISMATCH, judge(binding(hashAt(5), NOW - 1, anchor)));
    assertReason(Reason.BINDING_MISMATCH, judge(binding(hashAt(0), NOW - 1, hashAt(5))));
    Bytes replayed = token(binding(hashAt(0), NOW - 2, hashAt(NOW - 2)).userData(Hash.ZERO));
    assertReason(Reason.BINDING_MISMATCH, judge(right, replayed, List.of(subject)));
    byte[] forged = token(right.userData(Hash.ZERO)).toArray();
    forged[forged.length - 1] ^= 1;
    assertReason(
        Reason.EVIDENCE_SIGNATURE_INVALID, judge(right, Bytes.wrap(forged), List.of(subject)));
    assertReason(
        Reason.ENDORSEMENT_MISSING, judge(right, token(right.userData(Hash.ZERO)), List.of()));
    assertError(
        "NoItem(bytes32)", judge(right, token(right.userData(Hash.ZERO)), List.of(hashAt(1))));
  }

  @Test
  void theAnchorIsAmongTheBlocksThatThePolicyAndTheMachineKnow() {
    long oldest = NOW - ANCHOR_BLOCKS;
    assertReason(Reason.OK, judge(binding(hashAt(0), oldest, hashAt(oldest))));
    assertReason(Reason.STALE_ANCHOR, judge(binding(hashAt(0), oldest - 1, hashAt(oldest - 1))));
    assertError("AnchorNotKept(uint256)", judge(binding(hashAt(0), NOW - 257, hashAt(NOW - 257))));
    assertError("AnchorNotKept(uint256)", judge(binding(hashAt(0), NOW, hashAt(NOW))));
  }

  @Test
  void codeThatWasStruckOffAndMachinesThatWereDeniedAreRefused() {
    Binding right = binding(hashAt(0), NOW - 1, hashAt(NOW - 1));
    CallData deny = CallData.of("setDenied(bytes32,bool)").hash(hardware());
    succeed(send(TIMELOCK, RUNTIMES, deny.number(1)));
    assertError("MachineDenied(bytes32)", judge(right));
    CallData admit = CallData.of("setDenied(bytes32,bool)").hash(hardware());
    succeed(send(TIMELOCK, RUNTIMES, admit.number(0)));
    assertReason(Reason.OK, judge(right));
    succeed(
        send(TIMELOCK, RUNTIMES, CallData.of("strikeOff(bytes32,uint256)").hash(CODE).number(0)));
    assertReason(Reason.CODE_NOT_APPROVED, judge(right));
  }
}

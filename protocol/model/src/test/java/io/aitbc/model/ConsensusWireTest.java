// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static io.aitbc.model.TestValidators.GENESIS;
import static io.aitbc.model.TestValidators.account;
import static io.aitbc.model.TestValidators.accounts;
import static io.aitbc.model.TestValidators.aggregate;
import static io.aitbc.model.TestValidators.key;
import static io.aitbc.model.TestValidators.vote;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What travels and what is signed has the bytes it always had: a change of consensus-wire.txt is a
/// change of the protocol. Protocol §11.4, Protocol §11.6 to §11.10.
class ConsensusWireTest {
  private static final Hash ONE = Hash.fromHex("11".repeat(32));
  private static final Hash TWO = Hash.fromHex("22".repeat(32));
  private static final Height HEIGHT = new Height(1_000);
  private static final ValidatorSet SET = TestValidators.set(4, 1, 2, 1L << 50);

  private final List<String> lines = new ArrayList<>();
  private final SortedMap<String, Bytes> frames = new TreeMap<>();
  private final Set<FrameType> framed = EnumSet.noneOf(FrameType.class);

  private void encoded(String name, Bytes bytes) {
    lines.add(name + " " + bytes.toHex());
  }

  private void signed(String name, ValidatorMessage message) {
    encoded(name, Bytes.wrap(message.signingBytes()));
  }

  private void framed(String name, PeerMessage message) {
    byte[] payload = message.encoded().toArray();
    byte[] frame = new byte[1 + payload.length];
    frame[0] = (byte) message.frameType().code();
    System.arraycopy(payload, 0, frame, 1, payload.length);
    encoded(name, Bytes.wrap(frame));
    var _ = frames.put(name, Bytes.wrap(frame));
    boolean _ = framed.add(message.frameType());
  }

  private static Ballot.Prepare prepare(Optional<Round> v) {
    return new Ballot.Prepare(HEIGHT, new Round(3), Mode.BALANCED, ONE, v);
  }

  private static Ballot.Commit commit(Height height) {
    return new Ballot.Commit(height, Round.ZERO, Mode.FAST, ONE, TWO);
  }

  private static CommitCertificate certificate(Height height) {
    return new CommitCertificate(
        commit(height), aggregate(SET, accounts(0, 6), commit(height).message(GENESIS)));
  }

  private static PrepareCertificate prepared() {
    Ballot.Prepare ballot =
        new Ballot.Prepare(HEIGHT, Round.ZERO, Mode.BALANCED, ONE, Optional.empty());
    return new PrepareCertificate(ballot, aggregate(SET, accounts(1, 5), ballot.message(GENESIS)));
  }

  private static ProposalContent content() {
    Height before = new Height(HEIGHT.number() - 1);
    CarriedCommits late =
        new CarriedCommits(
            commit(new Height(997)),
            aggregate(SET, accounts(2, 2), commit(new Height(997)).message(GENESIS)));
    Height anchored = new Height(980);
    CarriedAnchors anchors =
        new CarriedAnchors(
            anchored, TWO, aggregate(SET, accounts(4, 5), Anchor.message(GENESIS, anchored, TWO)));
    return new ProposalContent(
        TWO,
        List.of(ONE, GENESIS),
        1_760_000_000_123L,
        new Round(1),
        account(2),
        KeyedScheme.sign(key(2), ProposalContent.vrfMessage(GENESIS, ONE, HEIGHT)),
        Optional.of(certificate(before)),
        new CarriedSignatures(List.of(late), List.of(anchors)));
  }

  private static Proposal proposal() {
    ProposalContent content = content();
    ValidatorMessage message =
        ProposalEnvelope.message(GENESIS, HEIGHT, content.round(), content.id(), Optional.empty());
    ProposalEnvelope envelope =
        new ProposalEnvelope(
            HEIGHT,
            content.round(),
            content.id(),
            Optional.empty(),
            account(2),
            KeyedScheme.sign(key(2), message));
    return new Proposal(envelope, content, Optional.empty());
  }

  private static ConsensusExtension extension() {
    return new ConsensusExtension(
        new ModeSetting(Mode.FAST, Mode.SECURE, 4),
        Fallback.ON,
        Oversight.WAIVED,
        9,
        account(2),
        new Round(1),
        content().vrfProof(),
        content().carried().hash(),
        SET.hash(),
        SET.hash(),
        TWO,
        1_760_000_000_123L);
  }

  private static BlockFacts facts() {
    Candidate candidate =
        new Candidate(
            account(1),
            key(1),
            ValidatorClass.BOTH,
            new VotingPower(77),
            Candidate.Standing.JAILED,
            5,
            java.util.OptionalLong.of(8));
    EpochSnapshot snapshot =
        new EpochSnapshot(List.of(candidate), ConsensusParameters.DEFAULT, 250_000);
    return new BlockFacts(
        21_000, 30_000_000, Amount.ONE_AITBC, List.of(account(3)), Optional.of(snapshot));
  }

  private void writeSigned() {
    signed("signed-prepare", prepare(Optional.of(new Round(1))).message(GENESIS));
    signed("signed-prepare-fresh", prepare(Optional.empty()).message(GENESIS));
    signed("signed-commit", commit(HEIGHT).message(GENESIS));
    signed("signed-envelope", proposal().envelope().message(GENESIS));
    signed("signed-round-change", RoundChange.message(GENESIS, HEIGHT, new Round(2)));
    signed("signed-anchor", Anchor.message(GENESIS, HEIGHT, TWO));
    signed("signed-vrf", ProposalContent.vrfMessage(GENESIS, ONE, HEIGHT));
  }

  private void writeFrames() {
    var votes =
        new Evidence.Equivocation(
            vote(2, prepare(Optional.empty())), vote(2, prepare(Optional.of(Round.ZERO))));
    framed("hello", new PeerMessage.Hello(1, 7, GENESIS, HEIGHT, TWO, 30_303));
    framed("status", new PeerMessage.Status(HEIGHT, TWO, new Height(1)));
    framed("ping", new PeerMessage.Ping(7));
    framed("pong", new PeerMessage.Pong(7));
    framed("goodbye", new PeerMessage.Goodbye(3));
    framed("peers-request", new PeerMessage.PeersRequest(32));
    framed("proposal", proposal());
    framed("vote", vote(1, commit(HEIGHT)));
    framed("prepare-certificate", prepared());
    framed("commit-certificate", certificate(HEIGHT));
    framed(
        "round-change",
        new RoundChange(
            HEIGHT,
            new Round(2),
            account(1),
            KeyedScheme.sign(key(1), RoundChange.message(GENESIS, HEIGHT, new Round(2))),
            Optional.of(prepared())));
    framed(
        "round-change-certificate",
        new RoundChangeCertificate(
            HEIGHT,
            new Round(2),
            aggregate(SET, accounts(0, 3), RoundChange.message(GENESIS, HEIGHT, new Round(2))),
            Optional.empty()));
    framed(
        "anchor",
        new Anchor(
            HEIGHT,
            TWO,
            account(4),
            KeyedScheme.sign(key(4), Anchor.message(GENESIS, HEIGHT, TWO))));
    framed("evidence-equivocation", votes);
    framed(
        "evidence-forgotten-lock",
        new Evidence.ForgottenLock(certificate(HEIGHT), vote(2, prepare(Optional.empty()))));
    framed("proposal-request", new ProposalRequest(HEIGHT, ONE));
    framed("transactions-ahead", new TransactionsAhead(HEIGHT, List.of(ONE, TWO)));
    framed("certificate-request", new PeerMessage.CertificateRequest(Height.GENESIS));
    framed(
        "missing-transactions-request",
        new PeerMessage.MissingTransactionsRequest(ONE, List.of(TWO)));
    framed(
        "missing-transactions",
        new PeerMessage.MissingTransactions(ONE, List.of(Bytes.fromHex("02ff"))));
    framed("transaction-hashes", new PeerMessage.TransactionHashes(List.of(ONE)));
    framed("transactions-request", new PeerMessage.TransactionsRequest(5, List.of(ONE)));
    framed("transactions", new PeerMessage.Transactions(5, List.of(Bytes.fromHex("02ff"))));
    framed("blocks-request", new PeerMessage.BlocksRequest(6, HEIGHT, 32));
    framed(
        "blocks",
        new PeerMessage.Blocks(
            6,
            List.of(
                new CertifiedBlock(
                    Bytes.fromHex("c0"),
                    extension(),
                    content().parentCertificate(),
                    content().carried(),
                    certificate(HEIGHT)))));
    BlsSignature any = content().vrfProof();
    framed("slot-block", new SlotBlock(1_009, Bytes.fromHex("c0"), any));
    framed("slot-block-request", new SlotBlockRequest(ONE));
    framed("snapshot-request", new SnapshotMessage.Request(7, HEIGHT));
    framed("snapshot", new SnapshotMessage.Beginning(7, Bytes.fromHex("c0"), List.of()));
    framed(
        "snapshot-parts-request",
        new SnapshotMessage.PartsRequest(
            8, HEIGHT, List.of(Bytes.fromHex("00"), SnapshotMessage.codeItem(ONE))));
    framed(
        "snapshot-parts",
        new SnapshotMessage.Parts(
            8,
            List.of(
                new SnapshotMessage.Node(Bytes.fromHex("c0")),
                new SnapshotMessage.Range(
                    List.of(new SnapshotMessage.Row(Bytes.fromHex("02"), Bytes.fromHex("03")))),
                new SnapshotMessage.Code(Bytes.fromHex("fe")))));
    framed(
        "peers",
        new PeerMessage.Peers(
            List.of(new PeerAddress(ONE.toBytes(), Bytes.fromHex("7f000001"), 30_303))));
  }

  @Test // Protocol §11.6.
  void whatTravelsHasTheBytesItAlwaysHad() throws IOException {
    encoded("content-id", content().id().toBytes());
    encoded("validator-set", SET.encoded());
    encoded("validator-set-hash", SET.hash().toBytes());
    encoded("extension", extension().encoded());
    encoded("extension-hash", extension().hash().toBytes());
    encoded("certificate-hash", certificate(HEIGHT).hash().toBytes());
    encoded("facts", facts().encoded());
    encoded("classic", ConsensusParameters.CLASSIC.encoded());
    writeSigned();
    writeFrames();
    try (InputStream golden = ConsensusWireTest.class.getResourceAsStream("consensus-wire.txt")) {
      String expected = new String(golden.readAllBytes(), StandardCharsets.US_ASCII);
      assertEquals(expected, String.join("\n", lines) + "\n");
    }
  }

  @Test // Protocol §11.10.
  void everyMessageOfPeersIsAmongThemAndASeedOfTheFuzzer() throws IOException {
    writeFrames();
    assertEquals(EnumSet.allOf(FrameType.class), framed);
    for (Map.Entry<String, Bytes> frame : frames.entrySet()) {
      String seed = "PeerMessageFuzzTestInputs/whatIsAcceptedIsTheOnlyEncoding/" + frame.getKey();
      try (InputStream bytes = ConsensusWireTest.class.getResourceAsStream(seed)) {
        assertNotNull(bytes, seed);
        assertEquals(frame.getValue(), Bytes.wrap(bytes.readAllBytes()), seed);
      }
    }
  }
}

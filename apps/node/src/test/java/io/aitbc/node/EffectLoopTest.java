// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.Consensus;
import io.aitbc.consensus.DerivedChain;
import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Input;
import io.aitbc.consensus.LogRecord;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.Recipients;
import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.SigningDecision;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRefusal;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.Start;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.Proposal;
import io.aitbc.node.FakePorts.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

// Protocol §5.9, §8.3: a real consensus of one validator with its real key, in a world of fakes.
class EffectLoopTest {
  private static final Peer PEER = FakePorts.peer(1);

  private final BlsScheme scheme = new BlsScheme();
  private final FakePorts ports = new FakePorts();
  private SigningRecord record = SigningRecord.fresh(OneValidator.GENESIS);
  private final EffectLoop loop = loop(List.of());

  private EffectLoop loop(List<LogRecord> log) {
    ports.signer = this::sign;
    ports.executing =
        proposal ->
            new Input.Executed(
                proposal.proposalId(),
                NodeValues.hash(42),
                new BlockFacts(21_000, 30_000_000, Amount.ZERO, List.of(), Optional.empty()));
    ports.verifying =
        request -> {
          BlsSignature sum = scheme.aggregate(request.signatures()).orElseThrow();
          return new Input.Verified(
              request.id(),
              Optional.of(sum)
                  .filter(each -> scheme.verifyAggregate(request.keys(), request.message(), each)));
        };
    EffectLoop made =
        new EffectLoop(
            Consensus.recover(
                new Start(
                    new Identity.Validating(OneValidator.ACCOUNT),
                    scheme,
                    new DerivedChain(OneValidator.DERIVED, scheme),
                    Optional.empty(),
                    record,
                    log,
                    ports.now())),
            ports);
    ports.give = made::give;
    return made;
  }

  private Input sign(SigningRequest request) {
    return switch (record.advanceTo(OneValidator.GENESIS, request)) {
      case SigningDecision.Advance(SigningRecord next) -> {
        record = next;
        yield new Input.Signed(
            request, OneValidator.KEY.sign(request.message(OneValidator.GENESIS)));
      }
      case SigningDecision.Refuse(SigningRefusal reason) ->
          new Input.SigningRefused(request, reason);
    };
  }

  /// Lets one block become final.
  private void decideOne() {
    var _ = ports.wait(NodeValues.transaction(1));
    loop.start();
    loop.give(new Input.TransactionsPending());
    ports.pass(Duration.ofSeconds(3));
  }

  private int index(Predicate<Event> wanted) {
    for (int i = 0; i < ports.events.size(); i++) {
      if (wanted.test(ports.events.get(i))) {
        return i;
      }
    }
    throw new AssertionError("not among " + ports.events);
  }

  private static boolean asks(Event event, SignedMark.Step step) {
    return switch (event) {
      case Event.AskedToSign(SigningRequest.Envelope _) -> step == SignedMark.Step.ENVELOPE;
      case Event.AskedToSign(SigningRequest.Vote(Ballot.Prepare _)) ->
          step == SignedMark.Step.PREPARE;
      case Event.AskedToSign(SigningRequest.Vote(Ballot.Commit _)) ->
          step == SignedMark.Step.COMMIT;
      default -> false;
    };
  }

  @Test // Protocol §8.3
  void theOwnProposalIsSignedThenDurableThenSent() {
    decideOne();
    int signed = index(event -> asks(event, SignedMark.Step.ENVELOPE));
    int durable = index(event -> event instanceof Event.Persisted(LogRecord.OwnProposal _));
    int sent = index(event -> event instanceof Event.Sent(var _, Proposal _));
    assertTrue(signed < durable && durable < sent, ports.events.toString());
  }

  @Test // Protocol §8.3: only what leaves no trace is signed above a block that may be lost.
  void untilABlockIsDurableTheNextOneIsNotSigned() {
    ports.writing = Duration.ofSeconds(30);
    decideOne();
    ports.pass(Duration.ofSeconds(10)); // The empty block is due.
    Height next = new Height(2);
    assertEquals(List.of(new SigningRequest.Randomness(next, beaconAsked(next))), asked(next));
    ports.pass(Duration.ofSeconds(30));
    assertTrue(
        asked(next).stream().anyMatch(SigningRequest.Envelope.class::isInstance),
        ports.events.toString());
  }

  private List<SigningRequest> asked(Height height) {
    return ports.events.stream()
        .filter(event -> event instanceof Event.AskedToSign)
        .map(event -> ((Event.AskedToSign) event).request())
        .filter(request -> request.height().equals(height))
        .toList();
  }

  private Hash beaconAsked(Height height) {
    return asked(height).stream()
        .filter(SigningRequest.Randomness.class::isInstance)
        .map(request -> ((SigningRequest.Randomness) request).beacon())
        .findFirst()
        .orElseThrow();
  }

  @Test // Protocol §8.3
  void theLockIsDurableBeforeTheCommitIsAskedOfTheSigner() {
    decideOne();
    int prepared = index(event -> asks(event, SignedMark.Step.PREPARE));
    int executed = index(event -> event instanceof Event.Executed);
    int locked = index(event -> event instanceof Event.Persisted(LogRecord.Lock _));
    int committed = index(event -> asks(event, SignedMark.Step.COMMIT));
    int kept = index(event -> event instanceof Event.Committed);
    assertTrue(
        prepared < locked && executed < locked && locked < committed && committed < kept,
        ports.events.toString());
  }

  @Test
  void theDecidedBlockIsTheOneThatWasExecutedAndItsTransactionsWaitNoMore() {
    decideOne();
    Event.Committed kept =
        (Event.Committed) ports.events.get(index(event -> event instanceof Event.Committed));
    assertEquals(NodeValues.hash(42), kept.block().blockHash());
    assertEquals(1, kept.block().content().transactions().size());
    assertTrue(ports.pending.isEmpty());
  }

  @Test // Protocol §8.3: a restarted proposer sends the recorded proposal again, never a new one.
  void afterARestartTheSameProposalIsSent() {
    decideOne();
    List<LogRecord> log = new ArrayList<>();
    for (Event event : ports.events) {
      if (event instanceof Event.Persisted(LogRecord.OwnProposal own)
          && own.height().equals(new Height(1))) {
        log.add(own);
      }
    }
    Proposal before = ((LogRecord.OwnProposal) log.getFirst()).proposal();
    ports.events.clear();
    var _ = ports.wait(NodeValues.transaction(2));
    EffectLoop again = loop(log);
    again.start();
    again.give(new Input.TransactionsPending());
    ports.pass(Duration.ofMillis(100));
    Event.Sent sent =
        (Event.Sent)
            ports.events.get(index(event -> event instanceof Event.Sent(var _, Proposal _)));
    assertEquals(before, sent.message());
  }

  @Test // Protocol §8.3
  void whatTheSignerRefusesIsNotSent() {
    record = SigningRecord.afterLoss(OneValidator.GENESIS, new Height(5));
    decideOne();
    assertTrue(
        ports.events.stream().noneMatch(event -> event instanceof Event.Sent(var _, Proposal _)),
        ports.events.toString());
  }

  @Test
  void requestsForCertificatesAndBlocksAreAnswered() {
    ports.certificates.put(new Height(3), NodeValues.certificate(3));
    ports.served.addAll(List.of(NodeValues.block(3), NodeValues.block(4)));
    loop.received(PEER, new PeerMessage.CertificateRequest(new Height(3)));
    ports.pass(EffectLoop.CERTIFICATE_PAUSE);
    loop.received(PEER, new PeerMessage.CertificateRequest(new Height(4)));
    loop.received(PEER, new PeerMessage.BlocksRequest(7, new Height(4), 10));
    assertEquals(
        List.of(NodeValues.certificate(3), new PeerMessage.Blocks(7, List.of(NodeValues.block(4)))),
        ports.sentTo(PEER));
  }

  @Test // Each takes a read of the disk.
  void aFloodOfRequestsForCertificatesIsAnsweredOnceInAWhile() {
    ports.certificates.put(new Height(3), NodeValues.certificate(3));
    for (int i = 0; i < 1_000; i++) {
      loop.received(PEER, new PeerMessage.CertificateRequest(new Height(3)));
    }
    assertEquals(1, ports.sentTo(PEER).size());
    ports.pass(EffectLoop.CERTIFICATE_PAUSE);
    loop.received(PEER, new PeerMessage.CertificateRequest(new Height(3)));
    assertEquals(2, ports.sentTo(PEER).size());
  }

  @Test
  void aPeerThatIsAheadIsAskedForBlocks() {
    loop.received(PEER, new PeerMessage.Status(new Height(8), NodeValues.hash(8), new Height(1)));
    assertFalse(loop.isCatchingUp());
    assertEquals(0, loop.blocksBehind(), "it has only spoken");
    assertEquals(
        List.of(
            new Event.Sent(
                new Recipients.One(PEER),
                new PeerMessage.BlocksRequest(1, new Height(1), CatchUp.BATCH_BLOCKS))),
        ports.events);
  }

  @Test
  void whatIsTheNetworksOwnBusinessChangesNothing() {
    loop.received(PEER, new PeerMessage.Ping(1));
    loop.received(PEER, new PeerMessage.Transactions(0, List.of()));
    assertEquals(List.of(), ports.events);
  }
}

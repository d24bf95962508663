// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Ballot;
import io.aitbc.model.Evidence;
import io.aitbc.model.Mode;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §5.1, §5.2: which proposals get a PREPARE. Node 0 is real.
class ProposalTest {
  private final Script script = Script.fast();

  private long now() {
    return Cluster.BEGIN.toEpochMilli() + script.cluster.nowMillis;
  }

  private Rejection blamed() {
    Misconduct misconduct = script.node.effects(Effect.Blame.class).getLast().misconduct();
    return assertInstanceOf(Misconduct.BadMessage.class, misconduct).reason();
  }

  @Test // Protocol §5.2
  void aProposalWithMissingTransactionsGetsNoPrepare() {
    script.give(1, script.proposal(0, script.content(0, Cluster.transaction(1))));
    assertEquals(List.of(), script.votes());
    assertEquals(1, script.node.effects(Effect.FetchTransactions.class).size());
  }

  @Test // Protocol §5.2
  void aProposalGetsItsPrepareWhenTheLastTransactionIsInHand() {
    ProposalContent content = script.content(0, Cluster.transaction(1));
    script.give(1, script.proposal(0, content));
    script.node.on(new Input.ProposalCompleted(content.id(), List.of(Cluster.transaction(1))));
    script.cluster.runFor(Duration.ofMillis(20));
    assertEquals(List.of(script.prepare(0, content)), script.votes());
  }

  @Test // Protocol §5.2
  void whoVotedForAProposalIsAskedForItsTransactionsToo() {
    ProposalContent content = script.content(0, Cluster.transaction(1));
    script.give(1, script.proposal(0, content));
    script.give(script.prepare(0, content), 1, 2, 3);
    List<Peer> asked = script.node.effects(Effect.FetchTransactions.class).getLast().holders();
    assertTrue(asked.containsAll(List.of(Cluster.peer(1), Cluster.peer(2), Cluster.peer(3))));
  }

  @Test // Protocol §5.1
  void aProposalOfAnotherThanTheProposerIsRefused() {
    int stranger = script.proposer(1);
    ProposalContent content = script.content(0);
    ProposalContent own =
        new ProposalContent(
            content.parentHash(),
            List.of(),
            content.timestampMillis(),
            content.round(),
            Cluster.account(stranger),
            script.content(1).vrfProof(),
            Optional.empty(),
            content.carried());
    script.give(stranger, script.proposal(0, own, Optional.empty(), stranger));
    assertInstanceOf(Rejection.WrongProposer.class, blamed());
    assertEquals(List.of(), script.votes());
  }

  @Test // Protocol §5.1: whoever brings it.
  void aProposalMayBePassedOn() {
    script.give(2, script.proposal(0, script.content(0)));
    assertEquals(1, script.votes().size());
  }

  @Test // Protocol §5.1: of one round the first; both together are evidence (§8.1).
  void ofTwoProposalsWhoseCertificatesAreCheckedAtOnceOneIsAccepted() {
    ProposalContent incomplete = script.content(0, Cluster.transaction(1));
    ProposalContent complete = script.content(1);
    script.round(2);
    script.cluster.inject(
        3,
        0,
        script.again(2, incomplete, script.certificate(script.prepare(0, incomplete), 1, 2, 3)));
    script.give(
        1, script.again(2, complete, script.certificate(script.prepare(1, complete), 1, 2, 3)));
    assertEquals(List.of(), script.asked());
    assertEquals(1, script.node.evidence.size());
  }

  @Test // Protocol §5.1: nor more bytes than the mode allows.
  void aProposalOfTooManyBytesGetsNoPrepare() {
    int max = FixedChain.genesis(script.cluster.set, Mode.FAST).limits().bytesMax();
    for (int bytes : new int[] {max + 1, max}) {
      Script fresh = Script.fast();
      Bytes transaction = Bytes.of(new byte[bytes]);
      ProposalContent content = fresh.content(0, transaction);
      fresh.give(1, fresh.proposal(0, content));
      fresh.node.on(new Input.ProposalCompleted(content.id(), List.of(transaction)));
      fresh.cluster.runFor(Duration.ofMillis(20));
      assertEquals(bytes > max ? 0 : 1, fresh.votes().size(), bytes + " bytes");
    }
  }

  @Test // Protocol §5.1
  void aBadlySignedEnvelopeIsRefused() {
    ProposalContent content = script.content(0);
    Proposal good = script.proposal(0, content);
    Proposal forged =
        new Proposal(
            new io.aitbc.model.ProposalEnvelope(
                good.height(),
                good.round(),
                content.id(),
                Optional.empty(),
                content.maker(),
                script.vote(1, script.prepare(0, content)).signature()),
            content,
            Optional.empty());
    script.give(1, forged);
    assertEquals(List.of(), script.votes());
    assertEquals(1, script.node.effects(Effect.Blame.class).size());
  }

  @Test // Protocol §5.1
  void aFreshProposalFarFromTheClockGetsNoPrepare() {
    script.give(1, script.proposal(0, script.contentAt(0, now() + 1_100)));
    assertEquals(List.of(), script.votes());
  }

  @Test // Protocol §5.1
  void theToleranceOfTheClockGrowsWithTheRound() {
    script.round(1);
    script.give(script.proposer(1), script.proposal(1, script.contentAt(1, now() + 1_400)));
    assertEquals(1, script.votes().size());
  }

  @Test // Protocol §5.1: while the parent is ahead of the clock, a child has the parent's time.
  void whereTheParentIsAheadOfTheClockTimeStandsStill() {
    assertEquals(List.of(), votesAnHourBeforeTheParent(1));
    assertEquals(1, votesAnHourBeforeTheParent(0).size());
  }

  private static List<Ballot> votesAnHourBeforeTheParent(long millisAboveTheParent) {
    Script script = Script.fast();
    long parent = FixedChain.genesis(script.cluster.set, Mode.FAST).parentTimestampMillis();
    script.node.clockSkewMillis = parent - 3_600_000 - Cluster.BEGIN.toEpochMilli();
    script.give(1, script.proposal(0, script.contentAt(0, parent + millisAboveTheParent)));
    return script.votes();
  }

  @Test // Protocol §5.1: a time that the clock has passed is no excuse for an old one.
  void theParentsTimeIsTooOldOnceTheClockHasPassedIt() {
    script.give(1, script.proposal(0, script.contentAt(0, 0)));
    assertEquals(List.of(), script.votes());
  }

  @Test // Protocol §5.1
  void theToleranceOfTheClockIsTenSecondsAtMost() {
    assertEquals(Duration.ofSeconds(1), Pacemaker.clockTolerance(new Round(0)));
    assertEquals(Duration.ofMillis(2_250), Pacemaker.clockTolerance(new Round(2)));
    assertEquals(Duration.ofSeconds(10), Pacemaker.clockTolerance(new Round(6)));
    assertEquals(Duration.ofSeconds(10), Pacemaker.clockTolerance(new Round(Round.NUMBER_MAX)));
  }

  @Test // Protocol §5.1
  void aReproposedContentIsNeverHeldAgainstAClock() {
    ProposalContent old = script.contentAt(0, now() + 3_600_000);
    PrepareCertificate prepared = script.certificate(script.prepare(0, old), 1, 2, 3);
    script.round(1).give(script.proposer(1), script.again(1, old, prepared));
    assertEquals(List.of(script.prepare(1, old, 0)), script.votes());
  }

  @Test // Protocol §5.1
  void aProposalOnAnotherParentIsRefused() {
    ProposalContent content = script.content(0);
    ProposalContent elsewhere =
        new ProposalContent(
            Keccak256.hash(Bytes.of((byte) 1)),
            List.of(),
            content.timestampMillis(),
            content.round(),
            content.maker(),
            content.vrfProof(),
            Optional.empty(),
            content.carried());
    script.give(1, script.proposal(0, elsewhere));
    assertInstanceOf(Rejection.WrongParent.class, blamed());
    assertEquals(List.of(), script.votes());
  }

  @Test // Protocol §5.1
  void aProposalThatOrdersATransactionTwiceIsRefused() {
    script.give(
        1, script.proposal(0, script.content(0, Cluster.transaction(1), Cluster.transaction(1))));
    assertInstanceOf(Rejection.Twice.class, blamed());
    assertEquals(List.of(), script.votes());
  }

  @Test // Protocol §5.1, §7.1
  void aProposalWithoutProofOfRandomnessIsRefused() {
    ProposalContent content = script.content(0);
    ProposalContent unproven =
        new ProposalContent(
            content.parentHash(),
            List.of(),
            content.timestampMillis(),
            content.round(),
            content.maker(),
            script.vote(1, script.prepare(0, content)).signature(),
            Optional.empty(),
            content.carried());
    script.give(1, script.proposal(0, unproven));
    assertInstanceOf(Rejection.BadRandomness.class, blamed());
    assertEquals(List.of(), script.votes());
  }

  @Test // Protocol §5.1
  void aReproposalWithTooSmallACertificateIsRefused() {
    ProposalContent content = script.content(0);
    PrepareCertificate small = script.certificate(script.prepare(0, content), 1, 2);
    script.round(1).give(script.proposer(1), script.again(1, content, small));
    assertInstanceOf(Rejection.BadCertificate.class, blamed());
    assertEquals(List.of(), script.votes());
  }

  @Test // Protocol §8.1
  void twoProposalsOfOneRoundAreEvidence() {
    script.give(1, script.proposal(0, script.content(0)));
    script.give(1, script.proposal(0, script.contentAt(0, now() + 1)));
    assertEquals(1, script.node.evidence.size());
    assertInstanceOf(Evidence.Equivocation.class, script.node.evidence.getFirst());
  }

  @Test // Protocol §5.1, §8.3
  void aRestartedProposerSendsTheRecordedProposalAgain() {
    Cluster cluster = Cluster.fast(4, 0);
    int proposer = Script.fast().proposer(0);
    Cluster.Node node = cluster.node(proposer);
    node.start();
    node.submit(Cluster.transaction(1));
    cluster.runFor(Duration.ofMillis(300));
    node.crash();
    node.submit(Cluster.transaction(2));
    node.start();
    cluster.runFor(Duration.ofMillis(300));
    List<Proposal> sent =
        node.effects(Effect.Send.class).stream()
            .filter(send -> send.message() instanceof Proposal)
            .map(send -> (Proposal) send.message())
            .toList();
    assertEquals(2, sent.size());
    assertEquals(sent.get(0), sent.get(1));
  }

  @Test // Protocol §5.6
  void theProposerOfALaterRoundProposesTheHighestPreparedContentAgain() {
    Cluster cluster = Cluster.fast(4, 0);
    Script played = Script.of(cluster.set, Mode.FAST);
    int next = played.proposer(1);
    Cluster.Node node = cluster.node(next);
    node.start();
    ProposalContent content = played.content(0);
    PrepareCertificate prepared =
        played.certificate(played.prepare(0, content), 0, played.proposer(0), played.proposer(2));
    int other = played.proposer(0);
    cluster.inject(other, next, played.proposal(0, content));
    for (int i = 0; i < 4; i++) {
      if (i != next) {
        cluster.inject(i, next, played.roundChange(i, 1, Optional.of(prepared)));
      }
    }
    cluster.runFor(Duration.ofMillis(200));
    Proposal again =
        node.effects(Effect.Send.class).stream()
            .filter(send -> send.message() instanceof Proposal)
            .map(send -> (Proposal) send.message())
            .findFirst()
            .orElseThrow();
    assertEquals(content, again.content());
    assertEquals(Optional.of(prepared), again.prepared());
  }

  @Test // Protocol §5.6: nobody who answers is locked on what nobody has.
  void aPreparedContentThatIsNotToBeHadGivesWayToAFreshOne() {
    Cluster cluster = Cluster.fast(4, 0);
    Script played = Script.of(cluster.set, Mode.FAST);
    int next = played.proposer(1);
    Cluster.Node node = cluster.node(next);
    node.start();
    PrepareCertificate prepared = played.certificate(played.prepare(0, played.content(0)), 0, 1, 3);
    for (int i = 0; i < 4; i++) {
      if (i != next) {
        cluster.inject(i, next, played.roundChange(i, 1, Optional.of(prepared)));
      }
    }
    cluster.runFor(Duration.ofMillis(700));
    assertEquals(0, node.effects(Effect.GatherTransactions.class).size());
    cluster.runFor(Duration.ofMillis(150));
    Proposal fresh =
        node.effects(Effect.Send.class).stream()
            .filter(send -> send.message() instanceof Proposal)
            .map(send -> (Proposal) send.message())
            .findFirst()
            .orElseThrow();
    assertEquals(Optional.empty(), fresh.prepared());
    assertEquals(new Round(1), fresh.round());
  }

  @Test // Protocol §5.6: it can only come from the same key at work elsewhere.
  void aRoundWithAPrepareCertificateIsNotProposedAgain() {
    ProposalContent elsewhere = script.content(3);
    script.give(2, script.certificate(script.prepare(3, elsewhere), 1, 2, 3));
    assertEquals(new Round(3), script.node.round());
    script.give(2, script.proposal(3, elsewhere)).give(3, script.roundChange(3, 3));
    script.cluster.runFor(Duration.ofSeconds(2));
    assertEquals(List.of(), script.proposals());
  }

  @Test // Protocol §5.6: nor is anything else, though the content is not to be had.
  void aRoundWithACertificateOfAMissingContentIsNotProposedAfresh() {
    script.give(2, script.certificate(script.prepare(3, script.content(3)), 1, 2, 3));
    script.give(2, script.roundChange(2, 3)).give(3, script.roundChange(3, 3));
    script.cluster.runFor(Duration.ofSeconds(2));
    assertEquals(new Round(3), script.node.round());
    assertEquals(List.of(), script.node.effects(Effect.GatherTransactions.class));
    assertEquals(List.of(), script.proposals());
  }

  @Test // Protocol §5.3: it could push out the result of the one that can be decided.
  void aProposalBesideACertifiedOneIsExecutedOnlyOnceItIsCertifiedToo() {
    int round = script.proposer(4) == script.proposer(3) ? 5 : 4;
    ProposalContent certified = script.content(3);
    ProposalContent other = script.content(round);
    script.give(2, script.certificate(script.prepare(3, certified), 1, 2, 3)).round(round);
    script.give(script.proposer(round), script.proposal(round, other));
    assertFalse(executed().contains(other.id()));
    script.give(2, script.certificate(script.prepare(round, other), 1, 2, 3));
    assertTrue(executed().contains(other.id()));
  }

  private List<Hash> executed() {
    return script.node.effects(Effect.Execute.class).stream()
        .map(Effect.Execute::proposalId)
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

// Protocol §5.6, §5.8: how a round ends.
class RoundChangeTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static List<RoundChange> roundChanges(Cluster.Node node) {
    return node.effects(Effect.Send.class).stream()
        .filter(send -> send.message() instanceof RoundChange)
        .map(send -> (RoundChange) send.message())
        .toList();
  }

  @Test // Protocol §5.6
  void aNodeJumpsToTheRoundThatMoreThanFAuthoritiesAskFor() {
    Script script = Script.fast();
    script.give(1, script.roundChange(1, 5));
    assertEquals(0, script.node.round().number());
    script.give(2, script.roundChange(2, 7));
    assertEquals(5, script.node.round().number());
  }

  @Test // Protocol §5.6
  void oneLyingAuthorityHurriesNobody() {
    Script script = Script.fast();
    for (int round = 1; round < 50; round++) {
      script.give(1, script.roundChange(1, round));
    }
    assertEquals(0, script.node.round().number());
  }

  @Test // Protocol §5.6
  void stakersDoNotHurryFast() {
    Script script = Script.of(Cluster.set(4, 4), Mode.FAST);
    for (int staker = 4; staker < 8; staker++) {
      script.give(staker, script.roundChange(staker, 3));
    }
    assertEquals(0, script.node.round().number());
  }

  @Test // Protocol §5.6
  void moreThanAThirdOfTheStakeMovesABalancedHeight() {
    Script script = Script.of(Cluster.set(4, 4), Mode.BALANCED);
    script.give(4, script.roundChange(4, 3));
    assertEquals(0, script.node.round().number());
    script.give(5, script.roundChange(5, 3));
    assertEquals(3, script.node.round().number());
  }

  @Test // Protocol §5.6
  void aRoundChangeCarriesTheHighestPrepareCertificate() {
    Script script = Script.fast();
    ProposalContent content = script.content(0);
    PrepareCertificate prepared = script.certificate(script.prepare(0, content), 1, 2, 3);
    script.give(1, prepared).round(1);
    assertEquals(Optional.of(prepared), roundChanges(script.node).getLast().highest());
  }

  @Test // Protocol §5.6
  void aPrepareCertificateBringsANodeToItsRound() {
    Script script = Script.fast();
    ProposalContent content = script.content(2);
    script.give(1, script.certificate(script.prepare(2, content), 1, 2, 3));
    assertEquals(2, script.node.round().number());
  }

  @Test // Protocol §5.6
  void whoAsksForALowerRoundIsToldWhereTheOthersAre() {
    Script script = Script.fast();
    script.round(6);
    int before = roundChanges(script.node).size();
    script.give(1, script.roundChange(1, 2)).give(1, script.roundChange(1, 3));
    assertEquals(before + 1, roundChanges(script.node).size());
    assertEquals(6, roundChanges(script.node).getLast().round().number());
  }

  @Test // Protocol §5.6
  void theNextProposerWaitsForAQuorum() {
    Cluster cluster = Cluster.fast(4, 0);
    Script played = Script.of(cluster.set, Mode.FAST);
    int next = played.proposer(1);
    Cluster.Node node = cluster.node(next);
    node.start();
    int other = played.proposer(2);
    int third = played.proposer(0);
    cluster.inject(other, next, played.roundChange(other, 1));
    cluster.inject(third, next, played.roundChange(third, 1));
    cluster.runFor(Duration.ofMillis(60));
    assertEquals(1, node.round().number());
    assertTrue(node.effects(Effect.GatherTransactions.class).size() > 0);
    Cluster lonely = Cluster.fast(7, 0);
    Script far = Script.of(lonely.set, Mode.FAST);
    int slow = far.proposer(1);
    lonely.node(slow).start();
    for (int i = 0; i < 3; i++) {
      int voice = (slow + 1 + i) % 7;
      lonely.inject(voice, slow, far.roundChange(voice, 1));
    }
    lonely.runFor(Duration.ofMinutes(1));
    assertEquals(1, lonely.node(slow).round().number());
    assertEquals(0, lonely.node(slow).effects(Effect.GatherTransactions.class).size());
    int voice = (slow + 4) % 7;
    lonely.inject(voice, slow, far.roundChange(voice, 1));
    lonely.runFor(Duration.ofMillis(60));
    assertEquals(1, lonely.node(slow).effects(Effect.GatherTransactions.class).size());
  }

  @Test // Protocol §5.6: where a fallback quorum leads, the proposer waits a quarter of the timer.
  void aGroupThatIsNoQuorumOfTheRoundIsProposedToAfterAQuarterOfTheTimer() {
    Cluster cluster = Cluster.fast(7, 6); // Five authorities are a group, six a quorum.
    Script played = Script.of(cluster.set, Mode.FAST);
    int next = played.proposer(1);
    Cluster.Node node = cluster.node(next);
    node.start();
    for (int i = 1; i < 5; i++) {
      int voice = (next + i) % 7;
      cluster.inject(voice, next, played.roundChange(voice, 1));
    }
    cluster.runFor(Duration.ofMillis(100));
    assertEquals(1, node.round().number());
    assertEquals(0, node.effects(Effect.GatherTransactions.class).size());
    cluster.runFor(Duration.ofMillis(375));
    assertEquals(1, node.effects(Effect.GatherTransactions.class).size());
  }

  @Test // Protocol §5.6: a proposal that was made for too few is stale when the last one comes.
  void whoComesBackLastFindsAProposalThatWaitedForIt() {
    Cluster cluster = Cluster.balanced(4, 6).start();
    assertTrue(cluster.allReach(MINUTE, 3));
    Address next = cluster.node(0).chain.next().proposer(new Round(1)).account();
    List<Cluster.Node> away = // Four of six stakers are left, no more than two thirds.
        cluster.nodes.stream()
            .filter(node -> node.index >= 4 && !node.account.equals(next))
            .limit(2)
            .toList();
    away.forEach(Cluster.Node::crash);
    cluster.runFor(Duration.ofMinutes(5));
    Cluster.Node proposer = cluster.nodeOf(next);
    long height = proposer.height();
    assertEquals(1, proposer.round().number());
    away.getFirst().start();
    assertTrue(cluster.allReach(MINUTE, height + 1));
    CommitCertificate certificate = proposer.certificates.get((int) height);
    assertEquals(1, certificate.round().number(), "no round was in vain");
  }

  @Test // Protocol §5.8
  void roundTimersGrowByHalfUpToTheCap() {
    Pacemaker pacemaker = new Pacemaker();
    Duration cap = Duration.ofSeconds(3);
    assertEquals(Duration.ofSeconds(1), pacemaker.roundTimer(new Round(0), cap));
    assertEquals(Duration.ofMillis(1_500), pacemaker.roundTimer(new Round(1), cap));
    assertEquals(Duration.ofMillis(2_250), pacemaker.roundTimer(new Round(2), cap));
    assertEquals(cap, pacemaker.roundTimer(new Round(3), cap));
    assertEquals(cap, pacemaker.roundTimer(new Round(Round.NUMBER_MAX), cap));
  }

  @Test // Protocol §5.8
  void roundTimersFollowTheMeasuredDecision() {
    Pacemaker pacemaker = new Pacemaker();
    Duration cap = Duration.ofSeconds(3);
    for (int i = 0; i < 100; i++) {
      pacemaker.measured(Duration.ofMillis(400), cap);
    }
    long millis = pacemaker.roundTimer(new Round(0), cap).toMillis();
    assertTrue(1_560 <= millis && millis <= 1_640);
    for (int i = 0; i < 100; i++) {
      pacemaker.measured(Duration.ofMillis(1), cap);
    }
    assertEquals(500, pacemaker.roundTimer(new Round(0), cap).toMillis());
  }

  @Test // Protocol §5.8
  void anIdleNetworkStaysInRoundZeroAndMakesEmptyBlocks() {
    Cluster cluster = Cluster.fast(4, 4).start();
    cluster.runFor(Duration.ofSeconds(30));
    assertTrue(cluster.node(0).height() >= 13);
    for (CommitCertificate certificate : cluster.node(0).certificates) {
      assertEquals(0, certificate.round().number());
    }
  }

  @Test // Protocol §5.9: a timer wakes the rules, the time alone does not.
  void theTimeAloneMovesNothing() {
    Cluster cluster = Cluster.balanced(4, 4).start();
    assertTrue(cluster.allReach(MINUTE, 1));
    Cluster.Node node = cluster.nodeOf(cluster.node(0).chain.next().proposer(Round.ZERO).account());
    cluster.runFor(Duration.ofMillis(5));
    node.submit(Cluster.transaction(1));
    int before = node.effects(Effect.GatherTransactions.class).size();
    Instant later = Cluster.BEGIN.plusMillis(cluster.nowMillis).plusSeconds(1);
    assertEquals(List.of(), node.consensus.on(new Input.TimePassed(later)));
    List<Effect> woken =
        node.consensus.on(new Input.TimerFired(new Timer.BlockInterval(new Height(2))));
    assertTrue(woken.stream().anyMatch(Effect.GatherTransactions.class::isInstance));
    assertEquals(before, node.effects(Effect.GatherTransactions.class).size());
  }

  @Test // Protocol §5.8: a timestamp that is timely all the same.
  void aMakerWhoseClockIsAheadCostsNobodyItsTurn() {
    Cluster cluster = Cluster.fast(4, 0);
    cluster.node(1).clockSkewMillis = 900;
    cluster.start();
    for (int height = 1; height <= 20; height++) {
      Bytes transaction = Cluster.transaction(height);
      cluster.runFor(Duration.ofMillis(20)); // Everybody is through with the block before.
      cluster.nodes.forEach(node -> node.submit(transaction));
      assertTrue(cluster.allReach(MINUTE, height), cluster::standing);
    }
    Set<Address> makers = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      assertEquals(0, cluster.node(0).certificates.get(i).round().number(), "height " + (i + 1));
      makers.add(cluster.node(0).contents.get(i).maker());
    }
    assertEquals(4, makers.size());
  }

  @Test // Protocol §5.8
  void theFirstTransactionTriggersABlockAtOnce() {
    Cluster cluster = Cluster.fast(4, 0).start();
    assertTrue(cluster.allReach(MINUTE, 3));
    long idle = cluster.nowMillis;
    cluster.runFor(Duration.ofMillis(500));
    cluster.node(2).submit(Cluster.transaction(1));
    assertTrue(
        cluster.runUntil(
            Duration.ofMillis(100),
            () -> cluster.node(2).contents.getLast().transactions().size() == 1));
    assertTrue(cluster.nowMillis - idle < 620);
  }

  @Test // Protocol §5.6, anchor 5: equal timers at the cap must not keep a gap of rounds open.
  void nodesThatAreRoundsApartMeetAgain() {
    Cluster cluster = Cluster.fast(4, 0).start();
    cluster.losing(d -> true);
    cluster.runFor(Duration.ofSeconds(20));
    cluster.losing(d -> d.from() == 3 || d.to() == 3);
    assertTrue(
        cluster.runUntil(
            Duration.ofSeconds(12),
            () -> cluster.nodes.stream().filter(n -> n.index < 3).allMatch(n -> n.height() > 0)));
  }

  private static long roundTimers(Script script) {
    return script.node.effects(Effect.StartTimer.class).stream()
        .filter(start -> start.timer() instanceof Timer.RoundEnd end && end.round().number() > 0)
        .count();
  }

  @Test // Protocol §5.6: a liar that shows itself to a few must not lead them away from the others.
  void aLiarAndOneHonestValidatorDoNotRunAhead() {
    Script script = Script.fast();
    script.give(1, script.proposal(0, script.content(0)));
    script.cluster.runFor(Duration.ofMillis(1_100));
    script.give(2, script.roundChange(2, 1));
    script.cluster.runFor(Duration.ofMinutes(1));
    assertEquals(1, script.node.round().number());
    script.give(3, script.roundChange(3, 1));
    script.cluster.runFor(Duration.ofSeconds(5));
    assertEquals(2, script.node.round().number());
  }

  @Test // Protocol §5.6: the honest run a round side by side.
  void aTimerStartsAgainOnceWhenTheOthersHaveReachedTheRound() {
    Script script = Script.fast();
    script.give(1, script.proposal(0, script.content(0)));
    script.cluster.runFor(Duration.ofMillis(1_100));
    assertEquals(1, script.node.round().number());
    assertEquals(1, roundTimers(script));
    script.give(2, script.roundChange(2, 1));
    assertEquals(1, roundTimers(script));
    script.give(3, script.roundChange(3, 1));
    assertEquals(2, roundTimers(script));
    script.give(1, script.roundChange(1, 1));
    assertEquals(2, roundTimers(script));
  }

  @Test // Protocol §5.8: whoever was behind votes at once and waits before it proposes.
  void whoSyncedWaitsBeforeItProposes() {
    syncsWaitsAndProposes(0);
  }

  @Test // Protocol §5.8: the wait is a timer's.
  void aClockThatIsSetBackAfterASyncDoesNotProlongTheWait() {
    syncsWaitsAndProposes(Duration.ofHours(1).toMillis());
  }

  @Test // Protocol §5.8: the turns of who lags by a moment would be lost for nothing.
  void whoSyncedWhatIsAMomentOldProposesWithoutWaiting() {
    Synced synced = syncAfter(3, 0);
    assertTrue(synced.chainMillis < Consensus.COOLDOWN.toMillis());
    assertTrue(
        synced.node.effects(Effect.StartTimer.class).stream()
            .noneMatch(started -> started.timer() instanceof Timer.Cooldown));
    assertTrue(synced.untilProposal() > 0, "in the end it proposes");
  }

  @Test // Protocol §5.8: the wait is that after the last sync.
  void aSecondSyncBeginsTheWaitAnew() {
    Surroundings around =
        new Surroundings(new Identity.Following(), new KeyedHashes(), Cluster.BEGIN);
    assertTrue(around.mayPropose());
    around.fellBehind(new Height(5));
    around.fellBehind(new Height(9));
    around.cooledDown(new Height(5));
    assertFalse(around.mayPropose());
    around.cooledDown(new Height(9));
    assertTrue(around.mayPropose());
  }

  private static void syncsWaitsAndProposes(long aheadMillis) {
    Synced synced = syncAfter(6, aheadMillis);
    assertTrue(synced.chainMillis >= Consensus.COOLDOWN.toMillis());
    assertTrue(synced.untilProposal() >= Consensus.COOLDOWN.toMillis());
  }

  /// A node that has synced.
  ///
  /// @param chainMillis of the chain's time that it was behind
  private record Synced(Cluster cluster, Cluster.Node node, long chainMillis) {
    long untilProposal() {
      long synced = cluster.nowMillis;
      int before = node.effects(Effect.GatherTransactions.class).size();
      assertTrue(
          cluster.runUntil(
              Duration.ofSeconds(60),
              () -> node.effects(Effect.GatherTransactions.class).size() > before));
      return cluster.nowMillis - synced;
    }
  }

  private static Synced syncAfter(int height, long aheadMillis) {
    Cluster cluster = Cluster.fast(4, 0);
    FixedChain genesis = FixedChain.genesis(cluster.set, Mode.FAST);
    int late = cluster.nodeOf(genesis.proposer(new Round(2)).account()).index;
    cluster.start();
    assertTrue(cluster.allReach(MINUTE, 2), cluster::standing);
    cluster.losing(d -> d.from() == late || d.to() == late);
    assertTrue(
        cluster.runUntil(
            MINUTE,
            () -> cluster.nodes.stream().allMatch(n -> n.index == late || n.height() >= height)),
        cluster::standing);
    cluster.healed();
    Cluster.Node node = cluster.node(late);
    long before = node.chain.next().parentTimestampMillis();
    node.clockSkewMillis = aheadMillis;
    node.syncFrom(cluster.node((late + 1) % 4));
    node.clockSkewMillis = 0;
    return new Synced(cluster, node, node.chain.next().parentTimestampMillis() - before);
  }

  @Test // Protocol §5.6: what a node alone can do is bounded.
  void aNodeThatIsAloneStaysOneRoundAhead() {
    Cluster cluster = Cluster.fast(4, 0).start().losing(d -> true);
    cluster.runFor(Duration.ofMinutes(10));
    assertTrue(cluster.nodes.stream().allMatch(n -> n.round().number() <= 1));
  }

  @Test // Protocol §5.8, anchor 4
  void afterTwoHundredEmptyRoundsTheNetworkDecidesWithinTwoTimers() {
    Cluster cluster = Cluster.fast(4, 0).start();
    cluster.losing(d -> d.message() instanceof Proposal);
    cluster.runFor(Duration.ofMinutes(11));
    assertTrue(cluster.node(0).round().number() >= 200);
    cluster.healed();
    assertTrue(cluster.allReach(Duration.ofSeconds(6), 1));
  }

  @Test // Protocol §5.1: what clocks said in the past does not hold the chain up.
  void clocksThatWereAnHourAheadAndAreSetRightStopNobody() {
    Cluster cluster = Cluster.fast(4, 0);
    cluster.nodes.forEach(node -> node.clockSkewMillis = Duration.ofHours(1).toMillis());
    cluster.start();
    assertTrue(cluster.allReach(MINUTE, 3));
    cluster.nodes.forEach(node -> node.clockSkewMillis = 0);
    assertTrue(cluster.allReach(MINUTE, 9), cluster::standing);
  }

  @Test // Protocol §6
  void fastSurvivesTheLossOfManyAuthoritiesInAFallbackRound() {
    Cluster cluster = Cluster.fast(7, 4).start();
    assertTrue(cluster.allReach(MINUTE, 3));
    for (int i = 0; i < 3; i++) {
      cluster.node(i).crash();
    }
    assertTrue(cluster.allReach(Duration.ofSeconds(15), 5));
    assertTrue(cluster.node(6).certificates.getLast().round().isFallback());
  }

  @Test // Protocol §6
  void balancedSurvivesTheLossOfAllAuthoritiesInAFallbackRound() {
    Cluster cluster = Cluster.balanced(4, 4).start();
    assertTrue(cluster.allReach(MINUTE, 3));
    for (int i = 0; i < 4; i++) {
      cluster.node(i).crash();
    }
    assertTrue(cluster.allReach(Duration.ofSeconds(30), 4));
    assertTrue(cluster.node(6).certificates.getLast().round().isFallback());
  }

  @Test // Protocol §6
  void withoutAQuorumTheChainStopsAndResumesWhenEnoughAreBack() {
    Cluster cluster = Cluster.fast(4, 0).start();
    assertTrue(cluster.allReach(MINUTE, 3));
    cluster.node(0).crash();
    cluster.node(1).crash();
    cluster.runFor(Duration.ofMinutes(5));
    long stalled = cluster.node(2).height();
    cluster.node(0).start();
    assertTrue(cluster.runUntil(Duration.ofSeconds(12), () -> cluster.node(2).height() > stalled));
  }

  @Test // Protocol §5.4: a lagging node finds the certificate of its height in the next content.
  void theProposalOfTheNextHeightDecidesThisOne() {
    Script script = Script.fast();
    ProposalContent content = script.content(0);
    CommitCertificate decision = script.certificate(script.commit(0, content), 1, 2, 3);
    script.give(1, script.proposal(0, content));
    ProposalContent child =
        new ProposalContent(
            decision.blockHash(),
            List.of(),
            content.timestampMillis(),
            Round.ZERO,
            content.maker(),
            content.vrfProof(),
            Optional.of(decision),
            CarriedSignatures.NONE);
    ProposalEnvelope envelope =
        new ProposalEnvelope(
            child.height(),
            Round.ZERO,
            child.id(),
            Optional.empty(),
            content.maker(),
            content.vrfProof());
    script.give(2, new Proposal(envelope, child, Optional.empty()));
    assertEquals(1, script.node.height());
  }

  @Test // Protocol §5.6: votes are kept for the present round and the 8 before.
  void votesAreForgottenEightRoundsLater() {
    for (int round : new int[] {8, 9}) {
      Script script = Script.fast();
      script.give(script.commit(0, script.content(0)), 1);
      script.round(round).give(script.prepare(round, script.content(1)), 1);
      assertEquals(round == 8 ? 1 : 0, script.node.evidence.size(), "in round " + round);
    }
  }

  @Test // Protocol §5.5: a node that missed the decision of a height learns it from the next one.
  void aNodeThatMissedADecisionCatchesUpByCertificates() {
    Cluster cluster = Cluster.fast(4, 0).start();
    assertTrue(cluster.allReach(MINUTE, 2));
    cluster.losing(d ->
        d.to() == 3
            && d.message().height().number() == 3
            && !(d.message() instanceof io.aitbc.model.Certificate)
            && !(d.message() instanceof Proposal));
    assertTrue(cluster.allReach(MINUTE, 8));
    assertFalse(cluster.node(3).certificates.isEmpty());
  }
}

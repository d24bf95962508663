// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

// Protocol §5.7: signatures that nobody has checked are bounded by the peer that brought them, and
// a peer brings no more after its first bad one. Node 0 is real.
class ForgersTest {
  private static final int STRANGERS = 1_000;

  private final Script script = Script.fast();
  private final ProposalContent content = script.content(0);
  private final BlsSignature bad = script.vote(1, script.prepare(99, content)).signature();

  private Vote forged(int voter, Ballot ballot) {
    return new Vote(ballot, Cluster.account(voter), bad);
  }

  private ProposalContent invented(int number) {
    return script.content(0, Cluster.transaction(number));
  }

  private void receive(int peer, ConsensusMessage message) {
    script.node.on(new Input.Received(Cluster.peer(peer), message));
  }

  private void settle() {
    script.cluster.runFor(Duration.ofMillis(200));
  }

  private int checks() {
    return script.node.effects(Effect.Verify.class).size();
  }

  private Set<Peer> blamed() {
    TreeSet<Peer> peers = new TreeSet<>();
    script.node.effects(Effect.Blame.class).forEach(blame -> peers.add(blame.peer()));
    return peers;
  }

  @Test // Protocol §8.1, §8.2
  void aForgedPairDoesNotHideAForgottenLock() {
    receive(STRANGERS, forged(1, script.commit(0, content)));
    script.round(1);
    receive(STRANGERS + 1, forged(1, script.prepare(1, script.content(1))));
    settle();
    assertEquals(List.of(), script.node.evidence);
    script.give(script.commit(0, content), 1);
    script.give(script.prepare(1, script.content(1)), 1);
    assertInstanceOf(Evidence.ForgottenLock.class, script.node.evidence.getFirst());
  }

  @Test // Protocol §8.2
  void forgedVotesHideNoTrueContradiction() {
    for (int i = 0; i < 8; i++) {
      receive(STRANGERS + i, forged(1, script.prepare(0, invented(i))));
    }
    script.give(script.prepare(0, content), 1);
    script.give(script.prepare(0, invented(77)), 1);
    settle();
    assertInstanceOf(Evidence.Equivocation.class, script.node.evidence.getFirst());
    assertEquals(1, script.node.evidence.size());
  }

  @Test
  void aForgerCostsOneCheckHoweverManyVotesItInvents() {
    int before = checks();
    for (int i = 0; i < 16; i++) {
      for (int voter = 1; voter < 3; voter++) {
        receive(STRANGERS + i, forged(voter, script.prepare(0, invented(2 * i))));
        receive(STRANGERS + i, forged(voter, script.prepare(0, invented(2 * i + 1))));
      }
    }
    settle();
    assertEquals(16, checks() - before);
    assertEquals(16, blamed().size());
  }

  @Test
  void aForgerOfWholeQuorumsCostsACheckForEachAndOneMore() {
    int before = checks();
    for (int i = 0; i < 16; i++) {
      for (int voter = 1; voter < 4; voter++) {
        receive(STRANGERS + i, forged(voter, script.prepare(0, invented(2 * i))));
        receive(STRANGERS + i, forged(voter, script.prepare(0, invented(2 * i + 1))));
      }
    }
    settle();
    assertTrue(checks() - before <= 3 * 16, checks() - before + " checks");
    assertEquals(16, blamed().size());
  }

  @Test // Protocol §5.6
  void aForgerOfRoundChangesCostsOneCheck() {
    int before = checks();
    for (int round = 1; round <= 1_000; round++) {
      receive(
          STRANGERS,
          new RoundChange(
              new Height(1), new Round(round), Cluster.account(1), bad, Optional.empty()));
    }
    assertEquals(before + 1, checks());
    settle();
    assertEquals(before + 1, checks());
    assertEquals(1, blamed().size());
    script.round(1);
    assertEquals(1, script.node.round().number());
  }

  @Test // Protocol §5.6: whoever signs for all rounds is checked for one above the node's.
  void aValidatorThatRunsAheadIsNotFollowed() {
    int before = checks();
    for (int round = 1; round <= 100; round++) {
      receive(1, script.roundChange(1, round));
    }
    settle();
    assertEquals(before + 1, checks());
    script.give(2, script.roundChange(2, 7));
    assertEquals(7, script.node.round().number());
  }

  @Test
  void aForgerOfCertificatesCostsOneCheck() {
    int before = checks();
    for (int round = 1; round <= 1_000; round++) {
      receive(
          STRANGERS,
          new PrepareCertificate(
              script.prepare(round, content),
              new AggregateSignature(
                  script.cluster.set.signers(
                      List.of(Cluster.account(1), Cluster.account(2), Cluster.account(3))),
                  bad)));
    }
    assertEquals(before + 1, checks());
    settle();
    assertEquals(before + 1, checks());
    assertEquals(1, blamed().size());
  }

  @Test
  void aForgerOfEnvelopesCostsOneCheck() {
    script.round(7);
    int before = checks();
    for (int round = 0; round <= 7; round++) {
      ProposalContent proposed = script.content(round);
      receive(
          STRANGERS,
          new Proposal(
              new ProposalEnvelope(
                  new Height(1),
                  new Round(round),
                  proposed.id(),
                  Optional.empty(),
                  Cluster.account(script.proposer(round)),
                  bad),
              proposed,
              Optional.empty()));
    }
    settle();
    assertEquals(before + 1, checks());
  }

  private List<Proposal> served() {
    receive(2, new ProposalRequest(new Height(1), content.id()));
    settle();
    return script.proposals();
  }

  @Test // Protocol §5.3, §8.3.2: it would be served to others, who blame this node, and be logged.
  void aCertifiedContentInAForgedEnvelopeIsNotTaken() {
    script.give(1, script.certificate(script.prepare(0, content), 1, 2, 3)).round(2);
    receive(
        STRANGERS,
        new Proposal(
            new ProposalEnvelope(
                new Height(1),
                new Round(2),
                content.id(),
                Optional.of(new Round(1)),
                Cluster.account(script.proposer(2)),
                bad),
            content,
            Optional.of(
                new PrepareCertificate(
                    script.prepare(1, content),
                    new AggregateSignature(
                        script.cluster.set.signers(List.of(Cluster.account(1))), bad)))));
    settle();
    assertEquals(List.of(), served());
    assertTrue(blamed().contains(Cluster.peer(STRANGERS)));
    Proposal proposed = script.proposal(0, content);
    receive(3, proposed);
    settle();
    assertEquals(List.of(proposed), served());
  }

  @Test // Protocol §5.2, §5.7: the quorum has decided which of the two counts.
  void aCertifiedContentIsTakenAfterAnotherOfItsRoundWasAccepted() {
    script.give(script.proposer(0), script.proposal(0, invented(1)));
    script.give(1, script.certificate(script.prepare(0, content), 1, 2, 3));
    Proposal proposed = script.proposal(0, content);
    receive(3, proposed);
    settle();
    assertEquals(List.of(proposed), served());
    assertEquals(1, script.node.evidence.size());
  }

  @Test
  void whatWaitsOfOneThatHoldsIsJudgedInItsTurn() {
    for (int round = 1; round <= 5; round++) {
      receive(1, script.certificate(script.prepare(round, content), 1, 2, 3));
    }
    settle();
    assertEquals(5, script.node.round().number());
    assertEquals(List.of(), script.node.effects(Effect.Blame.class));
  }

  @Test
  void noNumberOfForgersKeepsATrueSignatureOut() {
    Surroundings around =
        new Surroundings(new Identity.Following(), new KeyedHashes(), Cluster.BEGIN);
    Ballot ballot = script.prepare(0, content);
    SignatureCollector collector =
        new SignatureCollector(new Height(1), ballot.message(FixedChain.GENESIS), around);
    Validator signer = script.cluster.set.find(Cluster.account(1)).orElseThrow();
    for (int peer = 0; peer < 50; peer++) {
      collector.offer(new SignatureCollector.Candidate(signer, bad, Cluster.peer(100 + peer)));
    }
    BlsSignature held = script.vote(1, ballot).signature();
    collector.offer(new SignatureCollector.Candidate(signer, held, Cluster.peer(1)));
    answerAll(around, collector);
    assertEquals(held, collector.verified().get(Cluster.account(1)));
  }

  private static void answerAll(Surroundings around, SignatureCollector collector) {
    KeyedHashes scheme = new KeyedHashes();
    while (collector.hasPending()) {
      collector.check();
      for (Effect effect : around.outbox().drain()) {
        if (effect instanceof Effect.Verify check) {
          Optional<BlsSignature> sum = scheme.aggregate(check.signatures());
          boolean holds = scheme.verifyAggregate(check.keys(), check.message(), sum.orElseThrow());
          around.outbox().answered(new Input.Verified(check.id(), sum.filter(_ -> holds)));
        }
      }
    }
  }

  @Test // With 40 validators of whom 13 lie.
  void liarsThatForgeEveryNameDelayAQuorumByFewChecks() {
    Script many = Script.of(Cluster.set(0, 40), Mode.SECURE);
    ProposalContent proposed = many.content(0);
    Ballot ballot = many.prepare(0, proposed);
    many.give(many.proposer(0), many.proposal(0, proposed));
    for (int liar = 27; liar < 40; liar++) {
      for (int voter = 1; voter < 40; voter++) {
        many.node.on(
            new Input.Received(Cluster.peer(liar), new Vote(ballot, Cluster.account(voter), bad)));
      }
    }
    int before = many.node.effects(Effect.Verify.class).size();
    for (int voter = 1; voter < 27; voter++) {
      many.node.on(new Input.Received(Cluster.peer(voter), many.vote(voter, ballot)));
    }
    many.cluster.runFor(Duration.ofMillis(100));
    assertEquals(2, many.votes().size());
    int checks = many.node.effects(Effect.Verify.class).size() - before;
    assertTrue(checks <= 60, checks + " checks");
  }

  @Test // Protocol §5.6
  void whatStrangersSentAheadIsForgottenWhenManyMoreHaveGone() {
    int few = lengthAfterStrangers(0, Consensus.GONE_KEPT_MAX);
    int many = lengthAfterStrangers(Consensus.GONE_KEPT_MAX, 20 * Consensus.GONE_KEPT_MAX);
    assertTrue(many <= few + few / 100, few + " then " + many);
  }

  /// Each brings a proposal and votes that nobody can judge yet, and one that is never checked.
  private int lengthAfterStrangers(int first, int count) {
    for (int peer = STRANGERS + first; peer < STRANGERS + first + count; peer++) {
      ProposalContent proposed = invented(peer);
      receive(peer, script.proposal(5, script.content(5, Cluster.transaction(peer))));
      receive(peer, forged(1, script.prepare(5, proposed)));
      receive(peer, forged(2, script.prepare(5, proposed)));
      receive(peer, forged(1 + peer % 3, script.prepare(0, content)));
      script.node.on(new Input.PeerLost(Cluster.peer(peer)));
    }
    return StateText.of(script.node.consensus).length();
  }

  @Test // A slow link is no absence: a vote is sent once.
  void aVoteCountsThoughItsSendersConnectionHasEnded() {
    script.give(1, script.proposal(0, content));
    script.give(1, script.vote(1, script.prepare(0, content)));
    script.node.on(new Input.PeerLost(Cluster.peer(1)));
    script.give(2, script.vote(2, script.prepare(0, content)));
    assertEquals(2, script.votes().size());
  }
}

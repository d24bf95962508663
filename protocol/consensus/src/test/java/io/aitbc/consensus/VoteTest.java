// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Anchor;
import io.aitbc.model.Ballot;
import io.aitbc.model.Evidence;
import io.aitbc.model.EvidenceCheck;
import io.aitbc.model.EvidenceVerdict;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.TransactionsAhead;
import io.aitbc.model.Validator;
import io.aitbc.model.Vote;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §5.2 to §5.4, §5.7, §8.1: votes and what they prove. Node 0 is real.
class VoteTest {
  private final Script script = Script.fast();
  private final ProposalContent content = script.content(0);

  private Vote forged(int voter, Ballot ballot) {
    return new Vote(ballot, Cluster.account(voter), script.vote(2, ballot).signature());
  }

  private EvidenceVerdict verdict(Evidence evidence) {
    return new EvidenceCheck(FixedChain.GENESIS, new KeyedHashes())
        .judge(evidence, script.cluster.set);
  }

  @Test // Protocol §5.7
  void votesAreCheckedTogetherAndOnlyWhenTheyCouldDecide() {
    script.give(1, script.proposal(0, content));
    int before = script.node.effects(Effect.Verify.class).size();
    script.give(1, script.vote(1, script.prepare(0, content)));
    assertEquals(before, script.node.effects(Effect.Verify.class).size());
    script.give(2, script.vote(2, script.prepare(0, content)));
    assertEquals(before + 1, script.node.effects(Effect.Verify.class).size());
    assertEquals(2, script.node.effects(Effect.Verify.class).getLast().keys().size());
  }

  @Test // Protocol §5.7
  void aBadSignatureInABatchIsFoundAndItsBringerBlamed() {
    Script seven = Script.of(Cluster.set(7, 0), Mode.FAST);
    ProposalContent proposed = seven.content(0);
    Ballot.Prepare ballot = seven.prepare(0, proposed);
    seven.give(1, seven.proposal(0, proposed));
    for (int voter = 1; voter < 4; voter++) {
      seven.give(voter, seven.vote(voter, ballot));
    }
    Vote bad = new Vote(ballot, Cluster.account(4), seven.vote(5, ballot).signature());
    seven.give(4, bad);
    assertEquals(
        List.of(Cluster.peer(4)),
        seven.node.effects(Effect.Blame.class).stream().map(Effect.Blame::peer).toList());
    assertEquals(1, seven.votes().size());
    seven.give(5, seven.vote(5, ballot));
    assertEquals(2, seven.votes().size());
  }

  @Test // Protocol §5.7
  void aForgerCannotKeepTheTrueVoteOut() {
    script.give(1, script.proposal(0, content));
    script.give(3, forged(1, script.prepare(0, content)));
    script.give(3, forged(1, script.prepare(0, content)));
    script.give(script.prepare(0, content), 1, 2);
    assertEquals(2, script.votes().size());
  }

  @Test // Protocol §5.6: of one voter and phase a peer may bring two votes.
  void aPeerBringsNoMoreThanTwoVotesOfAVoter() {
    script.give(1, script.proposal(0, content));
    for (int i = 0; i < 20; i++) {
      script.give(3, forged(1, script.prepare(0, script.content(0, Cluster.transaction(i)))));
    }
    script.give(script.prepare(0, content), 2);
    script.give(3, script.vote(1, script.prepare(0, content)));
    assertEquals(1, script.votes().size());
    script.give(1, script.vote(1, script.prepare(0, content)));
    assertEquals(2, script.votes().size());
  }

  @Test // Protocol §5.4
  void theSameVoterCountsOnce() {
    script.give(1, script.proposal(0, content));
    Vote vote = script.vote(1, script.prepare(0, content));
    script.give(1, vote).give(2, vote).give(3, vote);
    assertEquals(1, script.votes().size());
  }

  @Test // Protocol §5.2
  void aVoteInAnotherModeIsRefused() {
    Ballot.Prepare other =
        new Ballot.Prepare(
            new Height(1), new Round(0), Mode.BALANCED, content.id(), Optional.empty());
    script.give(1, script.vote(1, other));
    Misconduct misconduct = script.node.effects(Effect.Blame.class).getLast().misconduct();
    assertInstanceOf(Rejection.WrongMode.class, ((Misconduct.BadMessage) misconduct).reason());
  }

  @Test // Protocol §5.2, §12.1: a vote of another network, height, round or phase counts nowhere.
  void aSignatureOverAnotherMessageIsNoVote() {
    script.give(1, script.proposal(0, content));
    for (int voter = 1; voter < 3; voter++) {
      script.give(
          voter,
          new Vote(
              script.prepare(0, content),
              Cluster.account(voter),
              script.vote(voter, script.commit(0, content)).signature()));
    }
    assertEquals(1, script.votes().size());
    assertTrue(script.node.effects(Effect.Blame.class).size() > 0);
  }

  @Test // Protocol §5.3
  void commitsForAnotherBlockOfTheSameProposalDoNotDecide() {
    script.give(1, script.proposal(0, content));
    Ballot.Commit other =
        new Ballot.Commit(
            new Height(1),
            new Round(0),
            Mode.FAST,
            content.id(),
            Keccak256.hash(content.encoded()));
    script.give(script.commit(0, content), 1).give(other, 2, 3);
    script.give(script.prepare(0, content), 1, 2, 3);
    assertEquals(0, script.node.height());
  }

  @Test // Protocol §8.1
  void twoPreparesOfOneRoundAreEvidence() {
    script.give(script.prepare(0, content), 1);
    script.give(script.prepare(0, script.content(0, Cluster.transaction(1))), 1);
    assertEquals(1, script.node.evidence.size());
    assertInstanceOf(EvidenceVerdict.Convicted.class, verdict(script.node.evidence.getFirst()));
  }

  @Test // Protocol §8.1
  void twoCommitsOfOneRoundAreEvidence() {
    script.give(script.commit(0, content), 1);
    script.give(script.commit(0, script.content(0, Cluster.transaction(1))), 1);
    assertEquals(1, script.node.evidence.size());
  }

  @Test // Protocol §8.1
  void aForgottenLockIsEvidence() {
    script.give(script.commit(0, content), 1);
    script.round(1).give(script.prepare(1, script.content(1)), 1);
    Evidence found = script.node.evidence.getFirst();
    assertInstanceOf(Evidence.ForgottenLock.class, found);
    EvidenceVerdict.Convicted convicted =
        assertInstanceOf(EvidenceVerdict.Convicted.class, verdict(found));
    assertEquals(
        List.of(Cluster.account(1)),
        convicted.offenders().stream().map(Validator::account).toList());
  }

  @Test // Protocol §8.1
  void aLockGivenUpForALaterCertificateIsNoEvidence() {
    script.give(script.commit(0, content), 1);
    script.round(2).give(script.prepare(2, script.content(1), 1), 1);
    assertEquals(0, script.node.evidence.size());
  }

  @Test // Protocol §8.2
  void aForgedContradictionIsNoEvidence() {
    script.give(script.prepare(0, content), 1);
    script.give(3, forged(1, script.prepare(0, script.content(0, Cluster.transaction(1)))));
    assertEquals(0, script.node.evidence.size());
  }

  @Test // Protocol §5.6
  void votesForALaterRoundWaitUntilTheNodeIsThere() {
    ProposalContent later = script.content(1);
    script.give(script.prepare(1, later), 1, 2, 3);
    script.give(script.proposer(1), script.proposal(1, later));
    assertEquals(0, script.votes().size());
    script.round(1);
    assertEquals(2, script.votes().size());
  }

  @Test // Protocol §5.6
  void aFloodOfFutureMessagesIsBoundedAndPushesOutNobodyElse() {
    FutureMessages future = new FutureMessages();
    Vote honest = script.vote(1, script.prepare(1, content));
    future.keep(Cluster.peer(1), honest);
    for (int i = 0; i < 10_000; i++) {
      future.keep(Cluster.peer(2), script.vote(2, script.prepare(1 + i, content)));
      future.keep(Cluster.peer(2), script.proposal(0, content));
      future.keep(Cluster.peer(2), script.roundChange(2, 1 + i));
    }
    List<FutureMessages.Waiting> waiting = future.drain();
    assertEquals(
        1
            + FutureMessages.VOTES_PER_PEER_MAX
            + FutureMessages.OTHERS_PER_PEER_MAX
            + FutureMessages.PROPOSALS_PER_PEER_MAX,
        waiting.size());
    assertTrue(waiting.contains(new FutureMessages.Waiting(Cluster.peer(1), honest)));
  }

  @Test // Protocol §5.6: each may have a mebibyte, and nobody needs it.
  void whatIsOfNoUseAtTheNextHeightIsNotKept() {
    FutureMessages future = new FutureMessages();
    future.keep(Cluster.peer(2), new TransactionsAhead(new Height(2), List.of(content.id())));
    future.keep(
        Cluster.peer(2),
        new Anchor(
            new Height(Anchor.INTERVAL_BLOCKS),
            content.id(),
            Cluster.account(1),
            script.vote(1, script.prepare(0, content)).signature()));
    assertEquals(List.of(), future.drain());
  }

  private Vote farAhead(long height) {
    return new Vote(
        new Ballot.Prepare(
            new Height(height), new Round(0), Mode.FAST, content.id(), Optional.empty()),
        Cluster.account(1),
        script.vote(1, script.prepare(0, content)).signature());
  }

  @Test // Protocol §5.6
  void messagesFarAheadAskTheirSenderForASyncOnce() {
    script.give(1, farAhead(50)).give(1, farAhead(50)).give(2, farAhead(50));
    assertEquals(
        List.of(
            new Effect.CatchUp(Cluster.peer(1), new Height(50)),
            new Effect.CatchUp(Cluster.peer(2), new Height(50))),
        script.node.effects(Effect.CatchUp.class));
  }

  @Test // Protocol §5.6
  void whoSpeaksOfAHeightThatNobodyHasKeepsNoOtherFromBeingAsked() {
    script.give(1, farAhead(1L << 40)).give(2, farAhead(6));
    assertEquals(
        new Effect.CatchUp(Cluster.peer(2), new Height(6)),
        script.node.effects(Effect.CatchUp.class).getLast());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Ballot;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §5.5: what a validator may say after what it has said. Node 0 is real.
class LockingTest {
  private final Script script = Script.fast();
  private final ProposalContent first = script.content(0, Cluster.transaction(1));
  private final ProposalContent second = script.content(1, Cluster.transaction(2));

  LockingTest() {
    haveTransactions();
  }

  private void haveTransactions() {
    for (int i = 1; i < 4; i++) {
      script.node.known.put(Keccak256.hash(Cluster.transaction(i)), Cluster.transaction(i));
    }
  }

  /// The node stops and starts, and finds the transactions of the others' proposals again.
  private void restart() {
    script.node.crash();
    script.node.start();
    haveTransactions();
  }

  /// The node has committed to `first` in round 0.
  private void lockInRoundZero() {
    script.give(1, script.proposal(0, first)).give(script.prepare(0, first), 1, 2);
    assertEquals(List.of(script.prepare(0, first), script.commit(0, first)), script.votes());
  }

  @Test // Protocol §5.2, §5.3
  void aValidatorPreparesASoundProposalAndCommitsOnAQuorumOfPrepares() {
    lockInRoundZero();
  }

  @Test // Protocol §5.5
  void aLockedValidatorDoesNotPrepareAnotherFreshProposal() {
    lockInRoundZero();
    script.round(1).give(script.proposer(1), script.proposal(1, second));
    assertEquals(2, script.asked().size());
  }

  @Test // Protocol §5.5
  void aLockedValidatorDoesNotPrepareAnotherProposalWithACertificateOfTheLocksRound() {
    ProposalContent rival = script.content(0, Cluster.transaction(3));
    lockInRoundZero();
    PrepareCertificate equal = script.certificate(script.prepare(0, rival), 1, 2, 3);
    script.round(1).give(script.proposer(1), script.again(1, rival, equal));
    assertEquals(2, script.asked().size());
  }

  @Test // Protocol §5.5
  void aLockGivesWayToACertificateOfALaterRound() {
    lockInRoundZero();
    PrepareCertificate later = script.certificate(script.prepare(1, second), 1, 2, 3);
    script.round(2).give(script.proposer(2), script.again(2, second, later));
    assertEquals(script.prepare(2, second, 1), script.votes().getLast());
  }

  @Test // Protocol §5.5
  void aLockedValidatorPreparesItsOwnProposalAgain() {
    lockInRoundZero();
    PrepareCertificate own = script.certificate(script.prepare(0, first), 0, 1, 2);
    script.round(1).give(script.proposer(1), script.again(1, first, own));
    assertEquals(script.prepare(1, first, 0), script.votes().getLast());
  }

  @Test // Protocol §5.5: else it would contradict a COMMIT for a third proposal in between.
  void aLockedValidatorDoesNotPrepareItsOwnProposalWithACertificateBelowItsLock() {
    ProposalContent third = script.content(1, Cluster.transaction(3));
    lockInRoundZero();
    script.round(1).give(1, script.certificate(script.prepare(1, third), 1, 2, 3));
    script.give(script.proposer(1), script.proposal(1, third));
    assertEquals(script.commit(1, third), script.asked().getLast());
    script.round(2).give(2, script.certificate(script.prepare(2, first, 0), 1, 2, 3));
    script.give(2, script.again(2, first, script.certificate(script.prepare(0, first), 1, 2, 3)));
    assertEquals(script.commit(2, first), script.asked().getLast());
    int before = script.asked().size();
    PrepareCertificate old = script.certificate(script.prepare(0, first), 1, 2, 3);
    script.round(4).give(script.proposer(4), script.again(4, first, old));
    assertEquals(before, script.asked().size());
  }

  @Test // Protocol §5.5
  void aValidatorPreparesOnceInARound() {
    ProposalContent rival = script.content(0, Cluster.transaction(3));
    script.give(1, script.proposal(0, first)).give(1, script.proposal(0, rival));
    assertEquals(List.of(script.prepare(0, first)), script.asked());
  }

  @Test // Protocol §5.5
  void aValidatorDoesNotVoteForARoundBelowOneItVotedIn() {
    script.give(1, script.proposal(0, first));
    script.round(1).give(script.proposer(1), script.proposal(1, second));
    assertEquals(List.of(script.prepare(0, first), script.prepare(1, second)), script.asked());
    script.give(1, script.certificate(script.commit(0, first), 1, 2, 3));
    assertEquals(2, script.asked().size());
    assertEquals(1, script.node.height());
  }

  @Test // Protocol §5.5
  void aPrepareCertificateOfAnEarlierRoundBringsNoCommit() {
    script.give(1, script.proposal(0, first));
    script.round(1).give(1, script.certificate(script.prepare(0, first), 1, 2, 3));
    assertEquals(List.of(script.prepare(0, first)), script.asked());
  }

  @Test // Protocol §5.5
  void aBlockIsFinalByACommitCertificateOfAnyRound() {
    script.give(1, script.proposal(0, first)).round(2);
    script.give(1, script.certificate(script.commit(1, first), 1, 2, 3));
    assertEquals(1, script.node.height());
  }

  @Test // Protocol §5.5
  void aCommitIsCastThoughTheCertificateCameFirst() {
    script.give(1, script.certificate(script.commit(0, first), 1, 2, 3));
    script.give(1, script.proposal(0, first));
    assertEquals(1, script.node.height());
    assertTrue(
        script.node.effects(Effect.Sign.class).stream()
            .anyMatch(
                sign -> sign.request().equals(new SigningRequest.Vote(script.commit(0, first)))));
  }

  @Test // Protocol §8.3
  void theLockIsOnDiskBeforeTheCommitIsSigned() {
    lockInRoundZero();
    List<Effect> effects = script.node.effects;
    int persisted = -1;
    int signed = -1;
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i) instanceof Effect.Persist(LogRecord.Lock _)) {
        persisted = i;
      } else if (effects.get(i) instanceof Effect.Sign(SigningRequest.Vote(Ballot.Commit _))) {
        signed = i;
      }
    }
    assertTrue(0 <= persisted && persisted < signed);
  }

  @Test // Protocol §8.3
  void aLockSurvivesACrash() {
    lockInRoundZero();
    restart();
    script.round(1).give(script.proposer(1), script.proposal(1, second));
    assertEquals(2, script.asked().size());
  }

  private List<Effect.Send> served(Hash proposalId) {
    int before = script.node.effects.size();
    script.give(2, new ProposalRequest(first.height(), proposalId));
    return script.node.effects.stream()
        .skip(before)
        .filter(Effect.Send.class::isInstance)
        .map(Effect.Send.class::cast)
        .toList();
  }

  @Test // Protocol §5.6: a locked validator serves the content, also after a restart.
  void aLockedValidatorServesTheProposalOfItsLock() {
    lockInRoundZero();
    List<Effect.Send> answer =
        List.of(new Effect.Send(new Recipients.One(Cluster.peer(2)), script.proposal(0, first)));
    assertEquals(answer, served(first.id()));
    assertEquals(List.of(), served(second.id()));
    restart();
    assertEquals(answer, served(first.id()));
    assertEquals(
        Optional.of(List.of(Cluster.transaction(1))),
        script.node.consensus.transactions(first.id()));
  }

  @Test // Protocol §5.6: whoever still asks about a decided height gets its block as well.
  void theProposalOfTheLastHeightIsServed() {
    lockInRoundZero();
    script.give(1, script.certificate(script.commit(0, first), 1, 2, 3));
    assertEquals(1, script.node.height());
    assertEquals(
        List.of(new Effect.Send(new Recipients.One(Cluster.peer(2)), script.proposal(0, first))),
        served(first.id()));
    assertEquals(List.of(), served(second.id()));
  }

  @Test // Protocol §8.3: a lock in the log binds, whether its COMMIT was signed or not.
  void aLockIsKeptByTheLog() {
    lockInRoundZero();
    script.node.record = SigningRecord.fresh(FixedChain.GENESIS);
    script.cluster.executionMillis = 60_000; // Else the COMMIT is cast again first.
    restart();
    script.round(1).give(script.proposer(1), script.proposal(1, second));
    assertEquals(2, script.asked().size());
  }

  @Test // Protocol §8.3
  void aLockIsKeptByTheRecord() {
    lockInRoundZero();
    script.node.log.clear();
    restart();
    script.round(1).give(script.proposer(1), script.proposal(1, second));
    assertEquals(2, script.asked().size());
  }

  @Test // Protocol §5.5: what keeps the proposal back is the lock, nothing else.
  void aRestartedValidatorWithoutALockPreparesWhatIsProposed() {
    script.give(1, script.proposal(0, first));
    restart();
    script.round(1).give(script.proposer(1), script.proposal(1, second));
    assertEquals(script.prepare(1, second), script.votes().getLast());
  }

  @Test // Protocol §5.3
  void aNodeThatComputesAnotherBlockThanItSignedStops() {
    lockInRoundZero();
    script.node.crash();
    script.node.executesWrongly = true;
    script.node.start();
    PrepareCertificate own = script.certificate(script.prepare(0, first), 0, 1, 2);
    script.round(1).give(script.proposer(1), script.again(1, first, own));
    script.give(script.prepare(1, first, 0), 1, 2, 3);
    assertEquals(1, script.node.effects(Effect.StopDiverged.class).size());
    assertFalse(
        script.votes().stream()
            .anyMatch(v -> v instanceof Ballot.Commit c && c.round().number() == 1));
  }

  @Test // Protocol §5.3
  void anOperatorsWordLiftsTheBlockThatWasSigned() {
    lockInRoundZero();
    script.node.crash();
    script.node.executesWrongly = true;
    script.node.start();
    PrepareCertificate own = script.certificate(script.prepare(0, first), 0, 1, 2);
    script.round(1).give(script.proposer(1), script.again(1, first, own));
    script.give(script.prepare(1, first, 0), 1, 2, 3);
    Hash other = script.node.effects(Effect.StopDiverged.class).getFirst().computed();
    script.node.record = script.node.record.allowing(first.height(), other);
    script.node.on(new Input.OperatorAllowed(first.height(), other));
    script.cluster.runFor(Duration.ofMillis(50));
    assertEquals(other, ((Ballot.Commit) script.votes().getLast()).blockHash());
  }

  @Test // Protocol §5.3, §8.3.2: the word is in the log.
  void anOperatorsWordSurvivesACrash() {
    lockInRoundZero();
    script.node.crash();
    script.node.executesWrongly = true;
    Hash other = Keccak256.hash(Cluster.blockOf(first.id()).toBytes());
    script.node.start();
    script.node.on(new Input.OperatorAllowed(first.height(), other));
    script.node.record = script.node.record.allowing(first.height(), other);
    script.node.crash();
    script.node.start();
    PrepareCertificate own = script.certificate(script.prepare(0, first), 0, 1, 2);
    script.round(1).give(script.proposer(1), script.again(1, first, own));
    script.give(script.prepare(1, first, 0), 1, 2, 3);
    assertEquals(0, script.node.effects(Effect.StopDiverged.class).size());
    assertEquals(other, ((Ballot.Commit) script.votes().getLast()).blockHash());
  }

  @Test // Protocol §6, §8.3: a node goes on in the round it last signed in.
  void aRestartedValidatorGoesOnInTheRoundItLastSignedIn() {
    script.round(2).give(script.proposer(2), script.proposal(2, script.content(2)));
    assertEquals(1, script.votes().size());
    script.node.crash();
    script.node.start();
    assertEquals(2, script.node.round().number());
    script.give(script.proposer(2), script.proposal(2, script.content(2)));
    assertEquals(1, script.asked().size());
  }

  @Test // Protocol §5.3
  void aNodeStopsWhenAQuorumCommittedToAnotherBlock() {
    script.node.executesWrongly = true;
    script.give(1, script.proposal(0, first));
    script.give(1, script.certificate(script.commit(0, first), 1, 2, 3));
    assertEquals(1, script.node.effects(Effect.StopDiverged.class).size());
    assertEquals(0, script.node.height());
  }
}

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
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Protocol §8.1, Protocol §8.2.
class EvidenceCheckTest {
  private static final Height HEIGHT = new Height(20);
  private static final Hash ONE = Hash.fromHex("11".repeat(32));
  private static final Hash TWO = Hash.fromHex("22".repeat(32));
  private static final ValidatorSet SET = TestValidators.set(4, 1, 1, 1, 1);
  private static final EvidenceCheck CHECK = new EvidenceCheck(GENESIS, new KeyedScheme());

  private static Ballot.Prepare prepare(Hash id, int round, int prepared) {
    Optional<Round> v = prepared < 0 ? Optional.empty() : Optional.of(new Round(prepared));
    return new Ballot.Prepare(HEIGHT, new Round(round), Mode.BALANCED, id, v);
  }

  private static Ballot.Commit commit(Hash id, int round, Hash block) {
    return new Ballot.Commit(HEIGHT, new Round(round), Mode.BALANCED, id, block);
  }

  private static List<Address> convicted(Evidence evidence) {
    return assertInstanceOf(EvidenceVerdict.Convicted.class, CHECK.judge(evidence, SET))
        .offenders()
        .stream()
        .map(Validator::account)
        .toList();
  }

  private static EvidenceRejection rejection(Evidence evidence) {
    return assertInstanceOf(EvidenceVerdict.Rejected.class, CHECK.judge(evidence, SET)).reason();
  }

  private static Evidence equivocation(Ballot first, Ballot second) {
    return new Evidence.Equivocation(vote(2, first), vote(2, second));
  }

  private static ProposalEnvelope envelope(Hash id, Optional<Round> prepared) {
    Round round = new Round(3);
    return new ProposalEnvelope(
        HEIGHT,
        round,
        id,
        prepared,
        account(1),
        io.aitbc.model.KeyedScheme.sign(
            key(1), ProposalEnvelope.message(GENESIS, HEIGHT, round, id, prepared)));
  }

  private static Anchor anchor(Hash block) {
    return new Anchor(
        HEIGHT,
        block,
        account(5),
        KeyedScheme.sign(key(5), Anchor.message(GENESIS, HEIGHT, block)));
  }

  @Test // Protocol §8.1: PREPARE votes, id or v differs.
  void twoPreparesOfOneRoundConvict() {
    assertEquals(
        List.of(account(2)), convicted(equivocation(prepare(ONE, 3, -1), prepare(TWO, 3, -1))));
    assertEquals(
        List.of(account(2)), convicted(equivocation(prepare(ONE, 3, -1), prepare(ONE, 3, 1))));
  }

  @Test // Protocol §8.1: COMMIT votes, id or block hash differs.
  void twoCommitsOfOneRoundConvict() {
    assertEquals(
        List.of(account(2)), convicted(equivocation(commit(ONE, 0, ONE), commit(ONE, 0, TWO))));
  }

  @Test // Protocol §8.1.
  void twoEnvelopesOfOneRoundConvict() {
    Evidence evidence =
        new Evidence.Equivocation(
            envelope(ONE, Optional.empty()), envelope(ONE, Optional.of(Round.ZERO)));
    assertEquals(List.of(account(1)), convicted(evidence));
  }

  @Test // Protocol §8.1.
  void twoAnchorsOfOneHeightConvict() {
    assertEquals(
        List.of(account(5)), convicted(new Evidence.Equivocation(anchor(ONE), anchor(TWO))));
  }

  @Test // Protocol §8.1: nobody is convicted for voting in every round.
  void votesOfDifferentRoundsAreNoEquivocation() {
    assertEquals(
        new EvidenceRejection.DifferentRounds(new Round(1), new Round(2)),
        rejection(equivocation(prepare(ONE, 1, -1), prepare(TWO, 2, -1))));
  }

  @Test // Protocol §8.1.
  void theSameVoteTwiceIsNoEquivocation() {
    assertEquals(
        new EvidenceRejection.SameStatement(),
        rejection(equivocation(commit(ONE, 1, TWO), commit(ONE, 1, TWO))));
  }

  @Test // Protocol §8.1.
  void aPrepareAndACommitAreNoEquivocation() {
    assertEquals(
        new EvidenceRejection.DifferentKinds(),
        rejection(equivocation(prepare(ONE, 1, -1), commit(TWO, 1, TWO))));
  }

  @Test // Protocol §8.1.
  void twoValidatorsTogetherDoNotEquivocate() {
    assertEquals(
        new EvidenceRejection.NoCommonSigner(),
        rejection(
            new Evidence.Equivocation(vote(1, prepare(ONE, 0, -1)), vote(2, prepare(TWO, 0, -1)))));
  }

  @Test // Protocol §8.1: COMMIT in round r, PREPARE for another later with v <= r or none.
  void aForgottenLockConvicts() {
    for (int v : new int[] {-1, 0, 2}) {
      Evidence evidence =
          new Evidence.ForgottenLock(vote(2, commit(ONE, 2, ONE)), vote(2, prepare(TWO, 5, v)));
      assertEquals(List.of(account(2)), convicted(evidence));
    }
  }

  @Test // Protocol §8.1: a lock given up for a higher v is no offence.
  void aLockGivenUpForALaterCertificateIsRight() {
    Evidence evidence =
        new Evidence.ForgottenLock(vote(2, commit(ONE, 2, ONE)), vote(2, prepare(TWO, 5, 3)));
    assertEquals(
        new EvidenceRejection.GivenUpRightly(new Round(2), new Round(3)), rejection(evidence));
  }

  @Test // Protocol §8.1.
  void aPrepareBeforeTheCommitForgetsNothing() {
    Evidence evidence =
        new Evidence.ForgottenLock(vote(2, commit(ONE, 2, ONE)), vote(2, prepare(TWO, 2, -1)));
    assertEquals(new EvidenceRejection.NotLater(new Round(2), new Round(2)), rejection(evidence));
  }

  @Test // Protocol §8.1: of two aggregates, exactly those who are in both.
  void twoCertificatesConvictTheirOverlap() {
    Ballot.Commit one = commit(ONE, 0, ONE);
    Ballot.Commit two = commit(TWO, 0, TWO);
    Evidence evidence =
        new Evidence.Equivocation(
            new CommitCertificate(one, aggregate(SET, accounts(0, 5), one.message(GENESIS))),
            new CommitCertificate(two, aggregate(SET, accounts(4, 7), two.message(GENESIS))));
    assertEquals(List.of(account(4), account(5)), convicted(evidence));
  }

  @Test // Protocol §8.1.
  void aForgottenLockIsProvenByTwoCertificates() {
    Ballot.Commit one = commit(ONE, 0, ONE);
    Ballot.Prepare two = prepare(TWO, 1, -1);
    Evidence evidence =
        new Evidence.ForgottenLock(
            new CommitCertificate(one, aggregate(SET, accounts(0, 6), one.message(GENESIS))),
            new PrepareCertificate(two, aggregate(SET, accounts(3, 7), two.message(GENESIS))));
    assertEquals(accounts(3, 6), convicted(evidence));
  }

  @Test // Protocol §8.1: a vote beside a certificate will do.
  void aVoteAndACertificateConvict() {
    Ballot.Prepare one = prepare(ONE, 0, -1);
    Evidence evidence =
        new Evidence.Equivocation(
            new PrepareCertificate(one, aggregate(SET, accounts(0, 6), one.message(GENESIS))),
            vote(6, prepare(TWO, 0, -1)));
    assertEquals(List.of(account(6)), convicted(evidence));
  }

  @Test // Protocol §8.2: nobody is framed.
  void aForgedSignatureConvictsNobody() {
    BlsSignature forged = new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES]));
    Vote own = vote(2, prepare(ONE, 0, -1));
    Vote framing = new Vote(prepare(TWO, 0, -1), account(2), forged);
    EvidenceRejection wrong = new EvidenceRejection.WrongSignature(List.of(account(2)));
    assertEquals(wrong, rejection(new Evidence.Equivocation(own, framing)));
    assertEquals(wrong, rejection(new Evidence.Equivocation(framing, own)));
  }

  @Test // Protocol §8.2: one height and then the next is what everybody signs.
  void votesOfDifferentHeightsAreNoOffence() {
    Height next = HEIGHT.next();
    Ballot.Prepare later =
        new Ballot.Prepare(next, new Round(3), Mode.BALANCED, TWO, Optional.empty());
    EvidenceRejection apart = new EvidenceRejection.DifferentHeights(HEIGHT, next);
    assertEquals(apart, rejection(equivocation(prepare(ONE, 3, -1), later)));
    assertEquals(
        apart, rejection(new Evidence.ForgottenLock(vote(2, commit(ONE, 0, ONE)), vote(2, later))));
  }

  @Test // Protocol §8.1: whoever PREPAREs what it committed to has forgotten nothing.
  void aPrepareForTheProposalOfTheLockIsNoOffence() {
    for (int v : new int[] {-1, 0, 2}) {
      assertEquals(
          new EvidenceRejection.SameStatement(),
          rejection(
              new Evidence.ForgottenLock(
                  vote(2, commit(ONE, 2, ONE)), vote(2, prepare(ONE, 5, v)))));
    }
  }

  @Test // Protocol §8.2: bitmaps that do not fit the set name nobody in it.
  void aCertificateOfAnotherSetConvictsNobody() {
    ValidatorSet larger = TestValidators.set(12, 1, 1, 1, 1);
    Ballot.Commit one = commit(ONE, 0, ONE);
    Ballot.Commit two = commit(TWO, 0, TWO);
    CommitCertificate own =
        new CommitCertificate(one, aggregate(SET, accounts(0, 7), one.message(GENESIS)));
    CommitCertificate foreign =
        new CommitCertificate(two, aggregate(larger, accounts(0, 11), two.message(GENESIS)));
    assertEquals(
        new EvidenceRejection.UnknownSigner(foreign),
        rejection(new Evidence.Equivocation(own, foreign)));
  }

  @Test // Protocol §8.2: votes of a network that was started anew are no evidence.
  void votesOfAnotherNetworkConvictNobody() {
    EvidenceCheck elsewhere = new EvidenceCheck(ONE, new KeyedScheme());
    Evidence evidence = equivocation(prepare(ONE, 3, -1), prepare(TWO, 3, -1));
    assertInstanceOf(EvidenceVerdict.Rejected.class, elsewhere.judge(evidence, SET));
  }

  @Test // Protocol §8.2.
  void strangersConvictNobody() {
    Evidence evidence =
        new Evidence.Equivocation(vote(77, prepare(ONE, 3, -1)), vote(77, prepare(TWO, 3, -1)));
    assertInstanceOf(EvidenceRejection.UnknownSigner.class, rejection(evidence));
  }

  @Test // Protocol §8.2.
  void oneKeyIsEnoughForVotes() {
    Evidence evidence = equivocation(prepare(ONE, 3, -1), prepare(TWO, 3, -1));
    Validator offender = SET.find(account(2)).orElseThrow();
    assertEquals(new EvidenceVerdict.Convicted(List.of(offender)), CHECK.judge(evidence, offender));
  }
}

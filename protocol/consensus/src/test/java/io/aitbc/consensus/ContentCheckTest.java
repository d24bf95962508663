// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static io.aitbc.model.TestValidators.GENESIS;
import static io.aitbc.model.TestValidators.accounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Anchor;
import io.aitbc.model.Ballot;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CertificateRejection;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.HeightRules;
import io.aitbc.model.KeyedScheme;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import io.aitbc.model.TestValidators;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Each condition of a sound content. Protocol §5.1.
class ContentCheckTest {
  private static final BlsSignature FORGED =
      new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES]));
  private static final HeightView BALANCED = view(Mode.BALANCED, 30);
  private static final HeightView FAST = view(Mode.FAST, 44);

  /// 4 authorities, stakers 4 to 7, and a chain of `blocks` blocks.
  private static HeightView view(Mode mode, int blocks) {
    TestChain chain =
        TestChain.of(TestChain.parameters(ModePolicy.PINNED, mode), 4, 10, 10, 10, 10);
    return new DerivedChain(chain.upTo(blocks).state(), new KeyedScheme());
  }

  /// A sound content, and what a test changes in it.
  private static final class Draft {
    private final HeightView view;
    private Address maker;
    private long timestampMillis;
    private List<Hash> transactions = List.of();
    private BlsSignature randomness;
    private Optional<CommitCertificate> certificate;
    private List<CarriedCommits> commits = List.of();
    private List<CarriedAnchors> anchors = List.of();

    Draft(HeightView view) {
      this.view = view;
      Validator proposer = view.proposer(Round.ZERO);
      maker = proposer.account();
      timestampMillis = view.parentTimestampMillis();
      randomness =
          KeyedScheme.sign(
              proposer.key(),
              ProposalContent.vrfMessage(GENESIS, view.beacon(), view.rules().height()));
      certificate = view.parentRules().map(rules -> certified(rules, accounts(0, 7)));
    }

    /// A certificate of the parent.
    CommitCertificate certified(HeightRules rules, List<Address> signers) {
      Ballot.Commit ballot = TestChain.ballot(rules, view.parentHash(), Round.ZERO);
      return new CommitCertificate(ballot, signed(rules.set(), ballot, signers));
    }

    ProposalContent content() {
      return new ProposalContent(
          view.parentHash(),
          transactions,
          timestampMillis,
          Round.ZERO,
          maker,
          randomness,
          certificate,
          new CarriedSignatures(commits, anchors));
    }

    Optional<Rejection> rejected() {
      return new ContentCheck(view, content()).reject();
    }

    /// What the signatures that do not hold mean.
    List<Rejection> unproven() {
      assertEquals(Optional.empty(), rejected());
      return unproven(Optional.empty());
    }

    List<Rejection> unproven(Optional<CommitCertificate> held) {
      List<Rejection> unproven = new ArrayList<>();
      for (ContentCheck.Claim claim : new ContentCheck(view, content()).claims(held)) {
        if (!new KeyedScheme().verifyAggregate(claim.keys(), claim.message(), claim.signature())) {
          unproven.add(claim.otherwise());
        }
      }
      return unproven;
    }
  }

  private static AggregateSignature signed(ValidatorSet set, Ballot ballot, List<Address> signers) {
    return TestValidators.aggregate(set, signers, ballot.message(GENESIS));
  }

  private static AggregateSignature forged(AggregateSignature aggregate) {
    return new AggregateSignature(aggregate.signers(), FORGED);
  }

  private static HeightView.Recent recent(long height) {
    return BALANCED.recent(new Height(height)).orElseThrow();
  }

  private static CarriedCommits late(HeightView.Recent recent, List<Address> signers) {
    return new CarriedCommits(
        recent.ballot(), signed(recent.rules().set(), recent.ballot(), signers));
  }

  private static CarriedAnchors anchored(long height, Hash blockHash) {
    ValidatorSet set = FAST.rules().set();
    return new CarriedAnchors(
        new Height(height),
        blockHash,
        TestValidators.aggregate(
            set, accounts(4, 7), Anchor.message(GENESIS, new Height(height), blockHash)));
  }

  private static Hash blockHash(long height) {
    return FAST.finalBlock(new Height(height)).orElseThrow().blockHash();
  }

  @Test
  void aContentWithAllItMayCarryIsSound() {
    Draft balanced = new Draft(BALANCED);
    balanced.commits = List.of(late(recent(29), accounts(0, 7)), late(recent(26), accounts(2, 2)));
    assertEquals(List.of(), balanced.unproven());
    Draft fast = new Draft(FAST);
    fast.anchors = List.of(anchored(40, blockHash(40)));
    assertEquals(List.of(), fast.unproven());
  }

  @Test
  void theMakerIsTheProposerOfTheRoundItWasMadeIn() {
    Draft draft = new Draft(BALANCED);
    Address proposer = draft.maker;
    draft.maker = Address.ZERO;
    assertEquals(
        Optional.of(new Rejection.WrongProposer(Round.ZERO, proposer, Address.ZERO)),
        draft.rejected());
  }

  @Test
  void theTimestampIsNotBelowTheParents() {
    Draft draft = new Draft(BALANCED);
    long parent = draft.timestampMillis;
    draft.timestampMillis = parent - 1;
    assertEquals(Optional.of(new Rejection.BeforeParent(parent, parent - 1)), draft.rejected());
  }

  @Test
  void noMoreTransactionsThanTheModeAllows() {
    int max = BALANCED.limits().transactionsMax();
    Draft draft = new Draft(BALANCED);
    draft.transactions = new ArrayList<>();
    Hash next = GENESIS;
    for (int i = 0; i < max; i++) {
      draft.transactions.add(next);
      next = Keccak256.hash(next.toBytes());
    }
    assertEquals(Optional.empty(), draft.rejected());
    draft.transactions.add(next);
    assertEquals(Optional.of(new Rejection.TooMuch(max, max + 1)), draft.rejected());
  }

  @Test
  void theParentsCertificateIsThereExceptAtHeightOne() {
    Draft without = new Draft(BALANCED);
    CommitCertificate certificate = without.certificate.orElseThrow();
    without.certificate = Optional.empty();
    Rejection wrong = new Rejection.WrongParentCertificate(BALANCED.rules().height());
    assertEquals(Optional.of(wrong), without.rejected());
    Draft first = new Draft(view(Mode.BALANCED, 0));
    assertEquals(Optional.empty(), first.rejected());
    first.certificate =
        Optional.of(
            new CommitCertificate(
                new Ballot.Commit(
                    new Height(1), Round.ZERO, Mode.BALANCED, GENESIS, first.view.parentHash()),
                certificate.aggregate()));
    assertInstanceOf(Rejection.WrongParentCertificate.class, first.rejected().orElseThrow());
  }

  @Test
  void theParentsCertificateHoldsByTheParentsRules() {
    Draft draft = new Draft(BALANCED);
    HeightRules rules = BALANCED.parentRules().orElseThrow();
    draft.certificate = Optional.of(draft.certified(rules, accounts(0, 5)));
    Rejection.BadCertificate bad =
        assertInstanceOf(Rejection.BadCertificate.class, draft.rejected().orElseThrow());
    assertInstanceOf(CertificateRejection.NoQuorum.class, bad.reason());
    CommitCertificate whole = draft.certified(rules, accounts(0, 7));
    draft.certificate =
        Optional.of(new CommitCertificate(whole.ballot(), forged(whole.aggregate())));
    assertEquals(
        List.of(new Rejection.WrongParentCertificate(BALANCED.rules().height())), draft.unproven());
  }

  @Test // Only what was checked to the bit need not be checked again.
  void aParentsCertificateThatWasCheckedIsNotCheckedAgain() {
    Draft draft = new Draft(BALANCED);
    CommitCertificate whole = draft.certificate.orElseThrow();
    CommitCertificate forged = new CommitCertificate(whole.ballot(), forged(whole.aggregate()));
    draft.certificate = Optional.of(forged);
    assertEquals(List.of(), draft.unproven(Optional.of(forged)));
    assertEquals(1, draft.unproven(Optional.of(whole)).size());
  }

  @Test
  void carriedCommitsAreOfTheBallotThatTheChainCarries() {
    HeightView.Recent recent = recent(28);
    Ballot.Commit other =
        TestChain.ballot(recent.rules(), recent.ballot().blockHash(), new Round(1));
    Draft draft = new Draft(BALANCED);
    draft.commits =
        List.of(new CarriedCommits(other, signed(recent.rules().set(), other, accounts(2, 2))));
    assertEquals(Optional.of(new Rejection.BadCarried(new Height(28))), draft.rejected());
  }

  @Test
  void carriedCommitsAreOfMembers() {
    Draft draft = new Draft(BALANCED);
    HeightView.Recent recent = recent(28);
    ValidatorSet larger = TestValidators.set(12, 10, 10, 10, 10);
    draft.commits =
        List.of(
            new CarriedCommits(recent.ballot(), signed(larger, recent.ballot(), accounts(0, 11))));
    assertEquals(Optional.of(new Rejection.BadCarried(new Height(28))), draft.rejected());
    draft.commits = List.of(late(recent, List.of()));
    assertEquals(Optional.of(new Rejection.BadCarried(new Height(28))), draft.rejected());
  }

  @Test
  void carriedCommitsAreSigned() {
    Draft draft = new Draft(BALANCED);
    CarriedCommits good = late(recent(29), accounts(2, 2));
    CarriedCommits bad = late(recent(28), accounts(2, 2));
    draft.commits = List.of(good, new CarriedCommits(bad.ballot(), forged(bad.aggregate())));
    assertEquals(List.of(new Rejection.BadCarried(new Height(28))), draft.unproven());
  }

  @Test
  void carriedAnchorsAreOfTheBlockAnchoredAtPresent() {
    Draft other = new Draft(FAST);
    other.anchors = List.of(anchored(40, GENESIS));
    assertEquals(Optional.of(new Rejection.BadCarried(new Height(40))), other.rejected());
    Draft none = new Draft(BALANCED);
    Hash blockHash = BALANCED.finalBlock(new Height(20)).orElseThrow().blockHash();
    none.anchors = List.of(anchored(20, blockHash));
    assertEquals(Optional.of(new Rejection.BadCarried(new Height(20))), none.rejected());
  }

  @Test
  void carriedAnchorsAreOfMembers() {
    Draft draft = new Draft(FAST);
    CarriedAnchors good = anchored(40, blockHash(40));
    ValidatorSet larger = TestValidators.set(12, 10, 10, 10, 10);
    draft.anchors =
        List.of(
            new CarriedAnchors(
                good.height(),
                good.blockHash(),
                TestValidators.aggregate(larger, accounts(0, 11), good.message(GENESIS))));
    assertEquals(Optional.of(new Rejection.BadCarried(new Height(40))), draft.rejected());
  }

  @Test
  void carriedAnchorsAreSigned() {
    Draft draft = new Draft(FAST);
    CarriedAnchors good = anchored(40, blockHash(40));
    draft.anchors =
        List.of(new CarriedAnchors(good.height(), good.blockHash(), forged(good.aggregate())));
    assertEquals(List.of(new Rejection.BadCarried(new Height(40))), draft.unproven());
  }

  @Test
  void theMakersRandomnessIsProven() {
    Draft draft = new Draft(BALANCED);
    draft.randomness = FORGED;
    assertTrue(draft.unproven().contains(new Rejection.BadRandomness(draft.maker)));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §8.3: the rule by which a key signs.
class SigningRecordTest {
  private static final Hash GENESIS = FixedChain.GENESIS;
  private static final Hash X = hash(1);
  private static final Hash Y = hash(2);

  private final SigningRecord fresh = SigningRecord.fresh(GENESIS);

  private static Hash hash(int number) {
    return Keccak256.hash(Bytes.of((byte) number));
  }

  private static SigningRequest envelope(long height, int round, Hash id) {
    return new SigningRequest.Envelope(new Height(height), new Round(round), id, Optional.empty());
  }

  private static SigningRequest prepare(long height, int round, Hash id) {
    return prepare(height, round, id, Optional.empty());
  }

  private static SigningRequest prepare(long height, int round, Hash id, Optional<Round> v) {
    return new SigningRequest.Vote(
        new Ballot.Prepare(new Height(height), new Round(round), Mode.FAST, id, v));
  }

  private static SigningRequest commit(long height, int round, Hash id, Hash block) {
    return new SigningRequest.Vote(
        new Ballot.Commit(new Height(height), new Round(round), Mode.FAST, id, block));
  }

  private static SigningRequest anchor(long height, Hash block) {
    return new SigningRequest.ToAnchor(new Height(height), block);
  }

  private static SigningRecord after(SigningRecord record, SigningRequest... requests) {
    for (SigningRequest request : requests) {
      record =
          assertInstanceOf(SigningDecision.Advance.class, record.advanceTo(GENESIS, request))
              .next();
    }
    return record;
  }

  private static void refused(
      Class<? extends SigningRefusal> reason, SigningRecord record, SigningRequest request) {
    SigningDecision.Refuse refusal =
        assertInstanceOf(SigningDecision.Refuse.class, record.advanceTo(GENESIS, request));
    assertInstanceOf(reason, refusal.reason());
  }

  @Test // Protocol §8.3
  void aRoundIsSignedInTheOrderEnvelopePrepareCommit() {
    SigningRecord record =
        after(fresh, envelope(1, 0, X), prepare(1, 0, X), commit(1, 0, X, Y), envelope(2, 0, Y));
    refused(SigningRefusal.Behind.class, record, commit(1, 1, X, Y));
  }

  @Test // Protocol §8.3
  void theLastThingSignedMayBeSignedAgain() {
    SigningRecord record = after(fresh, prepare(1, 0, X));
    assertEquals(record, after(record, prepare(1, 0, X)));
  }

  @Test // Protocol §8.1
  void nothingElseIsSignedForTheSameRoundAndPhase() {
    refused(SigningRefusal.Contradiction.class, after(fresh, envelope(1, 0, X)), envelope(1, 0, Y));
    refused(SigningRefusal.Contradiction.class, after(fresh, prepare(1, 0, X)), prepare(1, 0, Y));
    refused(
        SigningRefusal.Contradiction.class,
        after(fresh, prepare(1, 2, X)),
        prepare(1, 2, X, Optional.of(new Round(1))));
    refused(
        SigningRefusal.Contradiction.class, after(fresh, commit(1, 0, X, X)), commit(1, 0, Y, X));
  }

  @Test // Protocol §5.5
  void nothingIsSignedForARoundBelow() {
    SigningRecord record = after(fresh, prepare(1, 3, X));
    refused(SigningRefusal.Behind.class, record, commit(1, 2, X, Y));
    refused(SigningRefusal.Behind.class, record, prepare(1, 2, X));
    refused(SigningRefusal.Behind.class, record, prepare(0, 9, X));
    refused(SigningRefusal.Behind.class, record, envelope(1, 3, X));
  }

  @Test // Protocol §8.1
  void aForgottenLockIsRefusedByTheRecordItself() {
    SigningRecord record = after(fresh, prepare(1, 1, X), commit(1, 1, X, X));
    refused(SigningRefusal.ForgottenLock.class, record, prepare(1, 2, Y));
    refused(
        SigningRefusal.ForgottenLock.class, record, prepare(1, 2, Y, Optional.of(new Round(1))));
    refused(
        SigningRefusal.ForgottenLock.class, record, prepare(1, 3, Y, Optional.of(new Round(0))));
    SigningRecord lifted = after(record, prepare(1, 3, Y, Optional.of(new Round(2))));
    assertEquals(record.lastCommit(), lifted.lastCommit());
  }

  @Test // Protocol §5.5
  void theLockedProposalMayBePreparedAgain() {
    SigningRecord record = after(fresh, prepare(1, 1, X), commit(1, 1, X, X));
    assertEquals(
        record.lastCommit(),
        after(record, prepare(1, 2, X, Optional.of(new Round(1)))).lastCommit());
  }

  @Test // Protocol §8.3
  void aLockEndsWithItsHeight() {
    SigningRecord record = after(fresh, commit(1, 1, X, X), prepare(2, 0, Y));
    assertEquals(new Height(1), record.lastCommit().orElseThrow().height());
  }

  @Test // Protocol §5.3
  void oneBlockIsSignedForAProposalInAllRounds() {
    SigningRecord record = after(fresh, commit(1, 0, X, X));
    refused(SigningRefusal.OtherResult.class, record, commit(1, 1, X, Y));
    SigningRecord allowed = record.allowing(new Height(1), Y);
    assertEquals(
        Optional.of(Y),
        after(allowed, commit(1, 1, X, Y)).lastCommit().map(Ballot.Commit::blockHash));
    refused(
        SigningRefusal.OtherResult.class, record.allowing(new Height(2), Y), commit(1, 1, X, Y));
  }

  @Test // Protocol §3.2
  void anchorsHaveAMemoryOfTheirOwn() {
    SigningRecord record = after(fresh, prepare(41, 0, X), anchor(40, X), commit(41, 0, X, X));
    refused(SigningRefusal.Contradiction.class, record, anchor(40, Y));
    refused(SigningRefusal.Behind.class, record, anchor(20, X));
    assertEquals(record, after(record, anchor(40, X)));
  }

  @Test // Protocol §12.1
  void anotherNetworkGetsNothing() {
    SigningDecision decision = fresh.advanceTo(hash(9), prepare(1, 0, X));
    assertInstanceOf(
        SigningRefusal.OtherNetwork.class, ((SigningDecision.Refuse) decision).reason());
  }

  @Test // Protocol §8.4
  void aLostRecordSignsNothingBelowItsFirstHeight() {
    SigningRecord lost = SigningRecord.afterLoss(GENESIS, new Height(8));
    refused(SigningRefusal.RecordLost.class, lost, prepare(7, 0, X));
    refused(SigningRefusal.RecordLost.class, lost, anchor(0, X));
    assertEquals(new Height(8), after(lost, prepare(8, 0, X)).last().orElseThrow().height());
  }

  @Test // Protocol §8.1, §8.3: whatever is asked, what was signed convicts nobody.
  void noSequenceOfRequestsMakesEvidence() {
    Seed.forAll(
        1,
        300,
        seed -> {
          SigningRecord record = fresh;
          List<Ballot> signed = new ArrayList<>();
          for (int i = 0; i < 60; i++) {
            SigningRequest request = random(seed);
            if (record.advanceTo(GENESIS, request)
                instanceof SigningDecision.Advance(SigningRecord next)) {
              record = next;
              if (request instanceof SigningRequest.Vote(Ballot ballot)) {
                signed.add(ballot);
              }
            }
          }
          for (Ballot one : signed) {
            signed.forEach(other -> harmless(one, other));
          }
        });
  }

  private static SigningRequest random(Seed seed) {
    long height = seed.between(1L, 2L);
    int round = seed.below(6);
    Hash id = seed.pick(X, Y);
    Optional<Round> v =
        round > 0 && seed.chance(1, 2)
            ? Optional.of(new Round(seed.below(round)))
            : Optional.empty();
    return seed.chance(1, 2) ? prepare(height, round, id, v) : commit(height, round, id, id);
  }

  private static void harmless(Ballot one, Ballot other) {
    if (one.equals(other) || !one.height().equals(other.height())) {
      return;
    }
    boolean equivocation = one.round().equals(other.round()) && one.phase() == other.phase();
    boolean forgotten =
        one instanceof Ballot.Commit
            && other instanceof Ballot.Prepare prepare
            && prepare.round().isAbove(one.round())
            && !prepare.proposalId().equals(one.proposalId())
            && prepare.preparedRound().stream().noneMatch(v -> v.isAbove(one.round()));
    if (equivocation || forgotten) {
      throw new AssertionError(one + " and " + other);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import static io.aitbc.signer.Votes.GENESIS;
import static io.aitbc.signer.Votes.HOST;
import static io.aitbc.signer.Votes.KEY;
import static io.aitbc.signer.Votes.anchor;
import static io.aitbc.signer.Votes.commit;
import static io.aitbc.signer.Votes.envelope;
import static io.aitbc.signer.Votes.prepare;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.consensus.SigningRefusal;
import io.aitbc.consensus.SigningRequest;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.Round;
import io.aitbc.signer.TearingSlots.Fate;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §8.3.
class LocalValidatorSignerTest {
  private final TearingSlots slots = new TearingSlots(Seed.of(1));

  @Test
  void theRecordIsDurableBeforeASignatureExists() {
    LocalValidatorSigner signer = started();
    int before = slots.writes;
    var _ = signed(signer, prepare(5, 0, 1));
    assertEquals(before + 1, slots.writes);
    assertEquals(signer.record(), SigningHistory.last(slots).orElseThrow().record());
  }

  @Test
  void askingAgainForTheSameBallotGivesTheSameSignatureWithoutAWrite() {
    LocalValidatorSigner signer = started();
    BlsSignature first = signed(signer, commit(5, 0, 1));
    int before = slots.writes;
    assertEquals(first, signed(signer, commit(5, 0, 1)));
    assertEquals(before, slots.writes);
  }

  @Test
  void anotherBallotForTheSameRoundIsRefusedAfterARestart() {
    var _ = signed(started(), prepare(5, 0, 1));
    assertInstanceOf(SigningRefusal.Contradiction.class, refused(reopened(), prepare(5, 0, 3)));
  }

  @Test
  void aForgottenLockIsRefusedAfterARestart() {
    var _ = signed(started(), commit(5, 0, 1));
    assertInstanceOf(SigningRefusal.ForgottenLock.class, refused(reopened(), prepare(5, 1, 3)));
  }

  @Test
  void aLockGivesWayToALaterPrepareCertificate() {
    LocalValidatorSigner signer = started();
    var _ = signed(signer, commit(5, 0, 1));
    var _ = signed(signer, prepare(5, 2, 3, Optional.of(new Round(1))));
  }

  @Test
  void anAnchorOfAnEarlierHeightIsSignedBesideVotes() {
    LocalValidatorSigner signer = started();
    var _ = signed(signer, prepare(41, 0, 1));
    var _ = signed(signer, anchor(40, 9));
    assertInstanceOf(SigningRefusal.Contradiction.class, refused(reopened(), anchor(40, 10)));
  }

  @Test
  void roundChangesLeaveNoTrace() {
    LocalValidatorSigner signer = started();
    int before = slots.writes;
    var _ = signed(signer, new SigningRequest.ToRound(new Height(5), new Round(3)));
    assertEquals(before, slots.writes);
  }

  @Test
  void withoutARecordNothingIsSigned() {
    assertInstanceOf(RecordOpening.Absent.class, open(Witnessed.NOTHING));
  }

  @Test
  void aKeyThatHasARecordHasSignedBefore() {
    var _ = started();
    assertInstanceOf(RecordOpening.Present.class, start(new SigningStart.NeverSigned()));
  }

  @Test
  void neverSignedIsNotBelievedAgainstTheChain() {
    Witnessed seen = new Witnessed(Optional.of(mark(commit(9, 0, 1))), Optional.empty());
    RecordOpening opening =
        LocalValidatorSigner.start(KEY, GENESIS, HOST, slots, seen, new SigningStart.NeverSigned());
    assertInstanceOf(RecordOpening.Lost.class, opening);
  }

  @Test
  void anOldCopyOfTheRecordIsNoticedByWhatTheChainShows() {
    LocalValidatorSigner signer = started();
    var _ = signed(signer, prepare(5, 0, 1));
    byte[][] backup = {slots.read(0), slots.read(1)};
    var _ = signed(signer, commit(5, 0, 1));
    System.arraycopy(backup, 0, slots.slots, 0, 2);
    SignedMark seen = mark(commit(5, 0, 1));
    assertEquals(
        new RecordOpening.Lost(new RecordLoss.Surpassed(Optional.of(mark(prepare(5, 0, 1))), seen)),
        open(new Witnessed(Optional.of(seen), Optional.empty())));
  }

  @Test
  void anotherSignatureForTheSamePlaceMeansTheRecordIsNotTheKeysOnly() {
    var _ = signed(started(), prepare(5, 0, 1));
    Witnessed seen = new Witnessed(Optional.of(mark(prepare(5, 0, 3))), Optional.empty());
    assertInstanceOf(RecordOpening.Lost.class, open(seen));
  }

  @Test // Protocol §8.3.1: a second process signs with the key.
  void aSignatureThatTheRecordDoesNotKnowIsNoticedWhileItIsInUse() {
    LocalValidatorSigner signer = started();
    var _ = signed(signer, prepare(5, 0, 1));
    SignedMark own = mark(prepare(5, 0, 1));
    SignedMark later = mark(prepare(5, 1, 1));
    assertEquals(
        Optional.empty(), new Witnessed(Optional.of(own), Optional.empty()).above(signer.record()));
    assertEquals(
        Optional.of(new RecordLoss.Surpassed(Optional.of(own), later)),
        new Witnessed(Optional.of(later), Optional.empty()).above(signer.record()));
  }

  @Test
  void aTornSlotIsAWriteWhoseSignatureNeverLeft() {
    LocalValidatorSigner signer = started();
    var _ = signed(signer, prepare(5, 0, 1));
    slots.next = Fate.CRASH_TORN;
    assertThrows(TearingSlots.Crash.class, () -> signer.sign(commit(5, 0, 1)));
    var opening = assertInstanceOf(RecordOpening.Ready.class, open(Witnessed.NOTHING));
    assertEquals(RecordOpening.Tail.TORN, opening.tail());
    assertEquals(Optional.of(mark(prepare(5, 0, 1))), opening.signer().record().last());
  }

  @Test
  void twoBrokenSlotsAreALostRecord() {
    var _ = started();
    slots.slots[0][100] ^= 1;
    slots.slots[1][100] ^= 1;
    assertEquals(new RecordOpening.Lost(new RecordLoss.NoWholeSlot()), open(Witnessed.NOTHING));
  }

  @Test
  void aWriteThatTheDiskReportedAndLostIsNoticed() {
    LocalValidatorSigner signer = started();
    slots.next = Fate.LOST;
    var _ = signed(signer, prepare(5, 0, 1));
    var _ = signed(signer, commit(5, 0, 1));
    assertEquals(
        new RecordOpening.Lost(new RecordLoss.WriteMissing(4, 1)), open(Witnessed.NOTHING));
  }

  @Test
  void anyChangedBitBreaksASlot() {
    var _ = signed(started(), prepare(5, 0, 1));
    for (int bit = 0; bit < SlotMedium.SLOT_BYTES * 8; bit++) {
      byte[] slot = slots.read(1);
      slot[bit >> 3] ^= (byte) (1 << (bit & 7));
      assertInstanceOf(Slot.Broken.class, Slot.decode(1, slot));
    }
  }

  @Test
  void aSlotInTheOthersPlaceIsBroken() {
    var _ = started();
    assertInstanceOf(Slot.Broken.class, Slot.decode(0, slots.read(1)));
  }

  @Test
  void afterAFailedWriteNothingIsSigned() {
    LocalValidatorSigner signer = started();
    slots.next = Fate.CRASH_AFTER;
    assertThrows(TearingSlots.Crash.class, () -> signer.sign(prepare(5, 0, 1)));
    assertThrows(RecordDiskException.class, () -> signer.sign(prepare(5, 0, 1)));
  }

  @Test
  void aRecordOfAnotherKeyNetworkOrPlaceIsRefused() {
    var _ = started();
    assertInstanceOf(
        RecordOpening.OtherKey.class,
        LocalValidatorSigner.open(
            BlsValidatorKey.fromSeed(new byte[32]), GENESIS, HOST, slots, Witnessed.NOTHING));
    assertInstanceOf(
        RecordOpening.OtherNetwork.class,
        LocalValidatorSigner.open(KEY, Votes.hash(7), HOST, slots, Witnessed.NOTHING));
    assertInstanceOf(
        RecordOpening.OtherHost.class,
        LocalValidatorSigner.open(KEY, GENESIS, HostMark.named("there"), slots, Witnessed.NOTHING));
  }

  @Test
  void aMovedRecordGoesOnAtItsNewPlace() {
    var _ = signed(started(), prepare(5, 0, 1));
    HostMark there = HostMark.named("there");
    var moved =
        assertInstanceOf(
            RecordOpening.Ready.class,
            LocalValidatorSigner.start(
                KEY, GENESIS, there, slots, Witnessed.NOTHING, new SigningStart.Moved()));
    assertInstanceOf(SigningRefusal.Contradiction.class, refused(moved.signer(), prepare(5, 0, 3)));
    assertInstanceOf(RecordOpening.OtherHost.class, open(Witnessed.NOTHING));
  }

  @Test // Protocol §8.4.
  void afterALossNothingBelowTheFirstHeightIsSigned() {
    var opening = start(new SigningStart.AfterLoss(new Height(10)));
    LocalValidatorSigner signer = assertInstanceOf(RecordOpening.Ready.class, opening).signer();
    assertInstanceOf(SigningRefusal.RecordLost.class, refused(signer, prepare(9, 5, 1)));
    var _ = signed(signer, prepare(10, 0, 1));
  }

  @Test // Protocol §10.4.
  void withoutVotesASlotIsSignedOnceAndNoneBelowIt() {
    LocalValidatorSigner signer = started();
    assertEquals(0, signer.firstSlot());
    assertTrue(signer.sign(slotBlock(7, 1)).isPresent());
    // Durable before the signature exists.
    LocalValidatorSigner again = reopened();
    assertEquals(8, again.firstSlot());
    assertEquals(Optional.empty(), again.sign(slotBlock(7, 1)));
    assertEquals(Optional.empty(), again.sign(slotBlock(7, 2)));
    assertEquals(Optional.empty(), again.sign(slotBlock(0, 1)));
    AuthorityEffect.Sign next = slotBlock(8, 1);
    assertEquals(
        Optional.of(KEY.sign(next.message(GENESIS))), again.sign(next), "what others verify");
  }

  @Test
  void aKeyThatVotedSignsNoSlot() {
    LocalValidatorSigner signer = started();
    var _ = signed(signer, prepare(5, 0, 1));
    assertThrows(IllegalStateException.class, () -> signer.sign(slotBlock(9, 1)));
  }

  private static AuthorityEffect.Sign slotBlock(long slot, int block) {
    return new AuthorityEffect.Sign(slot, new Height(3), Votes.hash(1), Votes.hash(block));
  }

  @Test
  void aHistoryImportedBesideAnotherGoesOnAboveBoth() {
    var _ = signed(started(), prepare(12, 0, 1));
    SigningRecord history = SigningRecord.afterLoss(GENESIS, new Height(3));
    LocalValidatorSigner signer =
        assertInstanceOf(RecordOpening.Ready.class, start(new SigningStart.Imported(history)))
            .signer();
    assertInstanceOf(SigningRefusal.RecordLost.class, refused(signer, prepare(12, 9, 1)));
    var _ = signed(signer, prepare(13, 0, 1));
  }

  @Test // Protocol §5.3.
  void anOperatorMayAllowAnotherBlockForTheLockedProposal() {
    LocalValidatorSigner signer = started();
    var _ = signed(signer, commit(5, 0, 1));
    SigningRequest other =
        new SigningRequest.Vote(
            new Ballot.Commit(
                new Height(5),
                new Round(1),
                io.aitbc.model.Mode.FAST,
                Votes.hash(1),
                Votes.hash(99)));
    assertInstanceOf(SigningRefusal.OtherResult.class, refused(signer, other));
    signer.allow(new Height(5), Votes.hash(99));
    var _ = signed(reopened(), other);
  }

  /// Any requests, any crashes, any restarts: what left never contradicts itself.
  @Test
  void whatLeftTheSignerNeverContradictsItself() {
    Seed.forAll(
        1,
        300,
        seed -> {
          TearingSlots medium = new TearingSlots(seed);
          LocalValidatorSigner signer = ready(start(medium, new SigningStart.NeverSigned()));
          List<SigningRequest> left = new ArrayList<>();
          for (int i = 0; i < 60; i++) {
            medium.next =
                seed.chance(1, 5)
                    ? seed.pick(Fate.CRASH_BEFORE, Fate.CRASH_TORN, Fate.CRASH_AFTER)
                    : Fate.DURABLE;
            SigningRequest request = any(seed);
            try {
              if (signer.sign(request) instanceof SigningAnswer.Signed) {
                left.add(request);
              }
            } catch (TearingSlots.Crash crash) {
              Witnessed seen =
                  new Witnessed(
                      left.stream()
                          .filter(l -> !(l instanceof SigningRequest.ToAnchor))
                          .map(LocalValidatorSignerTest::mark)
                          .max(SignedMark::comparePlace),
                      Optional.empty());
              signer = ready(LocalValidatorSigner.open(KEY, GENESIS, HOST, medium, seen));
            }
          }
          assertTrue(!left.isEmpty());
          for (int i = 0; i < left.size(); i++) {
            for (int j = i + 1; j < left.size(); j++) {
              assertTrue(!contradict(left.get(i), left.get(j)), left.get(i) + " " + left.get(j));
            }
          }
        });
  }

  private static SigningRequest any(Seed seed) {
    long height = seed.between(20, 22);
    int round = seed.below(4);
    int proposal = 2 * seed.below(2);
    return switch (seed.below(4)) {
      case 0 -> envelope(height, round, proposal);
      case 1 ->
          prepare(
              height,
              round,
              proposal,
              round > 0 && seed.chance(1, 2)
                  ? Optional.of(new Round(seed.below(round)))
                  : Optional.empty());
      case 2 -> commit(height, round, proposal);
      default -> anchor(20, proposal);
    };
  }

  /// Whether two signatures are evidence against their signer. Protocol §8.1.
  private static boolean contradict(SigningRequest earlier, SigningRequest later) {
    SignedMark one = mark(earlier);
    SignedMark two = mark(later);
    if (one.comparePlace(two) == 0 && !one.hash().equals(two.hash())) {
      return true;
    }
    return forgets(earlier, later) || forgets(later, earlier);
  }

  private static boolean forgets(SigningRequest one, SigningRequest two) {
    return one instanceof SigningRequest.Vote(Ballot.Commit lock)
        && two instanceof SigningRequest.Vote(Ballot.Prepare prepare)
        && lock.height().equals(prepare.height())
        && prepare.round().isAbove(lock.round())
        && !lock.proposalId().equals(prepare.proposalId())
        && !prepare.preparedRound().filter(v -> v.isAbove(lock.round())).isPresent();
  }

  private static SignedMark mark(SigningRequest request) {
    Round round =
        switch (request) {
          case SigningRequest.Envelope envelope -> envelope.round();
          case SigningRequest.Vote vote -> vote.ballot().round();
          default -> Round.ZERO;
        };
    SignedMark.Step step =
        switch (request) {
          case SigningRequest.Envelope _ -> SignedMark.Step.ENVELOPE;
          case SigningRequest.Vote(Ballot.Prepare _) -> SignedMark.Step.PREPARE;
          case SigningRequest.Vote(Ballot.Commit _) -> SignedMark.Step.COMMIT;
          default -> SignedMark.Step.ANCHOR;
        };
    return new SignedMark(
        request.height(), round, step, Keccak256.hash(request.message(GENESIS).signingBytes()));
  }

  private LocalValidatorSigner started() {
    return ready(start(new SigningStart.NeverSigned()));
  }

  private LocalValidatorSigner reopened() {
    return ready(open(Witnessed.NOTHING));
  }

  private RecordOpening open(Witnessed witnessed) {
    return LocalValidatorSigner.open(KEY, GENESIS, HOST, slots, witnessed);
  }

  private RecordOpening start(SigningStart start) {
    return start(slots, start);
  }

  private static RecordOpening start(TearingSlots medium, SigningStart start) {
    return LocalValidatorSigner.start(KEY, GENESIS, HOST, medium, Witnessed.NOTHING, start);
  }

  private static LocalValidatorSigner ready(RecordOpening opening) {
    return assertInstanceOf(RecordOpening.Ready.class, opening).signer();
  }

  private static BlsSignature signed(LocalValidatorSigner signer, SigningRequest request) {
    return assertInstanceOf(SigningAnswer.Signed.class, signer.sign(request)).signature();
  }

  private static SigningRefusal refused(LocalValidatorSigner signer, SigningRequest request) {
    return assertInstanceOf(SigningAnswer.Refused.class, signer.sign(request)).reason();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.AUDITOR;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.FIRST_AUDITOR;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Reports of auditors, the second auditor of one leaf in ten, and what a false report costs, with
/// the real contracts and referee.
class SecondAuditTest extends AuditedClaim { // Protocol §17.13, §17.14
  @Test // Protocol §17.13
  void allWhoRanTheirLeavesArePaidAndTheSecondAuditorLikeASeat() {
    assertError(
        "WrongHashes(uint256,uint256)",
        work.send(seats.getFirst(), WorkCall.report(claim, 0, List.of(Hash.ZERO))));
    assertError(
        "NotYet(uint256,uint256)",
        work.send(seats.getFirst(), WorkCall.report(claim, WorkAudit.SECOND, List.of())));
    assertError("WindowOpen(uint256,uint256)", work.send(MAKER, WorkCall.closeReports(claim)));
    reportAndClose(0, truth(0));
    assertError("AlreadyClosed(uint256,uint256)", work.send(MAKER, WorkCall.closeReports(claim)));
    assertEquals(
        STAKE.times(seats.stream().filter(seats.getFirst()::equals).count()),
        auditor(seats.getFirst()).reserved());
    int second = second();
    int other = FIRST_AUDITOR + (second - FIRST_AUDITOR + 1) % 5;
    List<Hash> found = found(-1, Hash.ZERO);
    assertError("NotSeat(uint256,address)", report(other, WorkAudit.SECOND, found));
    succeed(report(second, WorkAudit.SECOND, found));
    assertError("AlreadyReported(uint256)", report(second, WorkAudit.SECOND, found));
    settle();
    for (int who = FIRST_AUDITOR; who < FIRST_AUDITOR + 5; who++) {
      int auditor = who;
      long parts = seats.stream().filter(each -> each == auditor).count();
      assertEquals(
          PART.times(parts + (who == second ? 1 : 0)), read(WorkRead.credit(account(who))));
      assertUnharmed(who);
    }
    assertEquals(Amount.aitbc(24), read(WorkRead.credit(account(worker))));
  }

  @Test // Protocol §17.13: one leaf in ten, never of the second auditor's own seats.
  void theSecondAuditorIsGivenSevenTenthsOfTheSeatsALeafEach() {
    reportAndClose(0, truth(0));
    long all = 0;
    for (int seat = 0; seat < SEATS; seat++) {
      long number = given().numbers().get(seat);
      assertTrue(number <= 10);
      assertEquals(seats.get(seat) == second(), number == 10);
      all += isGiven(seat) ? 1 : 0;
    }
    assertTrue(all > 0 && all <= SEATS);
  }

  @Test // Protocol §17.14 rule 8: who does not know the trace cannot lay it open.
  void anAuditorThatGuessesLosesTenTimesWhatItsSeatIsPaid() {
    List<Hash> guess = new ArrayList<>();
    for (int i = 0; i < LEAVES; i++) {
      boolean _ = guess.add(WorkWorld.SALT);
    }
    reportAndClose(3, guess);
    int guesser = seats.get(3);
    assertError(
        "NotToBeChallenged(uint256,uint256)",
        work.send(STRANGER, DisputeCall.challengeReport(claim, 3, 0, truth(3), deposit())));
    assertError("NotToBeChallenged(uint256,uint256)", challenge(STRANGER, 3, LEAVES));
    assertError(
        "DepositTooLow(uint256,uint256)",
        work.send(
            STRANGER,
            DisputeCall.challengeReport(claim, 3, 0, guess, deposit().minus(Amount.wei(1)))));
    Amount deposit = deposit();
    succeed(challenge(STRANGER, 3, 0));
    assertError("NotToBeChallenged(uint256,uint256)", challenge(MAKER, 3, 1)); // Once.
    WorkDispute dispute = read(WorkRead.dispute(1));
    assertEquals(account(guesser), dispute.worker());
    assertEquals(WorkWorld.SALT, dispute.report().orElseThrow().hash());
    assertEquals(leaf(3, 0), dispute.leaf());
    Trace trace = work.traces.get((int) leaf(3, 0));
    assertError(
        "NotReported(uint256)",
        work.send(
            guesser,
            DisputeCall.answerRoot(
                1, trace.tree().root(), trace.tree().below(trace.tree().height(), 0))));
    settle(); // The worker does not wait for a quarrel of auditors.
    assertEquals(Amount.aitbc(24), read(WorkRead.credit(account(worker))));
    assertEquals(STAKE, auditor(guesser).reserved());
    work.pass(1_802);
    assertError("ClaimOpen(uint256)", work.send(MAKER, DisputeCall.dismiss(1)));
    succeed(work.send(MAKER, DisputeCall.timeOut(1)));
    work.balance();
    assertEquals(BOND.minus(STAKE), auditor(guesser).bond());
    assertEquals(Amount.ZERO, auditor(guesser).reserved());
    assertEquals(0, auditor(guesser).duties());
    long others = seats.stream().filter(each -> each == guesser).count() - 1;
    assertEquals(PART.times(others), read(WorkRead.credit(account(guesser))), "not for this seat");
    assertEquals(deposit.plus(divided(STAKE, 20)), read(WorkRead.credit(account(STRANGER))));
    assertEquals(Amount.ZERO, work.world.balance(WorkWorld.DISPUTES));
  }

  @Test // Protocol §17.13: what another says is bound to its account, and to the seat.
  void anAuditorThatCopiesLosesAsWell() {
    for (int i = 0; i < SEATS; i++) {
      succeed(report(seats.get(i), i, i == 1 ? truth(0) : truth(i)));
    }
    close();
    Trace trace = work.traces.get((int) leaf(1, 2));
    succeed(challenge(STRANGER, 1, 2));
    assertError(
        "NotReported(uint256)",
        work.send(
            seats.get(1),
            DisputeCall.answerRoot(
                1, trace.tree().root(), trace.tree().below(trace.tree().height(), 0))));
    work.pass(1_802);
    succeed(work.send(MAKER, DisputeCall.timeOut(1)));
    assertEquals(BOND.minus(STAKE), auditor(seats.get(1)).bond());
  }

  /// What a seat could say of its first leaf if it were elsewhere; from 7 on, what is.
  private Hash elsewhere(int seat) {
    int who = seats.get(seat);
    long leaf = leaf(seat, 0);
    Hash root = root(leaf);
    return switch (seat) {
      case 0 -> WorkCall.report(UInt256.of(8), account(who), claim, seat, 0, leaf, root);
      case 1 -> hash(who + 1, seat, 0, leaf, root);
      case 2 -> of(new ClaimId(claim.job() + 1, claim.claim()), seat);
      case 3 -> of(new ClaimId(claim.job(), claim.claim() + 1), seat);
      case 4 -> hash(who, seat + 1, 0, leaf, root);
      case 5 -> hash(who, seat, 1, leaf, root);
      case 6 -> hash(who, seat, 0, (leaf + 1) % WorkWorld.ITEMS, root);
      default -> hash(who, seat, 0, leaf, root);
    };
  }

  private Hash of(ClaimId other, int seat) {
    long leaf = leaf(seat, 0);
    return WorkCall.report(CHAIN, account(seats.get(seat)), other, seat, 0, leaf, root(leaf));
  }

  @Test // Protocol §17.13: of one chain, account, job, claim, seat, place and leaf.
  void aReportThatIsReplayedFromElsewhereCannotBeLaidOpen() {
    for (int seat = 0; seat < SEATS; seat++) {
      List<Hash> hashes = new ArrayList<>(truth(seat));
      Hash _ = hashes.set(0, elsewhere(seat));
      succeed(report(seats.get(seat), seat, hashes));
    }
    close();
    for (int seat = 0; seat < 8; seat++) {
      succeed(challenge(STRANGER, seat, 0));
      EconomyWorld.Outcome answer =
          work.answerRoot(seats.get(seat), seat + 1, work.traces.get((int) leaf(seat, 0)).tree());
      if (seat < 7) {
        assertError("NotReported(uint256)", answer);
      } else {
        succeed(answer);
      }
    }
    work.balance();
  }

  @Test // Protocol §17.14: a trace that was made up is disproved by one element.
  void aTraceThatWasMadeUpIsDisprovedByOneElement() {
    int item = (int) leaf(2, 4);
    Trace own = work.traces.get(item);
    byte[] tile = own.tile(17);
    tile[0] ^= 1;
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < own.tree().width(0); i++) {
      boolean _ = leaves.add(i == 17 ? MerkleTree.leaf(tile) : own.tree().node(0, i));
    }
    MerkleTree madeUp = MerkleTree.over(leaves);
    List<Hash> hashes = new ArrayList<>(truth(2));
    Hash _ = hashes.set(4, hash(seats.get(2), 2, 4, item, madeUp.root()));
    reportAndClose(2, hashes);
    succeed(challenge(STRANGER, 2, 4));
    succeed(work.answerRoot(seats.get(2), 1, madeUp));
    MerkleTree learned = work.walk(seats.get(2), 1, own.tree(), madeUp, true);
    succeed(work.send(seats.get(2), DisputeCall.openTile(1, Bytes.wrap(tile))));
    byte[] proof = new Prover(own, learned, work.inputs, item).element(17, tile);
    succeed(work.send(STRANGER, DisputeCall.prove(1, Bytes.wrap(proof))));
    work.balance();
    assertEquals(WorkDispute.Stage.OVER, read(WorkRead.dispute(1)).stage());
    assertEquals(BOND.minus(STAKE), auditor(seats.get(2)).bond());
    assertEquals(WorkClaim.State.REVEALED, state().state());
    assertEquals(0, state().disputes(), "the worker's claim is not held");
    settle();
  }

  /// What a seat says that ran nothing, and can lay open eight levels of.
  private List<Hash> madeUp(int seat, MerkleTree tree) {
    return IntStream.range(0, LEAVES)
        .mapToObj(number -> hash(seats.get(seat), seat, number, leaf(seat, number), tree.root()))
        .toList();
  }

  @Test // Protocol §17.14 rule 8: a report is challenged once, be it by its auditor's other name.
  void whoHasItsGuessChallengedByAFriendLosesNoLessThanWhoIsFound() {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < work.traces.getFirst().tree().width(0); i++) {
      boolean _ = leaves.add(MerkleTree.leaf(new byte[] {(byte) i}));
    }
    MerkleTree tree = MerkleTree.over(leaves);
    reportAndClose(3, madeUp(3, tree));
    int guesser = seats.get(3);
    Amount deposit = deposit();
    assertError(
        "DepositTooLow(uint256,uint256)",
        work.send(
            MAKER,
            DisputeCall.challengeReport(
                claim, 3, 0, madeUp(3, tree), read(WorkRead.deposit(claim)).plus(STAKE))));
    succeed(challenge(MAKER, 3, 0));
    assertError("NotToBeChallenged(uint256,uint256)", challenge(STRANGER, 3, 1));
    succeed(work.answerRoot(guesser, 1, tree));
    work.pass(1_802); // Its friend says nothing more.
    succeed(work.send(guesser, DisputeCall.timeOut(1)));
    work.balance();
    assertEquals(BOND, auditor(guesser).bond());
    assertEquals(Amount.ZERO, read(WorkRead.credit(account(MAKER))));
    Amount lost = deposit.minus(read(WorkRead.credit(account(guesser))));
    assertTrue(lost.compareTo(STAKE) >= 0, lost + " of " + STAKE);
  }

  @Test // Protocol §17.14: the loser pays, and the auditor that was right has more than its part.
  void anHonestAuditorThatIsChallengedGains() {
    reportAndClose(0, truth(0));
    int honest = seats.getFirst();
    Trace trace = work.traces.get((int) leaf(0, 6));
    Amount deposit = deposit();
    succeed(challenge(STRANGER, 0, 6));
    succeed(work.answerRoot(honest, 1, trace.tree()));
    work.pass(1_802);
    succeed(work.send(honest, DisputeCall.timeOut(1)));
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertUnharmed(honest);
    long others = seats.stream().filter(each -> each == honest).count() - 1;
    Amount gained = divided(deposit, 2);
    assertTrue(gained.compareTo(PART.times(10)) >= 0);
    assertEquals(PART.times(others).plus(gained), read(WorkRead.credit(account(honest))));
    assertEquals(Amount.ZERO, read(WorkRead.credit(account(STRANGER))));
  }

  @Test // Protocol §17.13: it is checked by those whose leaves it was given.
  void aSecondAuditorThatGuessesOrLeavesALeafOutLosesToo() {
    reportAndClose(0, truth(0));
    int seat = givenSeat();
    int second = second();
    succeed(report(second, WorkAudit.SECOND, found(seat, Hash.ZERO)));
    int notGiven =
        IntStream.range(0, SEATS).filter(each -> !isGiven(each)).findFirst().orElse(SEATS);
    assertError("NotToBeChallenged(uint256,uint256)", challenge(MAKER, WorkAudit.SECOND, notGiven));
    succeed(challenge(seats.get(seat), WorkAudit.SECOND, seat));
    WorkDispute dispute = read(WorkRead.dispute(1));
    assertEquals(account(second), dispute.worker());
    assertTrue(dispute.bySeat());
    Trace trace = work.traces.get((int) dispute.leaf());
    assertError("NotReported(uint256)", work.answerRoot(second, 1, trace.tree()));
    work.pass(1_802);
    succeed(work.send(MAKER, DisputeCall.timeOut(1)));
    assertEquals(BOND.minus(STAKE), auditor(second).bond());
  }

  @Test // Protocol §17.13: without a secret nobody can know what a report is about.
  void aSeatThatDoesNotShowItsSecretCountsForNothing() {
    for (int i = 0; i < SEATS; i++) {
      succeed(report(seats.get(i), i, truth(i)));
    }
    work.pass(301);
    assertError("SecondOpen(uint256,uint256)", afterShowing(seats.getFirst()));
    succeed(work.send(STRANGER, WorkCall.closeReports(claim)));
    WorkAudit audit = read(WorkRead.audit(claim));
    int unshown =
        IntStream.range(0, SEATS)
            .filter(i -> !seats.get(i).equals(seats.getFirst()))
            .findFirst()
            .orElseThrow();
    assertTrue(audit.counts(0));
    assertTrue(!audit.counts(unshown) && audit.hasReported(unshown));
    assertError("NotToBeChallenged(uint256,uint256)", challenge(STRANGER, unshown, 0));
    work.pass(61); // Nobody has to be there: the second auditor's time passes.
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertEquals(Amount.ZERO, read(WorkRead.credit(account(seats.get(unshown)))));
    assertNotEquals(Amount.ZERO, read(WorkRead.credit(account(seats.getFirst()))));
    assertUnharmed(seats.get(unshown));
    assertUnharmed(seats.getFirst());
  }

  private EconomyWorld.Outcome afterShowing(int who) {
    succeed(
        work.send(
            STRANGER,
            WorkCall.showSecret(account(who), 0, epoch, WorkWorld.link(who, (int) epoch))));
    return work.send(MAKER, WorkCall.settle(claim));
  }

  @Test // Protocol §17.13: a bond covers what its reports can cost.
  void anAuditorReportsNoMoreThanItsBondCovers() {
    int rich = 33;
    work.register(rich, WorkWorld.WORKER, Amount.aitbc(100_000));
    long job;
    do { // Until it is the first that is drawn.
      work.pass(1);
      job = work.submit(Amount.aitbc(2_700), 0);
      work.pass(1);
    } while (work.workers(job).getFirst() != rich);
    succeed(work.accept(rich, job));
    Hash outputs = work.outputs(work.traces.get(1).output()).root();
    succeed(work.commit(rich, job, outputs));
    work.pass(1);
    succeed(work.reveal(rich, job, outputs));
    work.pass(5);
    ClaimId dear = new ClaimId(job, 0);
    succeed(work.send(STRANGER, WorkCall.drawSeats(dear)));
    int auditor = index(read(WorkRead.claim(dear)).places().getFirst());
    assertError(
        "BondReserved(uint256,uint256)", work.send(auditor, WorkCall.report(dear, 0, truth(0))));
    assertEquals(BOND.wei(), work.service(AUDITOR, auditor, 0));
  }

  @Test // Protocol §17.13: the money of reports is free again however a claim ends.
  void aFraudOrAVoidClaimFreesTheReports() {
    succeed(report(seats.getFirst(), 0, truth(0)));
    assertEquals(STAKE, auditor(seats.getFirst()).reserved());
    Amount deposit = read(WorkRead.deposit(claim));
    succeed(work.send(STRANGER, DisputeCall.challenge(claim, 1, deposit)));
    work.pass(1_802);
    succeed(work.send(MAKER, DisputeCall.timeOut(1)));
    assertEquals(WorkClaim.State.FRAUD, state().state());
    work.balance();
    assertUnharmed(seats.getFirst());
  }

  private EconomyWorld.Outcome notServed(int who, int seat) {
    return work.send(who, WorkCall.notServed(claim, seat));
  }

  /// So many seats are not served, the others report and show their secrets.
  private void closeWithout(int unserved) {
    for (int seat = 0; seat < SEATS; seat++) {
      int who = seats.get(seat);
      succeed(seat < unserved ? notServed(who, seat) : report(who, seat, truth(seat)));
    }
    work.pass(301);
    close();
    work.pass(61);
  }

  @Test // Protocol §17.13: hardly anybody could run it again.
  void aClaimThatMostSeatsAreNotServedIsVoidUnpaidAndUnslashed() {
    closeWithout(6);
    assertEquals(0b111111, read(WorkRead.audit(claim)).unserved());
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertEquals(WorkClaim.State.VOID, state().state());
    assertEquals(FEE, read(WorkRead.credit(account(WorkWorld.CLIENT))));
    assertEquals(Amount.ZERO, read(WorkRead.credit(account(worker))));
    ServiceAccount service = read(WorkRead.service(ServiceRole.WORKER, account(worker)));
    assertEquals(Amount.aitbc(3_000), service.bond());
    assertEquals(Amount.ZERO, service.reserved());
    assertEquals(0, service.convictions());
    seats.forEach(this::assertUnharmed);
    assertError("WrongState(uint256,uint256,uint8)", work.send(MAKER, WorkCall.settle(claim)));
  }

  @Test // Protocol §17.13: one word against another.
  void aClaimThatAsManySeatsRanAgainIsPaid() {
    closeWithout(5);
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertEquals(WorkClaim.State.SETTLED, state().state());
    assertEquals(Amount.aitbc(24), read(WorkRead.credit(account(worker))));
  }

  @Test // Protocol §17.13: where nobody reports, a few seats cannot take a worker's pay.
  void aClaimThatHalfOfTheSeatsAreSilentAboutIsPaid() {
    for (int seat = 0; seat < SEATS / 2; seat++) {
      succeed(notServed(seats.get(seat), seat));
    }
    work.pass(301);
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertEquals(WorkClaim.State.SETTLED, state().state());
  }

  @Test // Protocol §17.13
  void aSeatIsNotServedOnceInItsTimeAndAReportTakesItBack() {
    assertError("NotSeat(uint256,address)", notServed(STRANGER, 0));
    assertError("NotSeat(uint256,address)", notServed(seats.getFirst(), SEATS));
    assertError("NotSeat(uint256,address)", notServed(seats.getFirst(), WorkAudit.SECOND));
    for (int seat = 0; seat < SEATS; seat++) {
      succeed(notServed(seats.get(seat), seat));
      assertError("AlreadySaid(uint256)", notServed(seats.get(seat), seat));
    }
    for (int seat = 0; seat < SEATS; seat++) {
      succeed(report(seats.get(seat), seat, truth(seat)));
      assertError("AlreadyReported(uint256)", notServed(seats.get(seat), seat));
    }
    close();
    assertError("TooLate(uint256,uint256)", notServed(seats.getFirst(), 0));
    settle();
    assertEquals(WorkClaim.State.SETTLED, state().state());
  }

  @Test // Protocol §17.14 rule 1: in the second auditor's time, and not after it.
  void theSecondAuditorDemandsWhatItIsGivenWithoutADeposit() {
    reportAndClose(0, truth(0));
    int second = second();
    int other = seats.stream().filter(each -> each != second).findFirst().orElseThrow();
    String refusal = "DepositTooLow(uint256,uint256)";
    assertError(refusal, work.send(other, DisputeCall.demand(claim, 0, Amount.ZERO)));
    Amount tooLow = read(WorkRead.deposit(claim)).minus(Amount.wei(1));
    assertError(refusal, work.send(second, DisputeCall.demand(claim, 0, tooLow)));
    succeed(work.send(second, DisputeCall.demand(claim, 0, Amount.ZERO)));
    work.pass(61);
    assertError(refusal, work.send(second, DisputeCall.demand(claim, 1, Amount.ZERO)));
    succeed(work.send(other, DisputeCall.demand(claim, 1, read(WorkRead.deposit(claim)))));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.FIRST_AUDITOR;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkObjection.Said;
import io.aitbc.execution.WorkObjection.Stage;
import io.aitbc.execution.WorkObjection.Verdict;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Jobs of class TOLERANCE, objections and juries with the real contracts.
class JuriesTest extends JuriedClaim { // Protocol §17.17
  @Test // Protocol §17.13, §17.14: no trace is the one of such an output.
  void anHonestClaimIsSettledWithoutASecondAuditorAndNobodyDisprovesItsBits() {
    ClaimId claim = revealed();
    int worker = worker(claim);
    WorkClaim revealed = read(WorkRead.claim(claim));
    for (int seat = 0; seat < revealed.places().size(); seat++) {
      Address auditor = read(WorkRead.accountAt(ServiceRole.AUDITOR, revealed.places().get(seat)));
      List<Hash> report = Collections.nCopies(7, Hash.ZERO);
      succeed(work.send(WorkWorld.indexOf(auditor), WorkCall.report(claim, seat, report)));
    }
    Amount deposit = read(WorkRead.deposit(claim));
    assertError("NoBits(uint256)", work.send(STRANGER, DisputeCall.challenge(claim, 1, deposit)));
    assertError(
        "NoBits(uint256)",
        work.send(
            STRANGER,
            DisputeCall.challengeReport(
                claim, 0, 0, Collections.nCopies(7, Hash.ZERO), Amount.aitbc(100))));
    long epoch = (revealed.auditAt() - 1) / 100;
    while (work.world.epoch() == epoch) {
      work.pass(1);
    }
    for (int i = 0; i < 5; i++) {
      int who = FIRST_AUDITOR + i;
      succeed(
          work.send(
              STRANGER,
              WorkCall.showSecret(account(who), 0, epoch, WorkWorld.link(who, (int) epoch))));
    }
    succeed(work.send(STRANGER, WorkCall.closeReports(claim)));
    assertEquals(0, read(WorkRead.audit(claim)).untilHeight());
    assertEquals(0x3ff, read(WorkRead.audit(claim)).counted());
    work.pass(301);
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertEquals(REWARD, work.credit(worker));
    assertEquals(BOND, bond(worker));
    // A leaf is demanded as ever.
    ClaimId other = another();
    succeed(work.send(STRANGER, DisputeCall.demand(other, 1, deposit)));
  }

  @Test // Protocol §17.17: two thirds of a jury convict; the books are right to the wei.
  void aFalseWorkerIsConvictedByTwoThirdsOfAJury() {
    ClaimId claim = revealed();
    int worker = worker(claim);
    Amount deposit = deposit(claim);
    long objection = object(STRANGER, claim, 1);
    assertEquals(2, members(objection).size());
    assertEquals(2, new TreeSet<>(members(objection)).size());
    List<Integer> auditors = members(objection);
    opine(objection, all(objection, Said.WRONG));
    assertEquals(Stage.JURY, state(objection).stage(), "two auditors do not convict");
    assertEquals(BOND, bond(worker));
    assertEquals(auditors, state(objection).auditors().stream().map(WorkWorld::indexOf).toList());
    assertError("WindowOpen(uint256,uint256)", work.ledger(MAKER, "settle", claim.job()));
    List<Integer> jury = members(objection);
    assertEquals(SEATS, jury.size());
    Amount burningBefore = work.world.balance(EconomyContract.SLASHING.address());
    Amount fee = state(objection).fee();
    opine(objection, all(objection, Said.WRONG));
    assertOver(objection, Verdict.WRONG);
    assertEquals(WorkClaim.State.FRAUD, read(WorkRead.claim(claim)).state());
    assertEquals(BOND.minus(SLASH), bond(worker));
    assertEquals(FEE, work.credit(CLIENT));
    for (int who : new TreeSet<>(jury)) {
      assertEquals(fee.times(jury.stream().filter(each -> each == who).count()), work.credit(who));
    }
    auditors.forEach(who -> assertEquals(fee, work.credit(who)));
    Amount costs = fee.times(SEATS + 2);
    assertEquals(deposit, costs, "a deposit is all opinions");
    Amount share = new Amount(SLASH.wei().dividedBy(UInt256.of(20)));
    assertEquals(costs.plus(share), work.credit(STRANGER));
    assertEquals(
        burningBefore.plus(SLASH.minus(costs).minus(share)),
        work.world.balance(EconomyContract.SLASHING.address()));
    assertEquals(Amount.ZERO, work.credit(worker));
  }

  @Test // Protocol §17.17: never a slash on one opinion.
  void aLoneLyingAuditorConvictsNobody() {
    ClaimId claim = revealed();
    int worker = worker(claim);
    int liar = FIRST_AUDITOR;
    Amount deposit = deposit(claim);
    Amount burning = burning();
    long objection = object(liar, claim, 0);
    assertTrue(!members(objection).contains(liar));
    Amount fee = state(objection).fee();
    List<Integer> auditors = members(objection);
    opine(objection, all(objection, Said.RIGHT));
    assertOver(objection, Verdict.RIGHT);
    Amount rest = deposit.minus(fee.times(2));
    assertEquals(half(rest), work.credit(worker));
    assertEquals(burning.plus(rest.minus(half(rest))), burning());
    auditors.forEach(who -> assertEquals(fee, work.credit(who)));
    assertEquals(Amount.ZERO, work.credit(liar));
    assertEquals(BOND, bond(worker));
    assertEquals(0, read(WorkRead.claim(claim)).disputes());
    // Two auditors are no jury: it may be objected to again.
    long again = object(STRANGER, claim, 0);
    opine(again, all(again, Said.RIGHT));
    work.pass(301);
    succeed(work.send(MAKER, WorkCall.settle(claim)));
    work.balance();
    assertEquals(WorkClaim.State.SETTLED, read(WorkRead.claim(claim)).state());
  }

  @Test // Protocol §17.17
  void aJuryOverrulesTwoLyingAuditorsAndNobodyObjectsToThatLeafAgain() {
    ClaimId claim = revealed();
    int worker = worker(claim);
    Amount deposit = deposit(claim);
    long objection = object(STRANGER, claim, 2);
    List<Integer> liars = members(objection);
    opine(objection, all(objection, Said.WRONG));
    Amount fee = state(objection).fee();
    opine(objection, all(objection, Said.RIGHT));
    assertOver(objection, Verdict.RIGHT);
    liars.forEach(who -> assertEquals(Amount.ZERO, work.credit(who), "loses its fee"));
    liars.forEach(who ->
        assertEquals(
            Amount.aitbc(100),
            read(WorkRead.service(ServiceRole.AUDITOR, account(who))).bond(),
            "and no more"));
    assertEquals(half(deposit.minus(fee.times(SEATS))), work.credit(worker));
    assertError(
        "AlreadyCleared(uint256,uint256,uint256)",
        work.send(MAKER, JuryCall.object(claim, 2, deposit(claim))));
    long other = object(MAKER, claim, 1);
    assertNotEquals(objection, other);
  }

  /// Opinions of a jury in which neither side has two thirds, if seats allow it.
  private Map<Integer, Said> divided(List<Integer> jury) {
    Map<Integer, Said> opinions = new TreeMap<>();
    int wrong = 0;
    for (int who : new TreeSet<>(jury)) {
      int held = Collections.frequency(jury, who);
      boolean says = wrong + held <= SEATS / 2 + 2;
      opinions.put(who, says ? Said.WRONG : Said.RIGHT);
      wrong += says ? held : 0;
    }
    assertTrue(3 * wrong < 2 * SEATS && 3 * (SEATS - wrong) < 2 * SEATS, "seats " + jury);
    return opinions;
  }

  @Test // Protocol §17.17: no two thirds, no payment, no slash.
  void aJuryThatIsDividedVoidsTheClaim() {
    ClaimId claim = revealed();
    int worker = worker(claim);
    Amount deposit = deposit(claim);
    long objection = object(CLIENT, claim, 1);
    opine(objection, all(objection, Said.WRONG));
    List<Integer> jury = members(objection);
    Amount fee = state(objection).fee();
    opine(objection, divided(jury));
    assertOver(objection, Verdict.SPLIT);
    assertEquals(WorkClaim.State.VOID, read(WorkRead.claim(claim)).state());
    assertEquals(BOND, bond(worker));
    assertEquals(Amount.ZERO, work.credit(worker));
    assertEquals(
        0, read(WorkRead.service(ServiceRole.WORKER, account(worker))).duties(), "it is free");
    assertEquals(
        FEE.plus(deposit.minus(fee.times(SEATS + 2))), work.credit(CLIENT), "opinions cost");
    for (int who : new TreeSet<>(jury)) {
      assertEquals(fee.times(Collections.frequency(jury, who)), work.credit(who), "both sides");
    }
  }

  @Test // Protocol §17.17: late, early, copied, repeated, foreign, empty.
  void everyWrongMoveIsRefusedByName() {
    ClaimId claim = revealed();
    assertError(
        "DepositTooLow(uint256,uint256)",
        work.send(STRANGER, JuryCall.object(claim, 1, deposit(claim).minus(Amount.wei(1)))));
    assertError(
        "NoLeaf(uint256,uint256)",
        work.send(STRANGER, JuryCall.object(claim, WorkWorld.ITEMS, deposit(claim))));
    assertError(
        "OwnClaim(uint256,uint256)",
        work.send(worker(claim), JuryCall.object(claim, 1, deposit(claim))));
    EconomyWorld.Outcome objected = work.send(STRANGER, JuryCall.object(claim, 1, deposit(claim)));
    succeed(objected);
    assertEquals(
        List.of(new WorkEvent.Objected(1, claim, 1, account(STRANGER))),
        objected.logs().stream().flatMap(log -> WorkEvent.of(log).stream()).toList());
    work.pass(DRAW_BLOCKS - 1);
    assertError("DrawNotThere(uint256)", seal(FIRST_AUDITOR, 1, Said.RIGHT));
    assertTrue(work.ask(WorkRead.members(1)).isEmpty());
    work.pass(1);
    List<Integer> two = members(1);
    int first = two.getFirst();
    int other = two.getLast();
    assertError("NoSeat(address)", seal(STRANGER, 1, Said.RIGHT));
    assertError("NotCommitted(address)", open(first, 1, Said.RIGHT));
    assertError("EmptyCommitment()", work.send(first, JuryCall.commit(1, Hash.ZERO)));
    succeed(seal(first, 1, Said.RIGHT));
    assertEquals(two, members(1), "stored as it was computed");
    assertError("AlreadyCommitted(address)", seal(first, 1, Said.WRONG));
    assertError("OpinionsTooEarly(uint256)", open(first, 1, Said.RIGHT));
    assertError("OpinionsOpen(uint256)", work.send(MAKER, JuryCall.decide(1)));
    Hash copied = JuryCall.commitment(CHAIN, 1, account(first), Said.RIGHT, salt(first));
    succeed(work.send(other, JuryCall.commit(1, copied)));
    assertError(
        "WrongOpinion(bytes32,bytes32)",
        work.send(other, JuryCall.reveal(1, Said.RIGHT, salt(first))));
    CallData nothing =
        CallData.of("reveal(uint256,uint8,bytes32)").number(1).number(0).hash(salt(first));
    assertError(
        "NoOpinion()", work.call(first, EconomyContract.JURIES.address(), Amount.ZERO, nothing));
    assertError("WrongOpinion(bytes32,bytes32)", open(first, 1, Said.WRONG));
    succeed(open(first, 1, Said.RIGHT));
    assertError("AlreadyOpened(address)", open(first, 1, Said.RIGHT));
    assertEquals(Optional.of(Said.RIGHT), read(WorkRead.opinion(1, account(first))).said());
    work.pass(2_102);
    assertError("OpinionsTooLate(uint256)", seal(other, 1, Said.RIGHT));
    succeed(work.send(MAKER, JuryCall.decide(1)));
    assertEquals(Stage.JURY, state(1).stage(), "one auditor alone acquits nobody");
    assertError("NotCommitted(address)", open(first, 1, Said.RIGHT));
    work.pass(DRAW_BLOCKS);
    TreeSet<Integer> jury = new TreeSet<>(members(1));
    for (int who : List.of(first, other, STRANGER, CLIENT, worker(claim))) {
      assertTrue(!jury.contains(who), "party " + who);
    }
    assertError("NoSeat(address)", seal(first, 1, Said.RIGHT));
    succeed(seal(jury.first(), 1, Said.WRONG));
    work.pass(1_801);
    assertError("OpinionsTooLate(uint256)", seal(jury.last(), 1, Said.WRONG));
    assertError("OpinionsOpen(uint256)", work.send(MAKER, JuryCall.decide(1)));
    work.pass(301);
    assertError("OpinionsTooLate(uint256)", open(jury.first(), 1, Said.WRONG));
    succeed(work.send(MAKER, JuryCall.decide(1)));
    assertOver(1, Verdict.SPLIT); // Sealed and never opened is silence.
    assertEquals(Amount.ZERO, work.credit(jury.first()));
    assertError("WrongStage(uint256,uint8)", work.send(MAKER, JuryCall.decide(1)));
  }

  /// Twice as many evaluators' bonds as there were, from one account.
  private void outbid(int who) {
    succeed(
        work.send(
            who,
            WorkCall.registerService(
                ServiceRole.EVALUATOR, 1, "", Amount.aitbc(100L * 2 * EVALUATORS))));
  }

  @Test // Protocol §17.17: with the next beacon, who makes both blocks would choose its bond by it.
  void membersAreDrawnBlocksAfterTheLastBondThatCounts() {
    ClaimId claim = revealed();
    long objection = object(STRANGER, claim, 1);
    opine(objection, all(objection, Said.WRONG));
    // The jury was called blocks ago: who bids now has no seat, and the beacon is the first one's.
    outbid(MAKER);
    List<Integer> jury = members(objection);
    assertTrue(!jury.contains(MAKER));
    assertEquals(state(objection).since() + DRAW_BLOCKS, state(objection).drawHeight());
    work.pass(10);
    assertEquals(jury, members(objection));
    ClaimId other = another();
    EconomyWorld.Outcome objected = work.send(STRANGER, JuryCall.object(other, 1, deposit(other)));
    long next = objected.word(0).toLongExact();
    work.set(EconomyParameter.AUDIT_DELAY, 1);
    work.pass(1);
    assertTrue(work.ask(WorkRead.members(next)).isEmpty(), "as the parameters said then");
    work.pass(DRAW_BLOCKS - 1);
    assertEquals(2, members(next).size());
  }

  @Test // Protocol §17.12, §17.17: both clocks.
  void anOpinionIsLateWhenBothClocksHaveRunOut() {
    ClaimId claim = revealed();
    work.set(EconomyParameter.OPINION_SECONDS, 4);
    work.set(EconomyParameter.OPINION_BLOCKS, 10);
    long objection = object(STRANGER, claim, 1);
    int first = members(objection).getFirst();
    work.pass(6);
    succeed(seal(first, objection, Said.RIGHT));
    work.pass(5);
    assertError(
        "OpinionsTooLate(uint256)", seal(members(objection).getLast(), objection, Said.RIGHT));
  }

  @Test // Protocol §17.17: whoever objects would have the work for nothing.
  void whereNobodyCanJudgeNobodyObjects() {
    calibrate();
    ClaimId claim = another();
    assertError(
        "NoJury(uint256,uint256)", work.send(CLIENT, JuryCall.object(claim, 1, Amount.aitbc(10))));
    long exact = work.submit(FEE, 0);
    int _ = work.revealed(exact, work.outputs(work.traces.get(1).output()).root());
    assertError(
        "WrongClass(uint256)",
        work.send(STRANGER, JuryCall.object(new ClaimId(exact, 0), 1, Amount.aitbc(10))));
  }

  @Test // Protocol §17.17: silence costs the fee of it, and stops nothing.
  void whereNobodyOpinesTheClaimIsVoidAfterItsTimes() {
    ClaimId claim = revealed();
    Amount deposit = deposit(claim);
    long objection = object(STRANGER, claim, 1);
    work.pass(1_801);
    succeed(work.send(MAKER, JuryCall.decide(objection)));
    work.pass(DRAW_BLOCKS + 1_801);
    succeed(work.send(MAKER, JuryCall.decide(objection)));
    work.balance();
    assertOver(objection, Verdict.SPLIT);
    assertEquals(deposit, work.credit(STRANGER));
    assertEquals(FEE, work.credit(CLIENT));
  }

  @Test // Protocol §17.17: a claim ends once.
  void anObjectionToAClaimThatAnotherEndedIsDismissed() {
    ClaimId claim = revealed();
    Amount deposit = deposit(claim);
    long first = object(STRANGER, claim, 1);
    long second = object(MAKER, claim, 2);
    int opener = members(second).getFirst();
    opine(first, all(first, Said.WRONG));
    opine(first, all(first, Said.WRONG));
    assertEquals(WorkClaim.State.FRAUD, read(WorkRead.claim(claim)).state());
    assertTrue(opener >= FIRST_AUDITOR);
    succeed(work.send(CLIENT, JuryCall.decide(second)));
    work.balance();
    assertOver(second, Verdict.DISMISSED);
    assertEquals(deposit, work.credit(MAKER));
  }

  @Test // Protocol §17.17: verdict and money of any jury, beside the same arithmetic in Java.
  void theContractsArithmeticIsThatOfJava() {
    registerEvaluators();
    calibrate();
    Random random = new Random(20_261_130);
    for (int run = 0; run < 8; run++) {
      ClaimId claim = another();
      int worker = worker(claim);
      Amount deposit = deposit(claim);
      Amount bondBefore = bond(worker);
      long objection = object(STRANGER, claim, run % WorkWorld.ITEMS);
      opine(objection, all(objection, Said.WRONG));
      List<Integer> jury = members(objection);
      Map<Integer, Said> opinions = new TreeMap<>();
      int lean = run % 4;
      for (int who : new TreeSet<>(jury)) {
        boolean wrong = lean == 0 || (lean == 2 && random.nextBoolean());
        if (lean != 3 || random.nextInt(4) > 0) {
          opinions.put(who, wrong ? Said.WRONG : Said.RIGHT);
        }
      }
      Map<Integer, Amount> before = new TreeMap<>();
      jury.forEach(who -> before.put(who, work.credit(who)));
      Amount objector = work.credit(STRANGER);
      Amount workerBefore = work.credit(worker);
      Amount fee = state(objection).fee();
      opine(objection, opinions);
      long wrongs = count(jury, opinions, Said.WRONG);
      long rights = count(jury, opinions, Said.RIGHT);
      Verdict verdict = wrongs >= 14 ? Verdict.WRONG : rights >= 14 ? Verdict.RIGHT : Verdict.SPLIT;
      assertOver(objection, verdict);
      List<Said> due =
          switch (verdict) {
            case WRONG -> List.of(Said.WRONG);
            case RIGHT -> List.of(Said.RIGHT);
            case SPLIT, DISMISSED -> List.of(Said.values());
          };
      Amount paid = fee.times(due.contains(Said.WRONG) ? 2 : 0);
      for (int who : new TreeSet<>(jury)) {
        Said said = opinions.get(who);
        Amount part =
            said != null && due.contains(said)
                ? fee.times(Collections.frequency(jury, who))
                : Amount.ZERO;
        assertEquals(requireNonNull(before.get(who)).plus(part), work.credit(who), "run " + run);
        paid = paid.plus(part);
      }
      Amount rest = deposit.minus(paid);
      Amount share = new Amount(SLASH.wei().dividedBy(UInt256.of(20)));
      Amount back =
          switch (verdict) {
            case WRONG -> deposit.plus(share);
            case RIGHT -> Amount.ZERO;
            case SPLIT, DISMISSED -> rest;
          };
      assertEquals(objector.plus(back), work.credit(STRANGER), "run " + run);
      Amount toWorker = verdict == Verdict.RIGHT ? half(rest) : Amount.ZERO;
      assertEquals(workerBefore.plus(toWorker), work.credit(worker), "run " + run);
      assertEquals(
          verdict == Verdict.WRONG ? bondBefore.minus(SLASH) : bondBefore,
          bond(worker),
          "run " + run);
    }
  }

  private static long count(List<Integer> jury, Map<Integer, Said> opinions, Said said) {
    return jury.stream().filter(who -> opinions.get(who) == said).count();
  }
}

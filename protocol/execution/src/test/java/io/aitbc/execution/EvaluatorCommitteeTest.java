// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Committees with the real contracts, beside the same arithmetic in Java.
class EvaluatorCommitteeTest { // Protocol §17.15
  private static final int FIRST_EVALUATOR = 33;
  private static final int EVALUATORS = 7;
  private static final int EVALUATOR = 2;
  private static final long MILLIONTHS = 1_000_000;
  private static final UInt256 CHAIN = UInt256.of(7);
  private static final Amount REWARD = Amount.aitbc(24); // 80 % of 30.

  private final WorkWorld work = new WorkWorld();

  private void registerEvaluators() {
    for (int i = 0; i < EVALUATORS; i++) {
      work.register(FIRST_EVALUATOR + i, EVALUATOR, Amount.aitbc(100));
    }
    work.pass(1);
  }

  private EconomyWorld.Outcome send(int who, EconomyCall call) {
    BigInteger before = work.world.supply();
    EconomyWorld.Outcome outcome =
        work.world.send(account(who), call.contract().address(), call.money(), call.input());
    assertEquals(before, work.world.supply());
    return outcome;
  }

  private Hash trueOutputs() {
    return work.outputs(work.traces.get(1).output()).root();
  }

  private static Hash salt(int evaluator) {
    return Keccak256.hash(Bytes.of((byte) evaluator, (byte) 1));
  }

  private EconomyWorld.Outcome seal(int who, ClaimId claim, WorkCall.Score score) {
    Hash sealed = WorkCall.scoreCommitment(CHAIN, claim, account(who), score, salt(who));
    return send(who, WorkCall.commitScore(claim, sealed));
  }

  private EconomyWorld.Outcome open(int who, ClaimId claim, WorkCall.Score score) {
    return send(who, WorkCall.revealScore(claim, score, salt(who)));
  }

  private List<Integer> committee(ClaimId claim) {
    return work.ask(WorkRead.committee(claim)).orElseThrow().stream()
        .map(WorkWorld::indexOf)
        .toList();
  }

  private static WorkCall.Score score(int utility) {
    return new WorkCall.Score(utility, 0);
  }

  private Amount burning() {
    return new Amount(work.world.read(EconomyContract.SLASHING, CallData.of("burning()")));
  }

  private void shortTimes() {
    work.set(EconomyParameter.SCORE_SECONDS, 4);
    work.set(EconomyParameter.SCORE_BLOCKS, 2);
    work.set(EconomyParameter.SCORE_REVEAL_SECONDS, 4);
    work.set(EconomyParameter.SCORE_REVEAL_BLOCKS, 2);
    work.set(EconomyParameter.WINDOW_SECONDS, 4);
    work.set(EconomyParameter.WINDOW_BLOCKS, 2);
  }

  /// The quality and what each evaluator is paid for all its seats. Protocol §17.15.
  private record Expected(long quality, Map<Integer, BigInteger> paid) {}

  /// @param opened the quality that each evaluator's score makes, if it opened one
  private static Expected expected(
      List<Integer> seats, Map<Integer, Long> opened, BigInteger share) {
    List<Integer> revealed = seats.stream().filter(opened::containsKey).toList();
    boolean counts = 2 * revealed.size() >= seats.size();
    BigInteger each = share.divide(BigInteger.valueOf(seats.size()));
    Map<Integer, BigInteger> paid = new TreeMap<>();
    for (int evaluator : revealed) {
      List<Long> others =
          revealed.stream().filter(who -> who != evaluator).map(opened::get).toList();
      long distance =
          counts && !others.isEmpty()
              ? Math.abs(requireNonNull(opened.get(evaluator)) - middle(others))
              : 0;
      BigInteger penalty =
          each.multiply(BigInteger.valueOf(distance).pow(2))
              .divide(BigInteger.valueOf(MILLIONTHS).pow(2));
      paid.merge(evaluator, each.subtract(penalty), BigInteger::add);
    }
    return new Expected(
        counts ? middle(revealed.stream().map(opened::get).toList()) : MILLIONTHS, paid);
  }

  /// Trimmed mean: floor(45 %) fall away at each side.
  private static long middle(List<Long> values) {
    List<Long> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int cut = sorted.size() * 45 / 100;
    List<Long> left = sorted.subList(cut, sorted.size() - cut);
    return left.stream().mapToLong(Long::longValue).sum() / left.size();
  }

  @Test // Protocol §17.15: late, early, duplicate, copied, replayed, malformed.
  void everyWrongMoveIsRefusedByName() {
    registerEvaluators();
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    assertError("NoEvaluation(uint256,uint256)", seal(33, claim, score(1)));
    int worker = work.revealed(job, trueOutputs());
    assertError("DrawNotThere(uint256)", seal(33, claim, score(1)));
    work.pass(1);
    List<Integer> seats = committee(claim);
    assertEquals(7, seats.size());
    TreeSet<Integer> members = new TreeSet<>(seats);
    assertError("NoSeat(address)", seal(STRANGER, claim, score(1)));
    int first = members.first();
    assertError("EmptyCommitment()", send(first, WorkCall.commitScore(claim, Hash.ZERO)));
    assertError("NotCommitted(address)", open(first, claim, score(900_000)));
    succeed(seal(first, claim, score(900_000)));
    assertEquals(seats, committee(claim)); // Stored as it was computed.
    assertError("AlreadyCommitted(address)", seal(first, claim, score(1)));
    assertError("ScoresTooEarly(uint256,uint256)", open(first, claim, score(900_000)));
    // A copy of what the first one sealed is nothing that its copyist can open.
    int copyist = members.higher(first);
    Hash sealed =
        WorkCall.scoreCommitment(CHAIN, claim, account(first), score(900_000), salt(first));
    succeed(send(copyist, WorkCall.commitScore(claim, sealed)));
    for (int who : members.tailSet(copyist, false)) {
      // Of another network, of another job, and too high.
      succeed(
          send(
              who,
              WorkCall.commitScore(
                  claim,
                  WorkCall.scoreCommitment(
                      UInt256.of(8), claim, account(who), score(900_000), salt(who)))));
    }
    assertError(
        "WrongScore(bytes32,bytes32)",
        send(copyist, WorkCall.revealScore(claim, score(900_000), salt(first))));
    int stranger = members.last();
    assertError("WrongScore(bytes32,bytes32)", open(stranger, claim, score(900_000)));
    CallData high =
        new ClaimId(job, 0)
            .on(CallData.of("reveal(uint256,uint256,uint32,uint32,bytes32)"))
            .number(1_000_001)
            .number(0)
            .hash(salt(first));
    assertError(
        "ScoreTooHigh(uint256,uint256)",
        work.call(first, EconomyContract.EVALUATOR_COMMITTEE.address(), Amount.ZERO, high));
    succeed(open(first, claim, score(900_000)));
    assertError("AlreadyOpened(address)", open(first, claim, score(900_000)));
    WorkEvaluation.Score opened = work.ask(WorkRead.score(claim, account(first))).orElseThrow();
    assertEquals(900_000, opened.utility());
    assertTrue(opened.revealed());
    for (String only : List.of("open(uint256,uint256)", "close(uint256,uint256,uint256,uint256)")) {
      CallData data = claim.on(CallData.of(only));
      data = only.startsWith("close") ? data.number(1).number(1) : data;
      assertError(
          "OnlyEconomy(address)",
          work.call(STRANGER, EconomyContract.EVALUATOR_COMMITTEE.address(), Amount.ZERO, data));
    }
    work.pass(121);
    assertError(
        "ScoresTooLate(uint256,uint256)",
        send(copyist, WorkCall.revealScore(claim, score(900_000), salt(first))));
    work.pass(180);
    // One of seven seats, or a few, opened: neutral, and nobody is punished.
    long held = seats.stream().filter(who -> who == first).count();
    assertTrue(2 * held < 7);
    succeed(work.ledger(STRANGER, "drawSeats", job));
    succeed(work.ledger(STRANGER, "settle", job));
    work.balance();
    assertEquals(REWARD, work.credit(worker));
    UInt256 each = FEE.wei().dividedBy(UInt256.of(20)).dividedBy(UInt256.of(7));
    assertEquals(new Amount(each).times(held), work.credit(first));
    assertError("EvaluationClosed(uint256,uint256)", seal(first, claim, score(1)));
  }

  @Test // Protocol §17.15: both clocks, and settlement waits for the committee.
  void settlementWaitsForScoresUntilTheirTimeIsOver() {
    registerEvaluators();
    shortTimes();
    work.set(EconomyParameter.AUDIT_DELAY, 1);
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, trueOutputs());
    work.pass(1);
    int first = committee(claim).getFirst();
    succeed(seal(first, claim, score(0)));
    succeed(work.ledger(STRANGER, "drawSeats", job));
    work.pass(2);
    assertError("EvaluationOpen(uint256,uint256)", work.ledger(STRANGER, "settle", job));
    assertError(
        "ScoresTooLate(uint256,uint256)",
        seal(
            committee(claim).stream().filter(who -> who != first).findAny().orElseThrow(),
            claim,
            score(1)));
    work.pass(2); // Nobody opened anything.
    succeed(work.ledger(STRANGER, "settle", job));
    assertEquals(REWARD, work.credit(worker));
    assertEquals(FEE.minus(REWARD), burning());
    work.balance();
  }

  @Test // Protocol §17.15: without evaluators, payment is neutral and their part is burned.
  void withoutEvaluatorsClaimsArePaidInFull() {
    shortTimes();
    long job = work.submit(FEE, 0);
    int worker = work.revealed(job, trueOutputs());
    work.pass(1);
    assertError("NobodyToDraw(uint8,uint256)", seal(33, new ClaimId(job, 0), score(1)));
    work.pass(5);
    succeed(work.ledger(STRANGER, "drawSeats", job));
    succeed(work.ledger(STRANGER, "settle", job));
    assertEquals(REWARD, work.credit(worker));
    assertEquals(FEE.minus(REWARD), burning());
    work.balance();
  }

  @Test // Protocol §17.15
  void theContractsArithmeticIsThatOfJavaAndAThirdNeverLeavesTheHonestRange() {
    registerEvaluators();
    shortTimes();
    work.set(EconomyParameter.AUDIT_DELAY, 1);
    Random random = new Random(20_261_129);
    int[] sizes = {1, 3, 7, 9, 21};
    for (int run = 0; run < 25; run++) {
      int count = sizes[run % sizes.length];
      work.set(EconomyParameter.EVALUATOR_SEATS, count);
      long job = work.submit(FEE, 0);
      ClaimId claim = new ClaimId(job, 0);
      int worker = work.revealed(job, trueOutputs());
      work.pass(1);
      List<Integer> seats = committee(claim);
      TreeSet<Integer> members = new TreeSet<>(seats);
      Set<Integer> hostile = atMostAThird(seats, random);
      TreeSet<Integer> silent = new TreeSet<>();
      TreeMap<Integer, WorkCall.Score> scores = new TreeMap<>();
      for (int who : members) {
        boolean wild = hostile.contains(who);
        scores.put(
            who,
            score(
                wild
                    ? random.nextBoolean() ? 0 : (int) MILLIONTHS
                    : 600_000 + random.nextInt(200_000)));
        // In every third run anybody may stay away, or not open what it sealed.
        boolean away = run % 3 == 2 && random.nextInt(3) == 0;
        if (away) {
          silent.add(who);
        }
        if (!away || random.nextBoolean()) {
          succeed(seal(who, claim, requireNonNull(scores.get(who))));
        }
      }
      work.pass(2);
      TreeMap<Integer, Long> opened = new TreeMap<>();
      TreeMap<Integer, Amount> before = new TreeMap<>();
      for (int who : members) {
        before.put(who, work.credit(who));
        if (!silent.contains(who)) {
          succeed(open(who, claim, requireNonNull(scores.get(who))));
          long both = 500_000 * MILLIONTHS + 500_000L * requireNonNull(scores.get(who)).utility();
          opened.put(who, both / MILLIONTHS);
        }
      }
      Amount workerBefore = work.credit(worker);
      Amount burningBefore = burning();
      succeed(work.ledger(STRANGER, "drawSeats", job));
      work.pass(3);
      succeed(work.ledger(STRANGER, "settle", job));
      work.balance();
      Expected expected =
          expected(seats, opened, FEE.wei().toBigInteger().divide(BigInteger.valueOf(20)));
      Amount paid = Amount.ZERO;
      for (int who : members) {
        BigInteger part = expected.paid().getOrDefault(who, BigInteger.ZERO);
        assertEquals(
            requireNonNull(before.get(who)).plus(new Amount(UInt256.of(part))),
            work.credit(who),
            "run " + run);
        paid = paid.plus(new Amount(UInt256.of(part)));
      }
      Amount reward = rewarded(expected.quality());
      assertEquals(workerBefore.plus(reward), work.credit(worker), "run " + run);
      assertEquals(burningBefore.plus(FEE.minus(reward).minus(paid)), burning(), "run " + run);
      if (silent.isEmpty()) {
        List<Long> honest =
            members.stream().filter(who -> !hostile.contains(who)).map(opened::get).toList();
        assertTrue(expected.quality() >= Collections.min(honest), "run " + run);
        assertTrue(expected.quality() <= Collections.max(honest), "run " + run);
      }
    }
  }

  private static Amount rewarded(long quality) {
    BigInteger reward = REWARD.wei().toBigInteger();
    BigInteger withheld = BigInteger.valueOf(200_000 * (MILLIONTHS - quality));
    return new Amount(
        UInt256.of(
            reward.subtract(
                reward.multiply(withheld).divide(BigInteger.valueOf(MILLIONTHS).pow(2)))));
  }

  /// Members that hold at most a third of the seats.
  private static Set<Integer> atMostAThird(List<Integer> seats, Random random) {
    List<Integer> members = new ArrayList<>(new TreeSet<>(seats));
    Collections.shuffle(members, random);
    TreeSet<Integer> hostile = new TreeSet<>();
    long held = 0;
    for (int who : members) {
      long more = seats.stream().filter(seat -> seat == who).count();
      if (3 * (held + more) <= seats.size()) {
        held += more;
        boolean _ = hostile.add(who);
      }
    }
    return hostile;
  }

  @Test // Protocol §17.15: whatever a committee says, at most a fifth of the reward moves.
  void noCommitteeMovesAPaymentByMoreThanAFifth() {
    registerEvaluators();
    shortTimes();
    work.set(EconomyParameter.AUDIT_DELAY, 1);
    CallData opinionAlone =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(87), UInt256.of(88)))
            .numbers(List.of(UInt256.ZERO, UInt256.of(MILLIONTHS)));
    succeed(
        work.world.send(
            EconomyContract.TIMELOCK.address(), EconomyContract.PARAMS, Amount.ZERO, opinionAlone));
    long job = work.submit(FEE, 0);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, trueOutputs());
    work.pass(1);
    TreeSet<Integer> members = new TreeSet<>(committee(claim));
    members.forEach(who -> succeed(seal(who, claim, score(0))));
    members.forEach(who -> succeed(open(who, claim, score(0)))); // At once: all are sealed.
    succeed(work.ledger(STRANGER, "drawSeats", job));
    work.pass(3);
    succeed(work.ledger(STRANGER, "settle", job));
    work.balance();
    assertEquals(
        new Amount(REWARD.wei().times(UInt256.of(4)).dividedBy(UInt256.of(5))),
        work.credit(worker));
    assertEquals(Amount.ZERO, work.credit(CLIENT)); // Nothing of it goes to the client.
    assertEquals(0, work.ask(WorkRead.evaluation(claim)).orElseThrow().seats() - 7);
  }

  @Test // Protocol §17.15 rule 7: the seats of an evaluator's other account are no shield.
  void whoSplitsItsSeatsOverTwoAccountsIsPaidTheSame() {
    BigInteger share = Amount.aitbc(1).wei().toBigInteger();
    for (int seats = 6; seats <= 21; seats++) {
      for (int held = 2; held <= seats / 3; held++) {
        for (long said : List.of(0L, 250_000L, 700_000L, MILLIONTHS)) {
          List<Integer> together = new ArrayList<>();
          List<Integer> split = new ArrayList<>();
          Map<Integer, Long> opened = new TreeMap<>(Map.of(0, said, 1, said));
          for (int seat = 0; seat < seats; seat++) {
            boolean own = seat < held;
            boolean _ = together.add(own ? 0 : 2 + seat);
            boolean _ = split.add(own ? seat % 2 : 2 + seat);
            Long _ = opened.put(2 + seat, 700_000L); // Who looks at the files says the same.
          }
          Map<Integer, BigInteger> one = expected(together, opened, share).paid();
          Map<Integer, BigInteger> two = expected(split, opened, share).paid();
          assertEquals(
              requireNonNull(one.get(0)),
              requireNonNull(two.get(0)).add(requireNonNull(two.get(1))),
              seats + " seats, " + held + " of them say " + said);
        }
      }
    }
  }
}

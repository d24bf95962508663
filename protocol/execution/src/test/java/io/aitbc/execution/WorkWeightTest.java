// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What settled work weighs, with the real contracts: accounts 0 to 2 are authorities, 3 to 6
/// stakers, and two of each work.
class WorkWeightTest { // Protocol §17.16
  private static final BigInteger WHOLE = BigInteger.ONE.shiftLeft(31);
  private static final UInt256 FEES_SLOT = UInt256.of(11);
  private static final Address CLOCK = EconomyContract.BEACON_HISTORY.address();
  private static final List<Integer> CANDIDATES = List.of(0, 1, 5, 6);

  private final WorkWorld work = new WorkWorld();

  /// What the last settlement counted.
  private Amount counted = Amount.ZERO;

  WorkWeightTest() {
    for (EconomyParameter each :
        List.of(
            EconomyParameter.SCORE_SECONDS,
            EconomyParameter.SCORE_BLOCKS,
            EconomyParameter.SCORE_REVEAL_SECONDS,
            EconomyParameter.SCORE_REVEAL_BLOCKS,
            EconomyParameter.WINDOW_SECONDS,
            EconomyParameter.WINDOW_BLOCKS,
            EconomyParameter.AUDIT_DELAY)) {
      work.set(each, 1);
    }
    for (int who : CANDIDATES) {
      work.register(who, WorkWorld.WORKER, Amount.aitbc(100_000));
    }
  }

  /// A job that is settled within the epoch by a candidate, and who that was. Others decline.
  private int settled(Amount fee) {
    return settled(WorkWorld.CLIENT, fee);
  }

  private long submit(int client, Amount fee) {
    var request =
        new WorkJob.Request(
            work.model(),
            work.inputs.root(),
            Hash.ZERO,
            WorkWorld.ITEMS,
            20,
            10,
            Amount.ZERO,
            Hash.ZERO);
    return work.submit(client, request, fee);
  }

  private int settled(int client, Amount fee) {
    long job = submit(client, fee);
    work.pass(1);
    while (true) {
      int turn = (int) work.read(WorkWorld.MARKET, WorkWorld.at("turnOf", job)).low();
      int worker = work.workers(job).get(Math.min(turn, 2));
      if (turn < 3 && CANDIDATES.contains(worker)) {
        succeed(work.accept(worker, job));
        succeed(work.commit(worker, job, WorkWorld.SALT));
        work.pass(1);
        succeed(work.reveal(worker, job, WorkWorld.SALT));
        succeed(work.ledger(STRANGER, "drawSeats", job));
        work.pass(3);
        EconomyWorld.Outcome settled = work.ledger(STRANGER, "settle", job);
        succeed(settled);
        work.balance();
        counted =
            settled.logs().stream()
                .map(log -> WorkEvent.of(log).orElse(null))
                .filter(WorkEvent.WorkCounted.class::isInstance)
                .map(event -> ((WorkEvent.WorkCounted) event).fees())
                .reduce(Amount.ZERO, Amount::plus);
        return worker;
      }
      succeed(work.call(client, WorkWorld.MARKET, Amount.ZERO, WorkWorld.at("cancel", job)));
      job = submit(client, fee);
      work.pass(1);
    }
  }

  private void fees(Amount fees) {
    work.world.state.setStorage(CLOCK, FEES_SLOT, fees.wei());
  }

  private long weight(EpochSnapshot snapshot, int who) {
    return snapshot.candidates().stream()
        .filter(each -> each.account().equals(account(who)))
        .mapToLong(Candidate::workWeight)
        .findFirst()
        .orElseThrow();
  }

  /// What the epoch minted, by the balances of who gets it.
  private BigInteger mintedBy(Runnable epoch) {
    BigInteger before = work.world.minted.wei().toBigInteger();
    epoch.run();
    return work.world.minted.wei().toBigInteger().subtract(before);
  }

  /// What proposals earned: fees, and a sixteenth of what was minted.
  private static BigInteger income(Amount tips, BigInteger minted) {
    return tips.wei().toBigInteger().add(minted.divide(BigInteger.valueOf(16)));
  }

  @Test // Protocol §17.16 rule 3
  void aCandidateWeighsByWhatItsOwnWorkBurnedAgainstWhatProposalsEarned() {
    work.world.endEpoch(List.of());
    TreeMap<Integer, BigInteger> burned = new TreeMap<>();
    for (int i = 0; i < 4; i++) {
      Amount fee = Amount.aitbc(10).times(3);
      BigInteger tenth = fee.wei().toBigInteger().divide(BigInteger.TEN);
      burned.merge(settled(fee), tenth, BigInteger::add);
    }
    Amount tips = Amount.aitbc(1_000);
    fees(tips);
    BigInteger minted = mintedBy(() -> work.world.endEpoch(List.of()));
    BigInteger income = income(tips, minted);
    for (int who = 0; who < 7; who++) {
      BigInteger own = burned.getOrDefault(who, BigInteger.ZERO);
      assertEquals(
          WHOLE.multiply(own).divide(income.shiftLeft(2)).longValueExact(),
          weight(work.world.snapshot, who),
          "candidate " + who);
    }
    assertEquals(UInt256.ZERO, work.world.state.storage(CLOCK, FEES_SLOT));
    work.world.endEpoch(List.of()); // An epoch without work weighs nothing.
    assertTrue(work.world.snapshot.candidates().stream().allMatch(c -> c.workWeight() == 0));
  }

  @Test // Protocol §17.16 rule 3: washing loses, whatever fee, whatever others earn, idle or not.
  void whoWashesItsOwnJobsGainsLessThanAQuarterOfWhatItBurns() {
    for (long tips : new long[] {0, 1, 100, 1_000_000}) {
      for (long fee : new long[] {3, 300, 3_000}) {
        work.world.endEpoch(List.of());
        int washer = settled(Amount.aitbc(fee));
        fees(Amount.aitbc(tips));
        BigInteger minted = mintedBy(() -> work.world.endEpoch(List.of()));
        BigInteger income = income(Amount.aitbc(tips), minted);
        // Odds grow by the weight's part of the whole at most (ProposerOrderTest).
        BigInteger gained =
            BigInteger.valueOf(weight(work.world.snapshot, washer)).multiply(income).divide(WHOLE);
        BigInteger burned = Amount.aitbc(fee).wei().toBigInteger().divide(BigInteger.TEN);
        assertTrue(gained.signum() > 0, "no weight at all");
        assertTrue(
            gained.shiftLeft(2).compareTo(burned) <= 0,
            "fee " + fee + ", tips " + tips + ": gained " + gained + " of " + burned);
      }
    }
  }

  /// What a fee is divided by, millionths: worker, auditors, evaluators. At the bounds of the
  /// parameters, and nothing burned at the last.
  private static final List<List<Integer>> SHARES =
      List.of(
          List.of(500_000, 0, 0),
          List.of(800_000, 50_000, 50_000),
          List.of(900_000, 0, 0),
          List.of(800_000, 100_000, 100_000));

  private void share(List<Integer> parts) {
    work.set(EconomyParameter.AUDITORS_SHARE, 0);
    work.set(EconomyParameter.EVALUATORS_SHARE, 0);
    work.set(EconomyParameter.WORKER_SHARE, parts.get(0));
    work.set(EconomyParameter.AUDITORS_SHARE, parts.get(1));
    work.set(EconomyParameter.EVALUATORS_SHARE, parts.get(2));
  }

  /// Somebody is every client, worker, auditor and evaluator, so that only what is burned is lost.
  /// It washes in one epoch, divided over clients and candidates, and proposes in a later one, in
  /// which proposals earn four times as much.
  @Test // Protocol §17.16 rule 3: washing loses, whatever governance sets, idle or not.
  void washingLosesAtTheBoundsOfTheParametersWithManyClientsAndOnAnIdleMarket() {
    Seed.forAll(
        1,
        16,
        seed -> {
          List<Integer> parts = seed.pick(SHARES);
          share(parts);
          int carrier = seed.pick(List.of(0, 62_500, 250_000));
          work.set(EconomyParameter.CARRIER_SHARE, carrier);
          Amount pairMax = Amount.aitbc(seed.pick(List.of(1, 1_000_000)));
          work.set(EconomyParameter.WORK_PAIR_MAX, pairMax.wei());
          Amount tips = Amount.aitbc(seed.pick(List.of(0, 1, 1_000_000)));
          Amount fee = Amount.aitbc(seed.pick(List.of(3, 300)));
          List<Integer> clients =
              List.of(WorkWorld.CLIENT, WorkWorld.MAKER, STRANGER).subList(0, 1 + seed.below(3));
          work.world.endEpoch(List.of());
          clients.forEach(client -> {
            int _ = settled(client, fee);
          });
          fees(tips);
          BigInteger minted = mintedBy(() -> work.world.endEpoch(List.of()));
          BigInteger whole = BigInteger.valueOf(1_000_000);
          BigInteger income =
              tips.wei()
                  .toBigInteger()
                  .add(minted.multiply(BigInteger.valueOf(carrier)).divide(whole));
          BigInteger burned =
              fee.times(clients.size())
                  .wei()
                  .toBigInteger()
                  .multiply(
                      BigInteger.valueOf(
                          1_000_000 - parts.stream().mapToInt(Integer::intValue).sum()))
                  .divide(whole);
          BigInteger weights =
              BigInteger.valueOf(
                  work.world.snapshot.candidates().stream().mapToLong(Candidate::workWeight).sum());
          // Odds grow by the weights' part of the whole at most (ProposerOrderTest).
          BigInteger gained = weights.multiply(income.shiftLeft(2)).divide(WHOLE);
          assertTrue(
              gained.compareTo(burned) <= 0,
              () ->
                  "%s, carrier %d, pairs %s, tips %s, fee %s, %d clients: gained %d of %d"
                      .formatted(
                          parts, carrier, pairMax, tips, fee, clients.size(), gained, burned));
          assertEquals(
              burned.signum() > 0 && income.signum() > 0,
              weights.signum() > 0,
              "no weight at all, or one for nothing");
        });
  }

  @Test // Protocol §17.16 rules 1 and 2
  void feesCountUpToTheMedianPriceAndToThePairsBound() {
    work.world.endEpoch(List.of());
    BigInteger usual = Amount.aitbc(10).wei().toBigInteger();
    for (int i = 0; i < 3; i++) {
      int _ = settled(Amount.aitbc(10).times(3));
    }
    BigInteger median =
        work.read(
                WorkWorld.LEDGER,
                CallData.of("medianPrice(bytes32,uint64)")
                    .hash(work.model())
                    .number(work.world.epoch()))
            .toBigInteger();
    assertTrue(median.compareTo(usual) >= 0);
    BigInteger most = usual.multiply(BigInteger.valueOf(5)).divide(BigInteger.valueOf(4));
    assertTrue(median.compareTo(most) <= 0);
    work.world.endEpoch(List.of());
    int _ = settled(Amount.aitbc(1_000).times(3));
    // A hundred times the usual price counts as the usual one, or a bucket more.
    assertEquals(median.multiply(BigInteger.valueOf(3)), counted.wei().toBigInteger());
    work.world.endEpoch(List.of());
    succeed(
        work.world.send(
            EconomyContract.TIMELOCK.address(),
            EconomyContract.PARAMS,
            Amount.ZERO,
            CallData.of("set(uint256[],uint256[])")
                .numbers(List.of(UInt256.of(EconomyParameter.WORK_PAIR_MAX.number())))
                .numbers(List.of(Amount.aitbc(7).wei()))));
    int _ = settled(Amount.aitbc(10).times(3));
    assertEquals(Amount.aitbc(7), counted);
  }

  @Test // Protocol §17.16: work of others counts nothing, and only the chain ends an epoch.
  void workOfWhoIsNoCandidateWeighsNothing() {
    work.world.endEpoch(List.of());
    long job = work.submit(WorkWorld.FEE, 0);
    work.pass(1);
    while (CANDIDATES.contains(work.workers(job).getFirst())) {
      job = work.submit(WorkWorld.FEE, 0);
      work.pass(1);
    }
    int stranger = work.workers(job).getFirst();
    succeed(work.accept(stranger, job));
    succeed(work.commit(stranger, job, WorkWorld.SALT));
    work.pass(1);
    succeed(work.reveal(stranger, job, WorkWorld.SALT));
    succeed(work.ledger(STRANGER, "drawSeats", job));
    work.pass(3);
    succeed(work.ledger(STRANGER, "settle", job));
    assertError(
        "OnlySystem(address)",
        work.call(
            STRANGER,
            WorkWorld.LEDGER,
            Amount.ZERO,
            CallData.of("endEpoch(uint256,uint256)").number(1).number(1)));
    work.world.endEpoch(List.of());
    assertTrue(work.world.snapshot.candidates().stream().allMatch(c -> c.workWeight() == 0));
  }
}

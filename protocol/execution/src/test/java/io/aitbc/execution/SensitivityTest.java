// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorReport;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// How much the economy's amounts move with its parameters: the contracts live through the same
/// story once with all defaults and once with each parameter changed, and the report tells by how
/// many per cent an amount moves when the parameter moves by one. Protocol §16.7, §16.8, §17.13,
/// §19.3.
class SensitivityTest {
  private static final long DAY = 86_400_000;
  private static final int CARRIER = 0;
  private static final int AUTHORITY = 1;
  private static final int CONVICT = 4;
  private static final int ABSENT = 5;
  private static final int REPORTER = 11;

  /// What a per cent of a parameter moves less than this does not depend on it: a division's rest.
  private static final double REST = 0.000_5;

  /// An amount of the story.
  private enum Measure {
    /// An epoch mints this without load.
    MINTED,
    /// An epoch mints this when it burned far more.
    MINTED_UNDER_LOAD,
    /// An authority earns this that carries no signatures.
    AUTHORITY_EARNS,
    /// All stakers earn this.
    STAKERS_EARN,
    /// Another authority earns this more by carrying its part of them.
    CARRYING_EARNS,
    /// A staker's first absence costs this.
    FIRST_ABSENCE_COSTS,
    /// Its second one does.
    SECOND_ABSENCE_COSTS,
    /// A conviction takes this at once.
    CONVICTION_TAKES_AT_ONCE,
    /// Who reported it gets this.
    REPORTER_GETS,
    /// Of it the next epoch's end burns this.
    CONVICTION_BURNS,
    /// Of it the Treasury gets this.
    TREASURY_GETS,
    /// The conviction of a fifth of the stake takes this in all.
    CONVICTION_TAKES_IN_ALL,
    /// A worker sets this aside for a claim: what a proven fraud costs it.
    FRAUD_COSTS,
    /// An honest claim pays the worker this.
    WORKER_GETS,
    /// A claim burns this that nobody audited.
    CLAIM_BURNS
  }

  /// A parameter with another value than its default.
  private record Change(EconomyParameter parameter, UInt256 value) {
    /// A tenth less.
    static Change less(EconomyParameter parameter) {
      return new Change(
          parameter, parameter.standard().times(UInt256.of(9)).dividedBy(UInt256.of(10)));
    }

    double relative() {
      double before = parameter.standard().toBigInteger().doubleValue();
      return (value.toBigInteger().doubleValue() - before) / before;
    }
  }

  private static final List<Change> CHANGES =
      List.of(
          Change.less(EconomyParameter.BASE_REWARD),
          Change.less(EconomyParameter.LOAD_MAX),
          Change.less(EconomyParameter.CARRIER_SHARE),
          Change.less(EconomyParameter.SLASH_CONVICTED),
          new Change(EconomyParameter.SLASH_CORRELATION, UInt256.of(2)),
          Change.less(EconomyParameter.SLASH_ABSENT_FIRST),
          Change.less(EconomyParameter.SLASH_ABSENT_AGAIN),
          Change.less(EconomyParameter.REPORTER_SHARE),
          Change.less(EconomyParameter.SLASH_BURNED),
          Change.less(EconomyParameter.WORKER_SHARE),
          Change.less(EconomyParameter.AUDITORS_SHARE),
          Change.less(EconomyParameter.EVALUATORS_SHARE),
          Change.less(EconomyParameter.WORK_SLASH));

  private static final int TIME = 10;

  private static final List<EconomyParameter> TIMES =
      List.of(
          EconomyParameter.WINDOW_SECONDS,
          EconomyParameter.WINDOW_BLOCKS,
          EconomyParameter.SCORE_SECONDS,
          EconomyParameter.SCORE_BLOCKS,
          EconomyParameter.SCORE_REVEAL_SECONDS,
          EconomyParameter.SCORE_REVEAL_BLOCKS);

  @Test
  void eachParameterMovesWhatItIsForAndNothingByMoreThanItself() {
    Map<Measure, UInt256> standard = economyStory(Optional.empty());
    standard.putAll(workStory(Optional.empty()));
    System.out.println("amounts with all defaults, AITBC: " + amounts(standard));
    Map<EconomyParameter, Map<Measure, Double>> moved = new EnumMap<>(EconomyParameter.class);
    for (Change change : CHANGES) {
      Map<Measure, Double> by = moved(standard, stories(change), change.relative());
      moved.put(change.parameter(), by);
      System.out.println(line(change, by));
    }
    assertMoves(
        moved,
        EconomyParameter.BASE_REWARD,
        Measure.MINTED,
        Measure.MINTED_UNDER_LOAD,
        Measure.AUTHORITY_EARNS,
        Measure.STAKERS_EARN,
        Measure.CARRYING_EARNS);
    assertMoves(moved, EconomyParameter.LOAD_MAX, Measure.MINTED_UNDER_LOAD);
    assertMoves(moved, EconomyParameter.SLASH_CORRELATION, Measure.CONVICTION_TAKES_IN_ALL);
    assertMoves(moved, EconomyParameter.SLASH_ABSENT_FIRST, Measure.FIRST_ABSENCE_COSTS);
    assertMoves(moved, EconomyParameter.SLASH_ABSENT_AGAIN, Measure.SECOND_ABSENCE_COSTS);
    assertMoves(moved, EconomyParameter.WORK_SLASH, Measure.FRAUD_COSTS);
    assertMoves(
        moved,
        EconomyParameter.SLASH_CONVICTED,
        Measure.CONVICTION_TAKES_AT_ONCE,
        Measure.REPORTER_GETS,
        Measure.CONVICTION_BURNS);
    // What a carrier gains, who carries nothing loses: a sixteenth, less a tenth of it.
    assertEquals(1, of(moved, EconomyParameter.CARRIER_SHARE, Measure.CARRYING_EARNS), 0.001);
    assertEquals(
        -0.0625 / 0.9375,
        of(moved, EconomyParameter.CARRIER_SHARE, Measure.AUTHORITY_EARNS),
        0.001);
    assertEquals(1, of(moved, EconomyParameter.REPORTER_SHARE, Measure.REPORTER_GETS), 0.001);
    assertEquals(
        -0.05 / 0.95, of(moved, EconomyParameter.REPORTER_SHARE, Measure.CONVICTION_BURNS), 0.001);
    assertEquals(1, of(moved, EconomyParameter.SLASH_BURNED, Measure.CONVICTION_BURNS), 0.001);
    assertEquals(1, of(moved, EconomyParameter.WORKER_SHARE, Measure.WORKER_GETS), 0.001);
    // Nothing is a lever: no amount moves by more than the parameter, but the fire of what is left.
    moved.forEach((parameter, by) ->
        by.forEach((measure, times) ->
            assertTrue(
                Math.abs(times) < 1.001 || measure == Measure.CLAIM_BURNS,
                parameter + " moves " + measure + " by " + times)));
  }

  private static double of(
      Map<EconomyParameter, Map<Measure, Double>> moved, EconomyParameter parameter, Measure what) {
    return moved.getOrDefault(parameter, Map.of()).getOrDefault(what, 0.0);
  }

  /// That a parameter moves these amounts just as it moves itself, and no others.
  private static void assertMoves(
      Map<EconomyParameter, Map<Measure, Double>> moved,
      EconomyParameter parameter,
      Measure... measures) {
    Map<Measure, Double> by = moved.getOrDefault(parameter, Map.of());
    assertEquals(new TreeSet<>(List.of(measures)), new TreeSet<>(by.keySet()), by::toString);
    by.forEach((measure, times) -> assertEquals(1, times, 0.001, parameter + ": " + measure));
  }

  /// By how many times its own relative change a parameter moved what it moved.
  private static Map<Measure, Double> moved(
      Map<Measure, UInt256> before, Map<Measure, UInt256> after, double relative) {
    Map<Measure, Double> moved = new EnumMap<>(Measure.class);
    after.forEach((measure, is) -> {
      double old = before.getOrDefault(measure, UInt256.ZERO).toBigInteger().doubleValue();
      double now = is.toBigInteger().doubleValue();
      double times = old == 0 ? 0 : (now - old) / old / relative;
      if (Math.abs(times) > REST) {
        moved.put(measure, times);
      }
    });
    return moved;
  }

  private static String amounts(Map<Measure, UInt256> standard) {
    StringJoiner text = new StringJoiner(", ");
    standard.forEach((measure, wei) ->
        text.add(
            String.format(
                Locale.ROOT, "%s %.3f", measure, wei.toBigInteger().doubleValue() / 1e18)));
    return text.toString();
  }

  private static String line(Change change, Map<Measure, Double> by) {
    StringJoiner text = new StringJoiner(", ");
    by.forEach((measure, times) -> text.add(String.format(Locale.ROOT, "%s %.3f", measure, times)));
    return String.format(
        Locale.ROOT,
        "%s by %.0f %% moves, in parts of that: %s",
        change.parameter(),
        100 * change.relative(),
        by.isEmpty() ? "nothing" : text);
  }

  // ---- The story.

  /// What concerns a parameter of AI work, or of the rest.
  private static Map<Measure, UInt256> stories(Change change) {
    boolean ofWork = change.parameter().number() >= EconomyParameter.WORKER_BOND.number();
    return ofWork ? workStory(Optional.of(change)) : economyStory(Optional.of(change));
  }

  private static Map<Measure, UInt256> economyStory(Optional<Change> change) {
    Map<Measure, UInt256> amounts = new EnumMap<>(Measure.class);
    EconomyWorld world = new EconomyWorld(4, 5, 6);
    world.reported = SensitivityTest::withoutCarrying;
    change.ifPresent(each -> set(world, each));
    world.endEpoch(List.of());
    earn(world, amounts);
    beAbsent(world, amounts);
    beConvicted(world, amounts);
    return amounts;
  }

  private static Map<Measure, UInt256> workStory(Optional<Change> change) {
    Map<Measure, UInt256> amounts = new EnumMap<>(Measure.class);
    WorkWorld work = new WorkWorld();
    // What is waited for changes no amount.
    for (EconomyParameter time : TIMES) {
      work.set(time, TIME);
    }
    change.ifPresent(each -> work.set(each.parameter(), each.value()));
    work(work, amounts);
    return amounts;
  }

  private static void set(EconomyWorld world, Change change) {
    CallData set =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(change.parameter().number())))
            .numbers(List.of(change.value()));
    Governance.succeed(
        world.send(EconomyContract.TIMELOCK.address(), EconomyContract.PARAMS, Amount.ZERO, set));
  }

  private static ValidatorReport withoutCarrying(ValidatorReport report) {
    return report.account().equals(account(AUTHORITY))
        ? new ValidatorReport(
            report.account(),
            report.validatorClass(),
            report.role(),
            report.stake(),
            report.expected(),
            report.credited(),
            0,
            0,
            report.misses(),
            report.reputation())
        : report;
  }

  private static void earn(EconomyWorld world, Map<Measure, UInt256> amounts) {
    Amount minted = world.minted;
    Amount bond = world.tokens(EconomyContract.AUTHORITY_REGISTRY, AUTHORITY);
    Amount other = world.tokens(EconomyContract.AUTHORITY_REGISTRY, CARRIER);
    Amount rewards = world.balance(EconomyContract.REWARDS.address());
    world.endEpoch(List.of());
    Amount earned = world.tokens(EconomyContract.AUTHORITY_REGISTRY, AUTHORITY).minus(bond);
    Amount carried = world.tokens(EconomyContract.AUTHORITY_REGISTRY, CARRIER).minus(other);
    amounts.put(Measure.MINTED, world.minted.minus(minted).wei());
    amounts.put(Measure.AUTHORITY_EARNS, earned.wei());
    amounts.put(Measure.CARRYING_EARNS, carried.minus(earned).wei());
    amounts.put(
        Measure.STAKERS_EARN,
        world.balance(EconomyContract.REWARDS.address()).minus(rewards).wei());
    Bytes _ =
        world
            .calls()
            .call(
                EconomyContract.BEACON_HISTORY.address(),
                CallData.of("startBlock(uint64,uint128)")
                    .number(world.timeMillis)
                    .amount(Amount.aitbc(1_000_000))
                    .toBytes());
    minted = world.minted;
    world.endEpoch(List.of());
    amounts.put(Measure.MINTED_UNDER_LOAD, world.minted.minus(minted).wei());
  }

  private static void beAbsent(EconomyWorld world, Map<Measure, UInt256> amounts) {
    for (Measure each : List.of(Measure.FIRST_ABSENCE_COSTS, Measure.SECOND_ABSENCE_COSTS)) {
      // So that the second one is a part of the same stake.
      Amount before = world.tokens(EconomyContract.STAKE_MANAGER, ABSENT);
      world.endEpoch(List.of(account(ABSENT)));
      Amount lost = before.minus(world.tokens(EconomyContract.STAKE_MANAGER, ABSENT));
      amounts.put(each, lost.wei());
      Governance.succeed(world.delegate(12, ABSENT, lost));
      world.endEpoch(List.of());
      Governance.succeed(
          world.send(
              account(ABSENT), EconomyContract.STAKE_MANAGER, Amount.ZERO, call("unjail()")));
    }
    world.endEpoch(List.of());
    world.endEpoch(List.of());
  }

  private static void beConvicted(EconomyWorld world, Map<Measure, UInt256> amounts) {
    Amount before = world.tokens(EconomyContract.STAKE_MANAGER, CONVICT);
    Amount reporter = world.balance(account(REPORTER));
    Amount treasury = world.balance(EconomyContract.TREASURY.address());
    Governance.succeed(world.convict(REPORTER, CONVICT, world.height));
    Amount atOnce = before.minus(world.tokens(EconomyContract.STAKE_MANAGER, CONVICT));
    Amount reward = world.balance(account(REPORTER)).minus(reporter);
    amounts.put(Measure.CONVICTION_TAKES_AT_ONCE, atOnce.wei());
    amounts.put(Measure.REPORTER_GETS, reward.wei());
    world.endEpoch(List.of());
    Amount kept = world.balance(EconomyContract.TREASURY.address()).minus(treasury);
    amounts.put(Measure.TREASURY_GETS, kept.wei());
    amounts.put(Measure.CONVICTION_BURNS, atOnce.minus(reward).minus(kept).wei());
    assertEquals(Amount.ZERO, world.balance(EconomyContract.SLASHING.address()));
    world.passTime(21 * DAY);
    world.endEpoch(List.of());
    Address convict = account(CONVICT);
    CallData finish = CallData.of("finish(address)").address(convict);
    Governance.succeed(
        world.send(account(REPORTER), EconomyContract.SLASHING, Amount.ZERO, finish));
    Amount inAll = before.minus(world.tokens(EconomyContract.STAKE_MANAGER, CONVICT));
    amounts.put(Measure.CONVICTION_TAKES_IN_ALL, inAll.wei());
  }

  private static void work(WorkWorld work, Map<Measure, UInt256> amounts) {
    Hash outputs = work.outputs(work.traces.get(1).output()).root();
    long job = work.submit(WorkWorld.FEE, 0);
    int worker = work.accepted(job);
    amounts.put(Measure.FRAUD_COSTS, work.service(WorkWorld.WORKER, worker, 1));
    WorkWorld.succeed(work.commit(worker, job, outputs));
    work.pass(1);
    WorkWorld.succeed(work.reveal(worker, job, outputs));
    work.pass(5);
    WorkWorld.succeed(work.ledger(WorkWorld.STRANGER, "drawSeats", job));
    UInt256 burning = work.world.read(EconomyContract.SLASHING, call("burning()"));
    work.pass(3 * TIME);
    WorkWorld.succeed(work.ledger(WorkWorld.STRANGER, "settle", job));
    amounts.put(Measure.WORKER_GETS, work.credit(worker).wei());
    amounts.put(
        Measure.CLAIM_BURNS,
        work.world.read(EconomyContract.SLASHING, call("burning()")).minus(burning));
  }

  private static CallData call(String function) {
    return CallData.of(function);
  }
}

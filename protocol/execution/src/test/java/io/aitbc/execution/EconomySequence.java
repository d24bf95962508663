// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.evm.CallResult;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A sequence of steps on the economy's contracts, beside a model of what lots are worth and when
/// they may be paid out. Throws when the contracts do anything else, lose or make a wei, or refuse
/// without a reason.
final class EconomySequence implements SequenceBonds.Rules {
  static final int AUTHORITIES = 2;
  private static final int STAKERS = 4;
  private static final int USERS = 5;
  static final int PEOPLE = AUTHORITIES + STAKERS + USERS;
  private static final long DAY = 86_400_000;
  private static final BigInteger MILLIONTHS = BigInteger.valueOf(1_000_000);
  private static final Address NOBODY = new Address(Bytes.wrap(new byte[Address.BYTES]));
  private static final Bytes PANIC = CallData.selector("Panic(uint256)");

  /// Somebody who has shares.
  ///
  /// @param owner whose
  /// @param pool of which pool
  private record Holding(int owner, int pool) {}

  /// What a lot should be.
  private static final class Lot {
    final int owner;
    Address pool;
    long left;
    Address source = NOBODY;
    long sourceLeft;
    BigInteger amount = BigInteger.ZERO;
    BigInteger shares = BigInteger.ZERO;

    Lot(int owner, Address pool) {
      this.owner = owner;
      this.pool = pool;
    }

    /// What a division dropped: more where two pools' penalties meet in another order.
    BigInteger tolerance() {
      return source.equals(NOBODY) ? BigInteger.ZERO : BigInteger.valueOf(100);
    }
  }

  private final EconomyWorld world = new EconomyWorld(AUTHORITIES, STAKERS, USERS);
  private final BigInteger genesis = world.supply();
  private final SequenceGovernance governance = new SequenceGovernance(world);
  private final SequenceBonds bonds = new SequenceBonds(world, this);
  private final PoolWatch pools = new PoolWatch(world, PEOPLE);
  private final Map<Long, Lot> lots = new TreeMap<>();
  private final Map<Address, Long> open = new TreeMap<>();
  private final List<Holding> holdings = new ArrayList<>();

  /// What contracts hold without having been told.
  private final EnumMap<EconomyContract, BigInteger> unbooked =
      new EnumMap<>(EconomyContract.class);

  private final List<Long> snapshotTimes = new ArrayList<>(List.of(0L));

  /// How often each kind of step did something, and how often a proposal was executed.
  private final EnumMap<SequenceStep.Kind, Integer> done = new EnumMap<>(SequenceStep.Kind.class);

  private SequenceStep.Kind kind = SequenceStep.Kind.EPOCH;

  Map<SequenceStep.Kind, Integer> done() {
    return done;
  }

  int executed() {
    return governance.executed();
  }

  void run(List<SequenceStep> steps) {
    for (int i = AUTHORITIES; i < AUTHORITIES + STAKERS; i++) {
      holdings.add(new Holding(i, i));
    }
    for (SequenceStep step : steps) {
      kind = step.kind();
      take(step);
      check(
          world.supply().equals(genesis.add(wei(world.minted)).subtract(wei(world.burned))),
          "supply after " + step);
      pools.compare();
    }
    kind = SequenceStep.Kind.TOUCH;
    for (long lot : lots.keySet()) {
      expected(world.touch(0, lot));
    }
    lots.forEach(this::compare);
    kind = SequenceStep.Kind.TOUCH_BOND;
    List<EconomyWorld.Outcome> touched = new ArrayList<>();
    BigInteger unbonding = bonds.unbonding(touched);
    touched.forEach(this::expected);
    pools.compareOwners();
    checkBooks(unbonding);
  }

  private void take(SequenceStep step) {
    int who = step.who();
    switch (step.kind()) {
      case DELEGATE -> {
        Amount most = world.balance(account(who));
        Amount amount =
            new Amount(most.wei().times(UInt256.of(step.part())).dividedBy(UInt256.of(20_000)));
        int pool = pool(step);
        EconomyWorld.Outcome outcome = world.delegate(who, pool, amount);
        expected(outcome);
        if (outcome.succeeded()) {
          holdings.add(new Holding(who, pool));
        }
      }
      case UNDELEGATE -> {
        Holding from = holding(step);
        note(world.undelegate(from.owner, from.pool, shares(from, step)), from.owner);
      }
      case REDELEGATE -> redelegate(step);
      case WITHDRAW -> withdraw(step);
      case TOUCH -> expected(world.touch(who, lot(step)));
      case UNDELEGATE_LOT -> undelegateLot(step);
      case MERGE -> merge(step);
      case CLAIM -> {
        Holding of = holding(step);
        expected(
            world.send(
                account(of.owner),
                EconomyContract.REWARDS,
                Amount.ZERO,
                CallData.of("claim(address)").address(account(of.pool))));
      }
      case EPOCH -> epoch(List.of());
      case ABSENCE -> epoch(List.of(account(step.other())));
      case DAYS -> world.passTime(step.part() * DAY / 25);
      case EVIDENCE -> evidence(step);
      case FINISH ->
          expected(
              world.send(
                  account(who),
                  EconomyContract.SLASHING,
                  Amount.ZERO,
                  CallData.of("finish(address)").address(guilty(step))));
      case REGISTER ->
          expected(
              world.register(who, Amount.aitbc(500 + 2L * step.part()), account(step.other())));
      case RESIGN -> {
        if (step.part() % 4 == 0) {
          expected(call(who, EconomyContract.STAKE_MANAGER, "resign()", Amount.ZERO));
        }
      }
      case UNJAIL -> {
        expected(call(who, EconomyContract.STAKE_MANAGER, "unjail()", Amount.ZERO));
        expected(call(who, EconomyContract.AUTHORITY_REGISTRY, "unjail()", Amount.ZERO));
      }
      case BOND ->
          expected(
              call(
                  who, EconomyContract.AUTHORITY_REGISTRY, "addBond()", Amount.aitbc(step.part())));
      case UNBOND -> expected(bonds.unbond(step));
      case WITHDRAW_BOND -> expected(bonds.withdraw(step));
      case TOUCH_BOND -> expected(bonds.touch(step));
      case FORGED -> forged(step);
      case SELF_DESTRUCT -> selfDestruct(step);
      case PROPOSE -> expected(governance.propose(step));
      case VOTE -> {
        Holding with = holding(step);
        expected(governance.vote(step, with.owner, with.pool));
      }
      case SEAT -> expected(governance.seat(step));
      case DECIDE -> governance.decide(step).forEach(this::expected);
    }
  }

  private void redelegate(SequenceStep step) {
    int to = pool(step);
    Holding from = holding(step);
    EconomyWorld.Outcome outcome = world.redelegate(from.owner, from.pool, to, shares(from, step));
    expected(outcome);
    if (outcome.succeeded()) {
      Lot lot = new Lot(from.owner, account(to));
      lot.source = account(from.pool);
      lot.sourceLeft = snapshotTimes.size();
      long id = outcome.word(0).toLongExact();
      lot.shares = word(id, 8);
      lots.put(id, lot);
    }
  }

  private void withdraw(SequenceStep step) {
    long id = lot(step);
    Lot lot = lots.get(id);
    Amount before = world.balance(account(actor(step, id)));
    EconomyWorld.Outcome outcome = world.lotCall(actor(step, id), "withdraw", id);
    boolean may =
        lot != null
            && lot.owner == actor(step, id)
            && lot.left > 0
            && isOver(lot.left)
            && isFree(lot.pool, lot.left)
            && isFree(lot.source, lot.sourceLeft);
    expected(outcome);
    check(outcome.succeeded() == may, "paid out: " + outcome + ", should be " + may);
    if (may && lot != null) {
      BigInteger paid = wei(world.balance(account(actor(step, id)))).subtract(wei(before));
      check(
          paid.subtract(lot.amount).abs().compareTo(lot.tolerance()) <= 0,
          "lot " + id + " paid " + paid + " instead of " + lot.amount);
      lots.remove(id);
    }
  }

  private void undelegateLot(SequenceStep step) {
    long id = lot(step);
    EconomyWorld.Outcome outcome = world.lotCall(actor(step, id), "undelegateLot", id);
    expected(outcome);
    if (outcome.succeeded()) {
      Lot lot = Optional.ofNullable(lots.get(id)).orElseThrow();
      check(lot.owner == actor(step, id) && lot.left == 0, "another's lot left its pool");
      lot.left = snapshotTimes.size();
      lot.shares = BigInteger.ZERO;
      lot.amount = word(id, 7);
    }
  }

  private void merge(SequenceStep step) {
    long id = lot(step);
    EconomyWorld.Outcome outcome = world.lotCall(actor(step, id), "merge", id);
    expected(outcome);
    if (outcome.succeeded()) {
      int actor = actor(step, id);
      Lot lot = Optional.ofNullable(lots.remove(id)).orElseThrow();
      check(lot.owner == actor && lot.left == 0, "another's lot was merged");
      for (int pool = 0; pool < PEOPLE; pool++) {
        if (account(pool).equals(lot.pool)) {
          holdings.add(new Holding(actor, pool));
        }
      }
      check(isOver(lot.sourceLeft) && isFree(lot.source, lot.sourceLeft), "merged too early");
    }
  }

  private void evidence(SequenceStep step) {
    int guilty = step.other() % (AUTHORITIES + STAKERS);
    if (step.part() % 3 != 0) {
      return;
    }
    long epoch = Math.max(0, world.epoch() - step.part() % 3);
    if (world.setOf(epoch).contains(account(guilty))) {
      EconomyWorld.Outcome outcome = world.convict(step.who(), guilty, 100 * epoch + 1);
      expected(outcome);
      if (outcome.succeeded()) {
        check(
            world.economy.convicted(outcome.logs()).equals(List.of(account(guilty))),
            "convicted somebody else");
      }
    }
  }

  private void forged(SequenceStep step) {
    Bytes nonsense = Contracts.word(step.part());
    for (EconomyWorld.Outcome outcome :
        List.of(
            world.send(
                account(step.who()),
                EconomyContract.SLASHING,
                Amount.ZERO,
                CallData.of("report(bytes)").bytes(nonsense)),
            world.send(
                account(step.who()),
                EconomyContract.STAKE_MANAGER,
                Amount.ZERO,
                CallData.of("slash(address,uint256,uint64)")
                    .address(account(step.other()))
                    .number(1_000_000)
                    .number(0)),
            world.send(
                account(step.who()),
                EconomyContract.AUTHORITY_REGISTRY,
                Amount.ZERO,
                CallData.of("admit(address)").address(account(step.who()))),
            world.send(
                account(step.who()),
                EconomyContract.TREASURY,
                Amount.ZERO,
                CallData.of("spend(address,uint256)").address(account(step.who())).number(0)))) {
      expected(outcome);
      check(!outcome.succeeded(), "a stranger was heard");
    }
  }

  /// A contract that ends in the transaction that made it, with money: left to itself it is burned
  /// (EIP-6780), left to a contract of the economy it is there without having been booked.
  private void selfDestruct(SequenceStep step) {
    Amount money = Amount.aitbc(step.part());
    EconomyContract[] contracts = EconomyContract.values();
    Optional<EconomyContract> heir =
        step.part() % 2 == 0
            ? Optional.empty()
            : Optional.of(contracts[(step.who() * PEOPLE + step.other()) % contracts.length]);
    Bytes code =
        heir.map(each -> Bytes.fromHex("0x73" + each.address().toString().substring(2) + "ff"))
            .orElse(Bytes.fromHex("0x30ff")); // PUSH20 or ADDRESS, SELFDESTRUCT
    EconomyWorld.Outcome outcome = world.create(account(step.who()), money, code);
    expected(outcome);
    if (outcome.succeeded()) {
      heir.ifPresentOrElse(
          each -> unbooked.merge(each, wei(money), BigInteger::add),
          () -> world.burned = world.burned.plus(money));
    }
  }

  private void epoch(List<Address> absent) {
    world.endEpoch(absent);
    long failures =
        world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")).toLongExact();
    check(failures == 0, "an epoch's call failed");
    governance.checkParameters();
    snapshotTimes.add(world.settledAtMillis);
    heed(world.settlementLogs);
  }

  /// Notes a lot that undelegating made.
  private void note(EconomyWorld.Outcome outcome, int owner) {
    expected(outcome);
    if (outcome.succeeded()) {
      long id = outcome.word(0).toLongExact();
      Log left =
          EconomyWorld.logged(outcome.logs(), "Left(address,address,uint256,uint256)").getFirst();
      Lot lot = new Lot(owner, topicAddress(left, 1));
      lot.left = snapshotTimes.size();
      lot.amount = dataWord(left, 0);
      lots.put(id, lot);
    }
  }

  /// A call may fail, but only for a reason that it tells.
  private void expected(EconomyWorld.Outcome outcome) {
    check(
        outcome.succeeded()
            || (outcome.result() instanceof CallResult.Revert
                && outcome.result().output().length() >= CallData.SELECTOR_BYTES
                && !outcome.error().equals(PANIC)),
        "no reason: " + outcome.result());
    if (outcome.succeeded()) {
      done.merge(kind, 1, Integer::sum);
    }
    heed(outcome.logs());
  }

  /// Penalties, convictions and their ends.
  private void heed(List<Log> logs) {
    pools.heed(logs);
    for (Log log : EconomyWorld.logged(logs, "Slashed(address,uint256,uint64,uint256)")) {
      long drawn = dataWord(log, 1).longValueExact();
      if (log.address().equals(EconomyContract.STAKE_MANAGER.address())) {
        penalize(topicAddress(log, 1), dataWord(log, 0), drawn);
      } else {
        bonds.penalize(topicAddress(log, 1), dataWord(log, 0), drawn);
      }
    }
    for (Log log : EconomyWorld.logged(logs, "Convicted(address,uint64,uint256)")) {
      long epoch = (dataWord(log, 0).longValueExact() - 1) / 100;
      open.put(topicAddress(log, 1), Math.max(0, epoch - 1));
    }
    for (Log log : EconomyWorld.logged(logs, "Finished(address,uint256)")) {
      open.remove(topicAddress(log, 1));
    }
  }

  private void penalize(Address pool, BigInteger part, long drawn) {
    for (Lot lot : lots.values()) {
      boolean left = lot.left > drawn && lot.pool.equals(pool);
      boolean moved = lot.source.equals(pool) && lot.sourceLeft > drawn;
      if (left || moved) {
        lot.amount = lot.amount.subtract(lot.amount.multiply(part).divide(MILLIONTHS));
      }
      if (moved) {
        BigInteger up = MILLIONTHS.subtract(BigInteger.ONE);
        lot.shares = lot.shares.subtract(lot.shares.multiply(part).add(up).divide(MILLIONTHS));
      }
    }
  }

  private void compare(long id, Lot lot) {
    BigInteger amount = word(id, 7);
    check(
        amount.subtract(lot.amount).abs().compareTo(lot.tolerance()) <= 0,
        "lot " + id + " has " + amount + " instead of " + lot.amount);
    check(word(id, 8).equals(lot.shares), "shares of lot " + id);
  }

  /// What the contracts hold is what they owe.
  private void checkBooks(BigInteger unbondingBonds) {
    BigInteger staked = BigInteger.ZERO;
    BigInteger earned = BigInteger.ZERO;
    BigInteger bonded = unbondingBonds;
    for (int pool = 0; pool < PEOPLE; pool++) {
      staked = staked.add(wei(world.tokens(EconomyContract.STAKE_MANAGER, pool)));
      bonded = bonded.add(wei(world.tokens(EconomyContract.AUTHORITY_REGISTRY, pool)));
      for (int owner = 0; owner < PEOPLE; owner++) {
        CallData call = CallData.of("earned(address,address)");
        earned =
            earned.add(
                world
                    .read(
                        EconomyContract.REWARDS,
                        call.address(account(pool)).address(account(owner)))
                    .toBigInteger());
      }
    }
    for (long id : lots.keySet()) {
      staked = staked.add(word(id, 7));
    }
    equal(staked, EconomyContract.STAKE_MANAGER, 0);
    equal(earned, EconomyContract.REWARDS, 1_000_000);
    equal(
        world.read(EconomyContract.SLASHING, CallData.of("pot()")).toBigInteger(),
        EconomyContract.SLASHING,
        0);
    governance.checkBooks(unbooked.getOrDefault(EconomyContract.GOVERNOR, BigInteger.ZERO));
    equal(bonded, EconomyContract.AUTHORITY_REGISTRY, 0);
  }

  private void equal(BigInteger owed, EconomyContract contract, long dropped) {
    BigInteger rest =
        wei(world.balance(contract.address()))
            .subtract(owed)
            .subtract(unbooked.getOrDefault(contract, BigInteger.ZERO));
    check(
        rest.signum() >= 0 && rest.compareTo(BigInteger.valueOf(dropped)) <= 0,
        contract + " holds " + rest + " more than it owes");
  }

  @Override
  public long nextSnapshot() {
    return snapshotTimes.size();
  }

  @Override
  public boolean isOver(long left) {
    return snapshotTimes.size() > left + 1
        && world.activeMillis() >= snapshotTimes.get((int) left + 1) + 21 * DAY;
  }

  @Override
  public boolean isFree(Address pool, long left) {
    return !open.containsKey(pool) || left <= open.get(pool);
  }

  private UInt256 shares(Holding of, SequenceStep step) {
    UInt256 held = world.sharesOf(of.pool, of.owner);
    return held.times(UInt256.of(step.part())).dividedBy(UInt256.of(1_000));
  }

  /// Mostly a candidate of the genesis.
  private static int pool(SequenceStep step) {
    return step.part() % 8 == 0 ? step.other() : AUTHORITIES + step.other() % STAKERS;
  }

  /// Mostly somebody who has, or had, shares.
  private Holding holding(SequenceStep step) {
    return step.part() % 16 == 0
        ? new Holding(step.who(), step.other())
        : holdings.get((step.who() * PEOPLE + step.other()) % holdings.size());
  }

  /// Mostly a lot's owner.
  private int actor(SequenceStep step, long lot) {
    Lot known = lots.get(lot);
    return step.part() % 8 == 0 || known == null ? step.who() : known.owner;
  }

  /// Mostly somebody who was convicted.
  private Address guilty(SequenceStep step) {
    List<Address> convicted = new ArrayList<>(open.keySet());
    return convicted.isEmpty()
        ? account(step.other())
        : convicted.get(step.other() % convicted.size());
  }

  /// One of the lots; 0 where there are none.
  private long lot(SequenceStep step) {
    List<Long> ids = new ArrayList<>(lots.keySet());
    return ids.isEmpty() ? 0 : ids.get((step.who() * PEOPLE + step.other()) % ids.size());
  }

  private EconomyWorld.Outcome call(
      int who, EconomyContract contract, String function, Amount value) {
    return world.send(account(who), contract, value, CallData.of(function));
  }

  /// Word `index` of a lot as the contract keeps it.
  private BigInteger word(long lot, int index) {
    int before = world.state.snapshot();
    EconomyWorld.Outcome outcome =
        world.send(
            account(0),
            EconomyContract.STAKE_MANAGER,
            Amount.ZERO,
            CallData.of("lotOf(uint256)").number(lot));
    world.state.revertTo(before);
    return outcome.word(index).toBigInteger();
  }

  static Address topicAddress(Log log, int index) {
    return new Address(
        log.topics().get(index).toBytes().slice(Hash.BYTES - Address.BYTES, Address.BYTES));
  }

  private static BigInteger dataWord(Log log, int index) {
    return EconomyWorld.dataWord(log, index).toBigInteger();
  }

  private static BigInteger wei(Amount amount) {
    return amount.wei().toBigInteger();
  }

  static void check(boolean holds, String fault) {
    if (!holds) {
      throw new AssertionError(fault);
    }
  }
}

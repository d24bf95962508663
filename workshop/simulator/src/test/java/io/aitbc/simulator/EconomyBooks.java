// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.BlockEnvironments;
import io.aitbc.execution.CallData;
import io.aitbc.execution.Calls;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.Machines;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochReport;
import io.aitbc.model.ValidatorReport;
import io.aitbc.state.StateDiff;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where all money is, to the wei after every block, as the contracts tell it and as balances say;
/// and what an epoch's rewards come to by the formula of the specification, beside the contract's.
/// Protocol §16.8.
final class EconomyBooks {
  /// The parts of the supply: outside of the economy's contracts, stakes and bonds, what of them
  /// unbonds, rewards not drawn, penalties, deposits of proposals, wrapped money, treasury, fees.
  static final int PARTS = 11;

  /// Active time that a block counts for at most, milliseconds (Protocol §16.2).
  private static final long ACTIVE_MAX = 4_000;

  private static final BigInteger MILLIONTHS = BigInteger.valueOf(1_000_000);
  private static final BigInteger REWARD_MILLIS = BigInteger.valueOf(2_000);
  private static final long BASE_REWARD = 42;
  private static final long LOAD_MAX = 43;
  private static final long CARRIER_SHARE = 44;
  private static final long CALL_GAS = 4_000_000;
  private static final int WORD_BYTES = 32;

  /// Divisions of a settlement that drop up to a wei each, of one validator.
  private static final long DROPPED_PER_VALIDATOR = 4;

  /// Words of what the contracts tell of a lot and of a proposal.
  private static final int LOT_AMOUNT = 7;

  private static final int PROPOSAL_DEPOSIT = 14;

  /// Somebody whose stake in a pool earns.
  private record Holding(Address pool, Address owner) implements Comparable<Holding> {
    @Override
    public int compareTo(Holding other) {
      int first = pool.compareTo(other.pool);
      return first != 0 ? first : owner.compareTo(other.owner);
    }
  }

  private final Genesis start;
  private final Calls calls;
  private final List<Address> pools;
  private final TreeSet<Holding> holdings = new TreeSet<>();
  private final TreeSet<Address> earnNothing = new TreeSet<>();
  private final TreeMap<Address, BigInteger> balances = new TreeMap<>();
  private final BigInteger genesis;
  private BigInteger minted = BigInteger.ZERO;
  private BigInteger burned = BigInteger.ZERO;
  private BigInteger feesBurned = BigInteger.ZERO;
  private BigInteger feesBurnedByParent = BigInteger.ZERO;
  private BigInteger burnedSinceSettled = BigInteger.ZERO;
  private long lastMillis;
  private long active;
  private int settlements;
  private int compared;
  private int blocks;
  private final TreeSet<String> seen = new TreeSet<>();

  /// Books that begin at genesis.
  ///
  /// @param pools accounts that are, or will be, validators
  EconomyBooks(RealExecution execution, SignatureScheme scheme, List<Address> pools) {
    start = execution.start();
    calls = new Calls(new Machines(execution.genesisHash(), Secp256k1.chosen(), scheme).another());
    this.pools = pools;
    pools.forEach(pool -> holds(pool, pool));
    start.accounts().forEach(each -> balances.put(each.address(), wei(each.balance())));
    genesis = total();
    lastMillis = start.timestampMillis();
  }

  /// Somebody may have stake in a pool from now on.
  void holds(Address pool, Address owner) {
    holdings.add(new Holding(pool, owner));
  }

  /// Somebody who was convicted, or left, earns nothing any more of what consensus reports.
  void earnsNothing(Address account) {
    earnNothing.add(account);
  }

  /// Wei minted so far.
  BigInteger minted() {
    return minted;
  }

  /// Wei burned so far, penalties and fees.
  BigInteger burned() {
    return burned;
  }

  /// Wei of fees burned so far.
  BigInteger feesBurned() {
    return feesBurned;
  }

  /// The parts of the supply that had money in them after some block.
  Set<String> seen() {
    return seen;
  }

  /// Blocks after which all of it was compared.
  int blocks() {
    return blocks;
  }

  /// Epochs whose rewards were compared with the formula from below too.
  int compared() {
    return compared;
  }

  /// Checks everything after a block.
  void after(RealExecution.State state) {
    RealExecution.Step step = state.step().orElseThrow();
    long millis = step.context().timestampMillis();
    active += Math.min(ACTIVE_MAX, millis - lastMillis);
    lastMillis = millis;
    settled(step);
    for (StateDiff.AccountChange each : step.result().diff().accounts()) {
      balances.put(each.address(), wei(each.after().balance()));
    }
    minted = minted.add(step.minted());
    burned = burned.add(step.burned());
    BigInteger fees = wei(state.header().baseFeePerGas()).multiply(gas(state));
    BigInteger treasury =
        fees.multiply(BigInteger.valueOf(start.execution().fees().treasuryMillionths()))
            .divide(MILLIONTHS);
    feesBurnedByParent = fees.subtract(treasury);
    feesBurned = feesBurned.add(feesBurnedByParent);
    compare(state);
    blocks++;
  }

  private static BigInteger gas(RealExecution.State state) {
    return BigInteger.valueOf(state.header().gasUsed());
  }

  /// genesis + minted - burned = balances outside + stakes + unbonding + rewards not drawn + pools.
  private void compare(RealExecution.State state) {
    BigInteger outside = total();
    for (EconomyContract contract : EconomyContract.values()) {
      outside = outside.subtract(balance(contract));
    }
    BigInteger stakes = pools(state, EconomyContract.STAKE_MANAGER);
    BigInteger unbonding = lots(state, EconomyContract.STAKE_MANAGER);
    BigInteger bonds = pools(state, EconomyContract.AUTHORITY_REGISTRY);
    BigInteger bondsLeft = lots(state, EconomyContract.AUTHORITY_REGISTRY);
    BigInteger pot = number(state, EconomyContract.SLASHING, CallData.of("pot()"));
    BigInteger deposits = deposits(state);
    BigInteger wrapped = number(state, EconomyContract.WAITBC, CallData.of("totalSupply()"));
    equal("stakes", balance(EconomyContract.STAKE_MANAGER), stakes.add(unbonding), state);
    equal("bonds", balance(EconomyContract.AUTHORITY_REGISTRY), bonds.add(bondsLeft), state);
    equal("penalties", balance(EconomyContract.SLASHING), pot, state);
    equal("deposits", balance(EconomyContract.GOVERNOR), deposits, state);
    equal("wrapped", balance(EconomyContract.WAITBC), wrapped, state);
    for (EconomyContract poor :
        List.of(EconomyContract.PARAMS, EconomyContract.TIMELOCK, EconomyContract.BEACON_HISTORY)) {
      equal(poor.artifact(), balance(poor), BigInteger.ZERO, state);
    }
    Map<String, BigInteger> parts = new LinkedHashMap<>();
    parts.put("outside", outside);
    parts.put("stakes", stakes);
    parts.put("unbonding stake", unbonding);
    parts.put("bonds", bonds);
    parts.put("unbonding bonds", bondsLeft);
    parts.put("rewards", rewards(state));
    parts.put("penalties", pot);
    parts.put("deposits", deposits);
    parts.put("wrapped", wrapped);
    parts.put("treasury", balance(EconomyContract.TREASURY));
    parts.put("fees", balance(EconomyContract.FEE_SPLITTER));
    BigInteger sum = parts.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
    equal("supply", sum, genesis.add(minted).subtract(burned), state);
    parts.values().removeIf(amount -> amount.signum() == 0);
    seen.addAll(parts.keySet());
  }

  /// What is not drawn, with what divisions left there, which is bounded.
  private BigInteger rewards(RealExecution.State state) {
    BigInteger earned = BigInteger.ZERO;
    for (Holding each : holdings) {
      CallData call = CallData.of("earned(address,address)");
      earned =
          earned.add(
              number(state, EconomyContract.REWARDS, call.address(each.pool).address(each.owner)));
    }
    BigInteger held = balance(EconomyContract.REWARDS);
    long dropped = (settlements + 1L) * holdings.size();
    BigInteger rest = held.subtract(earned);
    if (rest.signum() < 0 || rest.compareTo(BigInteger.valueOf(dropped)) > 0) {
      throw fault("rewards", held, earned, state);
    }
    return held;
  }

  private BigInteger pools(RealExecution.State state, EconomyContract registry) {
    BigInteger sum = BigInteger.ZERO;
    for (Address pool : pools) {
      sum = sum.add(number(state, registry, CallData.of("poolOf(address)").address(pool)));
    }
    return sum;
  }

  private BigInteger lots(RealExecution.State state, EconomyContract registry) {
    BigInteger sum = BigInteger.ZERO;
    long count = number(state, registry, CallData.of("lotCount()")).longValueExact();
    for (long lot = 1; lot <= count; lot++) {
      Bytes told = answer(state, registry, CallData.of("lotOf(uint256)").number(lot)).orElseThrow();
      sum = sum.add(word(told, LOT_AMOUNT));
    }
    return sum;
  }

  private BigInteger deposits(RealExecution.State state) {
    BigInteger sum = BigInteger.ZERO;
    long count =
        number(state, EconomyContract.GOVERNOR, CallData.of("proposalCount()")).longValueExact();
    for (long proposal = 1; proposal <= count; proposal++) {
      CallData call = CallData.of("proposalOf(uint256)").number(proposal);
      sum =
          sum.add(
              word(answer(state, EconomyContract.GOVERNOR, call).orElseThrow(), PROPOSAL_DEPOSIT));
    }
    return sum;
  }

  /// What is minted is what the report earns: never more, and less only by what divisions drop.
  private void settled(RealExecution.Step step) {
    // The block begins with what its parent burned.
    burnedSinceSettled = burnedSinceSettled.add(feesBurnedByParent);
    Optional<EpochReport> report = step.context().epochReport();
    if (report.isEmpty()) {
      return;
    }
    settlements++;
    RealExecution.State before = step.before();
    BigInteger base =
        parameter(before, BASE_REWARD).multiply(BigInteger.valueOf(active)).divide(REWARD_MILLIS);
    BigInteger loadMax =
        base.multiply(parameter(before, LOAD_MAX).subtract(MILLIONTHS)).divide(MILLIONTHS);
    BigInteger reward = base.add(burnedSinceSettled.min(loadMax));
    active = 0;
    burnedSinceSettled = BigInteger.ZERO;
    List<ValidatorReport> validators = report.get().validators();
    BigInteger most = earned(step.context(), validators, reward, MILLIONTHS);
    if (step.minted().compareTo(most) > 0) {
      throw new AssertionError("minted " + step.minted() + " of " + most);
    }
    boolean allEarn = validators.stream().noneMatch(each -> earnNothing.contains(each.account()));
    if (allEarn) {
      boolean isBrought =
          validators.stream()
              .anyMatch(each -> each.authoritiesBrought() > 0 || each.stakeBrought() > 0);
      BigInteger kept =
          isBrought ? MILLIONTHS : MILLIONTHS.subtract(parameter(before, CARRIER_SHARE));
      BigInteger least =
          earned(step.context(), validators, reward, kept)
              .subtract(BigInteger.valueOf(DROPPED_PER_VALIDATOR * validators.size()));
      if (step.minted().compareTo(least) < 0) {
        throw new AssertionError("minted " + step.minted() + ", not " + least);
      }
      compared++;
    }
  }

  private static BigInteger earned(
      BlockContext context, List<ValidatorReport> validators, BigInteger reward, BigInteger kept) {
    BigInteger authorities =
        reward
            .multiply(BigInteger.valueOf(context.mode().authorityRewardPerMille()))
            .divide(BigInteger.valueOf(1_000));
    return part(authorities, chances(validators, true, true), chances(validators, true, false))
        .add(
            part(
                reward.subtract(authorities),
                chances(validators, false, true),
                chances(validators, false, false)))
        .multiply(kept)
        .divide(MILLIONTHS);
  }

  /// Blocks credited, or expected, of a class; of stakers times their stake.
  private static BigInteger chances(
      List<ValidatorReport> validators, boolean ofAuthorities, boolean credited) {
    BigInteger sum = BigInteger.ZERO;
    for (ValidatorReport each : validators) {
      BigInteger count = BigInteger.valueOf(credited ? each.credited() : each.expected());
      if (ofAuthorities && each.validatorClass().isAuthority()) {
        sum = sum.add(count);
      } else if (!ofAuthorities && each.validatorClass().isStaker()) {
        sum = sum.add(count.multiply(BigInteger.valueOf(each.stake().units())));
      }
    }
    return sum;
  }

  private static BigInteger part(BigInteger whole, BigInteger numerator, BigInteger denominator) {
    return denominator.signum() == 0
        ? BigInteger.ZERO
        : whole.multiply(numerator).divide(denominator);
  }

  // ---- What contracts tell.

  /// A parameter as the contract Params has it.
  BigInteger parameter(RealExecution.State state, long number) {
    return number(state, EconomyContract.PARAMS, CallData.of("get(uint256)").number(number));
  }

  /// The first word that a function answers.
  BigInteger number(RealExecution.State state, EconomyContract contract, CallData call) {
    return word(answer(state, contract, call).orElseThrow(), 0);
  }

  /// What a function answers; empty if it fails.
  Optional<Bytes> answer(RealExecution.State state, EconomyContract contract, CallData call) {
    var request =
        new DynamicFeeTransaction.Unsigned(
            RealExecution.CHAIN_ID,
            0,
            Amount.ZERO,
            Amount.ZERO,
            CALL_GAS,
            Optional.of(contract.address()),
            Amount.ZERO,
            call.toBytes(),
            List.of());
    TransactionOutcome outcome =
        calls.call(
            request,
            RealExecution.purse(0),
            BlockEnvironments.of(start.execution(), state.header(), state.accounts()),
            state.accounts());
    return outcome instanceof TransactionOutcome.Executed executed && executed.succeeded()
        ? Optional.of(executed.result().output())
        : Optional.empty();
  }

  /// What an account has.
  BigInteger balance(Address account) {
    return balances.getOrDefault(account, BigInteger.ZERO);
  }

  private BigInteger balance(EconomyContract contract) {
    return balance(contract.address());
  }

  private BigInteger total() {
    return new ArrayList<>(balances.values()).stream().reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static BigInteger wei(Amount amount) {
    return amount.wei().toBigInteger();
  }

  private static BigInteger word(Bytes told, int index) {
    return new BigInteger(1, told.slice(index * WORD_BYTES, WORD_BYTES).toArray());
  }

  private static void equal(
      String what, BigInteger held, BigInteger owed, RealExecution.State state) {
    if (!held.equals(owed)) {
      throw fault(what, held, owed, state);
    }
  }

  private static AssertionError fault(
      String what, BigInteger held, BigInteger owed, RealExecution.State state) {
    return new AssertionError(
        "%s after block %d: %s wei are there and %s are owed"
            .formatted(what, state.header().number(), held, owed));
  }
}

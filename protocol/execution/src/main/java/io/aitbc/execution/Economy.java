// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Log;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The chain's economy: what the chain calls of its contracts, and what it takes from them. Each
/// call at the end of an epoch stands alone: one that fails leaves no trace, is noted, and the next
/// epoch tries again. Protocol §16.1.
final class Economy implements SystemContracts {
  /// Greatest reward of a millisecond of active time, wei: 100 AITBC in two seconds, times 1.5. No
  /// upgrade of a contract mints more.
  static final long MINTED_PER_MILLI_MAX = 75_000_000_000_000_000L;

  /// What a count in a report may be at most: 24 bits.
  private static final long COUNT_MAX = (1 << 24) - 1;

  /// What signatures of authorities brought may be at most: 32 bits.
  private static final long BROUGHT_MAX = (1L << 32) - 1;

  /// Where BeaconHistory keeps what proposers got of fees since the epoch began.
  private static final long PROPOSERS_FEES_SLOT = 11;

  /// Where the bytes of an address begin in a word.
  private static final int ADDRESS_AT = UInt256.BYTES - Address.BYTES;

  private final ExecutionParameters genesis;

  /// The economy of the network with these parameters at its genesis.
  Economy(ExecutionParameters genesis) {
    this.genesis = genesis;
  }

  @Override
  public void startBlock(BlockContext context, Amount burnedByParent, SystemCalls calls) {
    var _ =
        calls.call(
            EconomyContract.BEACON_HISTORY.address(),
            CallData.of("startBlock(uint64,uint128)")
                .number(context.timestampMillis())
                .amount(burnedByParent)
                .toBytes());
  }

  @Override
  public Address feesTo(Address proposer, SystemCalls calls) {
    Bytes call = CallData.of("feesTo(address)").address(proposer).toBytes();
    return calls
        .tryCall(EconomyContract.AUTHORITY_REGISTRY.address(), call, SystemCalls.BLOCK_CALL_GAS)
        .flatMap(answer -> new ReturnData(answer).word(0))
        .filter(word -> UInt256.of(word.toArray(), ADDRESS_AT, Address.BYTES).equals(word))
        .map(ReturnWords::address)
        .filter(recipient -> !recipient.equals(Address.ZERO))
        .orElse(proposer);
  }

  @Override
  public void paidProposer(Amount fees, SystemCalls calls) {
    if (!fees.isZero()) {
      UInt256 before = calls.slot(EconomyContract.BEACON_HISTORY, PROPOSERS_FEES_SLOT);
      calls.setSlot(EconomyContract.BEACON_HISTORY, PROPOSERS_FEES_SLOT, before.plus(fees.wei()));
    }
  }

  @Override
  public EpochSnapshot settle(EpochReport report, BlockContext context, SystemCalls calls) {
    Amount[] minted = {Amount.ZERO};
    note(
        calls,
        report,
        EconomyContract.REWARDS,
        () -> {
          Optional<Amount> sum = rewards(report, context, calls);
          minted[0] = sum.orElse(Amount.ZERO);
          return sum.isPresent();
        });
    note(calls, report, EconomyContract.SLASHING, () -> slashing(report, context, calls));
    List<UInt256> authorities =
        noted(
            calls,
            report,
            EconomyContract.AUTHORITY_REGISTRY,
            () ->
                words(calls, EconomyContract.AUTHORITY_REGISTRY, "peek()")
                    .filter(w -> CandidateWords.decode(w, List.of(), List.of()).isPresent()));
    List<UInt256> stakers =
        noted(
            calls,
            report,
            EconomyContract.STAKE_MANAGER,
            () ->
                words(calls, EconomyContract.STAKE_MANAGER, "snapshot()")
                    .filter(w -> CandidateWords.decode(authorities, w, List.of()).isPresent()));
    List<UInt256> work =
        noted(
            calls,
            report,
            EconomyContract.WORK_LEDGER,
            () ->
                work(minted[0], calls)
                    .filter(w -> CandidateWords.decode(authorities, stakers, w).isPresent()));
    calls.setSlot(EconomyContract.BEACON_HISTORY, PROPOSERS_FEES_SLOT, UInt256.ZERO);
    Optional<Decided> decided = words(calls, EconomyContract.PARAMS, "all()").flatMap(this::decode);
    note(calls, report, EconomyContract.PARAMS, decided::isPresent);
    turn(calls, decided.map(Decided::execution).orElseGet(() -> calls.rulesOfNextEpoch(genesis)));
    Optional<ParameterWords> parameters = decided.map(Decided::consensus);
    // Nobody to draw keeps the sets as they are (§2.2).
    return new EpochSnapshot(
        CandidateWords.decode(authorities, stakers, work).orElse(List.of()),
        parameters.map(ParameterWords::parameters).orElse(report.parameters()),
        parameters.map(ParameterWords::workShareMillionths).orElse(report.workShareMillionths()));
  }

  /// What the contract Params says to the node.
  private record Decided(ParameterWords consensus, ExecutionParameters execution) {}

  private Optional<Decided> decode(List<UInt256> words) {
    if (words.size() != EconomyParameter.COUNT) {
      return Optional.empty();
    }
    int execution = EconomyParameter.EXECUTION;
    return ParameterWords.decode(words)
        .flatMap(consensus ->
            BlockRules.decode(words.subList(execution, execution + BlockRules.COUNT), genesis)
                .map(rules -> new Decided(consensus, rules)));
  }

  /// Begins the next epoch's rules of gas and fees, and tells those of the one after it.
  static void turn(SystemCalls calls, ExecutionParameters afterNext) {
    var _ = calls.call(EconomyContract.BEACON_HISTORY.address(), BlockRules.turn(afterNext));
  }

  /// What the epoch's settled work weighs.
  private static Optional<List<UInt256>> work(Amount minted, SystemCalls calls) {
    Bytes call =
        CallData.of("endEpoch(uint256,uint256)")
            .number(calls.slot(EconomyContract.BEACON_HISTORY, PROPOSERS_FEES_SLOT))
            .amount(minted)
            .toBytes();
    return calls
        .tryCall(EconomyContract.WORK_LEDGER.address(), call)
        .flatMap(answer -> new ReturnData(answer).words());
  }

  /// Mints what the contract Rewards settles, within the bound, and says how much; empty if it does
  /// not.
  private static Optional<Amount> rewards(
      EpochReport report, BlockContext context, SystemCalls calls) {
    Bytes elapsed =
        calls.call(EconomyContract.BEACON_HISTORY.address(), CallData.of("settleTime()").toBytes());
    Amount bound =
        Amount.wei(MINTED_PER_MILLI_MAX)
            .times(new ReturnData(elapsed).word(0).orElseThrow().toLongExact());
    List<UInt256> validators = new ArrayList<>();
    report.validators().forEach(each -> addWords(each, validators));
    Bytes call =
        CallData.of("settle(uint64,uint256,uint256[])")
            .number(report.epoch())
            .number(context.mode().authorityRewardPerMille())
            .numbers(validators)
            .toBytes();
    ReturnData answer =
        new ReturnData(calls.tryCall(EconomyContract.REWARDS.address(), call).orElse(Bytes.EMPTY));
    Optional<UInt256> toPools = answer.word(0);
    Optional<UInt256> toBonds = answer.word(1);
    if (toPools.isEmpty() || toBonds.isEmpty()) {
      return Optional.empty();
    }
    Optional<UInt256> sum = toPools.get().plusIfFits(toBonds.get());
    if (sum.isEmpty() || sum.get().compareTo(bound.wei()) > 0) {
      return Optional.empty();
    }
    calls.mint(EconomyContract.REWARDS.address(), new Amount(toPools.get()));
    calls.mint(EconomyContract.AUTHORITY_REGISTRY.address(), new Amount(toBonds.get()));
    return sum.map(Amount::new);
  }

  private static void addWords(ValidatorReport report, List<UInt256> words) {
    // From the lowest bit: account 160, class 8, reputation 16, expected 24, credited 24, misses
    // 24.
    long expected = Math.min(report.expected(), COUNT_MAX);
    long credited = Math.min(report.credited(), COUNT_MAX);
    long misses = Math.min(report.misses(), COUNT_MAX);
    byte[] word = new byte[UInt256.BYTES];
    put(word, 0, 3, misses);
    put(word, 3, 3, credited);
    put(word, 6, 3, expected);
    put(word, 9, 2, report.reputation());
    put(word, 11, 1, report.validatorClass().code());
    report.account().bytes().copyTo(word, ADDRESS_AT);
    words.add(UInt256.of(word, 0, UInt256.BYTES));
    // Stake 64, signatures of authorities brought 32, role 8; from bit 128 stake brought 64.
    long brought = Math.min(report.authoritiesBrought(), BROUGHT_MAX);
    long roleAndBrought = (long) report.role().code() << 32 | brought;
    words.add(new UInt256(0, report.stakeBrought(), roleAndBrought, report.stake().units()));
  }

  private static void put(byte[] word, int at, int count, long value) {
    for (int i = 0; i < count; i++) {
      word[at + i] = (byte) (value >> (8 * (count - 1 - i)));
    }
  }

  /// Jails and fines, and burns what slashing took.
  private static boolean slashing(EpochReport report, BlockContext context, SystemCalls calls) {
    Bytes call =
        CallData.of("settle(uint64,bytes32,bytes32,uint256,uint256,address[])")
            .number(report.epoch())
            .hash(context.extension().setHash())
            .hash(report.nextSetHash())
            .number(report.absences().members())
            .number(report.absences().away())
            .addresses(report.absences().jailed())
            .toBytes();
    Address slashing = EconomyContract.SLASHING.address();
    Optional<UInt256> burned =
        calls.tryCall(slashing, call).flatMap(answer -> new ReturnData(answer).word(0));
    return burned.isPresent() && calls.burn(slashing, new Amount(burned.get()));
  }

  private static Optional<List<UInt256>> words(
      SystemCalls calls, EconomyContract contract, String function) {
    return calls
        .tryCall(contract.address(), CallData.of(function).toBytes())
        .flatMap(answer -> new ReturnData(answer).words());
  }

  /// The words that a call answers; none, and a note, if it fails.
  private static List<UInt256> noted(
      SystemCalls calls,
      EpochReport report,
      EconomyContract contract,
      Supplier<Optional<List<UInt256>>> call) {
    List<UInt256> answered = new ArrayList<>();
    note(
        calls,
        report,
        contract,
        () -> {
          Optional<List<UInt256>> words = call.get();
          words.ifPresent(answered::addAll);
          return words.isPresent();
        });
    return answered;
  }

  private static void note(
      SystemCalls calls, EpochReport report, EconomyContract contract, BooleanSupplier action) {
    if (!calls.attempt(action)) {
      calls.failed(contract);
      var _ =
          calls.call(
              EconomyContract.BEACON_HISTORY.address(),
              CallData.of("noteFailure(uint64,address)")
                  .number(report.epoch())
                  .address(contract.address())
                  .toBytes());
    }
  }

  @Override
  public List<Address> convicted(List<Log> logs) {
    TreeSet<Address> convicted = new TreeSet<>();
    for (Log log : logs) {
      if (SlashingEvent.of(log).orElse(null) instanceof SlashingEvent.Convicted event) {
        convicted.add(event.account());
      }
    }
    return List.copyOf(convicted);
  }
}

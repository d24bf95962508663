// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Absences;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Evidence;
import io.aitbc.model.Fallback;
import io.aitbc.model.Fork;
import io.aitbc.model.Height;
import io.aitbc.model.Log;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Role;
import io.aitbc.model.Round;
import io.aitbc.model.UInt256;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.Vote;
import io.aitbc.model.VotingPower;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// The economy's contracts on the virtual machine, with epochs that end as the chain ends them and
/// sets drawn from all candidates, for tests. Without transactions' fees and without blocks
/// between.
final class EconomyWorld {
  static final Hash NETWORK = Keccak256.hash(Bytes.of((byte) 9));
  static final BlsScheme SCHEME = new BlsScheme();
  static final Amount PURSE = Amount.aitbc(1_000_000);
  static final long BLOCK_MILLIS = 2_000; // What a block takes: it counts in full.

  private static final long GAS = 15_000_000;

  /// Gas limits and fees of the genesis.
  static final ExecutionParameters EXECUTION = ExecutionParameters.of(UInt256.of(7));

  /// What a genesis says that all money is.
  static final Amount SUPPLY = GenesisPreset.HYBRID.supply();

  /// What a call from outside did.
  ///
  /// @param result how it ended
  /// @param logs what contracts wrote
  /// @param gasUsed gas
  record Outcome(CallResult result, List<Log> logs, long gasUsed) {
    boolean succeeded() {
      return result instanceof CallResult.Success;
    }

    /// The selector of the custom error that it ended with.
    Bytes error() {
      return result.output().slice(0, CallData.SELECTOR_BYTES);
    }

    UInt256 word(int index) {
      return new ReturnData(result.output()).word(index).orElseThrow();
    }
  }

  private final Beginning beginning;
  final Overlay state;
  final Evm machine;
  final Economy economy = new Economy(EXECUTION);
  final Map<Long, ValidatorSet> sets = new TreeMap<>();
  final int authorities;
  final int stakers;
  Amount minted = Amount.ZERO;
  Amount burned = Amount.ZERO;
  long height = 1;
  long timeMillis = 1_000_000;
  EpochSnapshot snapshot;
  BlockEnvironment block;
  List<Log> settlementLogs = List.of();
  List<EconomyContract> failed = List.of(); // Whose call failed at the last epoch's end.
  long settledAtMillis;

  /// Blocks for which each validator was the first to carry signatures: of one authority, and of as
  /// much stake as its own.
  long votesBrought = 20;

  /// Members that were away and are not jailed for it.
  int awayBesides;

  /// What the settlement reports as everybody's role.
  Role role = Role.VALIDATOR;

  /// What the settlement reports of a validator instead of what this world would.
  UnaryOperator<ValidatorReport> reported = UnaryOperator.identity();

  /// How worlds of one size begin: made once, since it takes longer than a sequence.
  ///
  /// @param accounts of the genesis
  /// @param state with all accounts; nobody changes it
  /// @param supply all money in it
  private record Beginning(
      List<Genesis.GenesisAccount> accounts, Overlay state, BigInteger supply) {}

  private static final Map<List<Integer>, Beginning> BEGINNINGS = new LinkedHashMap<>();

  /// Whatever happened before, the chain's own calls reach nobody outside of the economy.
  private static final CallWatch WATCH = new CallWatch();

  private static final Evm MACHINE = new Machines(NETWORK, Secp256k1.chosen(), SCHEME).another();

  EconomyWorld(int authorities, int stakers, int users) {
    this.authorities = authorities;
    this.stakers = stakers;
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < authorities + stakers; i++) {
      boolean authority = i < authorities;
      candidates.add(
          new Candidate(
              account(i),
              key(i).publicKey(),
              authority ? ValidatorClass.AUTHORITY : ValidatorClass.STAKER,
              authority ? VotingPower.ZERO : VotingPower.of(Amount.aitbc(20_000 + 1_000L * i)),
              Candidate.Standing.ACTIVE,
              0,
              OptionalLong.empty()));
    }
    candidates.sort((a, b) -> a.account().compareTo(b.account()));
    snapshot = new EpochSnapshot(candidates, ConsensusParameters.DEFAULT, 0);
    EpochSnapshot first = snapshot;
    beginning =
        BEGINNINGS.computeIfAbsent(
            List.of(authorities, stakers, users),
            _ -> beginning(first, authorities + stakers + users));
    state = new Overlay(beginning.state);
    machine = MACHINE;
    sets.put(0L, draw(snapshot));
    sets.put(1L, setOf(0L));
    startBlock();
  }

  private static Beginning beginning(EpochSnapshot first, int people) {
    List<Genesis.GenesisAccount> accounts =
        new GenesisEconomy(EXECUTION, first, new EnumMap<>(EconomyParameter.class), SUPPLY)
            .accounts();
    Overlay state = new Overlay(new MemoryState());
    place(accounts, state);
    for (int i = 0; i < people; i++) {
      state.setBalance(account(i), PURSE);
    }
    BigInteger supply = BigInteger.ZERO;
    for (var change : state.accountChanges()) {
      supply = supply.add(change.after().balance().wei().toBigInteger());
    }
    return new Beginning(accounts, state, supply);
  }

  /// The slots of an account that are not 0.
  Map<UInt256, UInt256> storage(Address address) {
    Map<UInt256, UInt256> storage = new TreeMap<>();
    for (Genesis.GenesisAccount account : beginning.accounts) {
      if (account.address().equals(address)) {
        storage.putAll(account.storage());
      }
    }
    state.storageChanges().stream()
        .filter(change -> change.address().equals(address))
        .forEach(change -> storage.put(change.key(), change.after()));
    storage.values().removeIf(UInt256::isZero);
    return storage;
  }

  /// Puts the accounts of a genesis into a state.
  static void place(List<Genesis.GenesisAccount> accounts, Overlay state) {
    for (Genesis.GenesisAccount each : accounts) {
      state.setBalance(each.address(), each.balance());
      state.setNonce(each.address(), each.nonce());
      if (!each.code().isEmpty()) {
        var _ = state.setCode(each.address(), each.code());
      }
      each.storage().forEach((slot, value) -> state.setStorage(each.address(), slot, value));
    }
  }

  /// The logs of one event.
  static List<Log> logged(List<Log> logs, String event) {
    Hash topic = Keccak256.hash(Bytes.wrap(event.getBytes(StandardCharsets.US_ASCII)));
    return logs.stream()
        .filter(log -> !log.topics().isEmpty() && log.topics().getFirst().equals(topic))
        .toList();
  }

  /// Word `index` of a log's data.
  static UInt256 dataWord(Log log, int index) {
    return new ReturnData(log.data()).word(index).orElseThrow();
  }

  static Address account(int index) {
    return TransferChain.account(5_000 + index);
  }

  static BlsSecretKey key(int index) {
    return KEYS.computeIfAbsent(
        index, i -> BlsSecretKey.fromSeed(Keccak256.hash(Contracts.word(i)).toArray()));
  }

  private static final Map<Integer, BlsSecretKey> KEYS = new TreeMap<>();

  /// The whole supply: what accounts hold.
  BigInteger supply() {
    BigInteger sum = beginning.supply;
    for (var change : state.accountChanges()) {
      sum = sum.add(change.after().balance().wei().toBigInteger());
      sum = sum.subtract(change.before().balance().wei().toBigInteger());
    }
    return sum;
  }

  long epoch() {
    return (height - 1) / 100;
  }

  /// What contracts are told of the hash of an earlier block.
  static Hash blockHash(long height) {
    return Keccak256.hash(Contracts.word(1_000_000 + height));
  }

  /// Begins the block at `height`.
  void startBlock() {
    block =
        new BlockEnvironment(
            Fork.OSAKA,
            UInt256.of(7),
            account(0),
            height,
            timeMillis / 1_000,
            2_000_000_000,
            Keccak256.hash(Contracts.word(height)),
            Amount.ZERO,
            Amount.ZERO,
            EconomyWorld::blockHash);
    economy.startBlock(context(Optional.empty()), Amount.ZERO, calls());
  }

  /// The block before this one, as far as calls from outside look at it.
  BlockHeader head() {
    BlockHeader any =
        GenesisState.of(TransferChain.genesis(EXECUTION, List.of()), Workers.NONE).block().header();
    return new BlockHeader(
        any.parentHash(),
        account(0),
        any.stateRoot(),
        any.transactionsRoot(),
        any.receiptsRoot(),
        any.logsBloom(),
        height - 1,
        EXECUTION.balancedGasLimit(),
        0,
        timeMillis / 1_000,
        any.extraData(),
        any.mixHash(),
        any.baseFeePerGas(),
        any.withdrawalsRoot(),
        any.blobGasUsed(),
        any.excessBlobGas(),
        any.parentBeaconBlockRoot(),
        any.requestsHash());
  }

  void nextBlock() {
    height++;
    timeMillis += BLOCK_MILLIS;
    startBlock();
  }

  /// Lets active time pass without blocks: writes the clock.
  void passTime(long millis) {
    Address clock = EconomyContract.BEACON_HISTORY.address();
    UInt256 word = state.storage(clock, UInt256.ZERO);
    byte[] bytes = word.toArray();
    // From the lowest bit: timestamp 64, active 64, burned 128.
    long active = word.midLow() + millis;
    for (int i = 0; i < 8; i++) {
      bytes[16 + i] = (byte) (active >> (8 * (7 - i)));
    }
    state.setStorage(clock, UInt256.ZERO, UInt256.of(bytes, 0, UInt256.BYTES));
  }

  long activeMillis() {
    return state.storage(EconomyContract.BEACON_HISTORY.address(), UInt256.ZERO).midLow();
  }

  Outcome send(Address from, EconomyContract to, Amount value, CallData data) {
    return send(from, to.address(), value, data);
  }

  Outcome send(Address from, Address to, Amount value, CallData data) {
    return send(from, to, value, data.toBytes());
  }

  Outcome send(Address from, Address to, Amount value, Bytes input) {
    return send(from, Optional.of(to), value, input);
  }

  /// Creates a contract.
  Outcome create(Address from, Amount value, Bytes code) {
    return send(from, Optional.empty(), value, code);
  }

  private Outcome send(Address from, Optional<Address> to, Amount value, Bytes input) {
    var request =
        new DynamicFeeTransaction.Unsigned(
            UInt256.of(7), 0, Amount.ZERO, Amount.ZERO, GAS, to, value, input, List.of());
    TransactionOutcome outcome = machine.simulate(request, from, block, state);
    TransactionOutcome.Executed executed = (TransactionOutcome.Executed) outcome;
    return new Outcome(executed.result(), executed.logs(), executed.gasUsed());
  }

  /// A call that changes nothing.
  UInt256 read(EconomyContract contract, CallData data) {
    int before = state.snapshot();
    Outcome outcome = send(account(0), contract, Amount.ZERO, data);
    state.revertTo(before);
    if (!outcome.succeeded()) {
      throw new AssertionError(contract + ": " + outcome.result());
    }
    return outcome.word(0);
  }

  SystemCalls calls() {
    return new SystemCalls(machine.watchedBy(WATCH), block, state);
  }

  /// Ends the epoch: everybody in the set signed everything but `absent`.
  void endEpoch(List<Address> absent) {
    height = 100 * (epoch() + 1);
    timeMillis += BLOCK_MILLIS;
    startBlock();
    long ending = epoch();
    ValidatorSet set = setOf(ending);
    List<ValidatorReport> reports = new ArrayList<>();
    for (Validator validator : set.validators()) {
      reports.add(
          reported.apply(
              new ValidatorReport(
                  validator.account(),
                  validator.validatorClass(),
                  role,
                  validator.stake(),
                  100,
                  absent.contains(validator.account()) ? 0 : 95,
                  absent.contains(validator.account()) ? 0 : votesBrought,
                  absent.contains(validator.account())
                      ? 0
                      : votesBrought * validator.stake().units(),
                  3,
                  900)));
    }
    int away = absent.size() + awayBesides;
    EpochReport report =
        new EpochReport(
            ending,
            reports,
            new Absences(Math.max(reports.size(), away), away, absent),
            setOf(ending + 1).hash(),
            snapshot.parameters(),
            snapshot.workShareMillionths());
    Amount pot =
        new Amount(read(EconomyContract.SLASHING, CallData.of("pot()")))
            .plus(new Amount(read(EconomyContract.SLASHING, CallData.of("burning()"))));
    SystemCalls calls = calls();
    snapshot = economy.settle(report, context(Optional.of(report)), calls);
    settlementLogs = calls.logs();
    failed = calls.failed();
    WATCH.clear();
    settledAtMillis = activeMillis();
    // All that was slashed, or brought to be burned, is burned; what was settled is minted.
    burned = burned.plus(pot);
    for (Log log : logged(settlementLogs, "Slashed(address,uint256,uint64,uint256)")) {
      burned = burned.plus(new Amount(dataWord(log, 2)));
    }
    for (Log log : logged(settlementLogs, "Settled(uint64,uint256,uint256)")) {
      minted = minted.plus(new Amount(dataWord(log, 0))).plus(new Amount(dataWord(log, 1)));
    }
    sets.put(ending + 2, draw(snapshot));
    height++;
    timeMillis += BLOCK_MILLIS;
    startBlock();
  }

  /// Ends the epoch, and what the contracts then told.
  EpochSnapshot snapshotAfterEpoch(List<Address> absent) {
    endEpoch(absent);
    return snapshot;
  }

  /// The set of an epoch.
  ValidatorSet setOf(long epoch) {
    return Optional.ofNullable(sets.get(epoch)).orElseThrow();
  }

  /// All who may be drawn.
  private ValidatorSet draw(EpochSnapshot from) {
    List<Validator> members = new ArrayList<>();
    for (Candidate candidate : from.candidates()) {
      if (!candidate.isJailed()) {
        members.add(
            new Validator(
                candidate.account(),
                candidate.key(),
                candidate.validatorClass(),
                candidate.stake()));
      }
    }
    return members.isEmpty() ? setOf(epoch() + 1) : ValidatorSet.of(members);
  }

  private BlockContext context(Optional<EpochReport> report) {
    Hash setHash = sets.containsKey(epoch()) ? setOf(epoch()).hash() : Hash.ZERO;
    ConsensusExtension extension =
        new ConsensusExtension(
            ModeSetting.settled(Mode.BALANCED),
            Fallback.ON,
            Oversight.REQUIRED,
            epoch(),
            account(0),
            new Round(0),
            new BlsSignature(Bytes.wrap(new byte[BlsSignature.BYTES])),
            Hash.ZERO,
            setHash,
            Hash.ZERO,
            Hash.ZERO,
            timeMillis);
    return new BlockContext(
        new Height(height), Hash.ZERO, Hash.ZERO, Hash.ZERO, Optional.empty(), extension, report);
  }

  /// Two votes of a validator for two blocks of one height, with the set that it was in.
  Bytes evidence(int validator, long atHeight) {
    ValidatorSet set = setOf((atHeight - 1) / 100);
    Evidence evidence =
        new Evidence.Equivocation(vote(validator, atHeight, 1), vote(validator, atHeight, 2));
    RlpWriter writer = new RlpWriter().begin();
    evidence.writeTo(writer);
    set.writeTo(writer);
    return writer.end().toBytes();
  }

  static Vote vote(int validator, long atHeight, int block) {
    var ballot =
        new Ballot.Commit(
            new Height(atHeight),
            new Round(0),
            Mode.BALANCED,
            Hash.ZERO,
            Keccak256.hash(Bytes.of((byte) block)));
    return new Vote(ballot, account(validator), key(validator).sign(ballot.message(NETWORK)));
  }

  // Calls of the contracts

  Outcome register(int who, Amount stake, Address displaced) {
    Bytes proof = ProofOfPossession.prove(key(who), NETWORK, account(who).bytes()).bytes();
    return send(
        account(who),
        EconomyContract.STAKE_MANAGER,
        stake,
        CallData.of("register(bytes,bytes,uint16,uint16,address)")
            .bytes(key(who).publicKey().bytes())
            .bytes(proof)
            .number(500)
            .number(2_000)
            .address(displaced));
  }

  Outcome join(int who) {
    Bytes proof = ProofOfPossession.prove(key(who), NETWORK, account(who).bytes()).bytes();
    return send(
        account(who),
        EconomyContract.AUTHORITY_REGISTRY,
        Amount.aitbc(10_000),
        CallData.of("join(bytes,bytes,address,address,bytes32)")
            .bytes(key(who).publicKey().bytes())
            .bytes(proof)
            .address(account(who))
            .address(account(who))
            .hash(Hash.ZERO));
  }

  Outcome delegate(int who, int pool, Amount amount) {
    return send(
        account(who),
        EconomyContract.STAKE_MANAGER,
        amount,
        CallData.of("delegate(address)").address(account(pool)));
  }

  Outcome undelegate(int who, int pool, UInt256 shares) {
    return send(
        account(who),
        EconomyContract.STAKE_MANAGER,
        Amount.ZERO,
        CallData.of("undelegate(address,uint128)").address(account(pool)).number(shares));
  }

  Outcome redelegate(int who, int from, int to, UInt256 shares) {
    return send(
        account(who),
        EconomyContract.STAKE_MANAGER,
        Amount.ZERO,
        CallData.of("redelegate(address,address,uint128)")
            .address(account(from))
            .address(account(to))
            .number(shares));
  }

  Outcome lotCall(int who, String function, long lot) {
    return lotCall(EconomyContract.STAKE_MANAGER, who, function, lot);
  }

  Outcome lotCall(EconomyContract registry, int who, String function, long lot) {
    return send(
        account(who), registry, Amount.ZERO, CallData.of(function + "(uint256)").number(lot));
  }

  Outcome touch(int who, long lot) {
    return touch(EconomyContract.STAKE_MANAGER, who, lot);
  }

  Outcome touch(EconomyContract registry, int who, long lot) {
    return send(
        account(who),
        registry,
        Amount.ZERO,
        CallData.of("touch(uint256,uint256)").number(lot).number(100));
  }

  /// What a lot has that left its pool, as the contract tells it: what it owes is still in it.
  Amount lotAmount(EconomyContract registry, long lot) {
    int before = state.snapshot();
    CallData call = CallData.of("lotOf(uint256)").number(lot);
    Outcome outcome = send(account(0), registry, Amount.ZERO, call);
    state.revertTo(before);
    return new Amount(outcome.word(7));
  }

  Outcome convict(int reporter, int validator, long atHeight) {
    return send(
        account(reporter),
        EconomyContract.SLASHING,
        Amount.ZERO,
        CallData.of("report(bytes)").bytes(evidence(validator, atHeight)));
  }

  Amount tokens(EconomyContract registry, int pool) {
    return new Amount(read(registry, CallData.of("poolOf(address)").address(account(pool))));
  }

  UInt256 sharesOf(int pool, int owner) {
    return read(
        EconomyContract.STAKE_MANAGER,
        CallData.of("sharesOf(address,address)").address(account(pool)).address(account(owner)));
  }

  Amount balance(Address address) {
    return state.account(address).balance();
  }
}

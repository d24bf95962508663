// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.DerivedState;
import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.BlockExecutor;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.ExecutionResult;
import io.aitbc.execution.FeeParameters;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisEconomy;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Machines;
import io.aitbc.execution.Predeploys;
import io.aitbc.execution.SystemContracts;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Block;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Evidence;
import io.aitbc.model.Fork;
import io.aitbc.model.ForkSchedule;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionCodec;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorSet;
import io.aitbc.state.FinalState;
import io.aitbc.state.LayeredState;
import io.aitbc.state.MemoryState;
import io.aitbc.state.StateDiff;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// Execution as nodes run it: state, virtual machine, the economy's contracts. Of every block it
/// checks to the wei that balances changed by what was minted and burned.
final class RealExecution implements Execution {
  static final UInt256 CHAIN_ID = UInt256.of(1_337);

  /// Gas of a block in every mode.
  private static final long GAS_LIMIT = 17_000_000;

  private static final ExecutionParameters WITHOUT_FEES =
      execution(
          new FeeParameters(
              Amount.ZERO, Amount.ZERO, FeeParameters.DEFAULT.inertiaGas(), Address.ZERO, 0, 0));

  /// Gas of a transaction that calls or creates a contract.
  private static final long CALL_GAS = 4_000_000;

  private static final long TRANSFER_GAS = 21_000;

  /// Most wei that a millisecond may mint: 100 AITBC in two seconds, times 1.5 (Protocol §16.8).
  private static final BigInteger MINTED_PER_MILLI_MAX =
      BigInteger.valueOf(75_000_000_000_000_000L);

  /// What the first block counts for, whenever it comes (Protocol §16.2).
  private static final long FIRST_MILLIS = 4_000;

  /// Keys of purses and of those who bring evidence are far from the validators'.
  private static final int FIRST_PURSE = 1_000_000;

  private static final int REMEMBERED_MAX = 4_096;

  /// Diffs that may lie over a whole state: reading goes through all of them.
  private static final int LAYERS_MAX = 64;

  /// A state of the chain.
  ///
  /// @param header of the last block
  /// @param accounts after it
  /// @param step how the last block led to it; empty at genesis
  record State(BlockHeader header, FinalState accounts, Optional<Step> step)
      implements Execution.State {}

  /// What a block did.
  ///
  /// @param before the state before
  /// @param context what consensus told
  /// @param result what executing it gave
  /// @param minted wei that it minted
  /// @param burned wei that it burned: base fees, and what Slashing had at an epoch's end
  record Step(
      State before,
      BlockContext context,
      ExecutionResult result,
      BigInteger minted,
      BigInteger burned) {}

  private final Map<Address, Secp256k1SecretKey> keys = new TreeMap<>();
  private final Map<Integer, Address> purses = new TreeMap<>();
  private final Genesis start;
  private final GenesisState genesis;
  private final WatchedEconomy economy;
  private final BlockExecutor executor;
  private final Map<Hash, Optional<RecoveredTransaction>> recovered =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(
            Map.Entry<Hash, Optional<RecoveredTransaction>> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  /// The rooms of a network.
  ///
  /// @param start how it begins; the accounts of its candidates are those with the numbers from 0
  ///   on
  /// @param scheme checks validators' signatures
  RealExecution(Genesis start, SignatureScheme scheme) {
    this.start = start;
    genesis = GenesisState.of(start, Workers.NONE);
    for (int i = 0; i < start.snapshot().candidates().size(); i++) {
      keys.put(account(i), key(seed(i)));
    }
    economy = new WatchedEconomy(SystemContracts.of(start));
    executor =
        new BlockExecutor(
            start.execution(), economy, new Machines(genesis.hash(), Secp256k1.chosen(), scheme));
  }

  /// A network that is free of fees, so that whoever brings evidence needs no money.
  ///
  /// @param snapshot the first candidates and the parameters
  /// @param beganMillis when it begins
  static Genesis free(EpochSnapshot snapshot, long beganMillis) {
    return new Genesis(WITHOUT_FEES, snapshot, beganMillis, Amount.ZERO, accounts(snapshot));
  }

  /// The rules of execution with these fees.
  static ExecutionParameters execution(FeeParameters fees) {
    return new ExecutionParameters(
        CHAIN_ID, ForkSchedule.OSAKA_FROM_GENESIS, GAS_LIMIT, GAS_LIMIT, GAS_LIMIT, fees);
  }

  /// How the network begins.
  Genesis start() {
    return start;
  }

  private static List<Genesis.GenesisAccount> accounts(EpochSnapshot snapshot) {
    List<Genesis.GenesisAccount> accounts =
        new ArrayList<>(
            new GenesisEconomy(WITHOUT_FEES, snapshot, Map.of(), GenesisPreset.HYBRID.supply())
                .accounts());
    accounts.addAll(Predeploys.all());
    for (int i = 0; i < PURSES; i++) {
      accounts.add(Genesis.GenesisAccount.of(purse(i), Amount.aitbc(PURSE_START)));
    }
    accounts.sort(Comparator.comparing(Genesis.GenesisAccount::address));
    return accounts;
  }

  private static Secp256k1SecretKey key(Hash seed) {
    return Secp256k1SecretKey.fromSeed(seed.toArray());
  }

  private static Hash seed(int number) {
    return Keccak256.hash(Bytes.wrap(ByteBuffer.allocate(Integer.BYTES).putInt(number).array()));
  }

  /// The account with a number.
  static Address account(int number) {
    return Address.of(key(seed(number)).publicKey());
  }

  /// The account of a purse.
  static Address purse(int number) {
    return account(FIRST_PURSE + number);
  }

  @Override
  public Hash genesisHash() {
    return genesis.hash();
  }

  @Override
  public State genesis() {
    return new State(genesis.block().header(), genesis.inMemory(), Optional.empty());
  }

  @Override
  public Result execute(
      BlockContext context, Execution.State before, DerivedState derived, List<Bytes> entries) {
    State parent = (State) before;
    List<RecoveredTransaction> transactions = new ArrayList<>();
    entries.forEach(entry -> recovered(entry).ifPresent(transactions::add));
    economy.forget();
    ExecutionResult result =
        executor.execute(context, parent.header, transactions, parent.accounts, Workers.NONE);
    State after = after(parent, context, result);
    checkMoney(after.step.orElseThrow());
    checkContracts(context, after);
    return new Result(
        result.block().header(),
        result.block().transactions().stream().map(Transaction::encoded).toList(),
        result.blockHash(),
        result.block().encode(),
        after,
        result.facts(),
        List.of());
  }

  private State after(State parent, BlockContext context, ExecutionResult result) {
    BlockHeader header = result.block().header();
    Amount baseFees = header.baseFeePerGas().times(header.gasUsed());
    FeeParameters fees = start.execution().inForce(parent.accounts).fees();
    Amount burned = fees.shares(baseFees, Amount.ZERO).burned();
    Step step =
        new Step(
            parent,
            context,
            result,
            economy.minted(),
            economy.burned().add(burned.wei().toBigInteger()));
    FinalState layered = new LayeredState(parent.accounts, result.diff());
    boolean isHigh = context.height().number() % LAYERS_MAX == 0;
    return new State(header, isHigh ? whole(step) : layered, Optional.of(step));
  }

  /// The state after a step, made from that of genesis.
  private FinalState whole(Step last) {
    List<StateDiff> diffs = new ArrayList<>();
    for (Optional<Step> step = Optional.of(last); step.isPresent(); step = step.get().before.step) {
      diffs.add(step.get().result.diff());
    }
    MemoryState whole = genesis.inMemory();
    diffs.reversed().forEach(whole::apply);
    return whole;
  }

  /// Balances change by what is minted and burned, and only the end of an epoch mints, within a
  /// bound.
  private void checkMoney(Step step) {
    BlockContext context = step.context;
    BigInteger change = BigInteger.ZERO;
    for (StateDiff.AccountChange each : step.result.diff().accounts()) {
      change = change.add(each.after().balance().wei().toBigInteger());
      change = change.subtract(each.before().balance().wei().toBigInteger());
    }
    BigInteger most =
        context.epochReport().isEmpty()
            ? BigInteger.ZERO
            : MINTED_PER_MILLI_MAX.multiply(
                BigInteger.valueOf(
                    context.timestampMillis() - start.timestampMillis() + FIRST_MILLIS));
    if (!change.equals(step.minted.subtract(step.burned)) || step.minted.compareTo(most) > 0) {
      throw new Violation(
          Invariant.SUPPLY,
          "height %s: %s wei with %s minted and %s burned"
              .formatted(context.height(), change, step.minted, step.burned));
    }
  }

  /// The contract BeaconHistory notes no call that failed.
  private static void checkContracts(BlockContext context, State after) {
    UInt256 failures =
        after.accounts.storage(EconomyContract.BEACON_HISTORY.address(), UInt256.ONE);
    if (!failures.isZero()) {
      throw new Violation(
          Invariant.CONTRACTS_SETTLE, "height %s: %s".formatted(context.height(), failures));
    }
  }

  @Override
  public Decoded decode(Bytes encoding) throws MalformedException {
    Block block = Block.decode(encoding);
    return new Decoded(
        block.header(), block.transactions().stream().map(Transaction::encoded).toList());
  }

  @Override
  public boolean isEntry(Bytes encoding) {
    return recovered(encoding).isPresent();
  }

  /// The transaction, if it is one that a block may hold.
  private Optional<RecoveredTransaction> recovered(Bytes encoding) {
    return recovered.computeIfAbsent(
        Keccak256.hash(encoding),
        _ -> {
          try {
            return Optional.of(TransactionCodec.decode(encoding))
                .filter(
                    each -> start.execution().transactionRules().judge(each, Fork.OSAKA).isEmpty())
                .flatMap(each -> RecoveredTransaction.of(each, Secp256k1.chosen()));
          } catch (MalformedException malformed) {
            return Optional.empty();
          }
        });
  }

  @Override
  public boolean isFrom(Bytes encoding, int purse) {
    Address account = purses.computeIfAbsent(purse, RealExecution::purse);
    return recovered(encoding).filter(each -> each.sender().equals(account)).isPresent();
  }

  @Override
  public Bytes transfer(int from, int to, int amount, int nonce) {
    return signed(
        key(seed(FIRST_PURSE + from)),
        nonce,
        TRANSFER_GAS,
        Optional.of(purse(to)),
        Amount.aitbc(amount),
        Bytes.EMPTY);
  }

  @Override
  public Optional<Bytes> conviction(Evidence evidence, DerivedState derived) {
    Optional<ValidatorSet> set = derived.set(evidence.height());
    return set.map(signers -> {
      Bytes call = report(evidence, signers);
      // An account of its own, so that it is the first transaction of that account.
      return signed(
          key(Keccak256.hash(call)),
          0,
          CALL_GAS,
          Optional.of(EconomyContract.SLASHING.address()),
          Amount.ZERO,
          call);
    });
  }

  /// The call that brings evidence.
  ///
  /// @param set of its height
  static Bytes report(Evidence evidence, ValidatorSet set) {
    RlpWriter writer = new RlpWriter(4_096).begin();
    evidence.writeTo(writer);
    set.writeTo(writer);
    return CallData.of("report(bytes)").bytes(writer.end().toBytes()).toBytes();
  }

  @Override
  public Bytes ready(Execution.State now, Address candidate, long epoch) {
    FinalState accounts = ((State) now).accounts;
    boolean isAuthority =
        start.snapshot().candidates().stream()
            .filter(each -> each.account().equals(candidate))
            .anyMatch(each -> each.validatorClass().isAuthority());
    CallData call =
        isAuthority ? CallData.of("ready(address)").address(candidate) : CallData.of("ready()");
    EconomyContract registry =
        isAuthority ? EconomyContract.AUTHORITY_REGISTRY : EconomyContract.STAKE_MANAGER;
    return signed(
        Objects.requireNonNull(keys.get(candidate)),
        accounts.account(candidate).nonce(),
        CALL_GAS,
        Optional.of(registry.address()),
        Amount.ZERO,
        call.toBytes());
  }

  /// A transaction of the account with a number.
  ///
  /// @param recipient whom it calls; empty to create a contract
  Bytes transaction(int number, long nonce, Optional<Address> recipient, Amount value, Bytes data) {
    return signed(key(seed(number)), nonce, CALL_GAS, recipient, value, data);
  }

  /// Pays the dearest gas that there may be: nothing where it is free.
  private Bytes signed(
      Secp256k1SecretKey key,
      long nonce,
      long gasLimit,
      Optional<Address> recipient,
      Amount value,
      Bytes data) {
    Amount price = start.execution().fees().baseFeeMax();
    DynamicFeeTransaction.Unsigned unsigned =
        new DynamicFeeTransaction.Unsigned(
            CHAIN_ID, nonce, price, price, gasLimit, recipient, value, data, List.of());
    return unsigned
        .signedWith(key.sign(new AccountMessage.TransactionDigest(unsigned.signingHash())))
        .encoded();
  }
}

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

/// Execution as nodes run it: state, virtual machine, the economy's contracts. Everything is free
/// of fees, so that whoever brings evidence needs no money.
final class RealExecution implements Execution {
  private static final UInt256 CHAIN_ID = UInt256.of(1_337);

  /// Gas of a block in every mode.
  private static final long GAS_LIMIT = 17_000_000;

  private static final ExecutionParameters WITHOUT_FEES =
      new ExecutionParameters(
          CHAIN_ID,
          ForkSchedule.OSAKA_FROM_GENESIS,
          GAS_LIMIT,
          GAS_LIMIT,
          GAS_LIMIT,
          new FeeParameters(
              Amount.ZERO, Amount.ZERO, FeeParameters.DEFAULT.inertiaGas(), Address.ZERO, 0, 0));

  /// Gas of a transaction that calls a contract.
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

  /// A state of the chain.
  ///
  /// @param header of the last block
  /// @param accounts after it
  record State(BlockHeader header, FinalState accounts) implements Execution.State {}

  private final long beganMillis;
  private final Map<Address, Secp256k1SecretKey> keys = new TreeMap<>();
  private final Genesis start;
  private final GenesisState genesis;
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
  /// @param snapshot the first candidates and the parameters
  /// @param beganMillis when it begins
  /// @param scheme checks validators' signatures
  RealExecution(EpochSnapshot snapshot, long beganMillis, SignatureScheme scheme) {
    this.beganMillis = beganMillis;
    start = new Genesis(WITHOUT_FEES, snapshot, beganMillis, Amount.ZERO, accounts(snapshot));
    genesis = GenesisState.of(start, Workers.NONE);
    for (int i = 0; i < snapshot.candidates().size(); i++) {
      keys.put(account(i), key(seed(i)));
    }
    executor =
        new BlockExecutor(
            start.execution(),
            SystemContracts.of(start),
            new Machines(genesis.hash(), Secp256k1.chosen(), scheme));
  }

  private static List<Genesis.GenesisAccount> accounts(EpochSnapshot snapshot) {
    List<Genesis.GenesisAccount> accounts =
        new ArrayList<>(
            new GenesisEconomy(WITHOUT_FEES, snapshot, Map.of(), GenesisPreset.HYBRID.supply())
                .accounts());
    accounts.addAll(Predeploys.all());
    for (int i = 0; i < PURSES; i++) {
      accounts.add(Genesis.GenesisAccount.of(account(FIRST_PURSE + i), Amount.aitbc(PURSE_START)));
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

  @Override
  public Hash genesisHash() {
    return genesis.hash();
  }

  @Override
  public State genesis() {
    return new State(genesis.block().header(), genesis.inMemory());
  }

  @Override
  public Result execute(
      BlockContext context, Execution.State before, DerivedState derived, List<Bytes> entries) {
    State parent = (State) before;
    List<RecoveredTransaction> transactions = new ArrayList<>();
    entries.forEach(entry -> recovered(entry).ifPresent(transactions::add));
    ExecutionResult result =
        executor.execute(context, parent.header, transactions, parent.accounts, Workers.NONE);
    checkMoney(context, result.diff());
    State after =
        new State(result.block().header(), new LayeredState(parent.accounts, result.diff()));
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

  /// Only the end of an epoch makes money, within a bound, and nothing else changes the sum.
  private void checkMoney(BlockContext context, StateDiff diff) {
    BigInteger change = BigInteger.ZERO;
    for (StateDiff.AccountChange each : diff.accounts()) {
      change = change.add(each.after().balance().wei().toBigInteger());
      change = change.subtract(each.before().balance().wei().toBigInteger());
    }
    BigInteger most =
        context.epochReport().isEmpty()
            ? BigInteger.ZERO
            : MINTED_PER_MILLI_MAX.multiply(
                BigInteger.valueOf(context.timestampMillis() - beganMillis + FIRST_MILLIS));
    boolean isLess = context.epochReport().isEmpty() && change.signum() < 0;
    if (isLess || change.compareTo(most) > 0) {
      throw new Violation(
          Invariant.SUPPLY, "height %s: %s wei".formatted(context.height(), change));
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
  public Bytes transfer(int from, int to, int amount, int nonce) {
    return signed(
        key(seed(FIRST_PURSE + from)),
        nonce,
        TRANSFER_GAS,
        account(FIRST_PURSE + to),
        Amount.aitbc(amount),
        Bytes.EMPTY);
  }

  @Override
  public Optional<Bytes> conviction(Evidence evidence, DerivedState derived) {
    Optional<ValidatorSet> set = derived.set(evidence.height());
    return set.map(signers -> {
      RlpWriter writer = new RlpWriter(4_096).begin();
      evidence.writeTo(writer);
      signers.writeTo(writer);
      Bytes proof = writer.end().toBytes();
      // An account of its own, so that it is the first transaction of that account.
      return signed(
          key(Keccak256.hash(proof)),
          0,
          CALL_GAS,
          EconomyContract.SLASHING.address(),
          Amount.ZERO,
          CallData.of("report(bytes)").bytes(proof).toBytes());
    });
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
        registry.address(),
        Amount.ZERO,
        call.toBytes());
  }

  private static Bytes signed(
      Secp256k1SecretKey key,
      long nonce,
      long gasLimit,
      Address recipient,
      Amount value,
      Bytes data) {
    DynamicFeeTransaction.Unsigned unsigned =
        new DynamicFeeTransaction.Unsigned(
            CHAIN_ID,
            nonce,
            Amount.ZERO,
            Amount.ZERO,
            gasLimit,
            Optional.of(recipient),
            value,
            data,
            List.of());
    return unsigned
        .signedWith(key.sign(new AccountMessage.TransactionDigest(unsigned.signingHash())))
        .encoded();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.CallData;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.execution.GenesisState;
import io.aitbc.execution.Machines;
import io.aitbc.execution.SystemCalls;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.state.Overlay;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/// The chain's own contracts on its own machine, in virtual time: a genesis of the preset `dev`,
/// blocks with beacons that are given, calls that cost no fee. No network, no disk, no consensus.
/// Belongs to one thread.
final class VirtualChain {
  /// The chain id.
  static final UInt256 CHAIN_ID = UInt256.of(7_000);

  /// Blocks of an epoch.
  static final int EPOCH_BLOCKS = 100;

  /// Time from block to block in BALANCED.
  static final long BLOCK_MILLIS = 500;

  private static final long BEGIN_MILLIS = 1_700_000_000_000L;
  private static final long GAS = 15_000_000;
  private static final long BASE_FEE = 1_000_000_000;
  private static final Amount PURSE = Amount.aitbc(20_000);
  private static final Address PROPOSER = address(1_000);

  private final Evm machine;
  private final Overlay state;
  private final Address asking = address(1);
  private long height;
  private long millis = BEGIN_MILLIS;
  private Hash beacon = Hash.ZERO;

  /// A point of time to come back to.
  record Mark(int snapshot, long height, long millis, Hash beacon) {}

  /// A chain at its genesis.
  ///
  /// @param accounts how many there are, from {@link #address} 1 on, each with 20,000 AITBC
  VirtualChain(int accounts) {
    Candidate validator =
        new Candidate(
            PROPOSER,
            BlsSecretKey.fromSeed(new byte[32]).publicKey(),
            ValidatorClass.BOTH,
            VotingPower.of(Amount.aitbc(20_000)),
            Candidate.Standing.ACTIVE,
            0,
            OptionalLong.empty());
    List<Genesis.GenesisAccount> all =
        IntStream.rangeClosed(1, accounts)
            .mapToObj(number -> Genesis.GenesisAccount.of(address(number), PURSE))
            .toList();
    Genesis genesis =
        GenesisPreset.DEV
            .rules(CHAIN_ID)
            .genesis(BEGIN_MILLIS, Amount.wei(BASE_FEE), List.of(validator), all);
    GenesisState begun = GenesisState.of(genesis, Workers.NONE);
    machine = new Machines(begun.hash(), Secp256k1.chosen(), new BlsScheme()).another();
    state = new Overlay(begun.inMemory());
  }

  /// An account by its number.
  static Address address(int number) {
    return Address.fromHex("%040x".formatted(0xa1_0000 + number));
  }

  /// Height of the block that is being made.
  long height() {
    return height;
  }

  /// Begins the next block, half a second later.
  void nextBlock(Hash itsBeacon) {
    nextBlock(itsBeacon, BLOCK_MILLIS);
  }

  /// Begins the next block.
  ///
  /// @param afterMillis time since the last one
  void nextBlock(Hash itsBeacon, long afterMillis) {
    height++;
    millis += afterMillis;
    beacon = itsBeacon;
    var started =
        machine.systemCall(
            SystemCalls.CALLER,
            EconomyContract.BEACON_HISTORY.address(),
            CallData.of("startBlock(uint64,uint128)").number(millis).amount(Amount.ZERO).toBytes(),
            SystemCalls.BLOCK_CALL_GAS,
            block(),
            state);
    if (!(started.result() instanceof CallResult.Success)) {
      throw new IllegalStateException("no block begins: " + started.result());
    }
  }

  private BlockEnvironment block() {
    return new BlockEnvironment(
        Fork.OSAKA,
        CHAIN_ID,
        PROPOSER,
        height,
        millis / 1_000,
        BASE_FEE,
        beacon,
        Amount.ZERO,
        Amount.ZERO,
        _ -> Hash.ZERO);
  }

  /// Calls a contract in the block.
  ///
  /// @throws IllegalStateException if the sender has not the money that goes along
  CallResult send(Address from, EconomyCall call) {
    var request =
        new DynamicFeeTransaction.Unsigned(
            CHAIN_ID,
            0,
            Amount.ZERO,
            Amount.ZERO,
            GAS,
            Optional.of(call.contract().address()),
            call.money(),
            call.input(),
            List.of());
    if (machine.simulate(request, from, block(), state)
        instanceof TransactionOutcome.Executed executed) {
      return executed.result();
    }
    throw new IllegalStateException(from + " cannot pay " + call.money());
  }

  /// Whether a contract takes a call; if not, nothing has changed.
  boolean takes(Address from, EconomyCall call) {
    return send(from, call) instanceof CallResult.Success;
  }

  /// Calls a contract that must take it.
  ///
  /// @throws IllegalStateException if it refuses
  void require(Address from, EconomyCall call) {
    CallResult result = send(from, call);
    if (!(result instanceof CallResult.Success)) {
      throw new IllegalStateException(call.contract() + " refuses: " + result.output().toHex());
    }
  }

  /// What a contract answers now.
  <T> Optional<T> read(ContractRead<T> read) {
    int before = state.snapshot();
    CallResult result = send(asking, new EconomyCall(read.contract(), Amount.ZERO, read.input()));
    state.revertTo(before);
    return result instanceof CallResult.Success ? read.answer(result.output()) : Optional.empty();
  }

  /// What an account has.
  Amount balance(Address account) {
    return state.account(account).balance();
  }

  /// What all accounts together have more than at the genesis, wei.
  BigInteger grown() {
    BigInteger sum = BigInteger.ZERO;
    for (var change : state.accountChanges()) {
      sum = sum.add(change.after().balance().wei().toBigInteger());
      sum = sum.subtract(change.before().balance().wei().toBigInteger());
    }
    return sum;
  }

  /// Now.
  Mark mark() {
    return new Mark(state.snapshot(), height, millis, beacon);
  }

  /// Comes back to a point of time.
  void revertTo(Mark mark) {
    state.revertTo(mark.snapshot);
    height = mark.height;
    millis = mark.millis;
    beacon = mark.beacon;
  }
}

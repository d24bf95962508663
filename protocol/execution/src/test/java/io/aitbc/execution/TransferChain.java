// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockContext;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.DynamicFeeTransaction;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fallback;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Oversight;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Round;
import io.aitbc.model.TransactionSignature;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.VotingPower;
import io.aitbc.state.MemoryState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A chain of accounts that send each other money, for tests.
final class TransferChain {
  static final UInt256 CHAIN_ID = UInt256.of(7);
  static final Amount START = Amount.aitbc(1_000);
  static final Amount BASE_FEE = Amount.wei(1_000);
  static final Amount FEE_CAP = Amount.wei(5_000);
  static final Address MAKER = account(900);
  static final Address TREASURY = account(901);
  static final EpochSnapshot SNAPSHOT =
      new EpochSnapshot(List.of(), ConsensusParameters.DEFAULT, 0);

  final ExecutionParameters parameters;
  final GenesisState genesis;
  final MemoryState state;
  final Machines machines;
  BlockHeader parent;

  TransferChain(int accounts, ExecutionParameters parameters) {
    this(accounts, parameters, List.of());
  }

  /// A chain that also has `contracts` in its genesis.
  TransferChain(
      int accounts, ExecutionParameters parameters, List<Genesis.GenesisAccount> contracts) {
    this.parameters = parameters;
    List<Genesis.GenesisAccount> allocation = new ArrayList<>(contracts);
    for (int i = 0; i < accounts; i++) {
      allocation.add(Genesis.GenesisAccount.of(account(i), START));
    }
    allocation.sort((a, b) -> a.address().compareTo(b.address()));
    genesis = GenesisState.of(genesis(parameters, allocation), Workers.NONE);
    state = genesis.inMemory();
    machines = new Machines(genesis.hash(), Secp256k1.chosen(), new BlsScheme());
    parent = genesis.block().header();
  }

  /// Half of the base fees burned, a tenth for the treasury, the rest for the maker.
  static ExecutionParameters parameters() {
    ExecutionParameters usual = ExecutionParameters.of(CHAIN_ID);
    FeeParameters fees = usual.fees();
    return new ExecutionParameters(
        CHAIN_ID,
        usual.forks(),
        usual.fastGasLimit(),
        usual.balancedGasLimit(),
        usual.secureGasLimit(),
        new FeeParameters(
            fees.baseFeeMin(), fees.baseFeeMax(), fees.inertiaGas(), TREASURY, 100_000, 400_000));
  }

  static ExecutionParameters withGasLimit(long gasLimit) {
    ExecutionParameters usual = parameters();
    return new ExecutionParameters(
        CHAIN_ID, usual.forks(), gasLimit, gasLimit, gasLimit, usual.fees());
  }

  static Genesis genesis(ExecutionParameters parameters, List<Genesis.GenesisAccount> allocation) {
    return new Genesis(
        parameters, snapshot(1, ConsensusParameters.DEFAULT), 1_000_000, BASE_FEE, allocation);
  }

  /// One authority, whose key depends on `seed`.
  static EpochSnapshot snapshot(int seed, ConsensusParameters consensus) {
    byte[] key = new byte[BlsPublicKey.BYTES];
    key[0] = (byte) seed;
    return new EpochSnapshot(
        List.of(
            new Candidate(
                MAKER,
                new BlsPublicKey(Bytes.of(key)),
                ValidatorClass.AUTHORITY,
                VotingPower.ZERO,
                Candidate.Standing.ACTIVE,
                0,
                OptionalLong.empty())),
        consensus,
        0);
  }

  static Address account(int index) {
    byte[] hash = Keccak256.hash(Bytes.of((byte) index, (byte) (index >> 8))).toArray();
    return new Address(Bytes.of(hash, 0, Address.BYTES));
  }

  /// A transfer with a tip of 10 wei per unit of gas.
  static RecoveredTransaction transfer(int from, long nonce, int to, Amount value) {
    return transaction(from, nonce, Optional.of(account(to)), value, FEE_CAP, 21_000, CHAIN_ID);
  }

  static RecoveredTransaction transaction(
      int from,
      long nonce,
      Optional<Address> to,
      Amount value,
      Amount feeCap,
      long gasLimit,
      UInt256 chainId) {
    return transaction(from, nonce, to, value, feeCap, gasLimit, chainId, Bytes.EMPTY);
  }

  /// A call of `to`, or a creation, with this input.
  static RecoveredTransaction call(
      int from, long nonce, Optional<Address> to, Amount value, Bytes data) {
    return transaction(from, nonce, to, value, FEE_CAP, 200_000, CHAIN_ID, data);
  }

  static RecoveredTransaction transaction(
      int from,
      long nonce,
      Optional<Address> to,
      Amount value,
      Amount feeCap,
      long gasLimit,
      UInt256 chainId,
      Bytes data) {
    var unsigned =
        new DynamicFeeTransaction.Unsigned(
            chainId,
            nonce,
            Amount.wei(10).min(feeCap),
            feeCap,
            gasLimit,
            to,
            value,
            data,
            List.of());
    return new RecoveredTransaction(
        unsigned.signedWith(new TransactionSignature(UInt256.ONE, UInt256.ONE, 0)), account(from));
  }

  BlockContext context(Optional<EpochReport> report) {
    byte[] proof = new byte[BlsSignature.BYTES];
    ConsensusExtension extension =
        new ConsensusExtension(
            ModeSetting.settled(Mode.BALANCED),
            Fallback.ON,
            Oversight.REQUIRED,
            0,
            MAKER,
            new Round(0),
            new BlsSignature(Bytes.of(proof)),
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            Hash.ZERO,
            parent.timestampSeconds() * 1_000 + 999);
    return new BlockContext(
        new Height(parent.number() + 1),
        parent.hash(),
        Hash.ZERO,
        Keccak256.hash(Bytes.of((byte) parent.number())),
        Optional.empty(),
        extension,
        report);
  }

  BlockExecutor executor() {
    return new BlockExecutor(parameters, SystemContracts.fixed(SNAPSHOT), machines);
  }

  ExecutionResult execute(List<RecoveredTransaction> transactions, Workers workers) {
    return executor().execute(context(Optional.empty()), parent, transactions, state, workers);
  }

  ExecutionResult execute(RecoveredTransaction... transactions) {
    return execute(List.of(transactions), Workers.NONE);
  }

  /// Makes the block the new head.
  void commit(ExecutionResult result) {
    state.apply(result.diff());
    parent = result.block().header();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.attestation.TrustPolicy;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.CodeCache;
import io.aitbc.evm.Evm;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// The economy's contracts as accounts of a genesis: their code, and the storage that their
/// `initialize` functions make of the first candidates and parameters. Protocol §16.1.
public final class GenesisEconomy {
  /// Where a proxy keeps the address of its implementation (ERC-1967).
  static final UInt256 IMPLEMENTATION_SLOT =
      UInt256.parse("0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc");

  /// The policy of a production network that trusts no hardware until governance says which.
  public static final Bytes FOR_PRODUCTION = policy(true);

  /// The same of a network for trials, where governance may name development roots.
  public static final Bytes FOR_TRIALS = policy(false);

  private static final long ANCHOR_BLOCKS = 256;

  /// Of all calls: most go through code that others went through.
  private final Evm machine =
      new Evm(
          Secp256k1.chosen(),
          _ -> ChainPrecompiles.GENESIS,
          new CodeCache(CodeCache.CODE_BYTES_DEFAULT));

  private final ExecutionParameters execution;
  private final EpochSnapshot snapshot;
  private final Amount supply;
  private final Map<EconomyParameter, UInt256> parameters;
  private final Bytes attestation;

  /// An economy of a production network that trusts no hardware yet.
  public GenesisEconomy(
      ExecutionParameters execution,
      EpochSnapshot snapshot,
      Map<EconomyParameter, UInt256> changed,
      Amount supply) {
    this(execution, snapshot, changed, supply, FOR_PRODUCTION);
  }

  /// An economy.
  ///
  /// @param execution gas limits and fees
  /// @param snapshot the first candidates, with their stake, and the parameters of consensus
  /// @param changed parameters of the economy that are not the standard
  /// @param supply all money of the genesis, bonds and stakes included
  /// @param attestation the first policy for evidence of trusted hardware (§18.6)
  public GenesisEconomy(
      ExecutionParameters execution,
      EpochSnapshot snapshot,
      Map<EconomyParameter, UInt256> changed,
      Amount supply,
      Bytes attestation) {
    this.execution = execution;
    this.snapshot = snapshot;
    this.supply = supply;
    this.attestation = attestation;
    parameters = new EnumMap<>(EconomyParameter.class);
    parameters.putAll(changed);
  }

  /// The accounts, ascending by address. Bonds and stakes of the candidates are among their
  /// balances: money beside that of the genesis's other accounts.
  public List<Genesis.GenesisAccount> accounts() {
    MemoryState nothing = new MemoryState();
    Overlay state = new Overlay(nothing);
    place(state);
    initialize(state);
    Map<Address, TreeMap<UInt256, UInt256>> storage = new TreeMap<>();
    state
        .storageChanges()
        .forEach(change ->
            storage
                .computeIfAbsent(change.address(), _ -> new TreeMap<>())
                .put(change.key(), change.after()));
    return state.accountChanges().stream()
        .map(change ->
            new Genesis.GenesisAccount(
                change.address(),
                change.after().balance(),
                change.after().nonce(),
                state.codeAt(change.address()),
                storage.getOrDefault(change.address(), new TreeMap<>())))
        .toList();
  }

  private static void place(Overlay state) {
    for (EconomyContract contract : EconomyContract.values()) {
      Bytes code = Artifacts.code(contract.artifact());
      state.setNonce(contract.address(), 1);
      if (contract.isUpgradeable()) {
        state.setNonce(contract.implementation(), 1);
        var _ = state.setCode(contract.implementation(), code);
        var _ = state.setCode(contract.address(), Artifacts.code("SystemProxy"));
        Bytes implementation = contract.implementation().bytes();
        state.setStorage(
            contract.address(),
            IMPLEMENTATION_SLOT,
            UInt256.of(implementation.toArray(), 0, Address.BYTES));
      } else {
        var _ = state.setCode(contract.address(), code);
      }
    }
  }

  private void initialize(Overlay state) {
    List<UInt256> words =
        EconomyParameter.words(
            new ParameterWords(snapshot.parameters(), snapshot.workShareMillionths()),
            parameters,
            execution);
    call(
        state,
        EconomyContract.PARAMS,
        CallData.of("initialize(uint256[],uint256)").numbers(words).amount(supply));
    for (int epoch = 0; epoch < 3; epoch++) { // The one before, this one, the next one.
      call(state, EconomyContract.BEACON_HISTORY, BlockRules.turn(execution));
    }
    call(
        state,
        EconomyContract.COLLATERAL_REGISTRY,
        CallData.of("initialize(bytes)").bytes(attestation));
    List<Candidate> all = snapshot.candidates();
    call(
        state,
        EconomyContract.SLASHING,
        CallData.of("initialize(address[],bytes32[])")
            .addresses(all.stream().map(Candidate::account).toList())
            .numbers(
                all.stream().map(each -> UInt256.of(Keccak256.hash(each.key().bytes()))).toList()));
    UInt256 bond =
        parameters.getOrDefault(
            EconomyParameter.AUTHORITY_BOND, EconomyParameter.AUTHORITY_BOND.standard());
    List<Candidate> authorities =
        all.stream().filter(each -> each.validatorClass().isAuthority()).toList();
    join(
        state,
        EconomyContract.AUTHORITY_REGISTRY,
        authorities,
        authorities.stream().map(_ -> bond).toList());
    List<Candidate> stakers =
        all.stream().filter(each -> each.validatorClass().isStaker()).toList();
    join(
        state,
        EconomyContract.STAKE_MANAGER,
        stakers,
        stakers.stream()
            .map(each -> UInt256.of(each.stake().units()).times(UInt256.of(1_000_000_000_000L)))
            .toList());
  }

  private static Bytes policy(boolean production) {
    return new TrustPolicy(
            production,
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            new TreeSet<>(),
            0,
            new TreeMap<>(),
            0,
            true,
            List.of(),
            List.of(),
            List.of(),
            new TreeSet<>(),
            new TreeSet<>(),
            ANCHOR_BLOCKS,
            Hash.ZERO)
        .encoded();
  }

  private void join(
      Overlay state, EconomyContract registry, List<Candidate> candidates, List<UInt256> amounts) {
    amounts.forEach(amount -> state.credit(registry.address(), new Amount(amount)));
    call(
        state,
        registry,
        CallData.of("initialize(address[],bytes32[],bytes32[],uint256[])")
            .addresses(candidates.stream().map(Candidate::account).toList())
            .numbers(candidates.stream().map(each -> keyWord(each, 0)).toList())
            .numbers(candidates.stream().map(each -> keyWord(each, UInt256.BYTES)).toList())
            .numbers(amounts));
  }

  private static UInt256 keyWord(Candidate candidate, int from) {
    byte[] word = new byte[UInt256.BYTES];
    Bytes key = candidate.key().bytes();
    int length = Math.min(UInt256.BYTES, key.length() - from);
    key.copyTo(from, word, 0, length);
    return UInt256.of(word, 0, UInt256.BYTES);
  }

  private void call(Overlay state, EconomyContract contract, CallData data) {
    call(state, contract, data.toBytes());
  }

  /// @throws IllegalArgumentException if the contract refuses: the genesis is not valid
  private void call(Overlay state, EconomyContract contract, Bytes data) {
    Evm.SystemCallOutcome outcome =
        machine.systemCall(
            SystemCalls.CALLER,
            contract.address(),
            data,
            Long.MAX_VALUE / 2,
            BEFORE_GENESIS,
            state);
    if (!(outcome.result() instanceof CallResult.Success)) {
      throw new IllegalArgumentException(contract + " refuses: " + outcome.result());
    }
  }

  private static final BlockEnvironment BEFORE_GENESIS =
      new BlockEnvironment(
          Fork.OSAKA,
          UInt256.ZERO,
          new Address(Bytes.wrap(new byte[Address.BYTES])),
          0,
          0,
          1L << 50,
          Hash.ZERO,
          Amount.ZERO,
          Amount.ZERO,
          _ -> Hash.ZERO);
}

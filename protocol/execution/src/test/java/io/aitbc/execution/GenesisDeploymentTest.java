// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.aitbc.model.Fork;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Deploys every contract by its constructor where a genesis places it, so that contracts which
/// call each other while they begin (StakeManager calls Rewards) are compared too.
class GenesisDeploymentTest { // Protocol §16.1
  private static final long GAS = 1L << 50;

  private static final BlockEnvironment BLOCK =
      new BlockEnvironment(
          Fork.OSAKA,
          UInt256.ZERO,
          Address.ZERO,
          0,
          0,
          GAS,
          Hash.ZERO,
          Amount.ZERO,
          Amount.ZERO,
          _ -> Hash.ZERO);

  private static final Evm MACHINE =
      new Evm(
          Secp256k1.chosen(),
          _ -> ChainPrecompiles.GENESIS,
          new CodeCache(CodeCache.CODE_BYTES_DEFAULT));

  private final EconomyWorld world = new EconomyWorld(3, 4, 1);
  private final Overlay deployed = new Overlay(new MemoryState());

  @Test // Protocol §16.1 rule 2.
  void aGenesisPlacesTheCodeAndStorageThatConstructorsLeave() {
    for (EconomyContract contract : EconomyContract.values()) {
      if (contract.isUpgradeable()) {
        construct(contract.implementation(), Artifacts.creationCode(contract.artifact()));
        // Contracts look at each other while they begin: none may be missing by then.
        var _ = deployed.setCode(contract.address(), Artifacts.code("SystemProxy"));
        deployed.setStorage(
            contract.address(), GenesisEconomy.IMPLEMENTATION_SLOT, implementation(contract));
      } else {
        construct(contract.address(), Artifacts.creationCode(contract.artifact()));
      }
    }
    for (EconomyContract begun :
        List.of(
            EconomyContract.GOVERNOR,
            EconomyContract.TIMELOCK,
            EconomyContract.FEE_SPLITTER,
            EconomyContract.TREASURY,
            EconomyContract.REWARDS,
            EconomyContract.SERVICE_REGISTRY,
            EconomyContract.MODEL_REGISTRY,
            EconomyContract.JOB_MARKET,
            EconomyContract.WORK_LEDGER,
            EconomyContract.EVALUATOR_COMMITTEE,
            EconomyContract.RUNTIME_REGISTRY,
            EconomyContract.DISPUTES,
            EconomyContract.JURIES)) {
      proxy(begun, CallData.of("proxiableUUID()"));
    }
    deployWithCandidates();

    Map<Address, Map<UInt256, UInt256>> storage = new TreeMap<>();
    deployed
        .storageChanges()
        .forEach(change ->
            storage
                .computeIfAbsent(change.address(), _ -> new TreeMap<>())
                .put(change.key(), change.after()));
    List<Genesis.GenesisAccount> placed =
        new GenesisEconomy(
                EconomyWorld.EXECUTION,
                world.snapshot,
                new EnumMap<>(EconomyParameter.class),
                EconomyWorld.SUPPLY)
            .accounts();
    for (Genesis.GenesisAccount account : placed) {
      Address address = account.address();
      assertEquals(account.code(), deployed.codeAt(address), address.toString());
      assertEquals(
          account.storage(), storage.getOrDefault(address, new TreeMap<>()), address.toString());
    }
    for (EconomyContract contract :
        List.of(EconomyContract.STAKE_MANAGER, EconomyContract.REWARDS)) {
      assertTrue(
          storage.getOrDefault(contract.address(), new TreeMap<>()).size() > 4, contract.name());
    }
    assertEquals(storage.size(), placed.stream().filter(each -> !each.storage().isEmpty()).count());
  }

  private void deployWithCandidates() {
    List<UInt256> words =
        EconomyParameter.words(
            new ParameterWords(world.snapshot.parameters(), 0),
            new EnumMap<>(EconomyParameter.class),
            EconomyWorld.EXECUTION);
    proxy(
        EconomyContract.PARAMS,
        CallData.of("initialize(uint256[],uint256)").numbers(words).amount(EconomyWorld.SUPPLY));
    SystemCalls calls = new SystemCalls(MACHINE, BLOCK, deployed);
    for (int epoch = 0; epoch < 3; epoch++) {
      Economy.turn(calls, EconomyWorld.EXECUTION);
    }
    proxy(
        EconomyContract.COLLATERAL_REGISTRY,
        CallData.of("initialize(bytes)").bytes(GenesisEconomy.FOR_PRODUCTION));
    List<Candidate> all = world.snapshot.candidates();
    proxy(
        EconomyContract.SLASHING,
        CallData.of("initialize(address[],bytes32[])")
            .addresses(all.stream().map(Candidate::account).toList())
            .numbers(all.stream().map(c -> UInt256.of(Keccak256.hash(c.key().bytes()))).toList()));
    List<Candidate> authorities =
        all.stream().filter(c -> c.validatorClass().isAuthority()).toList();
    proxy(
        EconomyContract.AUTHORITY_REGISTRY,
        registry(authorities, authorities.stream().map(_ -> Amount.aitbc(10_000).wei()).toList()));
    List<Candidate> stakers = all.stream().filter(c -> c.validatorClass().isStaker()).toList();
    proxy(
        EconomyContract.STAKE_MANAGER,
        registry(
            stakers,
            stakers.stream()
                .map(c -> Amount.wei(1_000_000_000_000L).times(c.stake().units()).wei())
                .toList()));
  }

  private static CallData registry(List<Candidate> candidates, List<UInt256> amounts) {
    return CallData.of("initialize(address[],bytes32[],bytes32[],uint256[])")
        .addresses(candidates.stream().map(Candidate::account).toList())
        .numbers(candidates.stream().map(c -> word(c, 0)).toList())
        .numbers(candidates.stream().map(c -> word(c, UInt256.BYTES)).toList())
        .numbers(amounts);
  }

  private static UInt256 word(Candidate candidate, int from) {
    byte[] word = new byte[UInt256.BYTES];
    Bytes key = candidate.key().bytes();
    key.copyTo(from, word, 0, Math.min(UInt256.BYTES, key.length() - from));
    return UInt256.of(word, 0, UInt256.BYTES);
  }

  private void proxy(EconomyContract contract, CallData initialize) {
    byte[] creation = Artifacts.creationCode("SystemProxy").toArray();
    Bytes arguments =
        CallData.ofConstructor()
            .address(contract.implementation())
            .bytes(initialize.toBytes())
            .toBytes();
    byte[] whole = new byte[creation.length + arguments.length()];
    System.arraycopy(creation, 0, whole, 0, creation.length);
    arguments.copyTo(whole, creation.length);
    deployed.setStorage(contract.address(), GenesisEconomy.IMPLEMENTATION_SLOT, UInt256.ZERO);
    construct(contract.address(), Bytes.wrap(whole));
  }

  private static UInt256 implementation(EconomyContract contract) {
    return UInt256.of(contract.implementation().bytes().toArray(), 0, Address.BYTES);
  }

  /// Runs creation code at `address` in the chain's name, as CREATE would, and leaves what it
  /// returns as code.
  private void construct(Address address, Bytes creation) {
    deployed.setNonce(address, 1);
    var _ = deployed.setCode(address, creation);
    CallResult result =
        MACHINE.systemCall(SystemCalls.CALLER, address, Bytes.EMPTY, GAS, BLOCK, deployed).result();
    if (!(result instanceof CallResult.Success success)) {
      throw new AssertionError(address + ": " + result);
    }
    var _ = deployed.setCode(address, success.output());
  }
}

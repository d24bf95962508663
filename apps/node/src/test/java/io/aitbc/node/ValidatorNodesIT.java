// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.Hash;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.Evm;
import io.aitbc.execution.BlockEnvironments;
import io.aitbc.execution.CallData;
import io.aitbc.execution.Calls;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Genesis;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.network.PeerId;
import io.aitbc.state.Overlay;
import io.aitbc.storage.Head;
import io.aitbc.storage.Retention;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidatorNodesIT { // Protocol §15.4, §16.5
  private static final PeerId BY_GENESIS = PeerId.fromHex("17".repeat(Hash.BYTES));
  private static final PeerId BY_ITSELF = PeerId.fromHex("18".repeat(Hash.BYTES));
  private static final Address NO_VALIDATOR = Address.fromHex("0x" + "19".repeat(20));
  private static final Address UNKNOWN = Address.fromHex("0x" + "20".repeat(20));

  @TempDir private Path folder;

  @Test
  void anAuthorityThatDescribesItsNodeHasItsPlaceThere() {
    Genesis genesis = genesis();
    ExecutionParameters parameters = genesis.execution();
    try (OneValidatorChain chain = new OneValidatorChain(genesis, folder, Retention.DEFAULT)) {
      Evm machine = chain.machines.another();
      Map<Address, PeerId> known =
          Map.of(OneValidator.ACCOUNT, BY_GENESIS, NO_VALIDATOR, BY_ITSELF);
      Head head = chain.store.head();
      ValidatorNodes nodes = new ValidatorNodes(known, parameters, new Calls(machine));
      assertEquals(
          Optional.of(Set.of(BY_GENESIS)),
          nodes.look(head.header(), head.state(), chain.derived()));
      assertEquals(Optional.of(BY_GENESIS), nodes.of(OneValidator.ACCOUNT));
      assertEquals(
          Optional.empty(),
          nodes.look(head.header(), head.state(), chain.derived()),
          "once an epoch");
      assertEquals(
          Set.of(BY_ITSELF),
          nodes.reached(List.of(UNKNOWN), Set.of(BY_GENESIS, BY_ITSELF)),
          "the genesis names it, and its account is no validator's");

      Overlay state = new Overlay(head.state());
      CallData describe =
          CallData.of("describe(address,address,bytes32)")
              .address(Address.ZERO)
              .address(Address.ZERO)
              .hash(BY_ITSELF.hash());
      assertInstanceOf(
          CallResult.Success.class,
          machine
              .systemCall(
                  OneValidator.ACCOUNT,
                  EconomyContract.AUTHORITY_REGISTRY.address(),
                  describe.toBytes(),
                  TransactionRules.TRANSACTION_GAS_MAX,
                  BlockEnvironments.of(parameters, head.header(), state),
                  state)
              .result());
      ValidatorNodes newcomers = new ValidatorNodes(Map.of(), parameters, new Calls(machine));
      assertEquals(
          Optional.of(Set.of(BY_ITSELF)), newcomers.look(head.header(), state, chain.derived()));
      assertEquals(Optional.of(BY_ITSELF), newcomers.of(OneValidator.ACCOUNT));
    }
  }

  private static Genesis genesis() {
    return OneValidator.genesis(
        GenesisPreset.DEV.rules(UInt256.of(17)).withConsensus(OneValidator.DERIVED.parameters()),
        OneValidator.DERIVED.parentTimestampMillis(),
        List.of(
            Genesis.GenesisAccount.of(Address.fromHex("0x" + "11".repeat(20)), Amount.aitbc(1))));
  }
}

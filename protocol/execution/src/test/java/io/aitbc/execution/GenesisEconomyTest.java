// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenesisEconomyTest { // Protocol §16.1
  private final EconomyWorld world = new EconomyWorld(3, 4, 1);

  @Test // Protocol §16.1
  void bondsAndStakesAreBalancesOfTheirContracts() {
    assertEquals(Amount.aitbc(30_000), world.balance(EconomyContract.AUTHORITY_REGISTRY.address()));
    Amount stakes = Amount.ZERO;
    for (Candidate candidate : world.snapshot.candidates()) {
      stakes = stakes.plus(Amount.wei(1_000_000_000_000L).times(candidate.stake().units()));
    }
    assertEquals(stakes, world.balance(EconomyContract.STAKE_MANAGER.address()));
    assertEquals(
        stakes.wei(), world.read(EconomyContract.STAKE_MANAGER, CallData.of("totalStake()")));
  }

  @Test // Protocol §16.1
  void noContractCanBeInitializedAgain() {
    for (EconomyContract contract : List.of(EconomyContract.PARAMS, EconomyContract.SLASHING)) {
      CallData call =
          contract == EconomyContract.PARAMS
              ? CallData.of("initialize(uint256[],uint256)").numbers(List.of()).number(0)
              : CallData.of("initialize(address[],bytes32[])")
                  .addresses(List.of())
                  .numbers(List.of());
      EconomyWorld.Outcome stranger = world.send(account(7), contract, Amount.ZERO, call);
      assertEquals(CallData.selector("OnlySystem(address)"), stranger.error());
      EconomyWorld.Outcome chain =
          world.send(SystemCalls.CALLER, contract.address(), Amount.ZERO, call);
      assertEquals(CallData.selector("AlreadyInitialized()"), chain.error());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.Governance.Action;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What people's calls cost. Protocol §16.10.
class EconomyGasTest {
  /// What no call of people needs: one in sixteen of what a transaction may have.
  private static final long PEOPLE_GAS_MAX = 1_000_000;

  @Test // Protocol §16.10
  void whatPeopleCallCostsLittleWithAndWithoutAnOpenBallot() {
    EconomyWorld world = new EconomyWorld(4, 5, 6);
    Governance governance = new Governance(world);
    Map<String, EconomyWorld.Outcome> calls = new LinkedHashMap<>();
    calls.put("register", world.register(9, Amount.aitbc(1_000), Address.ZERO));
    calls.put("delegate", world.delegate(10, 4, Amount.aitbc(1_000)));
    calls.put("delegate again", world.delegate(10, 4, Amount.aitbc(1_000)));
    calls.put("undelegate", world.undelegate(10, 4, Amount.aitbc(100).wei()));
    calls.put("redelegate", world.redelegate(10, 4, 5, Amount.aitbc(100).wei()));
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    Action action = Action.set(42, UInt256.ONE);
    calls.put("propose", governance.propose(11, List.of(action)));
    calls.put("delegate, open ballot", world.delegate(10, 4, Amount.aitbc(1_000)));
    calls.put("undelegate, open ballot", world.undelegate(10, 4, Amount.aitbc(100).wei()));
    calls.put("vote", governance.vote(4, 1, Governance.Support.FOR, 4));
    world.passTime(Governance.DAY * 7);
    calls.put("queue", governance.step(11, "queue", 1));
    world.passTime(Governance.DAY * 2);
    calls.put("execute", governance.execute(11, 1, action));
    calls.put("settleDeposit", governance.step(11, "settleDeposit", 1));
    calls.put(
        "claim",
        world.send(
            EconomyWorld.account(10),
            EconomyContract.REWARDS,
            Amount.ZERO,
            CallData.of("claim(address)").address(EconomyWorld.account(4))));
    world.passTime(Governance.DAY * 21);
    calls.put("withdraw", world.lotCall(10, "withdraw", 1));
    calls.put("report of an equivocation", world.convict(12, 4, world.height));
    calls.put("touch", world.touch(12, 3));
    calls.forEach((name, outcome) -> {
      System.out.println(name + ": " + outcome.gasUsed() + " gas");
      assertTrue(outcome.succeeded(), name + outcome.result());
      assertTrue(outcome.gasUsed() < PEOPLE_GAS_MAX, name + outcome.gasUsed());
    });
  }
}

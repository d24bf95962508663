// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.Governance.DAY;
import static io.aitbc.execution.Governance.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.execution.Governance.Action;
import io.aitbc.execution.Governance.State;
import io.aitbc.execution.Governance.Support;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpgradeTest { // Protocol §16.1, §16.11
  private static final Address SUCCESSOR = account(900);
  private static final UInt256 MILLION = UInt256.of(1_000_000);

  private final EconomyWorld world = new EconomyWorld(4, 5, 6);
  private final Governance governance = new Governance(world);

  @Test // Protocol §16.1
  void aSuccessorKeepsEveryVariableWhereItWas() {
    assertTrue(Abi.continuesLayout(Abi.layout("Rewards"), Abi.layout("RewardsNext")));
    assertFalse(Abi.continuesLayout(Abi.layout("Rewards"), Abi.layout("RewardsMoved")));
    assertFalse(Abi.continuesLayout(Abi.layout("RewardsNext"), Abi.layout("Rewards")));
    for (EconomyContract contract : EconomyContract.values()) {
      if (contract.isUpgradeable()) {
        // What all of them share stays first.
        assertEquals("0 0 bool initialized", Abi.layout(contract.artifact()).getFirst());
      }
    }
  }

  @Test // Protocol §16.1, §16.11
  void governanceUpgradesAContractAndWhatItKeptStays() {
    var _ = world.state.setCode(SUCCESSOR, Artifacts.code("RewardsNext"));
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    UInt256 earned = earned(4);
    assertTrue(earned.compareTo(UInt256.ZERO) > 0);
    Action upgrade =
        Action.of(
            EconomyContract.REWARDS,
            CallData.of("upgradeToAndCall(address,bytes)")
                .address(SUCCESSOR)
                .bytes(CallData.of("begin(uint256)").number(2).toBytes()));
    decide(upgrade);
    assertEquals(earned, earned(4));
    assertEquals(UInt256.of(2), world.read(EconomyContract.REWARDS, CallData.of("generation()")));
    BigInteger before = world.supply();
    Amount minted = world.minted;
    world.endEpoch(List.of());
    assertEquals(before.add(world.minted.minus(minted).wei().toBigInteger()), world.supply());
    assertTrue(earned(4).compareTo(earned) > 0);
    assertEquals(
        UInt256.ZERO, world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")));
  }

  @Test // Protocol §16.1, §16.11
  void whatIsNoImplementationIsRefused() {
    Address silent = account(901);
    var _ = world.state.setCode(silent, Bytes.fromHex("5f5ffd"));
    world.endEpoch(List.of());
    for (Address code : List.of(account(902), silent)) {
      Action upgrade = Action.upgrade(EconomyContract.REWARDS, code);
      long id = passed(upgrade);
      assertFalse(governance.execute(9, id, upgrade).succeeded());
      assertEquals(State.QUEUED, governance.state(id));
    }
    // A contract that nobody can upgrade.
    Action upgrade = Action.upgrade(EconomyContract.BEACON_HISTORY, SUCCESSOR);
    long id = passed(upgrade);
    assertFalse(governance.execute(9, id, upgrade).succeeded());
  }

  @Test // Protocol §16.1, §16.11
  void governorAndTimelockCanBeUpgradedThemselves() {
    Address governor = account(903);
    Address timelock = account(904);
    var _ = world.state.setCode(governor, Artifacts.code("Governor"));
    var _ = world.state.setCode(timelock, Artifacts.code("Timelock"));
    world.endEpoch(List.of());
    decide(
        Action.upgrade(EconomyContract.GOVERNOR, governor),
        Action.upgrade(EconomyContract.TIMELOCK, timelock));
    assertEquals(
        UInt256.of(timelock.bytes().toArray(), 0, Address.BYTES),
        world.state.storage(
            EconomyContract.TIMELOCK.address(), GenesisEconomy.IMPLEMENTATION_SLOT));
    decide(Action.set(40, UInt256.ZERO));
    assertEquals(UInt256.ZERO, governance.parameter(40));
    assertTrue(MILLION.compareTo(governance.parameter(41)) == 0);
  }

  /// Lets all stake agree, and executes.
  private void decide(Action... actions) {
    long id = passed(actions);
    succeed(governance.execute(9, id, actions));
  }

  private long passed(Action... actions) {
    long id = governance.proposed(9, actions);
    for (int i = 4; i < 9; i++) {
      succeed(governance.vote(i, id, Support.FOR, i));
    }
    world.passTime(7 * DAY);
    succeed(governance.step(9, "queue", id));
    world.passTime(2 * DAY);
    return id;
  }

  private UInt256 earned(int who) {
    return world.read(
        EconomyContract.REWARDS,
        CallData.of("earned(address,address)").address(account(who)).address(account(who)));
  }
}

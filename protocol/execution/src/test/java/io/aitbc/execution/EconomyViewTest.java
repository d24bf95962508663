// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.Governance.Action;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

class EconomyViewTest { // Protocol §16.8, §16.11, §19.3
  /// Authorities 0 to 3, stakers 4 to 8, users from 9 on.
  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  private final Governance governance = new Governance(world);
  private final Calls calls = new Calls(world.machine);

  @Test // Protocol §16.11
  void proposalsAreReadTheLatestFirst() {
    world.endEpoch(List.of());
    assertEquals(List.of(), listed(Long.MAX_VALUE).proposals());
    long first = governance.proposed(9, Action.set(42, Amount.aitbc(50).wei()));
    long second = governance.proposed(10, Action.set(29, UInt256.of(30 * Governance.DAY)));
    Governance.succeed(governance.vote(4, second, Governance.Support.FOR, 4));
    Governance.succeed(governance.vote(5, second, Governance.Support.AGAINST, 5));
    Governance.succeed(governance.step(1, "holdBack", second));
    Proposal.Listed listed = listed(Long.MAX_VALUE);
    assertEquals(List.of(second, first), listed.proposals().stream().map(Proposal::id).toList());
    Proposal read = listed.proposals().getFirst();
    assertEquals(Proposal.State.OPEN, read.state());
    assertEquals(Proposal.Kind.PROTECTED, read.kind());
    assertEquals(Proposal.Deciders.BOTH, read.deciders());
    assertEquals(account(10), read.proposer());
    assertEquals(listed.nowSeconds() + 7 * 86_400, read.endsSeconds());
    assertEquals(0, read.heldUntilSeconds());
    assertEquals(
        new Proposal.Votes(
            world.tokens(EconomyContract.STAKE_MANAGER, 4),
            world.tokens(EconomyContract.STAKE_MANAGER, 5),
            Amount.ZERO),
        read.votes());
    assertEquals(new Proposal.Seats(4, 0, 1), read.seats());
    assertEquals(
        new Amount(world.read(EconomyContract.STAKE_MANAGER, CallData.of("totalStake()"))),
        read.stake());
    assertEquals(Proposal.Kind.ORDINARY, listed.proposals().getLast().kind());
    assertEquals(List.of(first), listed(1).proposals().stream().map(Proposal::id).toList());
    world.passTime(8 * Governance.DAY);
    assertEquals(Proposal.State.DEFEATED, listed(first).proposals().getFirst().state());
  }

  @Test // Protocol §19.3
  void parametersAreReadWithTheirNames() {
    List<ChainParameter> all = calls.parameters(EconomyWorld.EXECUTION, world.head(), world.state);
    assertEquals(EconomyParameter.COUNT, all.size());
    assertEquals(new ChainParameter(42, "BASE_REWARD", Amount.aitbc(100).wei()), all.get(42));
    assertEquals(new ChainParameter(11, "FAST.validatorsMax", UInt256.of(21)), all.get(11));
    assertEquals(new ChainParameter(57, "INERTIA_GAS", governance.parameter(57)), all.get(57));
  }

  @Test // Protocol §16.8
  void rewardsAreReadAsTheyCanBeClaimed() {
    Governance.succeed(world.delegate(10, 4, Amount.aitbc(500)));
    for (int i = 0; i < 3; i++) {
      world.endEpoch(List.of());
    }
    PoolAccount read =
        calls.pool(EconomyWorld.EXECUTION, world.head(), world.state, account(4), account(10));
    assertEquals(world.sharesOf(4, 10), read.shares());
    assertEquals(Amount.aitbc(500), read.stake());
    Amount before = world.balance(account(10));
    Governance.succeed(
        world.send(
            account(10),
            EconomyContract.REWARDS,
            Amount.ZERO,
            CallData.of("claim(address)").address(account(4))));
    assertEquals(world.balance(account(10)).minus(before), read.earned());
    assertTrue(read.earned().compareTo(Amount.ZERO) > 0);
    assertEquals(
        new PoolAccount(UInt256.ZERO, Amount.ZERO, Amount.ZERO),
        calls.pool(EconomyWorld.EXECUTION, world.head(), world.state, account(5), account(10)));
  }

  private Proposal.Listed listed(long from) {
    return calls.proposals(EconomyWorld.EXECUTION, world.head(), world.state, from);
  }
}

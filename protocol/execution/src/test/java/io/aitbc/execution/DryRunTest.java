// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.evm.CallResult;
import io.aitbc.execution.Governance.Action;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import io.aitbc.state.Overlay;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DryRunTest { // Protocol §16.6, §16.12
  private final EconomyWorld world = new EconomyWorld(4, 5, 6);
  private final Governance governance = new Governance(world);

  @Test // Protocol §16.12
  void aHarmlessProposalLeavesEpochsAndGovernanceAlive() {
    world.endEpoch(List.of());
    Action action = Action.set(40, UInt256.ZERO);
    long id = governance.proposed(9, action);
    Overlay before = new Overlay(world.state);
    DryRun.Outcome outcome = run(id, action);
    assertTrue(outcome.isHarmless(), outcome.toString());
    assertEquals(
        List.of(new DryRun.EpochEnd(List.of(), 4, 5), new DryRun.EpochEnd(List.of(), 4, 5)),
        outcome.epochs());
    // Nothing was kept.
    assertEquals(UInt256.of(50_000), governance.parameter(40));
    assertEquals(
        before.account(EconomyContract.REWARDS.address()),
        world.state.account(EconomyContract.REWARDS.address()));
  }

  @Test // Protocol §16.12
  void aProposalThatBreaksTheSettlementIsFoundOut() {
    world.endEpoch(List.of());
    // Timelock's code answers ERC-1822 and so passes as an implementation, but settles nothing.
    DryRun.Outcome rewards =
        run(0, Action.upgrade(EconomyContract.REWARDS, EconomyContract.TIMELOCK.implementation()));
    assertInstanceOf(CallResult.Success.class, rewards.actions());
    assertFalse(rewards.isHarmless());
    assertEquals(
        List.of(EconomyContract.REWARDS), rewards.epochs().getFirst().failed(), rewards.toString());
    DryRun.Outcome stake =
        run(
            0,
            Action.upgrade(
                EconomyContract.STAKE_MANAGER, EconomyContract.TIMELOCK.implementation()));
    assertFalse(stake.isHarmless());
    assertEquals(0, stake.epochs().getFirst().stakers());
    assertTrue(stake.epochs().getFirst().failed().contains(EconomyContract.STAKE_MANAGER));
  }

  @Test // Protocol §16.12
  void aProposalAfterWhichNobodyCanProposeIsFoundOut() {
    world.endEpoch(List.of());
    DryRun.Outcome outcome =
        run(0, Action.upgrade(EconomyContract.GOVERNOR, EconomyContract.TIMELOCK.implementation()));
    assertTrue(outcome.epochs().stream().allMatch(epoch -> epoch.failed().isEmpty()));
    assertInstanceOf(CallResult.Revert.class, outcome.nextProposal().orElseThrow());
    assertFalse(outcome.isHarmless());
  }

  @Test // Protocol §16.12
  void callsThatFailChangeNothingAndSayWhy() {
    world.endEpoch(List.of());
    DryRun.Outcome outcome = run(0, Action.set(40, UInt256.of(100_001)));
    CallResult.Revert revert = assertInstanceOf(CallResult.Revert.class, outcome.actions());
    assertEquals(
        CallData.selector("OutOfBounds(uint256,uint256,uint256,uint256)"),
        revert.output().slice(0, CallData.SELECTOR_BYTES));
    assertEquals(List.of(), outcome.epochs());
    assertEquals(Optional.empty(), outcome.nextProposal());
    assertFalse(outcome.isHarmless());
  }

  @Test // Protocol §16.12
  void aProposalIsKnownByItsNumberAndCalls() {
    world.endEpoch(List.of());
    Action action = Action.set(40, UInt256.ZERO);
    long id = governance.proposed(9, action);
    assertTrue(dryRun().isProposal(UInt256.of(id), actions(action)));
    assertFalse(dryRun().isProposal(UInt256.of(id + 1), actions(action)));
    assertFalse(dryRun().isProposal(UInt256.of(id), actions(Action.set(40, UInt256.ONE))));
    assertFalse(dryRun().isProposal(UInt256.of(id), List.of()));
  }

  @Test // Protocol §16.6
  void whoHoldsMoreThanItsShareIsFound() {
    Concentration even = concentration();
    assertEquals(List.of(), even.above());
    assertEquals(330_000, even.limitMillionths());
    // With fewer than seven candidates nobody is stopped.
    Governance.succeed(world.delegate(9, 5, Amount.aitbc(90_000)));
    Concentration found = concentration();
    VotingPower stake = VotingPower.of(world.tokens(EconomyContract.STAKE_MANAGER, 5));
    assertEquals(even.total().plus(VotingPower.of(Amount.aitbc(90_000))), found.total());
    int millionths = (int) (stake.units() / (found.total().units() / 1_000_000));
    assertEquals(List.of(new Concentration.Share(account(5), stake, millionths)), found.above());
    assertTrue(millionths > 330_000, "" + millionths);
  }

  private Concentration concentration() {
    return Concentration.of(view());
  }

  private DryRun.Outcome run(long id, Action... actions) {
    List<ValidatorReport> reports =
        world.setOf(world.epoch()).validators().stream()
            .map(each -> DryRun.diligent(each.account(), each.validatorClass(), each.stake()))
            .toList();
    return dryRun().of(UInt256.of(id), actions(actions), reports);
  }

  private static List<DryRun.Action> actions(Action... actions) {
    return List.of(actions).stream()
        .map(each -> new DryRun.Action(each.target(), each.data()))
        .toList();
  }

  private DryRun dryRun() {
    return new DryRun(EconomyWorld.EXECUTION, world.head(), view());
  }

  private EconomyView view() {
    return new EconomyView(EconomyWorld.EXECUTION, world.machine, world.head(), world.state);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.EconomyWorld.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Amount;
import io.aitbc.model.Ballot;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.model.UInt256;
import io.aitbc.model.Vote;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What evidence does to the offender, and where the money goes.
class ConvictionTest { // Protocol §8.1, §16.7
  private static final int OFFENDER = 5;
  private static final int REPORTER = 11;
  private static final Hash ONE = Keccak256.hash(Bytes.of((byte) 1));
  private static final Hash TWO = Keccak256.hash(Bytes.of((byte) 2));

  /// Authorities 0 to 3, stakers 4 to 8, users from 9 on.
  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  @Test // Protocol §8.1, §16.7 rule 3
  void whoForgetsItsLockIsConvictedByTheContract() {
    world.endEpoch(List.of());
    Amount before = world.tokens(EconomyContract.STAKE_MANAGER, OFFENDER);
    // It had reason to give its lock up, or prepared what it was locked on.
    assertRefused("NoEvidence()", report(prepare(2, TWO, Optional.of(new Round(1)))));
    assertRefused("NoEvidence()", report(prepare(1, ONE, Optional.empty())));
    assertEquals(before, world.tokens(EconomyContract.STAKE_MANAGER, OFFENDER));
    EconomyWorld.Outcome outcome = report(prepare(1, TWO, Optional.empty()));
    Governance.succeed(outcome);
    assertEquals(List.of(account(OFFENDER)), world.economy.convicted(outcome.logs()));
    assertEquals(
        before.minus(part(before, 100_000)), world.tokens(EconomyContract.STAKE_MANAGER, OFFENDER));
    assertRefused("WrongState(address,uint8)", world.delegate(12, OFFENDER, Amount.aitbc(10)));
    assertRefused("NobodyConvicted()", report(prepare(3, TWO, Optional.of(Round.ZERO))));
  }

  /// A COMMIT of the offender in round 0, and then this.
  private EconomyWorld.Outcome report(Ballot.Prepare forgotten) {
    Ballot lock = new Ballot.Commit(forgotten.height(), Round.ZERO, Mode.BALANCED, ONE, TWO);
    ValidatorCall call =
        ValidatorCall.report(
            new Evidence.ForgottenLock(vote(lock), vote(forgotten)), world.setOf(world.epoch()));
    return world.send(account(REPORTER), call.contract(), Amount.ZERO, call.input());
  }

  private Ballot.Prepare prepare(int round, Hash proposal, Optional<Round> prepared) {
    return new Ballot.Prepare(
        new Height(world.height), new Round(round), Mode.BALANCED, proposal, prepared);
  }

  private static Vote vote(Ballot ballot) {
    return new Vote(
        ballot, account(OFFENDER), key(OFFENDER).sign(ballot.message(EconomyWorld.NETWORK)));
  }

  @Test // Protocol §16.7 rules 3 and 6
  void whatIsTakenGoesToTheReporterTheFireAndTheTreasury() {
    world.endEpoch(List.of());
    CallData quarter =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(EconomyParameter.SLASH_BURNED.number())))
            .numbers(List.of(UInt256.of(250_000)));
    Governance.succeed(
        world.send(
            EconomyContract.TIMELOCK.address(), EconomyContract.PARAMS, Amount.ZERO, quarter));
    // So that no division is even.
    Governance.succeed(world.delegate(12, OFFENDER, Amount.wei(1_000_000_000_000_000_037L)));
    Amount taken = part(world.tokens(EconomyContract.STAKE_MANAGER, OFFENDER), 100_000);
    Governance.succeed(world.convict(REPORTER, OFFENDER, world.height));
    Amount reward = part(taken, 50_000);
    assertEquals(EconomyWorld.PURSE.plus(reward), world.balance(account(REPORTER)));
    // What is brought to be burned is burned whole, whatever the part is.
    Amount brought = Amount.aitbc(7);
    Governance.succeed(
        world.send(account(13), EconomyContract.SLASHING, brought, CallData.of("burn()")));
    Amount pot = taken.minus(reward);
    assertEquals(pot.plus(brought), world.balance(EconomyContract.SLASHING.address()));
    Amount treasury = world.balance(EconomyContract.TREASURY.address());
    Amount minted = world.minted;
    var supply = world.supply();
    world.endEpoch(List.of());
    Amount burned = part(pot, 250_000);
    assertEquals(
        treasury.plus(pot.minus(burned)), world.balance(EconomyContract.TREASURY.address()));
    assertEquals(Amount.ZERO, world.balance(EconomyContract.SLASHING.address()));
    assertEquals(
        supply
            .add(world.minted.minus(minted).wei().toBigInteger())
            .subtract(burned.plus(brought).wei().toBigInteger()),
        world.supply());
  }

  /// So many millionths.
  private static Amount part(Amount whole, long millionths) {
    UInt256 parts = whole.wei().times(UInt256.of(millionths));
    return new Amount(parts.dividedBy(UInt256.of(1_000_000)));
  }

  private static void assertRefused(String error, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + error);
    assertEquals(CallData.selector(error), outcome.error(), error);
  }
}

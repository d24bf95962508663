// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Typed calls and questions about stake on its way against the contracts themselves.
class StakeReadTest { // Protocol §16.4, §16.6
  private static final long UNBONDING = 21L * 86_400_000;

  /// Of the two candidates by stake 4 and 5, and of who delegates.
  private static final Address FIRST = account(4);

  private static final Address SECOND = account(5);
  private static final int OWNER = 6;

  private final EconomyWorld world = new EconomyWorld(4, 2, 1);
  private final Calls calls = new Calls(world.machine);

  private <T> Optional<T> ask(ContractRead<T> question) {
    return calls.read(EconomyWorld.EXECUTION, world.head(), world.state, question);
  }

  private EconomyWorld.Outcome send(EconomyCall call) {
    return world.send(account(OWNER), call.contract().address(), call.money(), call.input());
  }

  private void succeeds(EconomyCall call) {
    EconomyWorld.Outcome outcome = send(call);
    assertTrue(outcome.succeeded(), outcome.result().toString());
  }

  private StakeLot lot(long number) {
    return ask(StakeRead.lot(number)).orElseThrow();
  }

  private OptionalLong free(StakeLot lot) {
    long taken = ask(StakeRead.snapshotMillis(lot.beginsWithSnapshot())).orElseThrow();
    UInt256 unbonding = ask(WorkRead.parameter(EconomyParameter.UNBONDING)).orElseThrow();
    assertEquals(UNBONDING, unbonding.toLongExact());
    return lot.freeMillis(taken, unbonding.toLongExact());
  }

  private StakeLot.State state(StakeLot lot) {
    return lot.state(free(lot), ask(StakeRead.activeMillis()).orElseThrow());
  }

  @Test
  void stakeThatLeavesIsCountedThenUnbondsAndIsPaidOut() {
    succeeds(EconomyCall.delegate(FIRST, Amount.aitbc(1_000)));
    UInt256 shares = ask(StakeRead.shares(FIRST, account(OWNER))).orElseThrow();
    StakeRead.Pool pool = ask(StakeRead.pool(FIRST)).orElseThrow();
    assertEquals(Amount.aitbc(1_000), pool.worth(shares));
    UInt256 part = pool.sharesFor(Amount.aitbc(400)).orElseThrow();
    succeeds(StakeCall.undelegate(FIRST, part));
    assertEquals(Optional.of(1L), ask(StakeRead.lotCount()));
    StakeLot lot = lot(1);
    assertEquals(account(OWNER), lot.owner());
    assertEquals(FIRST, lot.pool());
    assertEquals(Amount.aitbc(400), lot.amount());
    assertEquals(Optional.empty(), lot.source());
    assertEquals(StakeLot.State.COUNTED, state(lot));
    assertEquals(OptionalLong.empty(), free(lot));

    world.endEpoch(List.of());
    assertEquals(StakeLot.State.COUNTED, state(lot));
    world.endEpoch(List.of());
    assertEquals(StakeLot.State.UNBONDING, state(lot));
    long left = free(lot).orElseThrow() - world.activeMillis();
    assertTrue(left > UNBONDING - 10_000 && left <= UNBONDING, left + " ms");
    world.passTime(left - 1);
    assertEquals(StakeLot.State.UNBONDING, state(lot));
    assertFalse(send(StakeCall.withdraw(1)).succeeded());
    world.passTime(1);
    assertEquals(StakeLot.State.FREE, state(lot));
    Amount before = world.state.account(account(OWNER)).balance();
    succeeds(StakeCall.withdraw(1));
    assertEquals(before.plus(Amount.aitbc(400)), world.state.account(account(OWNER)).balance());
    assertEquals(Optional.empty(), ask(StakeRead.lot(1)));
  }

  @Test
  void stakeThatMovesStandsInALotAndIsJoinedLater() {
    succeeds(EconomyCall.delegate(FIRST, Amount.aitbc(1_000)));
    UInt256 shares = ask(StakeRead.shares(FIRST, account(OWNER))).orElseThrow();
    succeeds(StakeCall.redelegate(FIRST, SECOND, shares));
    StakeLot lot = lot(1);
    assertEquals(SECOND, lot.pool());
    assertEquals(Optional.of(FIRST), lot.source());
    assertEquals(StakeLot.State.IN_POOL, state(lot));
    assertEquals(lot.shares(), ask(StakeRead.shares(SECOND, account(OWNER))).orElseThrow());
    assertEquals(
        Amount.aitbc(1_000), ask(StakeRead.pool(SECOND)).orElseThrow().worth(lot.shares()));
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    world.passTime(free(lot).orElseThrow() - world.activeMillis() - 1);
    assertFalse(send(StakeCall.merge(1)).succeeded());
    world.passTime(1);
    succeeds(StakeCall.merge(1));
    assertEquals(Optional.empty(), ask(StakeRead.lot(1)));
    succeeds(StakeCall.undelegate(SECOND, lot.shares()));
    assertEquals(Amount.aitbc(1_000), lot(2).amount());
  }

  @Test
  void aLotThatStandsInAPoolMayLeaveAtOnce() {
    succeeds(EconomyCall.delegate(FIRST, Amount.aitbc(10)));
    UInt256 shares = ask(StakeRead.shares(FIRST, account(OWNER))).orElseThrow();
    succeeds(StakeCall.redelegate(FIRST, SECOND, shares));
    succeeds(StakeCall.undelegateLot(1));
    assertEquals(StakeLot.State.COUNTED, state(lot(1)));
    assertEquals(Amount.aitbc(10), lot(1).amount());
  }

  @Test
  void sharesForAnAmountAreTheFewestThatAreWorthIt() {
    StakeRead.Pool pool = new StakeRead.Pool(Amount.wei(90), UInt256.of(100));
    for (long wei = 1; wei <= 90; wei++) {
      UInt256 shares = pool.sharesFor(Amount.wei(wei)).orElseThrow();
      assertTrue(pool.worth(shares).compareTo(Amount.wei(wei)) >= 0, wei + " wei");
      assertTrue(
          pool.worth(shares.minus(UInt256.ONE)).compareTo(Amount.wei(wei)) < 0, wei + " wei");
    }
    assertEquals(
        Optional.empty(), new StakeRead.Pool(Amount.ZERO, UInt256.ZERO).sharesFor(Amount.wei(1)));
  }
}

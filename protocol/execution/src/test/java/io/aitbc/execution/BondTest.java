// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The bond of an authority to its end: what is above the least leaves while it is one, the rest
/// when it is none any more, after the unbonding time, and less what a penalty takes.
class BondTest { // Protocol §16.4, §16.5, §16.7
  private static final long DAY = 86_400_000;
  private static final EconomyContract REGISTRY = EconomyContract.AUTHORITY_REGISTRY;
  private static final int AUTHORITY = 1;

  /// Authorities 0 to 3, stakers 4 to 8, users from 9 on.
  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  @Test // Protocol §16.5
  void whoResignsTakesOutAllOfItsBondAfterTheUnbondingTime() {
    world.endEpoch(List.of());
    Amount bond = world.tokens(REGISTRY, AUTHORITY);
    assertTrue(bond.compareTo(Amount.aitbc(10_000)) > 0, "rewards join the bond");
    assertRefused("BondNeeded(uint256,uint256)", unbond(bond));
    Governance.succeed(call(CallData.of("resign()"), Amount.ZERO));
    Governance.succeed(unbond(bond));
    assertEquals(Amount.ZERO, world.tokens(REGISTRY, AUTHORITY));
    assertBooks(1);
    // It earns nothing more, though it is in the set of this epoch and the next.
    world.endEpoch(List.of());
    assertEquals(Amount.ZERO, world.tokens(REGISTRY, AUTHORITY));
    assertRefused("StillCounted(uint64,uint64)", withdraw(1));
    world.endEpoch(List.of());
    assertRefused("TooEarly(uint64,uint64)", withdraw(1));
    world.passTime(21 * DAY);
    assertRefused(
        "NotYours(uint256,address)", world.lotCall(REGISTRY, AUTHORITY + 1, "withdraw", 1));
    Amount before = world.balance(account(AUTHORITY));
    Governance.succeed(withdraw(1));
    assertEquals(before.plus(bond), world.balance(account(AUTHORITY)));
    assertRefused("NotYours(uint256,address)", withdraw(1));
    assertBooks(1);
  }

  @Test // Protocol §16.4, §16.7
  void aPenaltyTakesFromALotOfABondWhatItWasLiableFor() {
    Governance.succeed(call(CallData.of("addBond()"), Amount.aitbc(500)));
    Governance.succeed(unbond(Amount.aitbc(500))); // Lot 1: in no set from epoch 2 on.
    for (int i = 0; i < 3; i++) {
      world.endEpoch(List.of());
    }
    long offence = world.height;
    assertTrue(world.setOf(world.epoch()).contains(account(AUTHORITY)));
    Governance.succeed(
        world.send(
            EconomyContract.TIMELOCK.address(),
            REGISTRY,
            Amount.ZERO,
            CallData.of("remove(address)").address(account(AUTHORITY))));
    Amount bond = world.tokens(REGISTRY, AUTHORITY);
    Governance.succeed(unbond(bond)); // Lot 2: was there when the set of the offence was drawn.
    assertBooks(2);
    Governance.succeed(world.convict(11, AUTHORITY, offence));
    // Nothing stands in the pool; the lot pays a tenth when somebody touches it.
    assertEquals(EconomyWorld.PURSE, world.balance(account(11)));
    assertEquals(bond, world.lotAmount(REGISTRY, 2));
    Governance.succeed(world.touch(REGISTRY, 12, 2));
    Amount tenth = part(bond, 100_000);
    Amount left = bond.minus(tenth);
    assertEquals(left, world.lotAmount(REGISTRY, 2));
    assertEquals(
        EconomyWorld.PURSE.plus(new Amount(tenth.wei().dividedBy(UInt256.of(20)))),
        world.balance(account(12)));
    Governance.succeed(world.touch(REGISTRY, 12, 1));
    assertEquals(Amount.aitbc(500), world.lotAmount(REGISTRY, 1));
    assertBooks(2);
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    world.passTime(21 * DAY);
    Amount before = world.balance(account(AUTHORITY));
    Governance.succeed(withdraw(1));
    assertEquals(before.plus(Amount.aitbc(500)), world.balance(account(AUTHORITY)));
    assertRefused("Locked(address)", withdraw(2));
    // One of four authorities: three times a quarter of its bond goes, a tenth went.
    Governance.succeed(
        world.send(
            account(13),
            EconomyContract.SLASHING,
            Amount.ZERO,
            CallData.of("finish(address)").address(account(AUTHORITY))));
    Amount rest = left.minus(part(left, (750_000 - 100_000) * 1_000_000L / 900_000));
    before = world.balance(account(AUTHORITY));
    Governance.succeed(withdraw(2));
    assertEquals(before.plus(rest), world.balance(account(AUTHORITY)));
    Amount quarter = part(bond, 250_000);
    Amount dropped = part(bond, 1);
    assertTrue(
        rest.compareTo(quarter) >= 0 && rest.compareTo(quarter.plus(dropped)) <= 0,
        rest + " is not a quarter of " + bond);
    assertBooks(2);
  }

  /// So many millionths.
  private static Amount part(Amount whole, long millionths) {
    UInt256 parts = whole.wei().times(UInt256.of(millionths));
    return new Amount(parts.dividedBy(UInt256.of(1_000_000)));
  }

  /// The registry holds bonds and what of them unbonds, to the wei.
  private void assertBooks(int lots) {
    Amount owed = Amount.ZERO;
    for (int i = 0; i < world.authorities; i++) {
      owed = owed.plus(world.tokens(REGISTRY, i));
    }
    for (int lot = 1; lot <= lots; lot++) {
      owed = owed.plus(world.lotAmount(REGISTRY, lot));
    }
    assertEquals(owed, world.balance(REGISTRY.address()));
  }

  private EconomyWorld.Outcome call(CallData call, Amount money) {
    return world.send(account(AUTHORITY), REGISTRY, money, call);
  }

  private EconomyWorld.Outcome unbond(Amount amount) {
    return call(CallData.of("unbond(uint256)").amount(amount), Amount.ZERO);
  }

  private EconomyWorld.Outcome withdraw(long lot) {
    return world.lotCall(REGISTRY, AUTHORITY, "withdraw", lot);
  }

  private static void assertRefused(String error, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + error);
    assertEquals(CallData.selector(error), outcome.error(), error);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Many owners, many lots and many names change neither what a penalty costs nor what is earned.
class DustTest { // Protocol §16.4, §16.7, §16.8
  private static final int LOTS = 100_000;
  private static final int LOOKED_AT_EVERY = 50;
  private static final long DAY = 86_400_000;
  private static final Address NOBODY = Address.ZERO;

  @Test // Protocol §16.4, §16.7
  void aHundredThousandDustLotsMakeAPenaltyNeitherDearerNorLess() {
    long gas = 0;
    for (int lots : List.of(1, LOTS)) {
      EconomyWorld world = new EconomyWorld(4, 5, 6);
      assertTrue(world.delegate(9, 4, Amount.aitbc(1_000)).succeeded());
      world.endEpoch(List.of());
      world.endEpoch(List.of());
      for (int lot = 1; lot <= lots; lot++) {
        assertTrue(world.undelegate(9, 4, UInt256.of(lot)).succeeded());
      }
      Amount pool = world.tokens(EconomyContract.STAKE_MANAGER, 4);
      EconomyWorld.Outcome convicted = world.convict(11, 4, world.height);
      assertTrue(convicted.succeeded());
      Amount tenth = new Amount(pool.wei().dividedBy(UInt256.of(10)));
      assertEquals(pool.minus(tenth), world.tokens(EconomyContract.STAKE_MANAGER, 4));
      assertTrue(lots == 1 || convicted.gasUsed() == gas, convicted.gasUsed() + " and " + gas);
      gas = convicted.gasUsed();
      for (int lot = 1; lot <= lots; lot += LOOKED_AT_EVERY) {
        assertTrue(world.touch(12, lot).succeeded());
        assertEquals(UInt256.of(lot - lot / 10), amount(world, lot), "lot " + lot);
      }
      world.endEpoch(List.of());
      world.endEpoch(List.of());
      world.passTime(22 * DAY);
      EconomyWorld.Outcome finished = finish(world);
      assertTrue(finished.succeeded());
      long whole =
          EconomyWorld.dataWord(
                  EconomyWorld.logged(finished.logs(), "Finished(address,uint256)").getFirst(), 0)
              .toLongExact();
      // One that nobody touched pays both parts when it is withdrawn, no more and no less.
      int last = lots == 1 ? 1 : lots - 1;
      long rest = (whole - 100_000) * 1_000_000 / 900_000;
      long left = last - last * 100_000L / 1_000_000;
      left -= left * rest / 1_000_000;
      Amount before = world.balance(account(9));
      assertTrue(world.lotCall(9, "withdraw", last).succeeded());
      assertEquals(Amount.wei(left), world.balance(account(9)).minus(before));
    }
  }

  @Test // Protocol §16.8
  void splittingAStakeOverManyNamesEarnsNoMore() {
    BigInteger one = earnedBy(1);
    BigInteger many = earnedBy(6);
    assertTrue(many.compareTo(one) <= 0, many + " is more than " + one);
    // And hardly less: what divisions drop.
    assertTrue(one.subtract(many).compareTo(BigInteger.valueOf(1_000_000)) < 0, one + " " + many);
  }

  /// What 12,000 AITBC under some names earn in six epochs.
  private static BigInteger earnedBy(int names) {
    EconomyWorld world = new EconomyWorld(4, 5, 6);
    world.votesBrought = 0; // Who carries votes depends on who proposes, which is by stake.
    for (int i = 0; i < names; i++) {
      assertTrue(world.register(9 + i, Amount.aitbc(12_000 / names), NOBODY).succeeded());
    }
    for (int i = 0; i < 6; i++) {
      world.endEpoch(List.of());
    }
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i < names; i++) {
      sum =
          sum.add(
              world
                  .read(
                      EconomyContract.REWARDS,
                      CallData.of("earned(address,address)")
                          .address(account(9 + i))
                          .address(account(9 + i)))
                  .toBigInteger());
    }
    assertTrue(sum.signum() > 0);
    return sum;
  }

  private static EconomyWorld.Outcome finish(EconomyWorld world) {
    return world.send(
        account(11),
        EconomyContract.SLASHING,
        Amount.ZERO,
        CallData.of("finish(address)").address(account(4)));
  }

  private static UInt256 amount(EconomyWorld world, long lot) {
    int before = world.state.snapshot();
    EconomyWorld.Outcome outcome =
        world.send(
            account(0),
            EconomyContract.STAKE_MANAGER,
            Amount.ZERO,
            CallData.of("lotOf(uint256)").number(lot));
    world.state.revertTo(before);
    return outcome.word(7);
  }
}

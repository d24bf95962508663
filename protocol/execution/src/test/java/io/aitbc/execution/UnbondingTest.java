// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Stake comes back no sooner than it may, and never more of it than went in.
class UnbondingTest { // Protocol §16.4
  private static final long DAY = 86_400_000;
  private static final int POOL = 4;
  private static final int OWNER = 9;

  /// Authorities 0 to 3, stakers 4 to 8, users from 9 on.
  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  @Test // Protocol §16.4 rule 2
  void whileEpochCallsFailNobodyIsPaidOut() {
    world.endEpoch(List.of());
    Governance.succeed(world.delegate(OWNER, POOL, Amount.aitbc(500)));
    UInt256 shares = world.sharesOf(POOL, OWNER);
    Governance.succeed(world.undelegate(OWNER, POOL, shares));
    Address implementation = EconomyContract.STAKE_MANAGER.implementation();
    Bytes code = world.state.code(world.state.account(implementation).codeHash());
    breakSnapshot(code);
    for (int i = 1; i <= 3; i++) {
      world.endEpoch(List.of());
      world.passTime(30 * DAY);
      assertEquals(i, failures());
      assertRefused("StillCounted(uint64,uint64)", withdraw());
    }
    // Another upgrade mends it: the second snapshot from now on begins the first epoch without the
    // stake.
    Hash _ = world.state.setCode(implementation, code);
    world.endEpoch(List.of());
    world.passTime(30 * DAY);
    assertRefused("StillCounted(uint64,uint64)", withdraw());
    world.endEpoch(List.of());
    assertRefused("TooEarly(uint64,uint64)", withdraw());
    world.passTime(21 * DAY);
    Governance.succeed(withdraw());
    assertEquals(EconomyWorld.PURSE, world.balance(account(OWNER)));
    assertEquals(3, failures());
  }

  /// Puts a StakeManager in place whose snapshot fails, and which is else the one that was there.
  private void breakSnapshot(Bytes code) {
    Address kept = account(950);
    Hash _ = world.state.setCode(kept, code);
    String selector = CallData.selector("snapshot()").toHex().substring(2);
    String broken =
        // Jump to the end if the selector is that of snapshot.
        "5f3560e01c63"
            + selector
            + "14603b57"
            // Else delegate the call, and answer as it was answered.
            + "365f5f375f5f365f73"
            + kept.bytes().toHex().substring(2)
            + "5af4"
            + "3d5f5f3e6037573d5ffd5b3d5ff3"
            + "5b5f5ffd";
    Hash _ =
        world.state.setCode(
            EconomyContract.STAKE_MANAGER.implementation(), Bytes.fromHex("0x" + broken));
  }

  private EconomyWorld.Outcome withdraw() {
    return world.lotCall(OWNER, "withdraw", 1);
  }

  private long failures() {
    return world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")).toLongExact();
  }

  @Test // Protocol §16.4 rule 1
  void whoGoesInAndOutNeverGetsMoreThanItBroughtAndAWeiLessAtMost() {
    world.endEpoch(List.of());
    int lots = 0;
    // Shares are worth a wei, then a penalty of a hundredth makes them worth less, then another.
    for (int penalty = 0; penalty < 3; penalty++) {
      BigInteger dropped = BigInteger.ZERO;
      for (int i = 0; i < 40; i++) {
        Amount in = Amount.wei(1_000_000_000_000_000_000L + 7_777_777L * i + i);
        UInt256 before = world.sharesOf(POOL, OWNER);
        Governance.succeed(world.delegate(OWNER, POOL, in));
        UInt256 shares = world.sharesOf(POOL, OWNER).minus(before);
        Governance.succeed(world.undelegate(OWNER, POOL, shares));
        BigInteger out =
            world.lotAmount(EconomyContract.STAKE_MANAGER, ++lots).wei().toBigInteger();
        BigInteger less = in.wei().toBigInteger().subtract(out);
        assertTrue(less.signum() >= 0, less.negate() + " wei out of nothing");
        assertTrue(less.compareTo(BigInteger.ONE) <= 0, less + " wei lost");
        dropped = dropped.add(less);
      }
      assertEquals(penalty > 0, dropped.signum() > 0, "wei dropped: " + dropped);
      world.endEpoch(List.of(account(POOL)));
      for (int i = 0; i < 3; i++) {
        world.endEpoch(List.of());
      }
      Governance.succeed(
          world.send(
              account(POOL), EconomyContract.STAKE_MANAGER, Amount.ZERO, CallData.of("unjail()")));
    }
  }

  private static void assertRefused(String error, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + error);
    assertEquals(CallData.selector(error), outcome.error(), error);
  }
}

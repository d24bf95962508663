// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who may be a candidate, how much of the stake it may have, and what it may take of its
/// delegators. Protocol §16.6.
class CandidatesTest {
  private static final long DAY = 86_400_000;

  /// The least that governance can set, so that a small world is full.
  private static final long CANDIDATES_MAX = 100;

  @Test // Protocol §16.6
  void aNewcomerAboveTheGreatestNumberTakesThePlaceOfOneOutsideOfTheSetsWithATenthLess() {
    EconomyWorld world = new EconomyWorld(4, 99, 4);
    setCandidatesMax(world);
    // The contracts know members from the report of their first epoch on.
    world.endEpoch(List.of());
    int outside = 103;
    int newcomer = 104;
    assertTrue(world.register(outside, Amount.aitbc(1_000), Address.ZERO).succeeded());
    assertEquals(UInt256.of(CANDIDATES_MAX), candidates(world));
    Amount little = Amount.aitbc(1_111);
    assertError("NotCandidate(address)", world.register(newcomer, little, Address.ZERO));
    assertError("NotDisplaceable(address)", world.register(newcomer, little, account(outside)));
    Amount most = Amount.aitbc(500_000);
    assertError("NotDisplaceable(address)", world.register(newcomer, most, aMember(world)));
    assertTrue(world.register(newcomer, Amount.aitbc(1_112), account(outside)).succeeded());
    assertEquals(UInt256.of(CANDIDATES_MAX), candidates(world));
    // What was displaced moves at once, or is unbonded.
    UInt256 half = world.sharesOf(outside, outside).dividedBy(UInt256.of(2));
    assertTrue(world.redelegate(outside, outside, 4, half).succeeded());
    assertTrue(world.undelegate(outside, outside, half).succeeded());
    assertError("WrongState(address,uint8)", world.delegate(105, outside, Amount.aitbc(5)));
    assertTrue(world.register(outside, Amount.aitbc(2_000), account(newcomer)).succeeded());
  }

  @Test // Protocol §16.6, ADR 0015
  void aMemberInItsFirstEpochMayBeDisplacedAndItsStakeStaysLiable() {
    EconomyWorld world = new EconomyWorld(4, 100, 4);
    setCandidatesMax(world);
    int member = 4;
    assertTrue(world.setOf(0).contains(account(member)));
    assertTrue(world.register(104, Amount.aitbc(30_000), account(member)).succeeded());
    UInt256 shares = world.sharesOf(member, member);
    assertTrue(world.undelegate(member, member, shares).succeeded());
    world.endEpoch(List.of());
    assertTrue(world.convict(105, member, world.height - 5).succeeded());
    Amount before = world.balance(EconomyContract.SLASHING.address());
    assertTrue(world.touch(105, 1).succeeded());
    Amount taken = world.balance(EconomyContract.SLASHING.address()).minus(before);
    assertTrue(taken.compareTo(Amount.aitbc(2_000)) > 0, "of 24,000 it was " + taken);
  }

  @Test // Protocol §16.6
  void whoHasAThirdOfTheStakeTakesNoMoreWhereThereAreSevenCandidates() {
    EconomyWorld world = new EconomyWorld(4, 7, 4);
    assertTrue(world.delegate(11, 4, Amount.aitbc(57_000)).succeeded());
    String refusal = "StakeTooConcentrated(address,uint256,uint256)";
    assertError(refusal, world.delegate(11, 4, Amount.aitbc(1_000)));
    assertError(refusal, world.delegate(4, 4, Amount.aitbc(1_000)));
    UInt256 shares = world.sharesOf(5, 5).dividedBy(UInt256.of(10));
    assertError(refusal, world.redelegate(5, 5, 4, shares));
    assertError(refusal, world.register(12, Amount.aitbc(200_000), Address.ZERO));
    assertTrue(world.delegate(11, 5, Amount.aitbc(10_000)).succeeded());
    assertTrue(world.delegate(11, 4, Amount.aitbc(1_000)).succeeded());
  }

  @Test // Protocol §16.6
  void amongSixCandidatesEachTakesWhatComes() {
    EconomyWorld world = new EconomyWorld(4, 6, 4);
    assertTrue(world.delegate(10, 4, Amount.aitbc(200_000)).succeeded());
  }

  @Test // Protocol §16.6
  void aLotIsRedelegatedOnceInTheUnbondingTime() {
    EconomyWorld world = new EconomyWorld(4, 7, 4);
    assertTrue(world.delegate(11, 4, Amount.aitbc(100)).succeeded());
    assertTrue(world.redelegate(11, 4, 5, world.sharesOf(4, 11)).succeeded());
    assertError("TooMuch(uint256,uint256)", world.redelegate(11, 5, 6, UInt256.ONE));
    assertError("StillCounted(uint64,uint64)", world.lotCall(11, "merge", 1));
    for (int i = 0; i < 3; i++) {
      world.endEpoch(List.of());
    }
    assertError("TooEarly(uint64,uint64)", world.lotCall(11, "merge", 1));
    world.passTime(21 * DAY);
    assertTrue(world.lotCall(11, "merge", 1).succeeded());
    assertTrue(world.redelegate(11, 5, 6, world.sharesOf(5, 11)).succeeded());
  }

  @Test // Protocol §16.6
  void aCommissionRisesByAPointADayUpToItsCeilingAndFallsAtOnce() {
    EconomyWorld world = new EconomyWorld(4, 7, 4);
    assertTrue(world.register(11, Amount.aitbc(1_000), Address.ZERO).succeeded()); // 5 of 20 %.
    assertError("CommissionTooHigh(uint256,uint256)", commission(world, 601));
    assertTrue(commission(world, 600).succeeded());
    assertError("CommissionTooSoon(uint64,uint64)", commission(world, 700));
    world.passTime(DAY);
    assertTrue(commission(world, 700).succeeded());
    assertTrue(commission(world, 0).succeeded());
    for (int points = 1; points <= 20; points++) {
      world.passTime(DAY);
      assertTrue(commission(world, 100L * points).succeeded(), points + " points");
    }
    world.passTime(DAY);
    assertError("CommissionTooHigh(uint256,uint256)", commission(world, 2_001));
  }

  private static EconomyWorld.Outcome commission(EconomyWorld world, long parts) {
    return world.send(
        account(11),
        EconomyContract.STAKE_MANAGER,
        Amount.ZERO,
        CallData.of("setCommission(uint16)").number(parts));
  }

  /// A staker of the set of the first epoch, which has been reported.
  private static Address aMember(EconomyWorld world) {
    return world.setOf(0).stakers().getFirst().account();
  }

  private static UInt256 candidates(EconomyWorld world) {
    return world.read(EconomyContract.STAKE_MANAGER, CallData.of("candidateCount()"));
  }

  private static void setCandidatesMax(EconomyWorld world) {
    CallData set =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(31)))
            .numbers(List.of(UInt256.of(CANDIDATES_MAX)));
    Address timelock = EconomyContract.TIMELOCK.address();
    assertTrue(world.send(timelock, EconomyContract.PARAMS, Amount.ZERO, set).succeeded());
  }

  private static void assertError(String signature, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + signature);
    assertEquals(CallData.selector(signature), outcome.error(), signature);
  }
}

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
import io.aitbc.model.Candidate;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the settlement at an epoch's end mints and takes, at its bounds.
class SettlementTest { // Protocol §16.1, §16.5, §16.7, §16.8
  private static final long DAY = 86_400_000;
  private static final long AUTHORITY_BOND = 26;

  /// Authorities 0 to 3, stakers 4 to 9, users from 10 on.
  private final EconomyWorld world = new EconomyWorld(4, 6, 6);

  private long mintedAtMillis;

  @Test // Protocol §16.1 rule 5: whatever an upgrade says.
  void noUpgradeMintsMoreThanTheBound() {
    world.endEpoch(List.of());
    mintedAtMillis = world.settledAtMillis;
    UInt256 bound = boundOfTheNextEpoch();
    rewardsAnswer(bound.plus(UInt256.ONE), UInt256.ZERO);
    assertMinted(BigInteger.ZERO);
    assertEquals(1, failures());
    bound = boundOfTheNextEpoch();
    rewardsAnswer(bound, UInt256.ONE);
    assertMinted(BigInteger.ZERO);
    assertEquals(2, failures());
    rewardsAnswer(UInt256.MAX, UInt256.ONE);
    assertMinted(BigInteger.ZERO);
    assertEquals(3, failures());
    bound = boundOfTheNextEpoch();
    rewardsAnswer(bound.minus(UInt256.ONE), UInt256.ONE);
    assertMinted(bound.toBigInteger());
    assertEquals(3, failures());
  }

  /// 75 AITBC a second of active time since rewards were minted last.
  private UInt256 boundOfTheNextEpoch() {
    long millis = world.activeMillis() + EconomyWorld.BLOCK_MILLIS - mintedAtMillis;
    return UInt256.of(Economy.MINTED_PER_MILLI_MAX).times(UInt256.of(millis));
  }

  /// Puts code in the place of the contract Rewards that answers two words to every call.
  private void rewardsAnswer(UInt256 toPools, UInt256 toBonds) {
    String code =
        "7f%s5f527f%s60205260405ff3"
            .formatted(
                Bytes.of(toPools.toArray()).toHex().substring(2),
                Bytes.of(toBonds.toArray()).toHex().substring(2));
    Hash _ =
        world.state.setCode(EconomyContract.REWARDS.implementation(), Bytes.fromHex("0x" + code));
  }

  private void assertMinted(BigInteger expected) {
    BigInteger before = world.supply();
    world.endEpoch(List.of());
    assertEquals(expected, world.supply().subtract(before));
  }

  private long failures() {
    return world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")).toLongExact();
  }

  @Test // Protocol §16.8: 1 + fees burned / base reward, at most 1.5.
  void loadRaisesTheRewardByWhatWasBurnedAndAtMostByHalf() {
    BigInteger base = mintedBehindFees(Amount.ZERO);
    // Four seconds of active time are 200 AITBC, and 95 of 100 signatures came.
    assertClose(share(Amount.aitbc(200).wei().toBigInteger(), 95, 100), base);
    assertClose(share(base, 21, 20), mintedBehindFees(Amount.aitbc(10)));
    assertClose(share(base, 3, 2), mintedBehindFees(Amount.aitbc(100)));
    assertClose(share(base, 3, 2), mintedBehindFees(Amount.aitbc(1_000_000)));
  }

  private static BigInteger share(BigInteger whole, long numerator, long denominator) {
    return whole.multiply(BigInteger.valueOf(numerator)).divide(BigInteger.valueOf(denominator));
  }

  private static void assertClose(BigInteger expected, BigInteger actual) {
    // Each of ten validators' parts drops less than a wei in each of three divisions.
    assertTrue(
        expected.subtract(actual).abs().compareTo(BigInteger.valueOf(100)) < 0,
        actual + " instead of " + expected);
  }

  /// What an epoch of four seconds mints, in a new world, when these base fees were burned.
  private static BigInteger mintedBehindFees(Amount burned) {
    EconomyWorld fresh = new EconomyWorld(4, 6, 6);
    fresh.endEpoch(List.of());
    Bytes _ =
        fresh
            .calls()
            .call(
                EconomyContract.BEACON_HISTORY.address(),
                CallData.of("startBlock(uint64,uint128)")
                    .number(fresh.timeMillis)
                    .amount(burned)
                    .toBytes());
    Amount before = fresh.minted;
    fresh.endEpoch(List.of());
    return fresh.minted.minus(before).wei().toBigInteger();
  }

  @Test // Protocol §16.7 rule 5
  void absenceCostsAHundredthAndFiveWhenItComesAgainWithinThirtyDays() {
    world.endEpoch(List.of());
    assertEquals(10_000, fined(5, List.of()));
    assertEquals(50_000, fined(5, List.of()));
    world.passTime(31 * DAY);
    assertEquals(10_000, fined(5, List.of()));
  }

  @Test // Protocol §16.7 rule 5: ten are in the set, of whom some may not be jailed.
  void absenceCostsHalfWhenMoreThanAFifthIsAwayHoweverFewAreJailed() {
    world.endEpoch(List.of());
    world.awayBesides = 1;
    assertEquals(10_000, fined(5, List.of()));
    world.passTime(31 * DAY);
    world.awayBesides = 2;
    assertEquals(5_000, fined(6, List.of()));
    world.awayBesides = 0;
    assertEquals(5_000, fined(7, List.of(account(8), account(2))));
  }

  /// Millionths of its pool that a staker loses for its absence; then it comes back.
  private long fined(int who, List<Address> others) {
    Amount before = world.tokens(EconomyContract.STAKE_MANAGER, who);
    List<Address> absent = new ArrayList<>(others);
    absent.add(account(who));
    world.endEpoch(absent);
    Amount lost = before.minus(world.tokens(EconomyContract.STAKE_MANAGER, who));
    world.endEpoch(List.of());
    Governance.succeed(
        world.send(
            account(who), EconomyContract.STAKE_MANAGER, Amount.ZERO, CallData.of("unjail()")));
    return lost.wei().times(UInt256.of(1_000_000)).dividedBy(before.wei()).toLongExact();
  }

  @Test // Protocol §16.5
  void anAuthorityWithLessThanTheLeastBondIsNotDrawn() {
    assertTrue(!candidate(1).isJailed());
    CallData dearer =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(AUTHORITY_BOND)))
            .numbers(List.of(Amount.aitbc(1_000_000).wei()));
    Governance.succeed(
        world.send(
            EconomyContract.TIMELOCK.address(), EconomyContract.PARAMS, Amount.ZERO, dearer));
    assertTrue(candidate(1).isJailed());
    Governance.succeed(
        world.send(
            account(1),
            EconomyContract.AUTHORITY_REGISTRY,
            Amount.aitbc(990_000),
            CallData.of("addBond()")));
    assertTrue(!candidate(1).isJailed());
  }

  private Candidate candidate(int who) {
    return world.snapshotAfterEpoch(List.of()).candidates().stream()
        .filter(each -> each.account().equals(account(who)))
        .findFirst()
        .orElseThrow();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class EconomyTest { // Protocol §16
  private static final long DAY = 86_400_000;
  private static final Address NOBODY = new Address(Bytes.wrap(new byte[Address.BYTES]));

  /// 4 authorities (0 to 3), 5 stakers (4 to 8), users from 9 on.
  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  @Test // Protocol §16.1
  void genesisCandidatesAreThoseOfTheFirstSnapshot() {
    EpochSnapshot genesis = world.snapshot;
    EpochSnapshot first = world.snapshotAfterEpoch(List.of());
    assertEquals(
        genesis.candidates().stream().map(Candidate::account).toList(),
        first.candidates().stream().map(Candidate::account).toList());
    assertEquals(
        genesis.candidates().stream().map(Candidate::key).toList(),
        first.candidates().stream().map(Candidate::key).toList());
    assertEquals(ConsensusParameters.DEFAULT, first.parameters());
    assertEquals(0, failures());
  }

  @Test // Protocol §16.8
  void anEpochMintsTheBaseRewardOfItsActiveTimeForWhatWasSigned() {
    world.endEpoch(List.of());
    long before = world.activeMillis();
    Amount minted = world.minted;
    world.endEpoch(List.of());
    // 100 AITBC in two seconds, and 95 of 100 signatures came; what a division drops is not minted.
    Amount most = Amount.wei(50_000_000_000_000_000L).times(world.activeMillis() - before + 0);
    Amount got = world.minted.minus(minted);
    assertTrue(got.compareTo(most) <= 0, got + " of " + most);
    assertTrue(got.times(100).compareTo(most.times(94)) > 0, got + " of " + most);
  }

  @Test // Protocol §16.6
  void stakeThatLeftIsPaidOutAfterTheUnbondingTimeAndNotBefore() {
    UInt256 shares = delegated(9, 4, Amount.aitbc(500));
    assertTrue(world.undelegate(9, 4, shares).succeeded());
    assertError("StillCounted(uint64,uint64)", world.lotCall(9, "withdraw", 1));
    world.endEpoch(List.of());
    world.passTime(30 * DAY);
    assertError("StillCounted(uint64,uint64)", world.lotCall(9, "withdraw", 1));
    world.endEpoch(List.of());
    assertError("TooEarly(uint64,uint64)", world.lotCall(9, "withdraw", 1));
    world.passTime(21 * DAY);
    assertError("NotYours(uint256,address)", world.lotCall(10, "withdraw", 1));
    Amount before = world.balance(account(9));
    assertTrue(world.lotCall(9, "withdraw", 1).succeeded());
    assertEquals(before.plus(Amount.aitbc(500)), world.balance(account(9)));
    assertError("NotYours(uint256,address)", world.lotCall(9, "withdraw", 1));
  }

  @Test // Protocol §16.7
  void anEquivocationTakesATenthOfWhatWasThereSinceTheDrawWhereverItLies() {
    UInt256 shares = delegated(9, 4, Amount.aitbc(1_000));
    UInt256 staying = delegated(10, 4, Amount.aitbc(1_000));
    for (int i = 0; i < 3; i++) {
      world.endEpoch(List.of());
    }
    UInt256 half = shares.dividedBy(UInt256.of(2));
    assertTrue(world.undelegate(9, 4, half).succeeded());
    assertTrue(world.redelegate(9, 4, 5, half).succeeded());
    world.endEpoch(List.of());
    Amount pool = world.tokens(EconomyContract.STAKE_MANAGER, 4);
    EconomyWorld.Outcome outcome = world.convict(11, 4, world.height - 5);
    assertTrue(outcome.succeeded(), outcome.toString());
    assertEquals(List.of(account(4)), world.economy.convicted(outcome.logs()));
    Amount tenth = new Amount(pool.wei().dividedBy(UInt256.of(10)));
    assertEquals(pool.minus(tenth), world.tokens(EconomyContract.STAKE_MANAGER, 4));
    Amount other = world.tokens(EconomyContract.STAKE_MANAGER, 5);
    assertTrue(world.touch(12, 1).succeeded());
    assertTrue(world.touch(12, 2).succeeded());
    // A tenth of 500 each; 1/20 of it to whoever touched.
    assertEquals(other.minus(Amount.aitbc(50)), world.tokens(EconomyContract.STAKE_MANAGER, 5));
    assertEquals(EconomyWorld.PURSE.plus(Amount.aitbc(5)), world.balance(account(12)));
    assertError("NobodyConvicted()", world.convict(11, 4, world.height - 6));
    assertError("WrongState(address,uint8)", world.delegate(12, 4, Amount.aitbc(10)));
    assertTrue(staying.compareTo(UInt256.ZERO) > 0);
  }

  @Test // Protocol §16.7
  void whatLeftBeforeTheDrawStaysWhole() {
    UInt256 shares = delegated(9, 4, Amount.aitbc(1_000));
    assertTrue(world.undelegate(9, 4, shares).succeeded());
    for (int i = 0; i < 4; i++) {
      world.endEpoch(List.of());
    }
    assertTrue(world.convict(11, 4, world.height - 5).succeeded());
    world.passTime(22 * DAY);
    assertTrue(world.lotCall(9, "withdraw", 1).succeeded());
    assertEquals(EconomyWorld.PURSE, world.balance(account(9)));
  }

  @Test // Protocol §16.7
  void aPenaltyGrowsWithTheShareOfTheClassThatWasConvictedAndLocksUntilThen() {
    UInt256 shares = delegated(9, 4, Amount.aitbc(1_000));
    for (int i = 0; i < 3; i++) {
      world.endEpoch(List.of());
    }
    assertTrue(world.undelegate(9, 4, shares).succeeded());
    world.endEpoch(List.of());
    for (int guilty = 4; guilty < 6; guilty++) {
      assertTrue(world.convict(11, guilty, world.height - 5).succeeded());
    }
    world.endEpoch(List.of());
    assertError("TooEarlyToFinish(uint64,uint64)", finish(4));
    world.passTime(21 * DAY);
    world.endEpoch(List.of());
    assertError("Locked(address)", world.lotCall(9, "withdraw", 1));
    assertTrue(finish(4).succeeded());
    assertError("AlreadyFinished(address)", finish(4));
    // Two of five with 24 to 28 thousand: more than a third, so three times that is everything.
    assertEquals(Amount.ZERO, world.tokens(EconomyContract.STAKE_MANAGER, 4));
    assertTrue(world.lotCall(9, "withdraw", 1).succeeded());
    assertEquals(EconomyWorld.PURSE.minus(Amount.aitbc(1_000)), world.balance(account(9)));
  }

  @Test // Protocol §16.5
  void whoIsAwayIsJailedAndFinedAndComesBackOnRequest() {
    world.endEpoch(List.of());
    Amount bond = world.tokens(EconomyContract.AUTHORITY_REGISTRY, 1);
    EpochSnapshot after = world.snapshotAfterEpoch(List.of(account(1)));
    assertTrue(candidate(after, 1).isJailed());
    Amount fined = world.tokens(EconomyContract.AUTHORITY_REGISTRY, 1);
    assertEquals(bond.minus(new Amount(bond.wei().dividedBy(UInt256.of(100)))), fined);
    assertError("StillInSet(uint64,uint64)", registry(1, "unjail()", Amount.ZERO));
    world.endEpoch(List.of());
    // Below the least bond now.
    assertError("BondTooLow(uint256,uint256)", registry(1, "unjail()", Amount.ZERO));
    assertTrue(registry(1, "addBond()", Amount.aitbc(200)).succeeded());
    assertTrue(registry(1, "unjail()", Amount.ZERO).succeeded());
    assertTrue(!candidate(world.snapshotAfterEpoch(List.of()), 1).isJailed());
  }

  @Test // Protocol §16.6
  void aNewcomerRegistersWithItsKeyAndIsReadyWhenItSaysSo() {
    assertError("BelowMinimum(uint256,uint256)", world.register(9, Amount.aitbc(999), NOBODY));
    assertTrue(world.register(9, Amount.aitbc(1_000), NOBODY).succeeded());
    assertError("AlreadyCandidate(address)", world.register(9, Amount.aitbc(1_000), NOBODY));
    assertTrue(
        world
            .send(account(9), EconomyContract.STAKE_MANAGER, Amount.ZERO, CallData.of("ready()"))
            .succeeded());
    EpochSnapshot snapshot = world.snapshotAfterEpoch(List.of());
    assertEquals(0, candidate(snapshot, 9).readyEpoch().orElseThrow());
    assertEquals(EconomyWorld.key(9).publicKey(), candidate(snapshot, 9).key());
  }

  @Test // Protocol §16.7
  void aKeyNeverPassesToAnotherAccount() {
    Bytes key = EconomyWorld.key(4).publicKey().bytes();
    CallData call =
        CallData.of("register(bytes,bytes,uint16,uint16,address)")
            .bytes(key)
            .bytes(Bytes.wrap(new byte[96]))
            .number(0)
            .number(0)
            .address(NOBODY);
    assertError(
        "KeyTaken(bytes32,address)",
        world.send(account(9), EconomyContract.STAKE_MANAGER, Amount.aitbc(1_000), call));
  }

  @Test // Protocol §16.8
  void delegatorsEarnByShareAfterCommissionAndClaim() {
    var _ = delegated(9, 4, Amount.aitbc(24_000)); // As much as the candidate itself.
    for (int i = 0; i < 4; i++) {
      world.endEpoch(List.of());
    }
    Amount before = world.balance(account(9));
    assertTrue(claim(9, 4).succeeded());
    Amount delegator = world.balance(account(9)).minus(before);
    Amount own = world.balance(account(4));
    assertTrue(claim(4, 4).succeeded());
    Amount candidate = world.balance(account(4)).minus(own);
    Amount difference =
        candidate.compareTo(delegator) > 0
            ? candidate.minus(delegator)
            : delegator.minus(candidate);
    // Without commission the same, but for the wei that divisions drop.
    assertTrue(difference.compareTo(Amount.wei(10)) < 0, candidate + " and " + delegator);
    assertError("NothingToClaim(address,address)", claim(9, 4));
  }

  @Test // Protocol §16.1, §16.3
  void strangersChangeNothing() {
    CallData set =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.ZERO))
            .numbers(List.of(UInt256.ONE));
    assertError(
        "OnlyTimelock(address)", world.send(account(9), EconomyContract.PARAMS, Amount.ZERO, set));
    for (EconomyContract contract : EconomyContract.values()) {
      if (contract.isUpgradeable()) {
        CallData upgrade =
            CallData.of("upgradeToAndCall(address,bytes)").address(account(9)).bytes(Bytes.EMPTY);
        assertError(
            "OnlyTimelock(address)", world.send(account(9), contract, Amount.ZERO, upgrade));
      }
    }
    for (String function :
        List.of(
            "settle(uint64,bytes32,bytes32,uint256,uint256,address[])",
            "startBlock(uint64,uint128)")) {
      EconomyContract contract =
          function.startsWith("settle") ? EconomyContract.SLASHING : EconomyContract.BEACON_HISTORY;
      CallData call =
          function.startsWith("settle")
              ? CallData.of(function)
                  .number(0)
                  .number(0)
                  .number(0)
                  .number(0)
                  .number(0)
                  .addresses(List.of())
              : CallData.of(function).number(0).number(0);
      assertError("OnlySystem(address)", world.send(account(9), contract, Amount.ZERO, call));
    }
  }

  @Test // Protocol §16.3
  void governanceChangesParametersInsideTheirBounds() {
    CallData outside =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.of(29)))
            .numbers(List.of(UInt256.of(20 * DAY)));
    assertError(
        "OutOfBounds(uint256,uint256,uint256,uint256)",
        world.send(
            EconomyContract.TIMELOCK.address(), EconomyContract.PARAMS, Amount.ZERO, outside));
    CallData policy =
        CallData.of("set(uint256[],uint256[])")
            .numbers(List.of(UInt256.ZERO))
            .numbers(List.of(UInt256.of(2)));
    assertTrue(
        world
            .send(EconomyContract.TIMELOCK.address(), EconomyContract.PARAMS, Amount.ZERO, policy)
            .succeeded());
    assertEquals(2, world.snapshotAfterEpoch(List.of()).parameters().policy().code());
  }

  @Test // Protocol §16.9
  void anybodyPassesTheFeesOnToTheTreasury() {
    CallData split = CallData.of("split()");
    assertError(
        "NothingToSplit()",
        world.send(account(9), EconomyContract.FEE_SPLITTER, Amount.ZERO, split));
    world.state.setBalance(EconomyContract.FEE_SPLITTER.address(), Amount.aitbc(3));
    assertTrue(
        world.send(account(9), EconomyContract.FEE_SPLITTER, Amount.ZERO, split).succeeded());
    assertEquals(Amount.aitbc(3), world.balance(EconomyContract.TREASURY.address()));
    assertEquals(Amount.ZERO, world.balance(EconomyContract.FEE_SPLITTER.address()));
  }

  @Test // Protocol §16.1
  void anUpgradeThatBreaksAContractIsNotedAndTheOthersGoOn() {
    CallData upgrade =
        CallData.of("upgradeToAndCall(address,bytes)")
            .address(EconomyContract.TREASURY.implementation())
            .bytes(Bytes.EMPTY);
    assertTrue(
        world
            .send(
                EconomyContract.TIMELOCK.address(),
                EconomyContract.STAKE_MANAGER,
                Amount.ZERO,
                upgrade)
            .succeeded());
    BigInteger before = world.supply();
    EpochSnapshot snapshot = world.snapshotAfterEpoch(List.of());
    // Rewards and Slashing need the StakeManager too.
    assertEquals(3, failures());
    assertEquals(before, world.supply());
    assertEquals(4, snapshot.candidates().size());
    assertEquals(ConsensusParameters.DEFAULT, snapshot.parameters());
    assertEquals(Amount.ZERO, world.minted);
  }

  private long failures() {
    return world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")).toLongExact();
  }

  private static Candidate candidate(EpochSnapshot snapshot, int who) {
    return snapshot.candidates().stream()
        .filter(each -> each.account().equals(account(who)))
        .findFirst()
        .orElseThrow();
  }

  private UInt256 delegated(int who, int pool, Amount amount) {
    assertTrue(world.delegate(who, pool, amount).succeeded());
    return world.sharesOf(pool, who);
  }

  private EconomyWorld.Outcome finish(int who) {
    return world.send(
        account(11),
        EconomyContract.SLASHING,
        Amount.ZERO,
        CallData.of("finish(address)").address(account(who)));
  }

  private EconomyWorld.Outcome claim(int who, int pool) {
    return world.send(
        account(who),
        EconomyContract.REWARDS,
        Amount.ZERO,
        CallData.of("claim(address)").address(account(pool)));
  }

  private EconomyWorld.Outcome registry(int who, String function, Amount value) {
    return world.send(
        account(who), EconomyContract.AUTHORITY_REGISTRY, value, CallData.of(function));
  }

  private static void assertError(String signature, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + signature);
    assertEquals(CallData.selector(signature), outcome.error(), signature);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.EconomyWorld.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.UInt256;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who left, went to jail or was removed, and comes back: nothing is forgotten by that, and nobody
/// comes back sooner. Protocol §16.5, §16.6, §16.7.
class ComingBackTest {
  private static final long DAY = 86_400_000;
  private static final int AUTHORITY = 1;
  private static final int STAKER = 5;
  private static final int NEWCOMER = 10;
  private static final int DELEGATOR = 11;
  private static final int STRANGER = 12;

  /// A key that nobody has.
  private static final int ANOTHER = 30;

  private static final String TOO_HIGH = "CommissionTooHigh(uint256,uint256)";
  private static final String IN_SET = "StillInSet(uint64,uint64)";

  /// Authorities 0 to 3, stakers 4 to 9, users from 10 on.
  private final EconomyWorld world = new EconomyWorld(4, 6, 6);

  @Test // Protocol §16.6 rule 1
  void whoLeavesDelegatorsBehindComesBackWithWhatItPromisedThem() {
    Governance.succeed(register(NEWCOMER, 500, 2_000));
    Governance.succeed(world.delegate(DELEGATOR, NEWCOMER, Amount.aitbc(700)));
    Governance.succeed(staker(NEWCOMER, "resign()"));
    refused(TOO_HIGH, register(NEWCOMER, 10_000, 10_000));
    refused(TOO_HIGH, register(NEWCOMER, 500, 2_001));
    refused(TOO_HIGH, register(NEWCOMER, 501, 2_000));
    Governance.succeed(register(NEWCOMER, 400, 1_500));
    refused(TOO_HIGH, commission(NEWCOMER, 1_501));
    Governance.succeed(staker(NEWCOMER, "resign()"));
    refused(TOO_HIGH, register(NEWCOMER, 500, 2_000));
    UInt256 shares = world.sharesOf(NEWCOMER, DELEGATOR);
    Governance.succeed(world.undelegate(DELEGATOR, NEWCOMER, shares));
    // Nobody is left to whom anything was promised.
    Governance.succeed(register(NEWCOMER, 10_000, 10_000));
  }

  @Test // Protocol §2.2 rule 1, §16.7 rule 5
  void whoWasJailedComesBackWhenNoSetHasItAnyMore() {
    world.endEpoch(List.of());
    world.endEpoch(List.of(account(STAKER), account(AUTHORITY)));
    Governance.succeed(authority(AUTHORITY, "addBond()", Amount.aitbc(200)));
    // This epoch's set was drawn before.
    assertTrue(world.setOf(world.epoch()).contains(account(STAKER)));
    refused(IN_SET, staker(STAKER, "unjail()"));
    refused(IN_SET, authority(AUTHORITY, "unjail()", Amount.ZERO));
    world.endEpoch(List.of());
    for (int who : List.of(STAKER, AUTHORITY)) {
      assertFalse(world.setOf(world.epoch()).contains(account(who)));
      assertFalse(world.setOf(world.epoch() + 1).contains(account(who)));
    }
    Governance.succeed(staker(STAKER, "unjail()"));
    Governance.succeed(authority(AUTHORITY, "unjail()", Amount.ZERO));
    assertFalse(candidate(STAKER).isJailed());
    assertFalse(candidate(AUTHORITY).isJailed());
  }

  @Test // Protocol §16.5, §16.6, §16.7 rule 5
  void leavingShortensNoJail() {
    world.endEpoch(List.of());
    world.endEpoch(List.of(account(STAKER), account(AUTHORITY)));
    Governance.succeed(staker(STAKER, "resign()"));
    Governance.succeed(authority(AUTHORITY, "resign()", Amount.ZERO));
    Governance.succeed(govern("admit(address)", AUTHORITY));
    refused(IN_SET, register(STAKER, 0, 0));
    refused(IN_SET, world.join(AUTHORITY));
    world.endEpoch(List.of());
    Governance.succeed(register(STAKER, 0, 0));
    Governance.succeed(world.join(AUTHORITY));
  }

  @Test // Protocol §16.5, §16.6, §16.7 rule 5
  void whoLeftBeforeItsAbsenceIsFoundPaysAndStaysAwayAsLong() {
    Governance.succeed(staker(STAKER, "resign()"));
    Governance.succeed(authority(AUTHORITY, "resign()", Amount.ZERO));
    Amount stake = world.tokens(EconomyContract.STAKE_MANAGER, STAKER);
    Amount bond = world.tokens(EconomyContract.AUTHORITY_REGISTRY, AUTHORITY);
    world.endEpoch(List.of(account(STAKER), account(AUTHORITY)));
    Amount fined = world.tokens(EconomyContract.STAKE_MANAGER, STAKER);
    assertTrue(fined.compareTo(stake) < 0);
    assertTrue(world.tokens(EconomyContract.AUTHORITY_REGISTRY, AUTHORITY).compareTo(bond) < 0);
    Governance.succeed(govern("admit(address)", AUTHORITY));
    refused(IN_SET, register(STAKER, 0, 0));
    refused(IN_SET, world.join(AUTHORITY));
    world.endEpoch(List.of(account(STAKER)));
    assertEquals(fined, world.tokens(EconomyContract.STAKE_MANAGER, STAKER), "fined once");
    Governance.succeed(register(STAKER, 0, 0));
    Governance.succeed(world.join(AUTHORITY));
  }

  @Test // Protocol §16.5, §16.6
  void aKeyThatWasAnnouncedBeforeLeavingIsForgotten() {
    Governance.succeed(announce(STAKER, EconomyContract.STAKE_MANAGER));
    Governance.succeed(announce(AUTHORITY, EconomyContract.AUTHORITY_REGISTRY));
    world.passTime(DAY);
    Governance.succeed(staker(STAKER, "resign()"));
    Governance.succeed(authority(AUTHORITY, "resign()", Amount.ZERO));
    applyIsRefused();
    Governance.succeed(govern("admit(address)", AUTHORITY));
    Governance.succeed(world.join(AUTHORITY));
    Governance.succeed(register(STAKER, 0, 0));
    applyIsRefused();
    assertEquals(key(STAKER).publicKey(), candidate(STAKER).key());
    assertEquals(key(AUTHORITY).publicKey(), candidate(AUTHORITY).key());
  }

  private void applyIsRefused() {
    refused("NotCandidate(address)", apply(STAKER, EconomyContract.STAKE_MANAGER));
    refused("NoKeyWaits(address)", apply(AUTHORITY, EconomyContract.AUTHORITY_REGISTRY));
  }

  @Test // Protocol §16.5
  void whoIsAdmittedAgainTakesItsOldBondOutAndBringsANewOne() {
    refused("BondNeeded(uint256,uint256)", unbond(Amount.aitbc(10_000)));
    Governance.succeed(govern("remove(address)", AUTHORITY));
    Governance.succeed(govern("admit(address)", AUTHORITY));
    Governance.succeed(unbond(Amount.aitbc(10_000)));
    assertEquals(Amount.ZERO, world.tokens(EconomyContract.AUTHORITY_REGISTRY, AUTHORITY));
    Governance.succeed(world.join(AUTHORITY));
    refused("BondNeeded(uint256,uint256)", unbond(Amount.aitbc(1)));
  }

  private EconomyWorld.Outcome register(int who, long commission, long commissionMax) {
    return world.send(
        account(who),
        EconomyContract.STAKE_MANAGER,
        Amount.aitbc(1_000),
        CallData.of("register(bytes,bytes,uint16,uint16,address)")
            .bytes(key(who).publicKey().bytes())
            .bytes(
                ProofOfPossession.prove(key(who), EconomyWorld.NETWORK, account(who).bytes())
                    .bytes())
            .number(commission)
            .number(commissionMax)
            .address(Address.ZERO));
  }

  private EconomyWorld.Outcome commission(int who, long commission) {
    return world.send(
        account(who),
        EconomyContract.STAKE_MANAGER,
        Amount.ZERO,
        CallData.of("setCommission(uint16)").number(commission));
  }

  private EconomyWorld.Outcome staker(int who, String function) {
    return world.send(
        account(who), EconomyContract.STAKE_MANAGER, Amount.ZERO, CallData.of(function));
  }

  private EconomyWorld.Outcome authority(int who, String function, Amount money) {
    return world.send(
        account(who), EconomyContract.AUTHORITY_REGISTRY, money, CallData.of(function));
  }

  private EconomyWorld.Outcome govern(String function, int who) {
    return world.send(
        EconomyContract.TIMELOCK.address(),
        EconomyContract.AUTHORITY_REGISTRY,
        Amount.ZERO,
        CallData.of(function).address(account(who)));
  }

  private EconomyWorld.Outcome unbond(Amount amount) {
    return world.send(
        account(AUTHORITY),
        EconomyContract.AUTHORITY_REGISTRY,
        Amount.ZERO,
        CallData.of("unbond(uint256)").amount(amount));
  }

  private EconomyWorld.Outcome announce(int who, EconomyContract registry) {
    return world.send(
        account(who),
        registry,
        Amount.ZERO,
        CallData.of("announceKey(bytes,bytes)")
            .bytes(key(ANOTHER + who).publicKey().bytes())
            .bytes(
                ProofOfPossession.prove(
                        key(ANOTHER + who), EconomyWorld.NETWORK, account(who).bytes())
                    .bytes()));
  }

  /// Anybody may.
  private EconomyWorld.Outcome apply(int who, EconomyContract registry) {
    return world.send(
        account(STRANGER),
        registry,
        Amount.ZERO,
        CallData.of("applyKey(address)").address(account(who)));
  }

  /// As the chain hears of it at an epoch's end.
  private Candidate candidate(int who) {
    return world.snapshotAfterEpoch(List.of()).candidates().stream()
        .filter(each -> each.account().equals(account(who)))
        .findFirst()
        .orElseThrow();
  }

  private static void refused(String error, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + error);
    assertEquals(CallData.selector(error), outcome.error(), error + ": " + outcome.result());
  }
}

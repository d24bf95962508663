// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.EconomyWorld.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.ProofOfPossession;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// BLS keys in both registries: one account may use one in both roles and change it, and none ever
/// passes to another account.
class KeysTest { // Protocol §16.5, §16.6, §16.7
  private static final long DAY = 86_400_000;
  private static final int AUTHORITY = 1;
  private static final int STAKER = 5;

  /// A key that nobody has.
  private static final int ANOTHER = 30;

  /// Authorities 0 to 3, stakers 4 to 9, users from 10 on.
  private final EconomyWorld world = new EconomyWorld(4, 6, 6);

  @Test // Protocol §16.5, §16.6
  void anAnnouncedKeyTakesEffectAfterTheDelay() {
    for (int who : List.of(AUTHORITY, STAKER)) {
      Governance.succeed(announce(who, ANOTHER + who));
      assertEquals(key(who).publicKey(), keyOf(who));
      assertRefused(
          who == AUTHORITY ? "TooSoon(uint64,uint64)" : "TooEarly(uint64,uint64)", apply(who));
    }
    world.passTime(DAY);
    for (int who : List.of(AUTHORITY, STAKER)) {
      Governance.succeed(apply(who));
      assertEquals(key(ANOTHER + who).publicKey(), keyOf(who));
      assertRefused(who == AUTHORITY ? "NoKeyWaits(address)" : "NotCandidate(address)", apply(who));
    }
  }

  @Test // Protocol §16.7 rule 1
  void evidenceFindsItsHolderAfterRotationAndExit() {
    for (int i = 0; i < 3; i++) {
      world.endEpoch(List.of());
    }
    long offence = world.height - 5;
    ValidatorSet set = world.setOf((offence - 1) / 100);
    assertTrue(set.contains(account(STAKER)));
    Governance.succeed(announce(STAKER, ANOTHER));
    world.passTime(DAY);
    Governance.succeed(apply(STAKER));
    Governance.succeed(
        world.send(account(STAKER), EconomyContract.STAKE_MANAGER, Amount.ZERO, resign()));
    UInt256 shares = world.sharesOf(STAKER, STAKER);
    Governance.succeed(world.undelegate(STAKER, STAKER, shares));
    world.endEpoch(List.of());
    // Both keys are its own for good.
    for (int old : List.of(STAKER, ANOTHER)) {
      assertRefused("KeyTaken(bytes32,address)", announce(6, old));
    }
    EconomyWorld.Outcome outcome = world.convict(11, STAKER, offence);
    Governance.succeed(outcome);
    assertEquals(List.of(account(STAKER)), world.economy.convicted(outcome.logs()));
    Governance.succeed(world.touch(12, 1));
    world.endEpoch(List.of());
    world.endEpoch(List.of());
    world.passTime(22 * DAY);
    EconomyWorld.Outcome finished =
        world.send(
            account(12),
            EconomyContract.SLASHING,
            Amount.ZERO,
            CallData.of("finish(address)").address(account(STAKER)));
    Governance.succeed(finished);
    assertEquals(
        List.of(
            new SlashingEvent.Convicted(account(STAKER), offence, ValidatorClass.STAKER.code())),
        events(outcome));
    assertTrue(
        events(finished).getFirst() instanceof SlashingEvent.Finished full
            && full.account().equals(account(STAKER))
            && full.millionths() > 100_000);
    Amount before = world.balance(account(STAKER));
    Governance.succeed(world.touch(12, 1));
    Governance.succeed(world.lotCall(STAKER, "withdraw", 1));
    Amount paid = world.balance(account(STAKER)).minus(before);
    assertTrue(
        paid.compareTo(new Amount(shares.times(UInt256.of(9)).dividedBy(UInt256.of(10)))) <= 0,
        "a tenth at least is gone: " + paid);
  }

  @Test // Protocol §16.6
  void oneAccountUsesOneKeyInBothRoles() {
    Governance.succeed(world.register(AUTHORITY, Amount.aitbc(2_000), Address.ZERO));
    Candidate both =
        world.snapshotAfterEpoch(List.of()).candidates().stream()
            .filter(each -> each.account().equals(account(AUTHORITY)))
            .findFirst()
            .orElseThrow();
    assertEquals(ValidatorClass.BOTH, both.validatorClass());
    assertEquals(key(AUTHORITY).publicKey(), both.key());
  }

  private static List<SlashingEvent> events(EconomyWorld.Outcome outcome) {
    return outcome.logs().stream().flatMap(log -> SlashingEvent.of(log).stream()).toList();
  }

  private static EconomyContract registry(int who) {
    return who == AUTHORITY ? EconomyContract.AUTHORITY_REGISTRY : EconomyContract.STAKE_MANAGER;
  }

  private static CallData resign() {
    return CallData.of("resign()");
  }

  private EconomyWorld.Outcome announce(int who, int newKey) {
    Bytes proof =
        ProofOfPossession.prove(key(newKey), EconomyWorld.NETWORK, account(who).bytes()).bytes();
    return world.send(
        account(who),
        registry(who),
        Amount.ZERO,
        CallData.of("announceKey(bytes,bytes)")
            .bytes(key(newKey).publicKey().bytes())
            .bytes(proof));
  }

  /// Anybody may.
  private EconomyWorld.Outcome apply(int who) {
    return world.send(
        account(13),
        registry(who),
        Amount.ZERO,
        CallData.of("applyKey(address)").address(account(who)));
  }

  /// As the chain hears it at an epoch's end.
  private BlsPublicKey keyOf(int who) {
    return world.snapshotAfterEpoch(List.of()).candidates().stream()
        .filter(each -> each.account().equals(account(who)))
        .findFirst()
        .orElseThrow()
        .key();
  }

  private static void assertRefused(String signature, EconomyWorld.Outcome outcome) {
    assertTrue(!outcome.succeeded(), "succeeded instead of " + signature);
    assertEquals(CallData.selector(signature), outcome.error(), signature);
  }
}

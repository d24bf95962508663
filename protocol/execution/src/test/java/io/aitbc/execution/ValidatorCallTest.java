// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.EconomyWorld.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What a node sends by itself is what the contracts take. Protocol §2.2, §16.5, §16.6, §16.7.
class ValidatorCallTest {
  private static final int AUTHORITY = 1;
  private static final int STAKER = 5;
  private static final int STRANGER = 12;

  private final EconomyWorld world = new EconomyWorld(4, 5, 6);

  private Optional<ValidatorCall> readiness(int validator, int key, int sender) {
    return ValidatorCall.readiness(
        EconomyWorld.EXECUTION,
        world.machine,
        world.head(),
        world.state,
        account(validator),
        key(key).publicKey(),
        account(sender));
  }

  private EconomyWorld.Outcome send(ValidatorCall call, int sender) {
    return world.send(account(sender), call.contract(), Amount.ZERO, call.input());
  }

  @Test // Protocol §2.2
  void aCandidateSaysOnceInAnEpochThatItIsReady() {
    for (int validator : List.of(AUTHORITY, STAKER)) {
      ValidatorCall call = readiness(validator, validator, validator).orElseThrow();
      assertTrue(send(call, validator).succeeded());
      assertEquals(Optional.empty(), readiness(validator, validator, validator));
    }
    long epoch = world.epoch();
    world.endEpoch(List.of());
    assertEquals(
        2,
        world.snapshot.candidates().stream()
            .filter(each -> each.readyEpoch().orElse(-1) == epoch)
            .count());
    assertTrue(readiness(STAKER, STAKER, STAKER).isPresent());
  }

  @Test // Protocol §16.7 rule 5
  void whoIsInJailHasToAskFirst() {
    world.endEpoch(List.of(account(STAKER)));
    world.endEpoch(List.of());
    assertEquals(Optional.empty(), readiness(STAKER, STAKER, STAKER));
    assertTrue(
        world
            .send(
                account(STAKER),
                EconomyContract.STAKE_MANAGER,
                Amount.ZERO,
                CallData.of("unjail()"))
            .succeeded());
    assertTrue(readiness(STAKER, STAKER, STAKER).isPresent());
  }

  @Test // Protocol §16.5
  void anAuthoritysOperatorMaySayItAndNobodyElse() {
    assertEquals(Optional.empty(), readiness(AUTHORITY, AUTHORITY, STRANGER));
    assertTrue(
        world
            .send(
                account(AUTHORITY),
                EconomyContract.AUTHORITY_REGISTRY,
                Amount.ZERO,
                CallData.of("describe(address,address,bytes32)")
                    .address(account(STRANGER))
                    .address(Address.ZERO)
                    .number(0))
            .succeeded());
    ValidatorCall call = readiness(AUTHORITY, AUTHORITY, STRANGER).orElseThrow();
    assertTrue(send(call, STRANGER).succeeded());
    assertEquals(Optional.empty(), readiness(STAKER, STAKER, STRANGER));
  }

  @Test
  void anotherKeyThanTheRegisteredOneIsNotReady() {
    assertEquals(Optional.empty(), readiness(STAKER, AUTHORITY, STAKER));
    assertEquals(Optional.empty(), readiness(STRANGER, STRANGER, STRANGER));
  }

  @Test // Protocol §16.7 rule 3
  void evidenceIsReportedWithinTheGasThatItWasTriedWithAndOnce() {
    world.endEpoch(List.of()); // Which notes the next one's set.
    Height height = new Height(world.height);
    Evidence evidence =
        new Evidence.Equivocation(
            EconomyWorld.vote(STAKER, height.number(), 1),
            EconomyWorld.vote(STAKER, height.number(), 2));
    ValidatorCall call = ValidatorCall.report(evidence, world.setOf(world.epoch()));
    long gas = tried(call).orElseThrow();
    EconomyWorld.Outcome outcome = send(call, STRANGER);
    assertTrue(outcome.succeeded());
    assertEquals(outcome.gasUsed(), gas);
    assertEquals(OptionalLong.empty(), tried(call));
  }

  private OptionalLong tried(ValidatorCall call) {
    return call.gas(
        EconomyWorld.EXECUTION, world.machine, world.head(), world.state, account(STRANGER));
  }
}

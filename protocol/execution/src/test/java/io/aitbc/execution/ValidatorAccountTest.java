// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Role;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ValidatorAccountTest { // Protocol §16.5, §16.6
  /// Authorities 0 to 3, stakers 4 to 9, users from 10 on.
  private final EconomyWorld world = new EconomyWorld(4, 6, 6);

  @Test // Protocol §16.6: reputation, uptime and role as settlement reported them.
  void aCandidateHoldsWhatWasReportedLast() {
    assertEquals(Optional.empty(), staker(5).lastReport());
    world.endEpoch(List.of());
    assertEquals(Optional.of(report(0, Role.VALIDATOR, 95)), staker(5).lastReport());
    world.role = Role.STANDBY;
    world.endEpoch(List.of(account(5)));
    assertEquals(Optional.of(report(1, Role.STANDBY, 0)), staker(5).lastReport());
    assertEquals(StakerAccount.State.JAILED, staker(5).state());
  }

  private static StakerAccount.Report report(long epoch, Role role, long credited) {
    return new StakerAccount.Report(epoch, role, 900, 100, credited, 3);
  }

  @Test // Protocol §16.6
  void aCandidateIsReadAsItRegistered() {
    Address nobody = new Address(Bytes.wrap(new byte[Address.BYTES]));
    Governance.succeed(world.register(10, Amount.aitbc(5_000), nobody));
    Governance.succeed(world.delegate(11, 10, Amount.aitbc(700)));
    StakerAccount read = staker(10);
    assertEquals(StakerAccount.State.CANDIDATE, read.state());
    assertEquals(Amount.aitbc(5_700), read.stake());
    assertEquals(EconomyWorld.key(10).publicKey(), read.key());
    assertEquals(OptionalLong.empty(), read.readyEpoch());
    Governance.succeed(
        world.send(
            account(10), EconomyContract.STAKE_MANAGER, Amount.ZERO, CallData.of("ready()")));
    assertEquals(OptionalLong.of(world.epoch()), staker(10).readyEpoch());
    assertTrue(read.commissionParts() <= read.commissionPartsMax());
  }

  @Test // Protocol §16.5
  void anAuthorityIsReadAsItDescribedItself() {
    Address operator = account(12);
    Address recipient = account(13);
    Hash node = Hash.fromHex("0x" + "17".repeat(Hash.BYTES));
    Governance.succeed(
        world.send(
            account(1),
            EconomyContract.AUTHORITY_REGISTRY,
            Amount.ZERO,
            CallData.of("describe(address,address,bytes32)")
                .address(operator)
                .address(recipient)
                .hash(node)));
    AuthorityAccount read = read(1).authority().orElseThrow();
    assertEquals(AuthorityAccount.State.ACTIVE, read.state());
    assertEquals(world.tokens(EconomyContract.AUTHORITY_REGISTRY, 1), read.bond());
    assertEquals(Optional.of(EconomyWorld.key(1).publicKey()), read.key());
    assertEquals(operator, read.operator());
    assertEquals(recipient, read.feeRecipient());
    assertEquals(node, read.nodeIdentity());
    assertEquals(Optional.empty(), read(1).staker());
  }

  @Test // Protocol §16.7
  void aConvictionPendsUntilItsPenaltyIsWhole() {
    assertEquals(Optional.empty(), read(4).conviction());
    world.endEpoch(List.of());
    Governance.succeed(world.convict(12, 4, world.height - 5));
    Conviction pending = read(4).conviction().orElseThrow();
    assertFalse(pending.finished());
    assertEquals(2, pending.classCode());
    assertEquals(pending.atMillis(), pending.nowMillis());
    long unbonding = EconomyParameter.UNBONDING.standard().low();
    assertEquals(pending.atMillis() + unbonding, pending.finishFromMillis());
    assertEquals(Optional.empty(), read(5).conviction());
    world.passTime(unbonding);
    world.endEpoch(List.of());
    Governance.succeed(
        world.send(
            account(12),
            EconomyContract.SLASHING,
            Amount.ZERO,
            CallData.of("finish(address)").address(account(4))));
    assertTrue(read(4).conviction().orElseThrow().finished());
  }

  @Test // Protocol §16.5, §16.6
  void aStrangerIsInNoRegistry() {
    assertEquals(
        new ValidatorAccount(Optional.empty(), Optional.empty(), Optional.empty()), read(11));
  }

  private StakerAccount staker(int index) {
    return read(index).staker().orElseThrow();
  }

  private ValidatorAccount read(int index) {
    return new Calls(world.machine)
        .validator(EconomyWorld.EXECUTION, world.head(), world.state, account(index));
  }
}

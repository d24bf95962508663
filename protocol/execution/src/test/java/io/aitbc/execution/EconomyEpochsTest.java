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
import io.aitbc.model.ModePolicy;
import io.aitbc.model.UInt256;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Fifty epochs of the contracts with sets drawn from what they say; consensus itself has no part.
class EconomyEpochsTest { // Protocol §16
  private static final long DAY = 86_400_000;
  private static final int EPOCHS = 50;
  private static final Address NOBODY = new Address(Bytes.wrap(new byte[Address.BYTES]));

  /// Authorities 0 to 3, stakers 4 to 9, users from 10 on.
  private final EconomyWorld world = new EconomyWorld(4, 6, 6);

  @Test
  void fiftyEpochsOfAChainsLifeLoseNoWei() {
    BigInteger genesis = world.supply();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      act(epoch);
      world.endEpoch(epoch == 8 ? List.of(account(1)) : List.of());
      assertEquals(
          genesis
              .add(world.minted.wei().toBigInteger())
              .subtract(world.burned.wei().toBigInteger()),
          world.supply(),
          "epoch " + epoch);
      assertEquals(
          UInt256.ZERO, world.read(EconomyContract.BEACON_HISTORY, CallData.of("failures()")));
      look(epoch);
    }
    assertTrue(world.minted.compareTo(Amount.aitbc(100_000)) > 0, world.minted.toString());
    assertTrue(world.burned.compareTo(Amount.aitbc(2_000)) > 0, world.burned.toString());
  }

  private void act(int epoch) {
    switch (epoch) {
      case 1 -> {
        succeed(world.register(10, Amount.aitbc(5_000), NOBODY));
        succeed(send(10, EconomyContract.STAKE_MANAGER, CallData.of("ready()")));
      }
      case 3 -> succeed(world.delegate(11, 10, Amount.aitbc(2_000)));
      case 4 -> succeed(world.delegate(12, 5, Amount.aitbc(1_000)));
      case 7 -> succeed(world.convict(13, 5, world.height - 5));
      case 10 -> {
        succeed(
            world.send(
                account(1),
                EconomyContract.AUTHORITY_REGISTRY,
                Amount.aitbc(500),
                CallData.of("addBond()")));
        succeed(send(1, EconomyContract.AUTHORITY_REGISTRY, CallData.of("unjail()")));
      }
      case 12 -> succeed(send(6, EconomyContract.STAKE_MANAGER, CallData.of("resign()")));
      case 13 -> {
        UInt256 shares = world.sharesOf(6, 6);
        succeed(world.undelegate(6, 6, shares));
        succeed(world.redelegate(11, 10, 7, world.sharesOf(10, 11)));
      }
      case 15 ->
          succeed(
              govern(
                  EconomyContract.PARAMS,
                  CallData.of("set(uint256[],uint256[])")
                      .numbers(List.of(UInt256.ZERO, UInt256.of(42)))
                      .numbers(
                          List.of(
                              UInt256.of(ModePolicy.WHITEPAPER.code()), Amount.aitbc(50).wei()))));
      case 18 -> {
        succeed(
            govern(
                EconomyContract.AUTHORITY_REGISTRY,
                CallData.of("admit(address)").address(account(14))));
        succeed(world.join(14));
      }
      case 20 -> upgradeRewards();
      case 30 -> world.passTime(22 * DAY);
      case 31 -> {
        Amount before = world.balance(account(6));
        succeed(world.lotCall(6, "withdraw", 1));
        assertTrue(world.balance(account(6)).minus(before).compareTo(Amount.aitbc(20_000)) > 0);
        succeed(world.lotCall(11, "merge", 2));
        succeed(
            send(13, EconomyContract.SLASHING, CallData.of("finish(address)").address(account(5))));
      }
      case 40 ->
          succeed(
              send(11, EconomyContract.REWARDS, CallData.of("claim(address)").address(account(7))));
      default -> {}
    }
  }

  private void look(int epoch) {
    switch (epoch) {
      case 1 -> assertTrue(candidate(10).isPresent());
      case 7 -> assertTrue(candidate(5).isEmpty());
      case 8 -> assertTrue(candidate(1).orElseThrow().isJailed());
      case 10 -> assertTrue(!candidate(1).orElseThrow().isJailed());
      case 12 -> assertTrue(candidate(6).isEmpty());
      case 15 -> assertEquals(ModePolicy.WHITEPAPER, world.snapshot.parameters().policy());
      case 18 -> assertTrue(candidate(14).orElseThrow().validatorClass().isAuthority());
      default -> {}
    }
  }

  /// The same code at another address: what it keeps must stay.
  private void upgradeRewards() {
    Address other = account(999);
    var _ = world.state.setCode(other, Artifacts.code(EconomyContract.REWARDS.artifact()));
    UInt256 earned = earned();
    succeed(
        govern(
            EconomyContract.REWARDS,
            CallData.of("upgradeToAndCall(address,bytes)").address(other).bytes(Bytes.EMPTY)));
    assertEquals(earned, earned());
    assertEquals(
        UInt256.of(other.bytes().toArray(), 0, Address.BYTES),
        world.state.storage(EconomyContract.REWARDS.address(), GenesisEconomy.IMPLEMENTATION_SLOT));
  }

  private UInt256 earned() {
    return world.read(
        EconomyContract.REWARDS,
        CallData.of("earned(address,address)").address(account(4)).address(account(4)));
  }

  private Optional<Candidate> candidate(int who) {
    return world.snapshot.candidates().stream()
        .filter(each -> each.account().equals(account(who)))
        .findFirst();
  }

  private EconomyWorld.Outcome send(int who, EconomyContract contract, CallData call) {
    return world.send(account(who), contract, Amount.ZERO, call);
  }

  private EconomyWorld.Outcome govern(EconomyContract contract, CallData call) {
    return world.send(EconomyContract.TIMELOCK.address(), contract, Amount.ZERO, call);
  }

  private static void succeed(EconomyWorld.Outcome outcome) {
    assertTrue(outcome.succeeded(), outcome.result().toString());
  }
}

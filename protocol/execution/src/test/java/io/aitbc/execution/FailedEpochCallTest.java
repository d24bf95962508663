// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.UInt256;
import io.aitbc.model.ValidatorClass;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// What an epoch's end does when a contract was upgraded to something that answers wrongly.
/// Protocol §16.1.
class FailedEpochCallTest {
  /// PUSH0 PUSH0 REVERT.
  private static final String REVERTS = "5f5ffd";

  /// An array of three words, where a candidate has four.
  private static final String THREE_WORDS = "60205f5260036020525f5f5260a05ff3";

  /// Nothing: what answers is no contract any more.
  private static final String NOTHING = "00";

  private static final Address COPY = EconomyWorld.account(999);
  private static final int WORK_SHARE = 25;

  private final EconomyWorld world = new EconomyWorld(4, 3, 0);

  /// Upgrades a contract: one function does `answer`, the others what they did.
  private void change(EconomyContract contract, String function, String answer) {
    var _ = world.state.setCode(COPY, Artifacts.code(contract.artifact()));
    String selector = hex(CallData.of(function).toBytes());
    String copy = hex(COPY.bytes());
    String code =
        // If the input begins with the selector, jump to the end.
        "5f3560e01c63"
            + selector
            + "14603557"
            // Else delegate to the copy, and answer what it answers.
            + "365f5f375f5f365f73"
            + copy
            + "5af43d5f5f3e503d5ff3"
            + "5b"
            + answer;
    var _ = world.state.setCode(contract.implementation(), Bytes.fromHex(code));
  }

  private static String hex(Bytes bytes) {
    return bytes.toHex().replace("0x", "");
  }

  private static List<Address> of(EpochSnapshot snapshot, Predicate<ValidatorClass> which) {
    return snapshot.candidates().stream()
        .filter(each -> which.test(each.validatorClass()))
        .map(Candidate::account)
        .toList();
  }

  @Test
  void whoseAnswerFailsIsNamedAndTheOthersStay() {
    world.endEpoch(List.of());
    List<Address> authorities = of(world.snapshot, ValidatorClass::isAuthority);
    List<Address> stakers = of(world.snapshot, ValidatorClass::isStaker);
    assertEquals(4, authorities.size());
    assertEquals(3, stakers.size());
    assertEquals(List.of(), world.failed);

    for (String answer : List.of(REVERTS, THREE_WORDS, NOTHING)) {
      change(EconomyContract.AUTHORITY_REGISTRY, "peek()", answer);
      world.endEpoch(List.of());
      assertEquals(List.of(EconomyContract.AUTHORITY_REGISTRY), world.failed, answer);
      assertEquals(List.of(), of(world.snapshot, ValidatorClass::isAuthority));
      assertEquals(stakers, of(world.snapshot, ValidatorClass::isStaker));
    }
    Bytes mended = Artifacts.code(EconomyContract.AUTHORITY_REGISTRY.artifact());
    var _ = world.state.setCode(EconomyContract.AUTHORITY_REGISTRY.implementation(), mended);
    world.endEpoch(List.of());
    assertEquals(List.of(), world.failed);
    assertEquals(authorities, of(world.snapshot, ValidatorClass::isAuthority));

    change(EconomyContract.STAKE_MANAGER, "snapshot()", THREE_WORDS);
    world.endEpoch(List.of());
    assertEquals(List.of(EconomyContract.STAKE_MANAGER), world.failed);
    assertEquals(authorities, of(world.snapshot, ValidatorClass::isAuthority));
    assertEquals(List.of(), of(world.snapshot, ValidatorClass::isStaker));
  }

  @Test
  void parametersThatFailLeaveThoseOfTheNextEpochWithTheirShareOfWork() {
    var set =
        world.send(
            EconomyContract.TIMELOCK.address(),
            EconomyContract.PARAMS,
            Amount.ZERO,
            CallData.of("set(uint256[],uint256[])")
                .numbers(List.of(UInt256.ZERO, UInt256.of(WORK_SHARE)))
                .numbers(List.of(UInt256.of(ModePolicy.WHITEPAPER.code()), UInt256.of(700_000))));
    assertTrue(set.succeeded(), set.result().toString());
    world.endEpoch(List.of());
    assertEquals(700_000, world.snapshot.workShareMillionths());

    for (String answer : List.of(REVERTS, THREE_WORDS, NOTHING)) {
      change(EconomyContract.PARAMS, "all()", answer);
      world.endEpoch(List.of());
      assertEquals(List.of(EconomyContract.PARAMS), world.failed, answer);
      assertEquals(ModePolicy.WHITEPAPER, world.snapshot.parameters().policy());
      assertEquals(700_000, world.snapshot.workShareMillionths());
      assertEquals(7, world.snapshot.candidates().size());
    }
  }
}

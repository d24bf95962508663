// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.network.PeerId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

// Protocol §15.4: to which peers goes what is for some validators.
class ValidatorNodesTest {
  private static final Address ALICE = Address.fromHex("0x" + "a1".repeat(20));
  private static final Address BOB = Address.fromHex("0x" + "b0".repeat(20));
  private static final Address JOINED_BY_STAKE = Address.fromHex("0x" + "c0".repeat(20));
  private static final PeerId OF_ALICE = PeerId.fromHex("a1".repeat(Hash.BYTES));
  private static final PeerId OF_BOB = PeerId.fromHex("b0".repeat(Hash.BYTES));
  private static final PeerId STRANGER = PeerId.fromHex("c0".repeat(Hash.BYTES));
  private static final PeerId FOLLOWER = PeerId.fromHex("f0".repeat(Hash.BYTES));
  private static final Map<Address, PeerId> GENESIS = Map.of(ALICE, OF_ALICE, BOB, OF_BOB);

  private static Set<PeerId> reached(List<Address> accounts, Set<PeerId> connected) {
    return ValidatorNodes.reached(
        new ValidatorNodes.Known(GENESIS, Set.of(OF_ALICE, OF_BOB)), accounts, connected);
  }

  @Test
  void whereAllNodesAreKnownNobodyElseGetsAnything() {
    assertEquals(
        Set.of(OF_ALICE, OF_BOB),
        reached(List.of(ALICE, BOB), Set.of(OF_ALICE, OF_BOB, STRANGER, FOLLOWER)));
  }

  @Test
  void aValidatorWhoseNodeNobodyKnowsIsAmongThePeersThatAreNoOthersNode() {
    assertEquals(
        Set.of(OF_ALICE, STRANGER, FOLLOWER),
        reached(List.of(ALICE, JOINED_BY_STAKE), Set.of(OF_ALICE, OF_BOB, STRANGER, FOLLOWER)));
  }

  @Test // It may have moved to another node and not described it yet.
  void aValidatorWhoseNodeIsNotConnectedIsLookedForInTheSameWay() {
    assertEquals(
        Set.of(OF_ALICE, STRANGER), reached(List.of(ALICE, BOB), Set.of(OF_ALICE, STRANGER)));
  }

  @Test // Its operator may validate from there under another account.
  void theNodeOfWhoIsNoValidatorAnyMoreMayBeAnyValidators() {
    assertEquals(
        Set.of(OF_BOB, STRANGER),
        ValidatorNodes.reached(
            new ValidatorNodes.Known(GENESIS, Set.of(OF_ALICE)),
            List.of(JOINED_BY_STAKE),
            Set.of(OF_ALICE, OF_BOB, STRANGER)));
  }

  @Test
  void whatIsForNobodyGoesToNobody() {
    assertEquals(Set.of(), reached(List.of(), Set.of(OF_ALICE, STRANGER)));
  }
}

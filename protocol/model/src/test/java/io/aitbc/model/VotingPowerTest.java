// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class VotingPowerTest {
  @Test // Protocol §4: strictly more than two thirds.
  void exactlyTwoThirdsAreNoQuorum() {
    assertFalse(new VotingPower(2).isQuorumOf(new VotingPower(3)));
    assertTrue(new VotingPower(3).isQuorumOf(new VotingPower(3)));
    assertFalse(new VotingPower(200).isQuorumOf(new VotingPower(300)));
    assertTrue(new VotingPower(201).isQuorumOf(new VotingPower(300)));
    assertTrue(new VotingPower(1).isQuorumOf(new VotingPower(1)));
    assertFalse(VotingPower.ZERO.isQuorumOf(VotingPower.ZERO));
  }

  @Test // Protocol §4: nothing overflows at the bound.
  void theBoundaryHoldsAtTheGreatestWeight() {
    VotingPower all = new VotingPower(VotingPower.UNITS_MAX);
    long twoThirds = VotingPower.UNITS_MAX / 3 * 2;
    assertTrue(all.isQuorumOf(all));
    assertFalse(new VotingPower(twoThirds).isQuorumOf(all));
    assertTrue(new VotingPower(twoThirds + 2).isQuorumOf(all));
    assertTrue(all.isOverThirdOf(all));
  }

  @Test // Protocol §4.
  void theBoundaryHoldsForEverySmallTotal() {
    for (int total = 0; total <= 300; total++) {
      for (int part = 0; part <= total; part++) {
        boolean quorum = new VotingPower(part).isQuorumOf(new VotingPower(total));
        assertEquals(part / 2.0 * 3 > total, quorum, part + " of " + total);
      }
    }
  }

  @Test // Protocol §1: units of 10^12 wei.
  void stakeIsWeighedInWholeUnits() {
    assertEquals(new VotingPower(1_000_000), VotingPower.of(Amount.ONE_AITBC));
    assertEquals(VotingPower.ZERO, VotingPower.of(Amount.wei(999_999_999_999L)));
    assertEquals(VotingPower.UNITS_MAX, VotingPower.of(new Amount(UInt256.MAX)).units());
  }

  @Test // Protocol §1.
  void aWeightBeyondTheBoundIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new VotingPower(VotingPower.UNITS_MAX + 1));
    VotingPower all = new VotingPower(VotingPower.UNITS_MAX);
    assertThrows(IllegalArgumentException.class, () -> all.plus(new VotingPower(1)));
  }
}

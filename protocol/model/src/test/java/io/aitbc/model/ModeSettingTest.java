// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/// Protocol §3.4.
class ModeSettingTest {
  @Test // Protocol §3.4: the quorum of all ten blocks is BALANCED's.
  void everyStepOfAChangeHasTheQuorumOfBalanced() {
    for (int step = 1; step <= ModeSetting.STEPS; step++) {
      assertEquals(Mode.BALANCED, new ModeSetting(Mode.FAST, Mode.SECURE, step).quorumMode());
    }
    assertEquals(Mode.FAST, ModeSetting.settled(Mode.FAST).quorumMode());
  }

  @Test // Protocol §3.4: i tenths of the new mode, in integers.
  void valuesMoveByTenths() {
    ModeSetting third = new ModeSetting(Mode.FAST, Mode.SECURE, 3);
    assertEquals(
        100 + (2_000 - 100) * 3 / 10, third.blockIntervalMillis(ConsensusParameters.DEFAULT));
    assertEquals(700, third.authorityProposersPerMille());
    assertEquals(680, third.authorityRewardPerMille());
    ModeSetting last = new ModeSetting(Mode.FAST, Mode.SECURE, 10);
    assertEquals(0, last.authorityProposersPerMille());
    assertEquals(2_000, last.blockIntervalMillis(ConsensusParameters.DEFAULT));
  }

  @Test // Protocol §3.4.
  void aStepNeedsTwoModes() {
    assertThrows(IllegalArgumentException.class, () -> new ModeSetting(Mode.FAST, Mode.FAST, 1));
    assertThrows(IllegalArgumentException.class, () -> new ModeSetting(Mode.FAST, Mode.SECURE, 0));
    assertThrows(IllegalArgumentException.class, () -> new ModeSetting(Mode.FAST, Mode.SECURE, 11));
  }
}

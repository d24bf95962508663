// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

// Protocol §14.2.
class AheadRecordTest {
  private final AheadRecord record = new AheadRecord();

  @Test
  void whatMostlyFallsIsLeftForAWhileAndTriedAgain() {
    turns(false);
    for (int i = 0; i < AheadRecord.LOTS_LEFT; i++) {
      assertFalse(record.pays(), "lot " + i);
    }
    assertTrue(record.pays());
  }

  @Test
  void whatMostlyStandsGoesOn() {
    turns(true);
    assertTrue(record.pays());
    record.turn(false); // One alone tells nothing.
    assertTrue(record.pays());
  }

  private void turns(boolean stand) {
    for (int i = 0; i < AheadRecord.TRIED_MIN; i++) {
      assertTrue(record.pays());
      record.turn(stand);
    }
  }
}

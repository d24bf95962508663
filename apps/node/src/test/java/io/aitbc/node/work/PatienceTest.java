// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.ClaimId;
import io.aitbc.node.work.Patience.Clocks;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatienceTest { // Protocol §17.12, §17.14
  private static final ClaimId CLAIM = new ClaimId(1, 0);
  private static final Clocks LAST = new Clocks(300, 600);

  private final Patience patience = new Patience();

  /// After how many blocks it is over, if it begins at height 0 and second 0.
  private long blocks(long blockMillis, Clocks last) {
    long blocks = 0;
    while (!patience.isOver(CLAIM, new Clocks(blocks, blocks * blockMillis / 1_000), last)) {
      blocks++;
    }
    return blocks;
  }

  @Test
  void itIsFiveBlocksAndFiveSecondsWhateverTheMode() {
    assertEquals(50, blocks(100, LAST));
    patience.served(CLAIM);
    assertEquals(10, blocks(500, LAST));
    patience.served(CLAIM);
    assertEquals(5, blocks(2_000, LAST));
  }

  @Test
  void aDemandIsInTimeHoweverShortTheWindow() {
    for (long blocksMax = 1; blocksMax <= 40; blocksMax++) {
      for (long secondsMax = 1; secondsMax <= 40; secondsMax++) {
        for (long blockMillis : new long[] {100, 500, 2_000}) {
          Clocks last = new Clocks(blocksMax, secondsMax);
          patience.retain(Set.of());
          long blocks = blocks(blockMillis, last);
          // In time until both clocks are past it; half of it is left for what comes of a demand.
          assertTrue(
              2 * blocks <= blocksMax || blocks * blockMillis <= 500 * secondsMax,
              last + " " + blockMillis + " " + blocks);
        }
      }
    }
  }

  @Test
  void whoLooksLateDoesNotWaitForWhatIsOver() {
    assertTrue(patience.isOver(CLAIM, new Clocks(301, 601), LAST));
    patience.served(CLAIM);
    // The blocks are over and the seconds are not, as in FAST.
    assertFalse(patience.isOver(CLAIM, new Clocks(4_000, 400), LAST));
    assertTrue(patience.isOver(CLAIM, new Clocks(4_050, 405), LAST));
  }

  @Test
  void aWorkerThatServesAgainIsWaitedForAnew() {
    assertFalse(patience.isOver(CLAIM, new Clocks(0, 0), LAST));
    patience.served(CLAIM);
    assertFalse(patience.isOver(CLAIM, new Clocks(9, 9), LAST));
    assertTrue(patience.isOver(CLAIM, new Clocks(14, 14), LAST));
  }

  @Test // Protocol §17.15, §17.17: seals wait for a worker that may serve yet.
  void theLastPartOfATimeBeginsWhenAQuarterIsLeftByBothClocks() {
    Clocks end = new Clocks(300, 600);
    assertFalse(new Clocks(274, 600).haveReachedLastPart(end, 100, 40));
    assertFalse(new Clocks(300, 589).haveReachedLastPart(end, 100, 40));
    assertTrue(new Clocks(275, 590).haveReachedLastPart(end, 100, 40));
  }
}

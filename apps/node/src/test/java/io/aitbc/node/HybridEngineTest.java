// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HybridEngineTest { // Protocol §15.5
  private static final Duration FRESH = Duration.ofSeconds(4);
  private static final Instant NOW = Instant.parse("2026-11-30T07:00:00.500Z");

  private static boolean isCurrent(long secondsAgo) {
    return HybridEngine.isCurrent(NOW.getEpochSecond() - secondsAgo, FRESH, NOW);
  }

  @Test
  void whoseLastBlockIsYoungIsNotBehindWhateverPeersSay() {
    assertTrue(isCurrent(0));
    assertTrue(isCurrent(4));
    assertFalse(isCurrent(5));
    assertFalse(isCurrent(3_600));
  }

  @Test
  void aNodeIsBehindByNoMoreBlocksThanThereWasTimeFor() {
    Duration interval = Duration.ofMillis(100);
    long lastBlock = NOW.getEpochSecond() - 60;
    assertEquals(605 + 1, HybridEngine.atMost(Long.MAX_VALUE, lastBlock, interval, NOW));
    assertEquals(64, HybridEngine.atMost(64, lastBlock, interval, NOW));
    assertEquals(1, HybridEngine.atMost(64, NOW.getEpochSecond() + 9, interval, NOW));
  }

  @Test
  void aBlockFromFarAheadSaysNothing() {
    assertTrue(isCurrent(-3));
    assertFalse(isCurrent(-60));
  }
}

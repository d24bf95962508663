// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTest {
  private final Standing<String> standing = new Standing<>(Standing.BAN_POINTS);

  @Test // Protocol §15.4
  void aMalformedMessageBansAtOnceAndForTenMinutes() {
    assertTrue(standing.offended("a", Offence.MALFORMED, 0));
    assertEquals(Optional.of(Duration.ofMinutes(10)), standing.bannedFor("a", 0));
  }

  @Test // Protocol §15.4
  void everyBanEnds() {
    boolean _ = standing.offended("a", Offence.MALFORMED, 0);
    assertTrue(standing.bannedFor("a", Duration.ofMinutes(10).toNanos() - 1).isPresent());
    assertTrue(standing.bannedFor("a", Duration.ofMinutes(10).toNanos()).isEmpty());
  }

  @Test // Protocol §15.4
  void aRepeatedBanIsTwiceAsLongUpToSixHours() {
    long now = 0;
    for (int i = 0; i < 10; i++) {
      boolean _ = standing.offended("a", Offence.MALFORMED, now);
      Duration expected = Duration.ofMinutes(Math.min(360, 10L << i));
      assertEquals(Optional.of(expected), standing.bannedFor("a", now));
      now += expected.toNanos();
    }
  }

  @Test // Protocol §15.4
  void pointsFade() {
    long now = 0;
    for (int i = 0; i < 1000; i++) {
      assertFalse(standing.offended("a", Offence.UNANSWERED, now));
      now += 2 * Standing.POINT_FADES.toNanos();
    }
  }

  @Test // Protocol §15.4
  void manyLightOffencesInAShortTimeBan() {
    for (int i = 0; i < 49; i++) {
      assertFalse(standing.offended("a", Offence.UNANSWERED, 0));
    }
    assertTrue(standing.offended("a", Offence.UNANSWERED, 0));
  }

  @Test // Protocol §15.4
  void onePeerDoesNotPayForAnother() {
    boolean _ = standing.offended("a", Offence.MALFORMED, 0);
    assertTrue(standing.bannedFor("b", 0).isEmpty());
  }

  @Test // Protocol §15.4
  void memoryIsBounded() {
    for (int i = 0; i < 2 * Standing.NAMES_MAX; i++) {
      boolean _ = standing.offended("peer " + i, Offence.MALFORMED, 0);
    }
    assertTrue(standing.bannedFor("peer 0", 0).isEmpty());
    assertTrue(standing.bannedFor("peer " + (2 * Standing.NAMES_MAX - 1), 0).isPresent());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §12.2: what is remembered never changes an answer.
class CheckedPointsTest {
  private int checks;

  private final CheckedPoints<Integer, String> points =
      new CheckedPoints<>(
          16,
          value -> {
            checks++;
            return value % 2 == 0 ? Optional.of("point " + value) : Optional.empty();
          });

  @Test
  void aPointIsCheckedOnce() {
    assertEquals(Optional.of("point 4"), points.point(4));
    assertEquals(Optional.of("point 4"), points.point(4));
    assertEquals(1, checks);
  }

  @Test
  void whatIsRefusedIsCheckedEachTime() {
    assertEquals(Optional.empty(), points.point(3));
    assertEquals(Optional.empty(), points.point(3));
    assertEquals(2, checks);
  }

  @Test
  void whatIsRememberedNeedsNoCheck() {
    points.remember(6, "point 6");
    assertEquals(Optional.of("point 6"), points.point(6));
    assertEquals(0, checks);
  }

  @Test
  void moreValuesThanPlacesAreAllAnswered() {
    for (int round = 0; round < 2; round++) {
      for (int value = -100; value < 1_000; value++) {
        Optional<String> expected =
            value % 2 == 0 ? Optional.of("point " + value) : Optional.empty();
        assertEquals(expected, points.point(value));
      }
    }
  }
}

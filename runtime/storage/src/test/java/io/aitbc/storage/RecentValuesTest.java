// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentValuesTest {
  /// Readers of any state, old ones that come late included, always get what that state holds,
  /// however little is kept.
  @Test
  void everyStateReadsItsOwnValues() {
    Seed.forAll(
        1,
        200,
        seed -> {
          RecentValues<Integer, Integer> recent =
              new RecentValues<>(64L * seed.between(1, 5), 0, _ -> 1);
          List<Map<Integer, Integer>> states = new ArrayList<>();
          states.add(new HashMap<>());
          for (int step = 0; step < 300; step++) {
            if (seed.chance(1, 20)) {
              Map<Integer, Integer> next = new HashMap<>(states.getLast());
              recent.advance(states.size());
              for (int change = seed.below(10); change >= 0; change--) {
                int key = seed.below(100);
                next.put(key, step);
                recent.set(key, step);
              }
              states.add(next);
            }
            int height = states.size() - 1 - Math.min(seed.below(4), states.size() - 1);
            int key = seed.below(100);
            int expected = states.get(height).getOrDefault(key, -1);
            assertEquals(expected, recent.get(key, height, () -> expected));
          }
        });
  }

  /// A reader that loaded a value while the next state was made does not leave it behind.
  @Test
  void aValueLoadedFromAStateThatWasOvertakenIsNotKept() {
    RecentValues<String, Integer> recent = new RecentValues<>(64 * 10, 0, _ -> 1);
    int read =
        recent.get(
            "key",
            0,
            () -> {
              recent.advance(1);
              return 1;
            });
    assertEquals(1, read);
    assertEquals(2, recent.get("key", 1, () -> 2));
  }

  @Test
  void memoryIsBounded() {
    int[] loads = new int[1];
    RecentValues<Integer, Integer> recent = new RecentValues<>(64 * 8, 0, _ -> 1);
    for (int pass = 0; pass < 2; pass++) {
      for (int key = 0; key < 10_000; key++) {
        int value = key;
        int _ =
            recent.get(
                key,
                0,
                () -> {
                  loads[0]++;
                  return value;
                });
      }
    }
    assertTrue(loads[0] > 19_000, "loads " + loads[0]);
  }
}

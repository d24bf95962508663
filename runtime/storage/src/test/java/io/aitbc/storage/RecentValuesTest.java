// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentValuesTest {
  /// Readers of any state since the table was last written always get what that state holds, either
  /// from here or, where nothing is known, from the table, however little is kept.
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
          Map<Integer, Integer> table = new HashMap<>();
          int base = 0;
          for (int step = 0; step < 300; step++) {
            if (seed.chance(1, 20)) {
              Map<Integer, Integer> next = new HashMap<>(states.getLast());
              for (int change = seed.below(10); change >= 0; change--) {
                int key = seed.below(100);
                next.put(key, step);
                recent.set(key, step, states.size());
              }
              states.add(next);
            }
            if (seed.chance(1, 60)) {
              recent.forEachNotInTable(table::put);
              base = states.size() - 1;
              assertEquals(states.getLast(), table);
              recent.isWritten(base);
            }
            int height = seed.between(base, states.size() - 1);
            int key = seed.below(100);
            Integer known = recent.known(key, height);
            int held = table.getOrDefault(key, -1);
            assertEquals(states.get(height).getOrDefault(key, -1), known == null ? held : known);
            if (known == null) {
              recent.offer(key, held, base);
            }
          }
        });
  }

  /// A reader that was overtaken does not leave behind what it read.
  @Test
  void aValueOfAnOlderTableIsNotKept() {
    RecentValues<String, Integer> recent = new RecentValues<>(64 * 10, 0, _ -> 1);
    recent.set("other", 1, 1);
    recent.isWritten(1);
    recent.offer("key", 1, 0);
    assertNull(recent.known("key", 1));
    recent.offer("key", 2, 1);
    assertEquals(2, recent.known("key", 1));
    assertNull(recent.known("key", 0));
  }

  /// What a block set stands against what a reader finds in the table.
  @Test
  void aValueOfTheTableDoesNotReplaceOneThatIsNotInIt() {
    RecentValues<String, Integer> recent = new RecentValues<>(64 * 10, 0, _ -> 1);
    recent.set("key", 5, 1);
    recent.offer("key", 4, 0);
    assertEquals(5, recent.known("key", 1));
    assertNull(recent.known("key", 0));
  }

  @Test
  void memoryIsBoundedAndWhatIsUsedStays() {
    int found = 0;
    RecentValues<Integer, Integer> recent = new RecentValues<>(64 * 8, 0, _ -> 1);
    recent.offer(-1, 0, 0);
    for (int key = 0; key < 10_000; key++) {
      recent.offer(key, key, 0);
      assertEquals(0, recent.known(-1, 0));
    }
    for (int key = 0; key < 10_000; key++) {
      found += recent.known(key, 0) == null ? 0 : 1;
    }
    assertTrue(found <= 64 * 8 && found > 64 * 6, "found " + found);
  }

  /// However many there are: nothing else has them.
  @Test
  void whatIsNotInTheTableStays() {
    RecentValues<Integer, Integer> recent = new RecentValues<>(64 * 8, 0, _ -> 1);
    for (int key = 0; key < 10_000; key++) {
      recent.set(key, key, 1);
    }
    for (int key = 0; key < 10_000; key++) {
      assertEquals(key, recent.known(key, 1));
    }
    assertEquals(10_000, recent.notInTableWeight());
  }
}

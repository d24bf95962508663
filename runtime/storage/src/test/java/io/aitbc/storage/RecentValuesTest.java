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
  /// from here or, where nothing is known, from the table, however little is kept. While the table
  /// is written up to a later state, those at it or above may find either in the table.
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
          Map<Integer, Integer> next = Map.of();
          int base = 0;
          int writingTo = 0;
          for (int step = 0; step < 600; step++) {
            if (seed.chance(1, 20)) {
              Map<Integer, Integer> state = new HashMap<>(states.getLast());
              for (int change = seed.below(10); change >= 0; change--) {
                int key = seed.below(100);
                state.put(key, step);
                recent.set(key, step, states.size());
              }
              states.add(state);
            }
            if (seed.chance(1, 40)) {
              if (writingTo == base) {
                writingTo = states.size() - 1;
                recent.beginWriting(writingTo);
              } else {
                base = writingTo;
                recent.isWritten();
                table = next;
              }
            }
            if (writingTo > base) {
              Map<Integer, Integer> written = new HashMap<>(table);
              recent.forEachBeingWritten(written::put);
              assertEquals(states.get(writingTo), written);
              next = written;
            }
            int height = seed.between(base, states.size() - 1);
            int key = seed.below(100);
            Integer known = recent.known(key, height);
            boolean isOvertaken = writingTo > base && height >= writingTo && seed.chance(1, 2);
            int held = (isOvertaken ? next : table).getOrDefault(key, -1);
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
    recent.beginWriting(1);
    recent.isWritten();
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

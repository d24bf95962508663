// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import java.util.Arrays;

/// States, each a number that is not -1, with the most delays that were left when one was reached,
/// and whether it was gone on from with so many.
final class Visited {
  private static final long FREE = -1;

  private long[] slots = free(1 << 16);
  private byte[] delays = new byte[1 << 16];
  private boolean[] taken = new boolean[1 << 16];
  private int size;

  private static long[] free(int length) {
    long[] slots = new long[length];
    Arrays.fill(slots, FREE);
    return slots;
  }

  int size() {
    return size;
  }

  /// Notes that a state was reached with `left` delays; says whether that is more than before.
  boolean improve(long state, int left) {
    int at = find(slots, state);
    if (slots[at] == state) {
      if (delays[at] >= left) {
        return false;
      }
    } else {
      slots[at] = state;
      size++;
    }
    delays[at] = (byte) left;
    taken[at] = false;
    if (3L * size > 2L * slots.length) {
      grow();
    }
    return true;
  }

  /// The delays that are left at a state that is gone on from now; -1 if it was before.
  int take(long state) {
    int at = find(slots, state);
    if (taken[at]) {
      return -1;
    }
    taken[at] = true;
    return delays[at];
  }

  private void grow() {
    long[] before = slots;
    byte[] delaysBefore = delays;
    boolean[] takenBefore = taken;
    slots = free(2 * before.length);
    delays = new byte[slots.length];
    taken = new boolean[slots.length];
    for (int i = 0; i < before.length; i++) {
      if (before[i] != FREE) {
        int at = find(slots, before[i]);
        slots[at] = before[i];
        delays[at] = delaysBefore[i];
        taken[at] = takenBefore[i];
      }
    }
  }

  private static int find(long[] slots, long state) {
    long mixed = state * 0x9E3779B97F4A7C15L;
    int at = (int) (mixed >>> 32) & (slots.length - 1);
    while (slots[at] != FREE && slots[at] != state) {
      at = (at + 1) & (slots.length - 1);
    }
    return at;
  }
}

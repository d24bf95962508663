// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.model.UInt256;
import io.aitbc.state.MemoryState;
import io.aitbc.testkit.Seed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

// Protocol §14.6. What a slot held is noted once in a frame; whichever frames fail, it comes back.
class SlotWritesTest {
  private static final int STEPS = 400;

  /// What holds at some moment.
  private record Moment(
      SortedMap<Integer, Long> slots, SortedMap<Integer, Long> transients, long refund) {
    Moment copied() {
      return new Moment(new TreeMap<>(slots), new TreeMap<>(transients), refund);
    }
  }

  /// A frame that runs: its mark, and what held when it began.
  private record Begun(int mark, Moment before) {}

  @Test
  void whateverFramesFailSlotsHoldWhatTheyHeldBefore() {
    Workspace workspace = new Workspace();
    Seed.forAll(1, 300, seed -> runsAsItShould(workspace, seed));
  }

  private static void runsAsItShould(Workspace workspace, Seed seed) {
    TransactionState state =
        new TransactionState(
            workspace, new MemoryState(), new CodeCache(1 << 10), Precompiles.NONE, Hash.ZERO);
    LiveAccount owner = state.account(Sandbox.CONTRACT);
    int keys = seed.pick(1, 3, 200);
    Deque<Begun> frames = new ArrayDeque<>();
    Moment now = new Moment(new TreeMap<>(), new TreeMap<>(), 0);
    frames.push(new Begun(state.mark(), now.copied()));
    for (int step = 0; step < STEPS; step++) {
      int mark = frames.element().mark();
      switch (seed.below(8)) {
        case 0 -> frames.push(new Begun(state.mark(), now.copied()));
        case 1 -> {
          if (frames.size() > 1) {
            var _ = frames.pop(); // It succeeds.
          }
        }
        case 2 -> {
          if (frames.size() > 1) {
            Begun failed = frames.pop();
            state.revertTo(failed.mark());
            now = failed.before();
          }
        }
        case 3 -> {
          state.refund(step, mark);
          now = new Moment(now.slots(), now.transients(), now.refund() + step);
        }
        case 4, 5 ->
            write(state, state.transients(), owner, now.transients(), seed.below(keys), step, mark);
        default -> write(state, state.slots(), owner, now.slots(), seed.below(keys), step, mark);
      }
      assertEquals(now.refund(), state.refunded());
      for (int key = 0; key < keys; key++) {
        assertEquals(now.slots().getOrDefault(key, 0L), read(state.slots(), owner, key));
        assertEquals(now.transients().getOrDefault(key, 0L), read(state.transients(), owner, key));
      }
    }
  }

  private static void write(
      TransactionState state,
      SlotTable table,
      LiveAccount owner,
      Map<Integer, Long> expected,
      int key,
      long value,
      int mark) {
    int slot = table.slot(owner, new long[] {key, 0, 0, 0}, 0);
    state.setSlot(table, slot, new long[] {value, 0, 0, 0}, 0, mark);
    var _ = expected.put(key, value);
  }

  private static long read(SlotTable table, LiveAccount owner, int key) {
    UInt256 value = table.valueNumber(table.slot(owner, new long[] {key, 0, 0, 0}, 0));
    assertEquals(UInt256.of(value.low()), value);
    return value.low();
  }
}

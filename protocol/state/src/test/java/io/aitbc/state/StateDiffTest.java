// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Workers;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateDiffTest { // Protocol §13.4
  private static final int ADDRESSES = 50;

  @Test
  void rolledBackAndForwardTheStateIsWhatItWas() {
    Seed.forAll(
        1,
        30,
        seed -> {
          MemoryState state = new MemoryState();
          List<StateDiff> diffs = blocks(seed, state, 10);
          for (StateDiff diff : diffs.reversed()) {
            state.apply(diff.inverted());
          }
          assertEquals(new MemoryState(), state);
          diffs.forEach(state::apply);
          assertEquals(RandomStates.rootFromScratch(state, ADDRESSES), state.root());
        });
  }

  @Test
  void aLayerAnswersWhatTheStateAfterTheDiffAnswers() {
    Seed.forAll(
        1,
        20,
        seed -> {
          MemoryState state = new MemoryState();
          var _ = blocks(seed, state, 5);
          Overlay overlay = new Overlay(state);
          RandomStates.change(seed, overlay, ADDRESSES, 30);
          StateDiff first = StateTrie.diff(state, overlay, Workers.NONE);
          LayeredState layer = new LayeredState(state, first);
          assertEquals(RandomStates.rootFromScratch(layer, ADDRESSES), layer.root());
          Overlay above = new Overlay(layer);
          RandomStates.change(seed, above, ADDRESSES, 30);
          StateDiff second = StateTrie.diff(layer, above, Workers.NONE);
          state.apply(first);
          state.apply(second);
          assertEquals(RandomStates.rootFromScratch(state, ADDRESSES), state.root());
          LayeredState back = new LayeredState(state, second.inverted());
          assertEquals(RandomStates.rootFromScratch(back, ADDRESSES), first.rootAfter());
        });
  }

  @Test
  void aDiffAppliesOnlyToTheStateItStartsFrom() {
    MemoryState state = new MemoryState();
    StateDiff diff = blocks(Seed.of(3), state, 1).getFirst();
    assertThrows(IllegalArgumentException.class, () -> state.apply(diff));
  }

  @Test
  void whatIsEncodedIsReadBack() throws Exception {
    for (StateDiff diff : blocks(Seed.of(4), new MemoryState(), 10)) {
      StateDiff values =
          new StateDiff(
              diff.before(),
              diff.after(),
              diff.accounts(),
              diff.storage(),
              diff.codes(),
              List.of());
      assertEquals(values, StateDiff.decode(diff.encoded()));
    }
  }

  @Test
  void whatIsSetToWhatItWasIsNoChange() {
    MemoryState state = new MemoryState();
    var _ = blocks(Seed.of(5), state, 3);
    Overlay overlay = new Overlay(state);
    for (int i = 0; i < ADDRESSES; i++) {
      var address = RandomStates.address(i);
      UInt256 value = overlay.storage(address, UInt256.ONE);
      overlay.setStorage(address, UInt256.ONE, UInt256.MAX);
      overlay.setStorage(address, UInt256.ONE, value);
    }
    StateDiff diff = StateTrie.diff(state, overlay, Workers.NONE);
    assertEquals(
        new StateDiff(state.trie(), state.trie(), List.of(), List.of(), List.of(), List.of()),
        diff);
  }

  private static List<StateDiff> blocks(Seed seed, MemoryState state, int count) {
    List<StateDiff> diffs = new ArrayList<>();
    for (int block = 0; block < count; block++) {
      Overlay overlay = new Overlay(state);
      RandomStates.change(seed, overlay, ADDRESSES, 40);
      diffs.add(RandomStates.advance(state, overlay, Workers.NONE));
    }
    return diffs;
  }
}

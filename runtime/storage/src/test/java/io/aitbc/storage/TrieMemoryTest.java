// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.state.MemoryState;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateTrie;
import io.aitbc.state.Trie;
import org.junit.jupiter.api.Test;

class TrieMemoryTest { // Protocol §13.4.1
  private static final int ACCOUNTS = 20_000;

  private final MemoryState state = new MemoryState();

  private Trie stored(int balance, int from, int to) {
    Overlay overlay = new Overlay(state);
    for (int i = from; i < to; i++) {
      overlay.setBalance(TestChain.address(i), Amount.wei(balance));
    }
    state.apply(StateTrie.diff(state, overlay, TestChain.WORKERS));
    state.trie().store((_, _) -> {});
    return state.trie();
  }

  private static long all(Trie trie) {
    long bytes = 0;
    for (int part = 0; part < Trie.PARTS; part++) {
      bytes += trie.shed(part, false);
    }
    return bytes;
  }

  @Test
  void withinItsBoundNothingIsForgotten() {
    Trie trie = stored(1, 0, ACCOUNTS);
    long all = all(trie);
    TrieMemory memory = new TrieMemory(2 * all);
    for (int i = 0; i < 100; i++) {
      memory.wrote(trie, 0);
    }
    assertEquals(all, all(trie));
    assertEquals(all, memory.estimated());
  }

  @Test
  void aboveItsBoundWhatIsNotUsedIsForgotten() {
    Trie trie = stored(1, 0, ACCOUNTS);
    long all = all(trie);
    TrieMemory memory = new TrieMemory(all / 2);
    memory.wrote(trie, all);
    assertTrue(all(trie) <= all / 2, all(trie) + " of " + all);
    assertTrue(memory.estimated() <= all / 2, memory.estimated() + " of " + all);
  }

  @Test // Replaced nodes were counted as if they were still there, until their part is measured.
  void blocksThatChangeTheSameAccountsDoNotFillIt() {
    Trie trie = stored(1, 0, ACCOUNTS);
    long all = all(trie);
    TrieMemory memory = new TrieMemory(2 * all);
    for (int block = 0; block < 200; block++) {
      memory.wrote(stored(2 + block % 100, 0, 100), all / 20);
    }
    assertEquals(all, all(state.trie()));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StateTrieTest { // Protocol §13.2
  @Test
  void aStateThatHoldsNothingHasTheRootOfTheEmptyTrie() {
    assertEquals(Account.EMPTY_TRIE_ROOT, new MemoryState().root());
  }

  @Test
  void theRootAfterEachBlockIsTheRootMadeFromScratch() {
    Seed.forAll(
        1,
        60,
        seed -> {
          MemoryState state = new MemoryState();
          int addresses = seed.between(1, 60);
          for (int block = 0; block < 12; block++) {
            Overlay overlay = new Overlay(state);
            RandomStates.change(seed, overlay, addresses, seed.below(40));
            var _ = RandomStates.advance(state, overlay, Workers.NONE);
            assertEquals(RandomStates.rootFromScratch(state, addresses), state.root());
          }
        });
  }

  @Test
  void theStoredNodesAreThoseOfAStateMadeAtOnceWhateverIsInMemory() {
    Seed.forAll(
        1,
        30,
        seed -> {
          TableState grown = new TableState();
          for (int block = 0; block < 10; block++) {
            Overlay overlay = new Overlay(grown);
            RandomStates.change(seed, overlay, 40, 60);
            grown.apply(StateTrie.diff(grown, overlay, Workers.NONE));
            grown.forget(seed);
          }
          Overlay whole = new Overlay(new MemoryState());
          for (int i = 0; i < 40; i++) {
            copy(grown, RandomStates.address(i), whole);
          }
          TableState made = new TableState();
          made.apply(StateTrie.diff(made, whole, Workers.NONE));
          assertEquals(RandomStates.rootFromScratch(grown, 40), grown.root());
          assertEquals(made.nodes, grown.nodes);
          for (int i = 0; i < 50; i++) {
            StateProof proof =
                StateProof.of(grown, RandomStates.address(i), List.of(UInt256.ONE, UInt256.ZERO));
            assertEquals(Optional.empty(), proof.verify(grown.root()));
          }
        });
  }

  @Test
  void whatIsStoredAndNotUsedIsForgottenAndReadAgain() {
    TableState state = new TableState();
    Overlay genesis = new Overlay(state);
    for (int i = 0; i < 3000; i++) {
      genesis.setBalance(RandomStates.address(i), Amount.wei(1));
    }
    state.apply(StateTrie.diff(state, genesis, Workers.NONE));
    long all = state.weight();
    shedAll(state.trie()); // New nodes count as used.
    assertEquals(all, state.weight());
    Overlay one = new Overlay(state);
    one.setBalance(RandomStates.address(7), Amount.wei(2));
    state.apply(StateTrie.diff(state, one, Workers.NONE));
    shedAll(state.trie());
    long few = state.weight();
    assertTrue(few > 0 && few < all / 20, few + " of " + all);
    StateProof proof = StateProof.of(state, RandomStates.address(8), List.of());
    assertEquals(Optional.empty(), proof.verify(state.root()));
    assertEquals(few, state.weight(), "a proof keeps nothing in memory");
    Overlay another = new Overlay(state);
    another.setBalance(RandomStates.address(8), Amount.wei(2));
    state.apply(StateTrie.diff(state, another, Workers.NONE));
    assertEquals(RandomStates.rootFromScratch(state, 3000), state.root());
    assertTrue(state.weight() > few);
  }

  @Test
  void whatIsNotStoredIsNotForgotten() {
    TableState state = new TableState();
    Overlay genesis = new Overlay(state);
    for (int i = 0; i < 3000; i++) {
      genesis.setBalance(RandomStates.address(i), Amount.wei(1));
      genesis.setStorage(RandomStates.address(i % 7), UInt256.of(i % 20), UInt256.ONE);
    }
    StateDiff diff = StateTrie.diff(state, genesis, Workers.NONE);
    shedAll(diff.after());
    shedAll(diff.after());
    state.apply(diff);
    shedAll(state.trie());
    Overlay block = new Overlay(state);
    for (int i = 0; i < 3000; i++) {
      block.setBalance(RandomStates.address(i), Amount.wei(2));
      block.setStorage(RandomStates.address(i % 7), UInt256.of(i % 20), UInt256.MAX);
    }
    state.apply(StateTrie.diff(state, block, Workers.NONE));
    assertEquals(RandomStates.rootFromScratch(state, 3000), state.root());
  }

  private static void shedAll(Trie trie) {
    for (int part = 0; part < Trie.PARTS; part++) {
      long _ = trie.shed(part, true);
    }
  }

  @Test
  void aNodeThatTheStoreLostOrHoldsOtherwiseIsABrokenInvariant() {
    TableState state = new TableState();
    Overlay genesis = new Overlay(state);
    for (int i = 0; i < 100; i++) {
      genesis.setBalance(RandomStates.address(i), Amount.wei(1));
    }
    state.apply(StateTrie.diff(state, genesis, Workers.NONE));
    Trie unread = Trie.unread(state.root());
    NodePath place = NodePath.inAccounts(new byte[1], 1);
    assertTrue(unread.node(state, place).isPresent());
    for (Bytes other : List.of(Bytes.EMPTY, Bytes.of((byte) 0x80))) {
      state.nodes.replaceAll((_, _) -> other);
      Trie again = Trie.unread(state.root());
      assertThrows(IllegalStateException.class, () -> again.node(state, place));
    }
  }

  private static void copy(StateView from, Address address, Overlay to) {
    Account account = from.account(address);
    to.setNonce(address, account.nonce());
    to.setBalance(address, account.balance());
    to.setCode(address, from.code(account.codeHash()));
    for (int key = 0; key < 20; key++) {
      to.setStorage(address, UInt256.of(key), from.storage(address, UInt256.of(key)));
    }
  }

  @Test
  void aStateWithEverythingRemovedHoldsNoNode() {
    MemoryState state = new MemoryState();
    Overlay overlay = new Overlay(state);
    for (int i = 0; i < 300; i++) {
      overlay.credit(RandomStates.address(i), Amount.wei(1));
      overlay.setStorage(RandomStates.address(i), UInt256.ONE, UInt256.of(i + 1));
    }
    var _ = RandomStates.advance(state, overlay, Workers.NONE);
    overlay = new Overlay(state);
    for (int i = 0; i < 300; i++) {
      overlay.debit(RandomStates.address(i), Amount.wei(1));
      overlay.setStorage(RandomStates.address(i), UInt256.ONE, UInt256.ZERO);
    }
    var _ = RandomStates.advance(state, overlay, Workers.NONE);
    assertEquals(new MemoryState(), state);
  }

  @Test
  void theDiffDoesNotDependOnHowManyTasksRunAtOnce() throws Exception {
    MemoryState state = new MemoryState();
    Overlay genesis = new Overlay(state);
    RandomStates.change(Seed.of(7), genesis, 2000, 8000);
    for (int key = 0; key < 2000; key++) {
      genesis.setStorage(RandomStates.address(0), UInt256.of(key), UInt256.ONE);
    }
    var _ = RandomStates.advance(state, genesis, Workers.NONE);
    Overlay block = new Overlay(state);
    RandomStates.change(Seed.of(8), block, 2500, 4000);
    for (int key = 1000; key < 3000; key++) {
      block.setStorage(RandomStates.address(0), UInt256.of(key), UInt256.of(key & 1));
    }
    StateDiff alone = StateTrie.diff(state, block, Workers.NONE);
    for (int count = 1; count <= 8; count++) {
      try (Threads threads = new Threads(count)) {
        assertEquals(alone, StateTrie.diff(state, block, threads));
      }
    }
  }

  @Test // Protocol §13.4: every list is ascending; the decoder refuses any other.
  void aBlockThatOnlyAddsGivesTheRootMadeFromScratchAndItsNodesInOrder() throws Exception {
    MemoryState state = new MemoryState();
    for (int block = 1; block <= 3; block++) {
      Overlay overlay = new Overlay(state);
      for (int i = 0; i < 700 * block; i++) {
        overlay.setBalance(RandomStates.address(i), Amount.wei(block));
      }
      for (int key = 0; key < 10 * block; key++) {
        overlay.setStorage(RandomStates.address(5), UInt256.of(key % 20), UInt256.of(key + 1));
        overlay.setStorage(RandomStates.address(6), UInt256.of(key % 20), UInt256.of(key + 1));
      }
      StateDiff diff = RandomStates.advance(state, overlay, Workers.NONE);
      assertEquals(RandomStates.rootFromScratch(state, 700 * block), state.root());
      assertEquals(diff.encoded(), StateDiff.decode(diff.encoded()).encoded());
    }
  }

  @Test // Keys with long common beginnings and short values: extensions, nodes inside of nodes.
  void crowdedKeysGiveTheRootMadeFromScratchAndNoOtherNodes() {
    Seed.forAll(
        1,
        150,
        seed -> {
          CrowdedTrie trie = new CrowdedTrie();
          for (int batch = 0; batch < 8; batch++) {
            trie.update(seed);
            assertEquals(TrieRoot.of(trie.entries), trie.state.root());
            CrowdedTrie atOnce = new CrowdedTrie();
            atOnce.put(trie.entries);
            assertEquals(atOnce.state.nodes, trie.state.nodes);
            trie.state.forget(seed);
          }
        });
  }

  private static final class CrowdedTrie {
    final TableState state = new TableState();
    final SortedMap<Bytes, Bytes> entries = new TreeMap<>();

    void update(Seed seed) {
      SortedMap<Bytes, Bytes> batch = new TreeMap<>();
      boolean removing = seed.chance(1, 2);
      int depth = seed.between(1, 31);
      int count = seed.chance(1, 10) ? 400 : seed.between(1, 8);
      for (int i = 0; i < count; i++) {
        byte[] key = new byte[32];
        key[depth] = (byte) (int) seed.pick(0, 1, 16, 17, 255);
        key[seed.between(depth, 31)] = (byte) seed.below(256);
        key[0] = (byte) (seed.chance(1, 4) ? seed.below(256) : 0);
        boolean gone = removing && seed.chance(1, 3);
        batch.put(Bytes.of(key), gone ? Bytes.EMPTY : Bytes.of(seed.bytes(seed.between(1, 2))));
      }
      for (Bytes key : new ArrayList<>(entries.keySet())) {
        if (removing && seed.chance(1, 4)) {
          batch.put(key, Bytes.EMPTY);
        }
      }
      put(batch);
    }

    void put(SortedMap<Bytes, Bytes> batch) {
      List<TrieUpdate.Put> puts = new ArrayList<>();
      batch.forEach((key, value) -> {
        puts.add(new TrieUpdate.Put(key.toArray(), value.isEmpty() ? null : value.toArray()));
        if (value.isEmpty()) {
          entries.remove(key);
        } else {
          entries.put(key, value);
        }
      });
      List<NodePath> vacated = new ArrayList<>();
      TrieReader reader = new TrieReader(state, null, true);
      TrieNode top =
          StateTrie.update(
              reader,
              state.trie().top(reader),
              puts.toArray(new TrieUpdate.Put[0]),
              vacated,
              Workers.NONE);
      state.apply(
          new StateDiff(state.trie(), Trie.of(top), List.of(), List.of(), List.of(), vacated));
    }
  }
}

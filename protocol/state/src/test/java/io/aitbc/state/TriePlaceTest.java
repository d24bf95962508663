// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

// Protocol §13.5: every part of a state that is fetched proves itself.
class TriePlaceTest {
  private static final int ADDRESSES = 120;
  private static final int KEYS = 20;

  private static TableState state(Seed seed) {
    TableState state = new TableState();
    Overlay overlay = new Overlay(state);
    RandomStates.change(seed, overlay, ADDRESSES, 600);
    state.apply(StateTrie.diff(state, overlay, Workers.NONE));
    return state;
  }

  private static List<TriePlace.Entry> entries(TableState state, TriePlace place) {
    List<TriePlace.Entry> entries = new ArrayList<>();
    for (int i = 0; i < ADDRESSES; i++) {
      Address address = RandomStates.address(i);
      if (place.owner() == null) {
        if (!state.account(address).equals(Account.EMPTY)) {
          entries.add(TriePlace.Entry.of(address, state.account(address)));
        }
      } else if (Keccak256.hash(address.bytes()).equals(place.owner())) {
        for (int key = 0; key < KEYS; key++) {
          UInt256 value = state.storage(address, UInt256.of(key));
          if (!value.isZero()) {
            entries.add(TriePlace.Entry.of(UInt256.of(key), value));
          }
        }
      }
    }
    return entries.stream()
        .filter(entry -> isBelow(entry.key(), place.path()))
        .sorted(Comparator.comparing(TriePlace.Entry::key))
        .toList();
  }

  private static boolean isBelow(Hash key, NodePath path) {
    for (int i = 0; i < path.length(); i++) {
      if (Nibbles.at(key.toArray(), i) != path.nibble(i)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void nodesAndRangesFromTheRootDownAreTheNodesOfTheState() {
    Seed.forAll(
        1,
        30,
        seed -> {
          TableState state = state(seed);
          NavigableMap<NodePath, Bytes> fetched = new TreeMap<>();
          Deque<TriePlace> missing = new ArrayDeque<>();
          missing.push(TriePlace.ofAccounts(state.root()));
          for (int i = 0; i < ADDRESSES; i++) {
            Account account = state.account(RandomStates.address(i));
            if (account.hasStorage()) {
              missing.push(
                  TriePlace.ofStorage(
                      Keccak256.hash(RandomStates.address(i).bytes()), account.storageRoot()));
            }
          }
          while (!missing.isEmpty()) {
            TriePlace place = missing.pop();
            List<TriePlace.Entry> entries = entries(state, place);
            TriePlace.Verdict verdict =
                entries.size() > 1 && seed.chance(1, 2)
                    ? place.node(state.node(place.path()).orElseThrow())
                    : place.range(entries);
            TriePlace.Verdict.Holds holds =
                assertInstanceOf(TriePlace.Verdict.Holds.class, verdict, verdict::toString);
            holds.nodes().forEach(node -> fetched.put(node.path(), node.encoding()));
            holds.below().forEach(missing::push);
          }
          assertEquals(state.nodes, fetched);
        });
  }

  @Test
  void aRangeWithAnythingElseInItIsRefused() {
    Seed.forAll(
        2,
        30,
        seed -> {
          TableState state = state(seed);
          TriePlace root = TriePlace.ofAccounts(state.root());
          List<TriePlace.Entry> right = entries(state, root);
          int at = seed.below(right.size());
          List<TriePlace.Entry> torn = new ArrayList<>(right);
          TriePlace.Entry gone = torn.remove(at);
          refused(PlaceRejection.WrongContent.class, root.range(torn));

          List<TriePlace.Entry> forged = new ArrayList<>(right);
          Account richer = new Account(9, Amount.aitbc(9), Account.EMPTY_TRIE_ROOT, gone.key());
          forged.set(at, new TriePlace.Entry(gone.key(), richer.encoded()));
          refused(PlaceRejection.WrongContent.class, root.range(forged));

          List<TriePlace.Entry> twice = new ArrayList<>(right);
          twice.add(at, gone);
          refused(PlaceRejection.WrongKey.class, root.range(twice));
          refused(PlaceRejection.WrongKey.class, root.range(right.reversed()));
          refused(PlaceRejection.NothingThere.class, root.range(List.of()));
        });
  }

  @Test
  void aRangeOfAnotherPlaceIsRefused() {
    TableState state = state(Seed.of(3));
    TriePlace root = TriePlace.ofAccounts(state.root());
    List<TriePlace> below =
        assertInstanceOf(
                TriePlace.Verdict.Holds.class, root.node(state.node(root.path()).orElseThrow()))
            .below();
    assertEquals(16, below.size());
    refused(PlaceRejection.WrongKey.class, below.get(0).range(entries(state, below.get(1))));
    refused(PlaceRejection.WrongKey.class, below.get(0).range(entries(state, root)));
  }

  @Test
  void aNodeWithAnyBitChangedAndALeafAreRefused() {
    Seed seed = Seed.of(4);
    TableState state = state(seed);
    TriePlace root = TriePlace.ofAccounts(state.root());
    byte[] node = state.node(root.path()).orElseThrow().toArray();
    for (int i = 0; i < node.length; i++) {
      byte[] damaged = node.clone();
      damaged[i] ^= (byte) (1 << seed.below(8));
      refused(PlaceRejection.WrongContent.class, root.node(Bytes.of(damaged)));
    }
    TableState one = new TableState();
    Overlay overlay = new Overlay(one);
    overlay.setBalance(RandomStates.address(1), Amount.aitbc(1));
    one.apply(StateTrie.diff(one, overlay, Workers.NONE));
    TriePlace leaf = TriePlace.ofAccounts(one.root());
    refused(PlaceRejection.LeafWithoutKey.class, leaf.node(one.node(leaf.path()).orElseThrow()));
    Bytes noNode = Bytes.of((byte) 0xc0);
    refused(PlaceRejection.NoNode.class, TriePlace.ofAccounts(Keccak256.hash(noNode)).node(noNode));
  }

  private static void refused(Class<? extends PlaceRejection> reason, TriePlace.Verdict verdict) {
    assertInstanceOf(reason, assertInstanceOf(TriePlace.Verdict.Refused.class, verdict).reason());
  }
}

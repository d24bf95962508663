// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// A final state in memory, all of its tries too. {@link #apply} belongs to one thread and to
/// moments at which nobody reads.
public final class MemoryState implements FinalState {
  private record SlotKey(Address address, UInt256 key) {}

  private final Map<Address, Account> accounts = new LinkedHashMap<>();
  private final Map<SlotKey, UInt256> slots = new LinkedHashMap<>();
  private final Map<Hash, Bytes> codes = new LinkedHashMap<>();
  private Trie trie = Trie.EMPTY;

  /// The state that holds nothing.
  public MemoryState() {}

  /// Rolls the state forward, or back by an inverted diff.
  ///
  /// @param diff not a decoded one, which has no trie
  /// @throws IllegalArgumentException if the diff does not start at this state's root
  public void apply(StateDiff diff) {
    if (!diff.rootBefore().equals(root())) {
      throw new IllegalArgumentException(
          "a diff from " + diff.rootBefore() + " over a state with root " + root());
    }
    diff.accounts().forEach(c -> put(accounts, c.address(), c.after(), Account.EMPTY));
    diff.storage()
        .forEach(c -> put(slots, new SlotKey(c.address(), c.key()), c.after(), UInt256.ZERO));
    diff.codes().forEach(c -> put(codes, c.hash(), c.after(), Bytes.EMPTY));
    trie = diff.after();
  }

  private static <K, V> void put(Map<K, V> map, K key, V value, V none) {
    if (value.equals(none)) {
      map.remove(key);
    } else {
      map.put(key, value);
    }
  }

  @Override
  public Trie trie() {
    return trie;
  }

  @Override
  public Account account(Address address) {
    return accounts.getOrDefault(address, Account.EMPTY);
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    return slots.getOrDefault(new SlotKey(address, key), UInt256.ZERO);
  }

  @Override
  public SortedMap<Hash, UInt256> slotNumbers(Address address, SortedSet<Hash> hashes) {
    SortedMap<Hash, UInt256> numbers = new TreeMap<>();
    for (SlotKey slot : slots.keySet()) {
      if (slot.address.equals(address) && hashes.contains(StateTrie.hash(slot.key))) {
        numbers.put(StateTrie.hash(slot.key), slot.key);
      }
    }
    return numbers;
  }

  @Override
  public Optional<Bytes> findCode(Hash codeHash) {
    return Optional.ofNullable(codes.get(codeHash));
  }

  @Override
  public Optional<Bytes> storedNode(NodePath place, Hash hash) {
    return Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MemoryState that
        && trie.equals(that.trie)
        && accounts.equals(that.accounts)
        && slots.equals(that.slots)
        && codes.equals(that.codes);
  }

  @Override
  public int hashCode() {
    return trie.hashCode();
  }
}

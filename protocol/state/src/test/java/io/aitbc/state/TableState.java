// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// A state whose trie nodes lie in a table by place, as on a disk, and only partly in memory.
final class TableState implements FinalState {
  final NavigableMap<NodePath, Bytes> nodes = new TreeMap<>();
  private final MemoryState values = new MemoryState();
  private Trie trie = Trie.EMPTY;

  void apply(StateDiff diff) {
    values.apply(diff);
    trie = diff.after();
    trie.store(nodes::put);
    for (NodePath place : diff.vacated()) {
      if (node(place).isEmpty()) {
        nodes.remove(place);
      }
    }
  }

  /// Forgets some of what is in memory, or all of it.
  void forget(Seed seed) {
    if (seed.chance(1, 4)) {
      trie = Trie.unread(trie.root());
    } else {
      for (int part = 0; part < Trie.PARTS; part++) {
        long _ = trie.shed(part, seed.chance(1, 2));
      }
    }
  }

  /// What is in memory, about, in bytes, but for the nodes near the root.
  long weight() {
    long weight = 0;
    for (int part = 0; part < Trie.PARTS; part++) {
      weight += trie.shed(part, false);
    }
    return weight;
  }

  @Override
  public Trie trie() {
    return trie;
  }

  @Override
  public Optional<Bytes> storedNode(NodePath place, Hash hash) {
    return Optional.ofNullable(nodes.get(place)).filter(node -> Keccak256.hash(node).equals(hash));
  }

  @Override
  public Account account(Address address) {
    return values.account(address);
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    return values.storage(address, key);
  }

  @Override
  public SortedMap<Hash, UInt256> slotNumbers(Address address, SortedSet<Hash> hashes) {
    return values.slotNumbers(address, hashes);
  }

  @Override
  public Optional<Bytes> findCode(Hash codeHash) {
    return values.findCode(codeHash);
  }
}

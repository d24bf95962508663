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

/// A final state as one diff away from another: the next one before it is written, or, with an
/// inverted diff, the one before. Layers stack. Never changes.
public final class LayeredState implements FinalState {
  private record SlotKey(Address address, UInt256 key) {}

  private final FinalState base;
  private final Trie trie;
  private final Map<Address, Account> accounts = new LinkedHashMap<>();
  private final Map<SlotKey, UInt256> slots = new LinkedHashMap<>();
  private final Map<Hash, Bytes> codes = new LinkedHashMap<>();

  /// The state that `diff` makes of `base`.
  ///
  /// @throws IllegalArgumentException if the diff does not start at the root of `base`
  public LayeredState(FinalState base, StateDiff diff) {
    if (!diff.rootBefore().equals(base.root())) {
      throw new IllegalArgumentException(
          "a diff from " + diff.rootBefore() + " over a state with root " + base.root());
    }
    this.base = base;
    this.trie = diff.after();
    diff.accounts().forEach(c -> accounts.put(c.address(), c.after()));
    diff.storage().forEach(c -> slots.put(new SlotKey(c.address(), c.key()), c.after()));
    diff.codes().forEach(c -> codes.put(c.hash(), c.after()));
  }

  @Override
  public Trie trie() {
    return trie;
  }

  @Override
  public Account account(Address address) {
    Account account = accounts.get(address);
    return account != null ? account : base.account(address);
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    UInt256 value = slots.get(new SlotKey(address, key));
    return value != null ? value : base.storage(address, key);
  }

  @Override
  public SortedMap<Hash, UInt256> slotNumbers(Address address, SortedSet<Hash> hashes) {
    SortedMap<Hash, UInt256> numbers = base.slotNumbers(address, hashes);
    for (SlotKey slot : slots.keySet()) {
      if (slot.address.equals(address) && hashes.contains(StateTrie.hash(slot.key))) {
        numbers.put(StateTrie.hash(slot.key), slot.key);
      }
    }
    return numbers;
  }

  @Override
  public Optional<Bytes> findCode(Hash codeHash) {
    Bytes code = codes.get(codeHash);
    return code != null ? present(code) : base.findCode(codeHash);
  }

  @Override
  public int codeLength(Hash codeHash) {
    return codes.containsKey(codeHash)
        ? FinalState.super.codeLength(codeHash)
        : base.codeLength(codeHash);
  }

  @Override
  public Optional<Bytes> storedNode(NodePath place, Hash hash) {
    // What the diff changed is in memory; the rest is the base's.
    return base.storedNode(place, hash);
  }

  private static Optional<Bytes> present(Bytes bytes) {
    return bytes.isEmpty() ? Optional.empty() : Optional.of(bytes);
  }
}

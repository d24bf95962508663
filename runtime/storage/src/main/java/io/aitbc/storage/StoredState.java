// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.FinalState;
import io.aitbc.state.LayeredState;
import io.aitbc.state.NodePath;
import io.aitbc.state.Trie;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// The state after one final block: what the tables of state held when that block was the head, and
/// what the blocks since their base had changed. Stands still while it is held. Protocol §13.1.
///
/// A thread that writes the tables of state may have been through with it when the view of them was
/// taken. So the tables of the view hold the state of the base or of one between it and the block;
/// both will do, as long as the cache knows what changed since the base.
final class StoredState implements FinalState {
  /// Memory for what is read of a state that few still ask for.
  private static final long APART_CACHE_BYTES = 4L << 20;

  private final long height;
  private final Trie trie;
  private final KeyValues.View view;
  private final long base;
  private final StateCache cache;

  // What this state is read from once the cache has gone on to a later base. A thread that makes
  // the same again does no harm.
  private volatile @Nullable Values apart;
  private volatile @Nullable FinalState apartWithTrie;

  /// @param trie the tries, which belong to this store
  /// @param view the tables when the block was the head
  /// @param base height of the state that its tables of state hold, or of an older one
  /// @param cache knows what the blocks above the base up to this one changed, as long as its base
  ///   is that
  StoredState(long height, Trie trie, KeyValues.View view, long base, StateCache cache) {
    this.height = height;
    this.trie = trie;
    this.view = view;
    this.base = base;
    this.cache = cache;
  }

  /// The state at `height` whose tables of state are those of `view`, with a cache of its own.
  static StoredState ofTables(KeyValues.View view, long height) {
    return new StoredState(
        height,
        Trie.unread(BlockRows.stateRoot(view, height)),
        view,
        height,
        new StateCache(APART_CACHE_BYTES, view, height));
  }

  @Override
  public Trie trie() {
    return trie;
  }

  @Override
  public Account account(Address address) {
    RecentValues<Address, Account> recent = cache.accounts();
    Account known = recent.known(address, height);
    if (known != null) {
      return known;
    }
    if (recent.base() != base) {
      return apart().account(address, tables());
    }
    Account read =
        view.get(Table.ACCOUNTS, Keys.of(address)).map(Rows::account).orElse(Account.EMPTY);
    recent.offer(address, read, base);
    return read;
  }

  @Override
  public UInt256 storage(Address address, UInt256 key) {
    RecentValues<StateCache.SlotKey, UInt256> recent = cache.slots();
    StateCache.SlotKey slot = new StateCache.SlotKey(address, key);
    UInt256 known = recent.known(slot, height);
    if (known != null) {
      return known;
    }
    if (recent.base() != base) {
      return apart().storage(address, key, tables());
    }
    UInt256 read =
        view.get(Table.SLOTS, Keys.of(address, key)).map(Rows::slot).orElse(UInt256.ZERO);
    recent.offer(slot, read, base);
    return read;
  }

  @Override
  public SortedMap<Hash, UInt256> slotNumbers(Address address, SortedSet<Hash> hashes) {
    // Changes since the tables were written are few; those before it have rows.
    SortedMap<Hash, UInt256> numbers = apart().slotNumbers(address, hashes);
    for (Hash hash : hashes) {
      if (!numbers.containsKey(hash)) {
        view.get(Table.SLOTS, Keys.of(address, hash))
            .map(Rows::slotNumber)
            .ifPresent(number -> numbers.put(hash, number));
      }
    }
    return numbers;
  }

  @Override
  public Optional<Bytes> findCode(Hash codeHash) {
    return view.get(Table.CODES, Keys.of(codeHash)).map(Bytes::wrap);
  }

  @Override
  public int codeLength(Hash codeHash) {
    return view.get(Table.CODE_LENGTHS, Keys.of(codeHash))
        .map(Rows::codeLength)
        .orElseGet(() -> FinalState.super.codeLength(codeHash));
  }

  /// A node that went from memory was written before, and is where it was written unless the tables
  /// have gone on to a later state since; its hash tells.
  @Override
  public Optional<Bytes> storedNode(NodePath place, Hash hash) {
    return read(view, place, hash)
        .or(() -> read(cache.tables(), place, hash))
        .or(() -> cache.accounts().base() == base ? Optional.empty() : apartWithTrie().node(place));
  }

  private static Optional<Bytes> read(KeyValues.View tables, NodePath place, Hash hash) {
    return tables
        .get(Table.NODES, place.toArray())
        .map(Bytes::wrap)
        .filter(node -> Keccak256.hash(node).equals(hash));
  }

  private Values apart() {
    Values made = apart;
    if (made == null) {
      made = Changes.forward(view, ChainStore.stateHeight(view), height);
      apart = made;
    }
    return made;
  }

  private FinalState apartWithTrie() {
    FinalState made = apartWithTrie;
    if (made == null) {
      StoredState tables = tables();
      made = new LayeredState(tables, apart().diff(tables, root()));
      apartWithTrie = made;
    }
    return made;
  }

  private StoredState tables() {
    return ofTables(view, ChainStore.stateHeight(view));
  }

  long height() {
    return height;
  }

  KeyValues.View view() {
    return view;
  }
}

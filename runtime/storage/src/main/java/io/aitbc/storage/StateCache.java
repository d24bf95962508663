// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.NodePath;
import io.aitbc.state.StateDiff;
import java.util.Optional;

/// What was read or written last of the state, so that most reads of execution and of the trie do
/// not reach the database.
///
/// An entry says from which height on its value stands; it stands until the next entry of its key
/// comes. So a reader of an older state takes an entry only if it was there already, and a value
/// that was read from an older state is never kept.
final class StateCache {
  /// The key of a slot.
  record SlotKey(Address address, UInt256 slot) {}

  private static final int ACCOUNT_BYTES = 320;
  private static final int SLOT_BYTES = 240;
  private static final int NODE_EXTRA_BYTES = 220;

  private final RecentValues<Address, Account> accounts;
  private final RecentValues<SlotKey, UInt256> slots;
  private final RecentValues<NodePath, Optional<Bytes>> nodes;

  /// An empty cache over the state at `height`.
  ///
  /// @param bytesMax memory it may take, about
  StateCache(long bytesMax, long height) {
    accounts = new RecentValues<>(bytesMax / 4, height, _ -> ACCOUNT_BYTES);
    slots = new RecentValues<>(bytesMax / 4, height, _ -> SLOT_BYTES);
    nodes =
        new RecentValues<>(
            bytesMax / 2, height, node -> NODE_EXTRA_BYTES + node.map(Bytes::length).orElse(0));
  }

  RecentValues<Address, Account> accounts() {
    return accounts;
  }

  RecentValues<SlotKey, UInt256> slots() {
    return slots;
  }

  RecentValues<NodePath, Optional<Bytes>> nodes() {
    return nodes;
  }

  /// Goes on to the state at `height`, which `diff` made.
  void advance(long height, StateDiff diff) {
    accounts.advance(height);
    slots.advance(height);
    nodes.advance(height);
    diff.accounts().forEach(change -> accounts.set(change.address(), change.after()));
    diff.storage()
        .forEach(change -> slots.set(new SlotKey(change.address(), change.key()), change.after()));
    diff.nodes()
        .forEach(change ->
            nodes.set(
                change.path(),
                change.after().isEmpty() ? Optional.empty() : Optional.of(change.after())));
  }
}

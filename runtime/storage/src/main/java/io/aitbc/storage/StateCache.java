// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.NodePath;
import io.aitbc.state.StateDiff;

/// What the last blocks changed in the state and the tables of state do not hold yet, and what was
/// read or written last of it, so that most reads of execution and of the trie do not reach the
/// database. The changes are written many blocks at once, so what changed in many of them, like the
/// nodes near a root, is written once. Protocol §13.4.1.
final class StateCache {
  /// The key of a slot.
  record SlotKey(Address address, UInt256 slot) {}

  private static final int ACCOUNT_BYTES = 320;
  private static final int SLOT_BYTES = 240;
  private static final int NODE_EXTRA_BYTES = 220;

  private final RecentValues<Address, Account> accounts;
  private final RecentValues<SlotKey, UInt256> slots;
  private final RecentValues<NodePath, Bytes> nodes;

  /// An empty cache over tables that hold the state at `base`.
  ///
  /// @param bytesMax memory it may take beside what is not written yet, about
  StateCache(long bytesMax, long base) {
    accounts = new RecentValues<>(bytesMax / 4, base, _ -> ACCOUNT_BYTES);
    slots = new RecentValues<>(bytesMax / 4, base, _ -> SLOT_BYTES);
    nodes = new RecentValues<>(bytesMax / 2, base, node -> NODE_EXTRA_BYTES + node.length());
  }

  RecentValues<Address, Account> accounts() {
    return accounts;
  }

  RecentValues<SlotKey, UInt256> slots() {
    return slots;
  }

  /// Trie nodes by path; empty where there is none.
  RecentValues<NodePath, Bytes> nodes() {
    return nodes;
  }

  /// The block at `height`, the next, changed this.
  void add(long height, StateDiff diff) {
    diff.accounts().forEach(change -> accounts.set(change.address(), change.after(), height));
    diff.storage()
        .forEach(change ->
            slots.set(new SlotKey(change.address(), change.key()), change.after(), height));
    diff.nodes().forEach(change -> nodes.set(change.path(), change.after(), height));
  }

  /// Memory that takes what is not written yet, about.
  long notWrittenBytes() {
    return accounts.notInTableWeight() + slots.notInTableWeight() + nodes.notInTableWeight();
  }

  /// How many values are not written yet.
  int notWrittenCount() {
    return accounts.notInTableCount() + slots.notInTableCount() + nodes.notInTableCount();
  }

  /// Writes into the tables what they lack of the state at the head.
  void write(Batch batch) {
    StateWriter writer = new StateWriter(batch);
    accounts.forEachNotInTable(writer::account);
    slots.forEachNotInTable(writer::slot);
    nodes.forEachNotInTable(writer::node);
  }

  /// The tables hold the state at `height`, the head's.
  void isWritten(long height) {
    accounts.isWritten(height);
    slots.isWritten(height);
    nodes.isWritten(height);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.NodePath;
import io.aitbc.state.StateDiff;
import io.aitbc.state.Trie;
import java.util.LinkedHashSet;
import java.util.Set;

/// What the last blocks changed in the state and the tables of state do not hold yet, and what was
/// read or written last of it, so that most reads of execution and of the trie do not reach the
/// database. The changes are written many blocks at once, so what changed in many of them, like the
/// nodes near a root, is written once. Protocol §13.4.1.
final class StateCache {
  /// The key of a slot.
  record SlotKey(Address address, UInt256 slot) {}

  private static final int ACCOUNT_BYTES = 320;
  private static final int SLOT_BYTES = 240;

  /// Memory that the new trie nodes take that come with one change, about: a leaf, the branch above
  /// it, and a part of a third.
  private static final int NODES_BYTES = 1_100;

  private final RecentValues<Address, Account> accounts;
  private final RecentValues<SlotKey, UInt256> slots;
  private final TrieMemory tries;

  /// The tables as they are.
  private volatile KeyValues.View tables;

  // Only the writer's.
  private Set<NodePath> vacated = new LinkedHashSet<>();
  private long changes;

  // What is being written; read by who writes it.
  private Set<NodePath> vacatedBeingWritten = Set.of();
  private long changesBeingWritten;

  /// An empty cache over `tables` that hold the state at `base`.
  ///
  /// @param bytesMax memory it may take beside what is not written yet, about
  StateCache(long bytesMax, KeyValues.View tables, long base) {
    accounts = new RecentValues<>(bytesMax / 4, base, _ -> ACCOUNT_BYTES);
    slots = new RecentValues<>(bytesMax / 4, base, _ -> SLOT_BYTES);
    tries = new TrieMemory(bytesMax / 2);
    this.tables = tables;
  }

  RecentValues<Address, Account> accounts() {
    return accounts;
  }

  RecentValues<SlotKey, UInt256> slots() {
    return slots;
  }

  /// The tables of state as they were written last.
  KeyValues.View tables() {
    return tables;
  }

  /// The block at `height`, the next, changed this.
  void add(long height, StateDiff diff) {
    diff.accounts().forEach(change -> accounts.set(change.address(), change.after(), height));
    diff.storage()
        .forEach(change ->
            slots.set(new SlotKey(change.address(), change.key()), change.after(), height));
    vacated.addAll(diff.vacated());
    changes += diff.accounts().size() + diff.storage().size();
  }

  /// Memory that takes what is not written yet nor being written, about.
  long notWrittenBytes() {
    return accounts.notInTableWeight() + slots.notInTableWeight() + NODES_BYTES * changes;
  }

  /// The tables are going to be written up to `head`, the state at the head. Blocks may be added
  /// while they are; {@link #isWritten} follows before this is called again.
  void beginWriting(StoredState head) {
    accounts.beginWriting(head.height());
    slots.beginWriting(head.height());
    vacatedBeingWritten = vacated;
    vacated = new LinkedHashSet<>();
    changesBeingWritten = changes;
    changes = 0;
  }

  /// What the tables lack of `head`, the state with which the writing was begun. On any thread.
  Batch batch(StoredState head) {
    int values = accounts.beingWrittenCount() + slots.beingWrittenCount();
    Batch batch = new Batch(3 * values); // A changed value has two trie nodes of its own or less.
    StateWriter writer = new StateWriter(batch);
    accounts.forEachBeingWritten(writer::account);
    slots.forEachBeingWritten(writer::slot);
    writer.tries(head, head.trie(), vacatedBeingWritten);
    return batch;
  }

  /// The tables hold the state with which the writing was begun.
  ///
  /// @param tries those of the newest state
  /// @param now the tables
  void isWritten(Trie tries, KeyValues.View now) {
    tables = now;
    accounts.isWritten();
    slots.isWritten();
    vacatedBeingWritten = Set.of();
    this.tries.wrote(tries, NODES_BYTES * changesBeingWritten);
    changesBeingWritten = 0;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.state.Account;
import io.aitbc.state.StateDiff;

/// Turns the changes of a block into changes of the tables of state. Protocol §13.4.1.
final class StateWriter {
  private StateWriter() {}

  /// The state after `diff`.
  static void write(Batch batch, StateDiff diff) {
    for (StateDiff.AccountChange change : diff.accounts()) {
      byte[] key = Keys.of(change.address());
      if (change.after().equals(Account.EMPTY)) {
        batch.remove(Table.ACCOUNTS, key);
      } else {
        batch.put(Table.ACCOUNTS, key, Rows.account(change.address(), change.after()));
      }
    }
    for (StateDiff.StorageChange change : diff.storage()) {
      byte[] key = Keys.of(change.address(), change.key());
      if (change.after().isZero()) {
        batch.remove(Table.SLOTS, key);
      } else {
        batch.put(Table.SLOTS, key, Rows.slot(change.key(), change.after()));
      }
    }
    for (StateDiff.CodeChange change : diff.codes()) {
      // A code that goes stays: another account or an older state may have it.
      if (!change.after().isEmpty()) {
        batch.put(Table.CODES, Keys.of(change.hash()), change.after().toArray());
      }
    }
    for (StateDiff.NodeChange change : diff.nodes()) {
      byte[] key = change.path().toArray();
      if (change.after().isEmpty()) {
        batch.remove(Table.NODES, key);
      } else {
        batch.put(Table.NODES, key, change.after().toArray());
      }
    }
  }
}

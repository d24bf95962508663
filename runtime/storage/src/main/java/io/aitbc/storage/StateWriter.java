// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.FinalState;
import io.aitbc.state.LayeredState;
import io.aitbc.state.NodePath;
import io.aitbc.state.StateDiff;
import io.aitbc.state.Trie;

/// Turns changes of the state into changes of the tables of state. Protocol §13.4.1.
final class StateWriter {
  private final Batch batch;

  /// Changes go into `batch`.
  StateWriter(Batch batch) {
    this.batch = batch;
  }

  /// The state that `diff` makes of `before`.
  void all(FinalState before, StateDiff diff) {
    diff.accounts().forEach(change -> account(change.address(), change.after()));
    diff.storage()
        .forEach(
            change -> slot(new StateCache.SlotKey(change.address(), change.key()), change.after()));
    FinalState state = new LayeredState(before, diff);
    tries(state, diff.after(), diff.vacated());
    codes(diff);
  }

  /// The codes that came with `diff`. One that goes stays: another account or an older state may
  /// have it.
  void codes(StateDiff diff) {
    for (StateDiff.CodeChange change : diff.codes()) {
      if (!change.after().isEmpty()) {
        code(batch, change.hash(), change.after());
      }
    }
  }

  /// A code that is not empty.
  static void code(Batch batch, Hash hash, Bytes code) {
    byte[] key = Keys.of(hash);
    batch.put(Table.CODES, key, code.toArray());
    batch.put(Table.CODE_LENGTHS, key, Rows.codeLength(code));
  }

  void account(Address address, Account account) {
    byte[] key = Keys.of(address);
    if (account.equals(Account.EMPTY)) {
      batch.remove(Table.ACCOUNTS, key);
    } else {
      batch.put(Table.ACCOUNTS, key, Rows.account(address, account));
    }
  }

  void slot(StateCache.SlotKey slot, UInt256 value) {
    byte[] key = Keys.of(slot.address(), slot.slot());
    if (value.isZero()) {
      batch.remove(Table.SLOTS, key);
    } else {
      batch.put(Table.SLOTS, key, Rows.slot(slot.slot(), value));
    }
  }

  /// The nodes of `tries`, those of `state`, that are not stored yet; those at places that it has
  /// left go.
  void tries(FinalState state, Trie tries, Iterable<NodePath> vacated) {
    tries.store((place, encoding) -> batch.put(Table.NODES, place.toArray(), encoding.toArray()));
    for (NodePath place : vacated) {
      if (state.node(place).isEmpty()) {
        batch.remove(Table.NODES, place.toArray());
      }
    }
  }
}

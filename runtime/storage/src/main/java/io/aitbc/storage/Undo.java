// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.model.Address;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.StateDiff;
import java.util.HashMap;
import java.util.Map;

/// What accounts and slots held before some blocks: enough to read the state before the first of
/// them. Trie nodes are not part of it, so nothing can be proven about such a state. Protocol
/// §13.4.
final class Undo {
  private final Map<Address, Account> accounts = new HashMap<>();
  private final Map<StateCache.SlotKey, UInt256> slots = new HashMap<>();

  /// The row of one block.
  static byte[] encode(StateDiff diff) {
    RlpWriter writer = new RlpWriter(1024).begin();
    writer.list(
        diff.accounts(),
        (to, change) ->
            to.begin().address(change.address()).encoded(change.before().encoded()).end());
    writer.list(
        diff.storage(),
        (to, change) ->
            to.begin()
                .address(change.address())
                .number(change.key())
                .number(change.before())
                .end());
    return writer.end().toArray();
  }

  /// Adds a block. Blocks are added in ascending order: what the first that changes a key found is
  /// what stands.
  void add(byte[] row) {
    var _ =
        Rows.read(
            Table.UNDO,
            row,
            reader -> {
              RlpReader lists = reader.list();
              RlpReader changes = lists.list();
              while (changes.hasNext()) {
                addAccount(changes.list());
              }
              changes = lists.list();
              while (changes.hasNext()) {
                addSlot(changes.list());
              }
              lists.finish();
              return this;
            });
  }

  private void addAccount(RlpReader fields) throws MalformedException {
    Address address = fields.address();
    Account before = Account.decode(fields.encoded());
    fields.finish();
    var _ = accounts.putIfAbsent(address, before);
  }

  private void addSlot(RlpReader fields) throws MalformedException {
    StateCache.SlotKey key = new StateCache.SlotKey(fields.address(), fields.number256());
    UInt256 before = fields.number256();
    fields.finish();
    var _ = slots.putIfAbsent(key, before);
  }

  Map<Address, Account> accounts() {
    return accounts;
  }

  Map<StateCache.SlotKey, UInt256> slots() {
    return slots;
  }
}

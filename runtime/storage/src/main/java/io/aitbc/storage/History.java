// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.StateDiff;
import java.nio.ByteBuffer;
import java.util.Optional;

/// What an archive keeps of past states: for each key that a block changes, its value before, under
/// the key and the height. What a key held after block h is therefore in its first row above h, or
/// in the state at the head if there is none. Protocol §13.4.
final class History {
  private static final byte ACCOUNT = 0;
  private static final byte SLOT = 1;

  private History() {}

  /// Keeps what `diff` replaces at `height`.
  static void write(Batch batch, long height, StateDiff diff) {
    for (StateDiff.AccountChange change : diff.accounts()) {
      byte[] before =
          change.before().equals(Account.EMPTY) ? new byte[0] : change.before().encoded().toArray();
      batch.put(Table.HISTORY, key(ACCOUNT, Keys.of(change.address()), height), before);
    }
    for (StateDiff.StorageChange change : diff.storage()) {
      byte[] before = change.before().isZero() ? new byte[0] : change.before().toArray();
      batch.put(Table.HISTORY, key(SLOT, Keys.of(change.address(), change.key()), height), before);
    }
  }

  /// Forgets what {@link #write} kept.
  static void takeBack(Batch batch, long height, StateDiff diff) {
    for (StateDiff.AccountChange change : diff.accounts()) {
      batch.remove(Table.HISTORY, key(ACCOUNT, Keys.of(change.address()), height));
    }
    for (StateDiff.StorageChange change : diff.storage()) {
      batch.remove(Table.HISTORY, key(SLOT, Keys.of(change.address(), change.key()), height));
    }
  }

  /// The account after block `height`; empty if no later block changed it.
  static Optional<Account> account(KeyValues.View view, Address address, long height) {
    return find(view, key(ACCOUNT, Keys.of(address), height + 1))
        .map(before ->
            before.length == 0
                ? Account.EMPTY
                : Rows.read(Table.HISTORY, before, reader -> Account.decode(reader.encoded())));
  }

  /// The slot's value after block `height`; empty if no later block changed it.
  static Optional<UInt256> slot(KeyValues.View view, Address address, UInt256 slot, long height) {
    return find(view, key(SLOT, Keys.of(address, slot), height + 1))
        .map(before -> UInt256.of(before, 0, before.length));
  }

  /// The first row of the key in `from`, at its height or above.
  private static Optional<byte[]> find(KeyValues.View view, byte[] from) {
    int prefix = from.length - Long.BYTES;
    return view.from(Table.HISTORY, from, 1).stream()
        .filter(row ->
            row.key().length() == from.length
                && row.key().slice(0, prefix).equals(Bytes.of(from, 0, prefix)))
        .map(row -> row.value().toArray())
        .findFirst();
  }

  private static byte[] key(byte kind, byte[] key, long height) {
    return ByteBuffer.allocate(1 + key.length + Long.BYTES)
        .put(kind)
        .put(key)
        .putLong(height)
        .array();
  }
}

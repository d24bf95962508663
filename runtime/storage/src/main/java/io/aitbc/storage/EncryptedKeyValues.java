// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import java.util.List;
import java.util.Optional;

/// Tables whose values are encrypted for their keys before they reach the tables below. Keys that
/// are hashes of transactions, blocks and codes are replaced by names that tell nothing. The others
/// stay as they are, for their order is needed: heights, and hashes of addresses and slot numbers
/// (ADR 0020).
///
/// @param below where the rows go
/// @param cipher encrypts them; it stays the caller's to close
public record EncryptedKeyValues(KeyValues below, DiskCipher cipher) implements KeyValues {
  /// Whether the rows of a table are only ever asked for by their whole keys.
  private static boolean isUnordered(Table table) {
    return switch (table) {
      case CODES, CODE_LENGTHS, TRANSACTION_PLACES, BLOCK_HEIGHTS -> true;
      case META,
          ACCOUNTS,
          SLOTS,
          NODES,
          HEADERS,
          BODIES,
          SENDERS,
          RECEIPTS,
          CERTIFICATES,
          AUTHORSHIPS,
          PREPARED,
          SETS,
          CHANGES,
          HISTORY ->
          false;
    };
  }

  private byte[] key(Table table, byte[] key) {
    return isUnordered(table) ? cipher.name(table.title(), key) : key;
  }

  @Override
  public View view() {
    return new Opening(below.view(), cipher);
  }

  @Override
  public void write(Batch batch) {
    below.write(encrypted(batch));
  }

  @Override
  public void writeLater(Batch batch) {
    below.writeLater(encrypted(batch));
  }

  private Batch encrypted(Batch batch) {
    List<Batch.Change> changes = batch.changes();
    Batch encrypted = new Batch(changes.size());
    for (Batch.Change change : changes) {
      byte[] key = key(change.table(), change.key());
      byte[] value = change.value();
      if (value == null) {
        encrypted.remove(change.table(), key);
      } else {
        byte[] whole = isUnordered(change.table()) ? withKey(change.key(), value) : value;
        encrypted.put(change.table(), key, cipher.seal(change.table().title(), key, whole));
      }
    }
    return encrypted;
  }

  /// The key, its length first, and then the value.
  private static byte[] withKey(byte[] key, byte[] value) {
    byte[] whole = new byte[1 + key.length + value.length];
    whole[0] = (byte) key.length; // Hashes all.
    System.arraycopy(key, 0, whole, 1, key.length);
    System.arraycopy(value, 0, whole, 1 + key.length, value.length);
    return whole;
  }

  @Override
  public void keep(long number) {
    below.keep(number);
  }

  @Override
  public List<Long> kept() {
    return below.kept();
  }

  @Override
  public View kept(long number) {
    return new Opening(below.kept(number), cipher);
  }

  @Override
  public void drop(long number) {
    below.drop(number);
  }

  @Override
  public void close() {
    below.close();
  }

  /// Decrypts what it reads.
  private record Opening(View below, DiskCipher cipher) implements View {
    @Override
    public Optional<byte[]> get(Table table, byte[] key) {
      if (!isUnordered(table)) {
        return below.get(table, key).map(value -> cipher.open(table.title(), key, value));
      }
      byte[] name = cipher.name(table.title(), key);
      return below
          .get(table, name)
          .map(value -> {
            Bytes whole = Bytes.wrap(cipher.open(table.title(), name, value));
            int from = 1 + whole.at(0);
            return whole.slice(from, whole.length() - from).toArray();
          });
    }

    /// Ascending by the keys, but where keys are names: there in any order, and only from the
    /// beginning.
    @Override
    public List<Row> from(Table table, byte[] first, int rowsMax) {
      if (isUnordered(table) && first.length > 0) {
        throw new IllegalArgumentException(table + " has no order");
      }
      return below.from(table, first, rowsMax).stream().map(row -> opened(table, row)).toList();
    }

    private Row opened(Table table, Row row) {
      Bytes plain =
          Bytes.wrap(cipher.open(table.title(), row.key().toArray(), row.value().toArray()));
      if (!isUnordered(table)) {
        return new Row(row.key(), plain);
      }
      int from = 1 + plain.at(0);
      return new Row(plain.slice(1, plain.at(0)), plain.slice(from, plain.length() - from));
    }
  }
}

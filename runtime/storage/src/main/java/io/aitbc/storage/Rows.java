// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import java.nio.ByteBuffer;

/// The values of the tables of state. What cannot be read is damage, for only this node wrote it.
final class Rows {
  private Rows() {}

  /// Reads a value.
  @FunctionalInterface
  interface Reading<T> {
    /// The value, which ends where the bytes end.
    T read(RlpReader reader) throws MalformedException;
  }

  /// All of `bytes`, read by `reading`.
  ///
  /// @throws DiskException if they are not what was written
  static <T> T read(Table table, byte[] bytes, Reading<T> reading) {
    try {
      RlpReader reader = RlpReader.of(bytes);
      T value = reading.read(reader);
      reader.finish();
      return value;
    } catch (MalformedException damage) {
      throw new DiskException("a damaged row in " + table.title(), damage);
    }
  }

  /// An account, beside the address whose hash is its key.
  static byte[] account(Address address, Account account) {
    return new RlpWriter(160).begin().address(address).encoded(account.encoded()).end().toArray();
  }

  static Account account(byte[] row) {
    return read(
        Table.ACCOUNTS,
        row,
        reader -> {
          RlpReader fields = reader.list();
          fields.skip();
          Account account = Account.decode(fields.encoded());
          fields.finish();
          return account;
        });
  }

  /// A slot's value, beside the number whose hash is in its key.
  static byte[] slot(UInt256 slot, UInt256 value) {
    return new RlpWriter(80).begin().number(slot).number(value).end().toArray();
  }

  static UInt256 slot(byte[] row) {
    return read(
        Table.SLOTS,
        row,
        reader -> {
          RlpReader fields = reader.list();
          fields.skip();
          UInt256 value = fields.number256();
          fields.finish();
          return value;
        });
  }

  /// The number of the slot that a row is of.
  static UInt256 slotNumber(byte[] row) {
    return read(
        Table.SLOTS,
        row,
        reader -> {
          RlpReader fields = reader.list();
          UInt256 number = fields.number256();
          fields.skip();
          fields.finish();
          return number;
        });
  }

  static byte[] codeLength(Bytes code) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(code.length()).array();
  }

  static int codeLength(byte[] row) {
    return ByteBuffer.wrap(row).getInt();
  }

  static byte[] place(long height, int index) {
    return ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(height).putInt(index).array();
  }

  /// Height and hash of the head.
  static byte[] head(long height, Hash hash) {
    return ByteBuffer.allocate(Long.BYTES + Hash.BYTES).putLong(height).put(hash.toArray()).array();
  }

  static Bytes bytes(byte[] value) {
    return Bytes.wrap(value);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.List;
import java.util.function.ToIntFunction;

/// A batch in the form in which RocksDB takes it and writes it into its log: 8 bytes for a sequence
/// number that the database sets, 4 bytes little-endian for the number of changes, and the changes,
/// each a kind, a column family, a key and, unless the key is removed, a value. Numbers and lengths
/// of a change are little-endian in groups of 7 bits. The form is that of files on disk, so it does
/// not change (RocksDB, `db/write_batch.cc`). Made here, it crosses into the database at once and
/// not row by row.
final class RocksBatch {
  private static final int SEQUENCE_BYTES = Long.BYTES;
  private static final byte REMOVAL = 4;
  private static final byte VALUE = 5;

  private final byte[] bytes;
  private int at = SEQUENCE_BYTES;

  private RocksBatch(int length) {
    bytes = new byte[length];
  }

  /// The form of `changes`, in their order.
  ///
  /// @param family the identifier of a table's column family
  /// @throws ArithmeticException if it is longer than an array can be
  static byte[] of(List<Batch.Change> changes, ToIntFunction<Table> family) {
    int length = SEQUENCE_BYTES + Integer.BYTES;
    for (Batch.Change change : changes) {
      byte[] value = change.value();
      length = Math.addExact(length, 1 + numberLength(family.applyAsInt(change.table())));
      length = Math.addExact(length, stringLength(change.key()));
      length = Math.addExact(length, value == null ? 0 : stringLength(value));
    }
    RocksBatch batch = new RocksBatch(length);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      batch.bytes[batch.at++] = (byte) (changes.size() >>> shift);
    }
    for (Batch.Change change : changes) {
      byte[] value = change.value();
      batch.bytes[batch.at++] = value == null ? REMOVAL : VALUE;
      batch.number(family.applyAsInt(change.table()));
      batch.string(change.key());
      if (value != null) {
        batch.string(value);
      }
    }
    return batch.bytes;
  }

  private static int stringLength(byte[] string) {
    return Math.addExact(numberLength(string.length), string.length);
  }

  private static int numberLength(int number) {
    return 1 + (31 - Integer.numberOfLeadingZeros(number | 1)) / 7;
  }

  private void string(byte[] string) {
    number(string.length);
    System.arraycopy(string, 0, bytes, at, string.length);
    at += string.length;
  }

  private void number(int number) {
    int rest = number;
    while (rest > 127) {
      bytes[at++] = (byte) (rest | 128);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }
}

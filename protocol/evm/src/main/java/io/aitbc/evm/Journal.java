// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import java.util.Arrays;

/// What to put back when a call fails, in flat arrays: an entry is its kind, the object changed and
/// up to four longs of its old content.
final class Journal {
  /// An account was touched for the first time.
  static final byte ACCOUNT_WARMED = 0;

  /// A slot was touched for the first time.
  static final byte SLOT_WARMED = 1;

  /// A balance changed; old balance.
  static final byte BALANCE = 2;

  /// A nonce changed; old nonce.
  static final byte NONCE = 3;

  /// Code changed; the object is a {@link CodeBefore}.
  static final byte CODE = 4;

  /// A slot changed; old value.
  static final byte SLOT = 5;

  /// An account was created.
  static final byte CREATED = 6;

  /// An account was marked to be destroyed.
  static final byte DESTROYED = 7;

  /// The refund changed; old refund.
  static final byte REFUND = 8;

  /// A log was written.
  static final byte LOG = 9;

  /// An account's code before it changed.
  record CodeBefore(LiveAccount account, Hash codeHash) {}

  private byte[] kinds = new byte[64];
  private Object[] subjects = new Object[64];
  private long[] old = new long[4 * 64];
  private int size;

  int size() {
    return size;
  }

  /// Appends an entry without old content.
  void add(byte kind, Object subject) {
    if (size == kinds.length) {
      grow();
    }
    kinds[size] = kind;
    subjects[size] = subject;
    size++;
  }

  /// Appends an entry with one long.
  void add(byte kind, Object subject, long before) {
    add(kind, subject);
    old[4 * size - 4] = before;
  }

  /// Appends an entry with the word `before`.
  void add(byte kind, Object subject, long[] before) {
    add(kind, subject);
    System.arraycopy(before, 0, old, 4 * size - 4, 4);
  }

  private void grow() {
    kinds = Arrays.copyOf(kinds, 2 * size);
    subjects = Arrays.copyOf(subjects, 2 * size);
    old = Arrays.copyOf(old, 8 * size);
  }

  /// Removes the last entry, whose content can be read until the next is added.
  void pop() {
    size--;
  }

  /// Kind of the entry removed last.
  byte poppedKind() {
    return kinds[size];
  }

  /// Object of the entry removed last.
  Object poppedSubject() {
    return subjects[size];
  }

  /// Old long of the entry removed last.
  long poppedLong() {
    return old[4 * size];
  }

  /// Copies the old word of the entry removed last to `word`.
  void poppedWord(long[] word) {
    System.arraycopy(old, 4 * size, word, 0, 4);
  }
}

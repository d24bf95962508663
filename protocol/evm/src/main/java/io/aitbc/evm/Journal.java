// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What to put back when a call fails, in flat arrays that the next transaction uses again: an
/// entry is its kind, the object changed and up to five longs of its old content.
final class Journal {
  /// An account was touched for the first time.
  static final byte ACCOUNT_WARMED = 0;

  /// A slot of a {@link SlotTable} was touched for the first time; its number.
  static final byte SLOT_WARMED = 1;

  /// A balance changed; old balance.
  static final byte BALANCE = 2;

  /// A nonce changed; old nonce.
  static final byte NONCE = 3;

  /// Code changed; the object is a {@link CodeBefore}.
  static final byte CODE = 4;

  /// A slot of a {@link SlotTable} changed; old value, its number, and where its value was noted
  /// before.
  static final byte SLOT = 5;

  /// An account was created.
  static final byte CREATED = 6;

  /// An account was marked to be destroyed.
  static final byte DESTROYED = 7;

  /// The refund changed; old refund, and where it was noted before.
  static final byte REFUND = 8;

  /// A log was written.
  static final byte LOG = 9;

  /// In place of a position: noted nowhere.
  static final int NOWHERE = -1;

  /// An account's code before it changed.
  record CodeBefore(LiveAccount account, Hash codeHash) {}

  private static final int ROOM_MIN = 64;

  /// Room beyond this is not kept for the next transaction, in entries: some 45 bytes each.
  private static final int ROOM_KEPT_MAX = 1_024;

  /// Room is made in such steps, so that what is copied is a third of what there is.
  private static final int GROWTH = 4;

  private static final int LONGS = 5;

  private byte[] kinds = new byte[ROOM_MIN];
  private @Nullable Object[] subjects = new Object[ROOM_MIN];
  private long[] old = new long[LONGS * ROOM_MIN];
  private int size;

  int size() {
    return size;
  }

  /// Forgets all entries.
  void clear() {
    size = 0;
    if (kinds.length > ROOM_KEPT_MAX) {
      resize(ROOM_MIN);
    }
    Arrays.fill(subjects, null);
  }

  /// Appends an entry without old content.
  void add(byte kind, Object subject) {
    if (size == kinds.length) {
      resize(GROWTH * size);
    }
    kinds[size] = kind;
    subjects[size] = subject;
    size++;
  }

  /// Appends an entry with one long.
  void add(byte kind, Object subject, long before) {
    add(kind, subject);
    old[LONGS * size - LONGS] = before;
  }

  /// Appends an entry with one long, of something that is noted once in a frame.
  ///
  /// @param notedBefore where it was noted last, or {@link #NOWHERE}
  void add(byte kind, Object subject, long before, int notedBefore) {
    add(kind, subject, before);
    old[LONGS * size - 1] = (long) notedBefore << 32;
  }

  /// Appends an entry with the word at `w[at]`.
  void add(byte kind, Object subject, long[] w, int at) {
    add(kind, subject);
    System.arraycopy(w, at, old, LONGS * size - LONGS, 4);
  }

  /// Appends an entry with the word at `w[at]`, of something that is noted once in a frame.
  ///
  /// @param number which of the object's
  /// @param notedBefore where it was noted last, or {@link #NOWHERE}
  void add(byte kind, Object subject, long[] w, int at, int number, int notedBefore) {
    add(kind, subject, w, at);
    old[LONGS * size - 1] = (long) notedBefore << 32 | number;
  }

  private void resize(int room) {
    kinds = Arrays.copyOf(kinds, room);
    subjects = Arrays.copyOf(subjects, room);
    old = Arrays.copyOf(old, LONGS * room);
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
    return Objects.requireNonNull(subjects[size]);
  }

  /// Old long of the entry removed last.
  long poppedLong() {
    return old[LONGS * size];
  }

  /// Copies the old word of the entry removed last to `w[at]`.
  void poppedWord(long[] w, int at) {
    System.arraycopy(old, LONGS * size, w, at, 4);
  }

  /// Which of the object's the entry removed last is about.
  int poppedNumber() {
    return (int) old[LONGS * size + 4];
  }

  /// Where that was noted before, or {@link #NOWHERE}.
  int poppedNoted() {
    return (int) (old[LONGS * size + 4] >> 32);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.UInt256;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Slots of storage, or of transient storage (EIP-1153), while a transaction runs, by owner and
/// key. A slot is a number, in the order of first mention; what it holds lies in flat arrays, words
/// lowest limb first. So a slot is no object, and the table is used again by the next transaction.
///
/// Whoever writes a contract chooses the keys, so buckets are chosen by a universal hash whose
/// secret is the block's random value: nobody can collect keys of one bucket before the block is
/// made.
final class SlotTable {
  /// A power of two.
  private static final int ROOM_MIN = 64;

  /// Room beyond this is not kept for the next transaction, in slots: some 120 bytes each.
  private static final int ROOM_KEPT_MAX = 1_024;

  /// Room is made in such steps, so that what is copied is a third of what there is.
  private static final int GROWTH = 4;

  private static final int LONGS = 8;
  private static final int VALUE = 4;
  private static final byte LOADED = 1;
  private static final byte WARM = 2;

  private Mixing mixing;
  private int count;

  /// Number of the slot that a bucket begins with, plus 1; 0 for none. As many as there is room.
  private int[] buckets = new int[ROOM_MIN];

  /// Number of the next slot of the same bucket, plus 1; 0 for none.
  private int[] next = new int[ROOM_MIN];

  private @Nullable LiveAccount[] owners = new LiveAccount[ROOM_MIN];

  /// The key of a slot and what it holds now, side by side.
  private long[] words = new long[LONGS * ROOM_MIN];

  /// What the slots held when the transaction began (EIP-2200), as far as any was loaded: transient
  /// ones are not.
  private long[] originals = {};

  private byte[] flags = new byte[ROOM_MIN];

  /// Where in the journal what a slot held was noted last, or {@link Journal#NOWHERE}.
  private int[] noted = new int[ROOM_MIN];

  /// An empty table.
  SlotTable(Mixing mixing) {
    this.mixing = mixing;
  }

  /// Forgets all slots; those to come are hashed by `newMixing`.
  void clear(Mixing newMixing) {
    mixing = newMixing;
    if (count == 0) {
      return;
    }
    if (buckets.length > ROOM_KEPT_MAX) {
      resize(ROOM_MIN);
    }
    Arrays.fill(buckets, 0);
    Arrays.fill(owners, 0, Math.min(count, owners.length), null);
    count = 0;
  }

  /// Slots there are.
  int count() {
    return count;
  }

  /// The slot of `owner` with the key at `w[at]`, made if it is new: not loaded, not warm, with 0.
  int slot(LiveAccount owner, long[] w, int at) {
    long key0 = w[at];
    long key1 = w[at + 1];
    long key2 = w[at + 2];
    long key3 = w[at + 3];
    int hash = mixing.bucket(owner.index, key0, key1, key2, key3);
    long[] k = words;
    int found = buckets[hash & buckets.length - 1];
    while (found != 0) {
      int slot = found - 1;
      int key = LONGS * slot;
      if (k[key] == key0
          && owners[slot] == owner
          && k[key + 1] == key1
          && k[key + 2] == key2
          && k[key + 3] == key3) {
        return slot;
      }
      found = next[slot];
    }
    return add(owner, w, at, hash);
  }

  private int add(LiveAccount owner, long[] w, int at, int hash) {
    if (count == buckets.length) {
      grow();
    }
    int slot = count;
    count++;
    owners[slot] = owner;
    System.arraycopy(w, at, words, LONGS * slot, 4);
    Arithmetic.set(words, value(slot), 0);
    flags[slot] = 0;
    noted[slot] = Journal.NOWHERE;
    link(slot, hash);
    return slot;
  }

  private void link(int slot, int hash) {
    int bucket = hash & buckets.length - 1;
    next[slot] = buckets[bucket];
    buckets[bucket] = slot + 1;
  }

  private void grow() {
    resize(GROWTH * count);
    Arrays.fill(buckets, 0);
    for (int slot = 0; slot < count; slot++) {
      int k = LONGS * slot;
      int hash =
          mixing.bucket(owner(slot).index, words[k], words[k + 1], words[k + 2], words[k + 3]);
      link(slot, hash);
    }
  }

  private void resize(int room) {
    buckets = new int[room];
    next = Arrays.copyOf(next, room);
    owners = Arrays.copyOf(owners, room);
    words = Arrays.copyOf(words, LONGS * room);
    if (originals.length > 0) {
      originals = Arrays.copyOf(originals, 4 * room);
    }
    flags = Arrays.copyOf(flags, room);
    noted = Arrays.copyOf(noted, room);
  }

  LiveAccount owner(int slot) {
    LiveAccount owner = owners[slot];
    if (owner == null) {
      throw new IllegalStateException("no slot " + slot);
    }
    return owner;
  }

  UInt256 key(int slot) {
    return Words.number(words, LONGS * slot);
  }

  UInt256 valueNumber(int slot) {
    return Words.number(words, value(slot));
  }

  /// Where in {@link #words} the slot's value is.
  private static int value(int slot) {
    return LONGS * slot + VALUE;
  }

  /// Copies what the slot holds to `w[at]`.
  void copyValue(int slot, long[] w, int at) {
    System.arraycopy(words, value(slot), w, at, 4);
  }

  boolean isZero(int slot) {
    return Arithmetic.isZero(words, value(slot));
  }

  /// Whether the slot holds the word at `w[at]`.
  boolean holds(int slot, long[] w, int at) {
    return same(words, value(slot), w, at);
  }

  boolean wasZero(int slot) {
    return Arithmetic.isZero(originals, 4 * slot);
  }

  /// Whether the slot held the word at `w[at]` when the transaction began.
  boolean held(int slot, long[] w, int at) {
    return same(originals, 4 * slot, w, at);
  }

  /// Whether the slot holds something else than when the transaction began.
  boolean isChanged(int slot) {
    return isLoaded(slot) && !same(words, value(slot), originals, 4 * slot);
  }

  private static boolean same(long[] a, int aAt, long[] b, int bAt) {
    return a[aAt] == b[bAt]
        && a[aAt + 1] == b[bAt + 1]
        && a[aAt + 2] == b[bAt + 2]
        && a[aAt + 3] == b[bAt + 3];
  }

  /// Whether the slot's value is known.
  boolean isLoaded(int slot) {
    return (flags[slot] & LOADED) != 0;
  }

  /// Takes over what the slot holds when the transaction begins.
  void load(int slot, UInt256 stored) {
    if (originals.length == 0) {
      originals = new long[4 * flags.length];
    }
    Words.set(stored, words, value(slot));
    Words.set(stored, originals, 4 * slot);
    flags[slot] |= LOADED;
  }

  /// Whether the transaction touched the slot before (EIP-2929).
  boolean isWarm(int slot) {
    return (flags[slot] & WARM) != 0;
  }

  void warm(int slot) {
    flags[slot] |= WARM;
  }

  void cool(int slot) {
    flags[slot] &= ~WARM;
  }

  /// Puts the word at `w[at]` into the slot, and notes what it held where nothing at or behind
  /// `mark` does: a frame that fails goes back to its first note.
  ///
  /// @param mark the beginning of the frame that runs
  void set(int slot, long[] w, int at, Journal journal, int mark) {
    if (noted[slot] < mark) {
      int before = noted[slot];
      noted[slot] = journal.size();
      journal.add(Journal.SLOT, this, words, value(slot), slot, before);
    }
    System.arraycopy(w, at, words, value(slot), 4);
  }

  /// Takes back the change that the journal's entry removed last is about.
  void undo(Journal journal) {
    int slot = journal.poppedNumber();
    journal.poppedWord(words, value(slot));
    noted[slot] = journal.poppedNoted();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import org.jspecify.annotations.Nullable;

/// Slots by owner and key. Whoever writes a contract chooses the keys, so buckets are chosen by a
/// universal hash whose secret is the block's random value: nobody can collect keys of one bucket
/// before the block is made. Iteration follows the order of first mention, whatever the hash.
final class SlotTable {
  private static final int BUCKETS_MIN = 64;

  private final Mixing mixing;
  private @Nullable LiveSlot[] buckets = new LiveSlot[BUCKETS_MIN];
  private int count;
  private @Nullable LiveSlot first;
  private @Nullable LiveSlot last;

  SlotTable(Mixing mixing) {
    this.mixing = mixing;
  }

  /// The slot of `owner` with the key at `w[at]`, made if it is new.
  LiveSlot slot(LiveAccount owner, long[] w, int at) {
    long key0 = w[at];
    long key1 = w[at + 1];
    long key2 = w[at + 2];
    long key3 = w[at + 3];
    int hash = mixing.bucket(owner.index, key0, key1, key2, key3);
    LiveSlot slot = buckets[hash & buckets.length - 1];
    while (slot != null) {
      if (slot.key0 == key0
          && slot.owner == owner
          && slot.key1 == key1
          && slot.key2 == key2
          && slot.key3 == key3) {
        return slot;
      }
      slot = slot.next;
    }
    return add(new LiveSlot(owner, key0, key1, key2, key3), hash);
  }

  private LiveSlot add(LiveSlot slot, int hash) {
    if (count == buckets.length) {
      grow();
    }
    count++;
    link(slot, hash);
    if (last == null) {
      first = slot;
    } else {
      last.younger = slot;
    }
    last = slot;
    return slot;
  }

  private void link(LiveSlot slot, int hash) {
    int bucket = hash & buckets.length - 1;
    slot.next = buckets[bucket];
    buckets[bucket] = slot;
  }

  private void grow() {
    buckets = new LiveSlot[4 * buckets.length];
    for (LiveSlot slot = first; slot != null; slot = slot.younger) {
      link(slot, mixing.bucket(slot.owner.index, slot.key0, slot.key1, slot.key2, slot.key3));
    }
  }

  /// The slot mentioned first; the others follow by {@link LiveSlot#younger}.
  @Nullable LiveSlot first() {
    return first;
  }
}

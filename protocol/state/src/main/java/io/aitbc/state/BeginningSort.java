// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.ToLongFunction;

/// Sorts by keys whose first 64 bits nearly always tell which is smaller: hashes and addresses. It
/// compares numbers that lie side by side instead of objects that lie apart.
final class BeginningSort {
  /// Below, setting up costs more than it saves.
  private static final int ITEMS_MIN = 64;

  private BeginningSort() {}

  /// Sorts `items` by `order`.
  ///
  /// @param beginning first 64 bits of the key, big-endian; `order` begins with them, unsigned
  static <T> void sort(T[] items, ToLongFunction<T> beginning, Comparator<? super T> order) {
    if (items.length < ITEMS_MIN) {
      Arrays.sort(items, order);
      return;
    }
    long places = Long.highestOneBit(items.length) * 2 - 1;
    long[] keys = new long[items.length];
    for (int i = 0; i < keys.length; i++) {
      // Unsigned order of numbers is signed order of numbers with the first bit flipped.
      keys[i] = ((beginning.applyAsLong(items[i]) ^ Long.MIN_VALUE) & ~places) | i;
    }
    Arrays.sort(keys);
    T[] unsorted = items.clone();
    int alikeFrom = 0;
    for (int i = 0; i < keys.length; i++) {
      items[i] = unsorted[(int) (keys[i] & places)];
      if (((keys[i] ^ keys[alikeFrom]) & ~places) != 0) {
        sortAlike(items, alikeFrom, i, order);
        alikeFrom = i;
      }
    }
    sortAlike(items, alikeFrom, items.length, order);
  }

  /// Puts keys right that begin alike.
  private static <T> void sortAlike(T[] items, int from, int to, Comparator<? super T> order) {
    if (to - from > 1) {
      Arrays.sort(items, from, to, order);
    }
  }
}

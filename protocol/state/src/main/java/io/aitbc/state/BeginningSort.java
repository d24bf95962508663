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
    if (items.length >= ITEMS_MIN) {
      long places = Long.highestOneBit(items.length) * 2 - 1;
      long[] keys = new long[items.length];
      for (int i = 0; i < keys.length; i++) {
        // Unsigned order of numbers is signed order of numbers with the first bit flipped.
        keys[i] = ((beginning.applyAsLong(items[i]) ^ Long.MIN_VALUE) & ~places) | i;
      }
      Arrays.sort(keys);
      T[] unsorted = items.clone();
      for (int i = 0; i < keys.length; i++) {
        items[i] = unsorted[(int) (keys[i] & places)];
      }
    }
    // Takes one pass over what is sorted, and puts keys right that begin alike.
    Arrays.sort(items, order);
  }
}

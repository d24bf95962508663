// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.testkit.Seed;
import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.Test;

// Protocol §13.4: lists ascend by their key.
class BeginningSortTest {
  @Test // Few different beginnings, and some from 2^63 on.
  void keysThatBeginAlikeAreSortedByWhatFollows() {
    Seed.forAll(
        1,
        100,
        seed -> {
          Hash[] items = new Hash[seed.below(300)];
          for (int i = 0; i < items.length; i++) {
            byte[] bytes = new byte[Hash.BYTES];
            bytes[0] = (byte) (seed.chance(1, 2) ? 0x80 : 0);
            bytes[7] = (byte) seed.below(4);
            bytes[seed.between(8, 31)] = (byte) seed.below(256);
            items[i] = Hash.of(bytes);
          }
          Hash[] expected = items.clone();
          Arrays.sort(expected);
          BeginningSort.sort(items, Hash::firstLong, Comparator.naturalOrder());
          assertArrayEquals(expected, items);
        });
  }
}

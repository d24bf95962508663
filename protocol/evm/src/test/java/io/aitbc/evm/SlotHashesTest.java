// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.testkit.Seed;
import org.junit.jupiter.api.Test;

class SlotHashesTest {
  @Test
  void whatIsRememberedIsTheHashHoweverManySharePlaces() {
    Seed.forAll(
        1,
        20,
        seed -> {
          SlotHashes hashes = new SlotHashes();
          byte[] memory = new byte[200];
          long[] words = new long[12];
          long[] expected = new long[12];
          for (int i = 0; i < 4 * SlotHashes.PLACES; i++) {
            int offset = seed.between(0, memory.length - SlotHashes.INPUT_BYTES);
            // Few keys and slots, so that most come again, and the first is all zeros.
            memory[seed.between(0, memory.length - 1)] = (byte) seed.between(0, 1);
            byte[] digest = new byte[Hash.BYTES];
            Keccak256.hash(memory, offset, SlotHashes.INPUT_BYTES, digest, 0);
            Words.load(digest, 0, expected, 4);
            hashes.hash(memory, offset, words, 4);
            assertArrayEquals(expected, words);
          }
        });
  }

  @Test
  void inputsThatDifferWhereThePlaceDoesNotLookAreToldApart() {
    SlotHashes hashes = new SlotHashes();
    byte[] memory = new byte[SlotHashes.INPUT_BYTES];
    long[] first = new long[4];
    long[] second = new long[4];
    hashes.hash(memory, 0, first, 0);
    memory[0] = 1;
    hashes.hash(memory, 0, second, 0);
    byte[] digest = new byte[Hash.BYTES];
    Keccak256.hash(memory, 0, memory.length, digest, 0);
    long[] expected = new long[4];
    Words.load(digest, 0, expected, 0);
    assertArrayEquals(expected, second);
  }
}

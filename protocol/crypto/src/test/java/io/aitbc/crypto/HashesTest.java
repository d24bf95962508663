// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.testkit.Allocation;
import io.aitbc.testkit.Seed;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.junit.jupiter.api.Test;

class HashesTest {
  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test // Yellow Paper §4.1: the hash of empty code and of the empty trie.
  void keccakOfKnownInputs() {
    assertEquals(
        Hash.fromHex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        Keccak256.EMPTY);
    assertEquals(
        Hash.fromHex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"),
        Keccak256.hash(new byte[] {(byte) 0x80}));
    assertEquals(
        Hash.fromHex("4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        Keccak256.hash(ascii("abc")));
  }

  @Test
  void keccakAgreesWithAnotherImplementationAtEveryLength() {
    Seed random = Seed.of(1);
    for (int length = 0; length < 3 * 136 + 10; length++) {
      byte[] input = random.bytes(length);
      assertEquals(reference(input, 0, length), Keccak256.hash(input), "length " + length);
    }
  }

  @Test
  void keccakOfARangeReadsOnlyThatRangeAndMayWriteOverIt() {
    Seed.forAll(
        2,
        300,
        random -> {
          byte[] buffer = random.bytes(600);
          int offset = random.below(300);
          int length = random.below(300);
          int outputOffset = random.below(600 - 32);
          Hash expected = reference(buffer, offset, length);
          Keccak256.hash(buffer, offset, length, buffer, outputOffset);
          assertEquals(expected, Hash.of(buffer, outputOffset));
        });
  }

  @Test
  void keccakOfARangeAllocatesNothing() {
    byte[] input = new byte[532];
    byte[] output = new byte[Hash.BYTES];
    // The first calls load classes.
    Keccak256.hash(input, 0, input.length, output, 0);
    long before = Allocation.ofThisThreadBytes();
    long idle = Allocation.ofThisThreadBytes() - before;
    before = Allocation.ofThisThreadBytes();
    for (int i = 0; i < 1_000; i++) {
      Keccak256.hash(input, 0, input.length, output, 0);
    }
    assertEquals(idle, Allocation.ofThisThreadBytes() - before);
  }

  @Test
  void keccakRefusesRangesOutsideOfTheArray() {
    byte[] bytes = new byte[40];
    assertThrows(
        IndexOutOfBoundsException.class, () -> Keccak256.hash(bytes, 30, 11, new byte[32], 0));
    assertThrows(
        IndexOutOfBoundsException.class, () -> Keccak256.hash(bytes, 0, 8, new byte[32], 1));
  }

  @Test // FIPS 180-4, example of one block.
  void sha256OfAKnownInput() {
    Hash expected =
        Hash.fromHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertEquals(expected, Sha256.hash(ascii("abc")));
    assertEquals(expected, Sha256.hash(Bytes.of(ascii("abc"))));
    assertEquals(expected, Sha256.hash(ascii("xabcx"), 1, 3));
  }

  private static Hash reference(byte[] input, int offset, int length) {
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(input, offset, length);
    byte[] output = new byte[32];
    digest.doFinal(output, 0);
    return Hash.of(output);
  }
}

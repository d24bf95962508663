// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/// Every operation against {@link BigInteger}. Protocol §11.2.
class UInt256Test {
  private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(256);
  private static final int ROUNDS = 20_000;

  private interface Operation {
    void check(UInt256 a, UInt256 b, BigInteger x, BigInteger y);
  }

  private static void forPairs(Operation operation) {
    Seed.forAll(
        0x256,
        ROUNDS,
        seed -> {
          UInt256 a = word(seed);
          UInt256 b = seed.chance(1, 8) ? a : word(seed);
          operation.check(a, b, a.toBigInteger(), b.toBigInteger());
        });
  }

  /// Words of ones and zeros come often, so that carries run through.
  private static UInt256 word(Seed seed) {
    return new UInt256(limb(seed), limb(seed), limb(seed), limb(seed));
  }

  private static long limb(Seed seed) {
    return switch (seed.below(6)) {
      case 0, 1 -> 0;
      case 2 -> -1;
      case 3 -> Long.MIN_VALUE;
      case 4 -> seed.magnitude();
      default -> seed.nextLong();
    };
  }

  private static void exactOrRefused(
      BigInteger expected, BinaryOperator<UInt256> operation, UInt256 a, UInt256 b) {
    if (expected.signum() < 0 || expected.compareTo(LIMIT) >= 0) {
      assertThrows(ArithmeticException.class, () -> operation.apply(a, b));
    } else {
      assertEquals(expected, operation.apply(a, b).toBigInteger());
    }
  }

  private static Optional<BigInteger> ifFits(BigInteger value) {
    return Optional.of(value).filter(v -> v.compareTo(LIMIT) < 0);
  }

  @Test
  void sumsAreExactOrRefused() {
    forPairs((a, b, x, y) -> {
      exactOrRefused(x.add(y), UInt256::plus, a, b);
      assertEquals(ifFits(x.add(y)), a.plusIfFits(b).map(UInt256::toBigInteger));
    });
  }

  @Test
  void differencesAreExactOrRefused() {
    forPairs((a, b, x, y) -> exactOrRefused(x.subtract(y), UInt256::minus, a, b));
  }

  @Test
  void productsAreExactOrRefused() {
    forPairs((a, b, x, y) -> {
      exactOrRefused(x.multiply(y), UInt256::times, a, b);
      assertEquals(ifFits(x.multiply(y)), a.timesIfFits(b).map(UInt256::toBigInteger));
    });
  }

  @Test
  void quotientsAreRoundedDownAndZeroDividesNothing() {
    forPairs((a, b, x, y) -> {
      if (b.isZero()) {
        assertThrows(ArithmeticException.class, () -> a.dividedBy(b));
      } else {
        assertEquals(x.divide(y), a.dividedBy(b).toBigInteger());
      }
    });
  }

  @Test
  void orderIsThatOfNumbers() {
    forPairs((a, b, x, y) -> {
      assertEquals(x.compareTo(y), Integer.signum(a.compareTo(b)));
      assertEquals(x.min(y), a.min(b).toBigInteger());
      assertEquals(x.equals(y), a.equals(b));
    });
  }

  @Test
  void widthsAreThoseOfNumbers() {
    forPairs((a, _, x, _) -> {
      assertEquals(x.bitLength(), a.bitLength());
      assertEquals((x.bitLength() + 7) / 8, a.byteLength());
      assertEquals(x.signum() == 0, a.isZero());
      assertEquals(x.bitLength() <= 63, a.fitsLong());
    });
  }

  @Test
  void textAndBytesGoBackAndForth() {
    forPairs((a, _, x, _) -> {
      assertEquals(a, UInt256.of(x));
      assertEquals(a, UInt256.parse(a.toString()));
      assertEquals(a, UInt256.parse(a.toHex()));
      assertEquals(a, UInt256.of(a.toHash()));
      byte[] bytes = a.toArray();
      assertEquals(x, new BigInteger(1, bytes));
      int length = a.byteLength();
      assertEquals(a, UInt256.of(bytes, bytes.length - length, length));
    });
  }

  @Test
  void longsAreExactOrRefused() {
    assertEquals(Long.MAX_VALUE, UInt256.of(Long.MAX_VALUE).toLongExact());
    assertThrows(
        ArithmeticException.class,
        () -> UInt256.of(Long.MAX_VALUE).plus(UInt256.ONE).toLongExact());
    assertThrows(IllegalArgumentException.class, () -> UInt256.of(-1));
    assertEquals(new BigInteger("18446744073709551615"), UInt256.unsigned(-1).toBigInteger());
  }

  @Test
  void whatHasMoreThan256BitsIsNoNumber() {
    assertThrows(IllegalArgumentException.class, () -> UInt256.of(LIMIT));
    assertThrows(IllegalArgumentException.class, () -> UInt256.of(BigInteger.valueOf(-1)));
    assertThrows(IllegalArgumentException.class, () -> UInt256.of(new byte[33], 0, 33));
    assertThrows(IllegalArgumentException.class, () -> UInt256.parse("-1"));
    assertThrows(IllegalArgumentException.class, () -> UInt256.parse("0x" + "f".repeat(65)));
  }

  @Test
  void theLargestNumberHas32BytesOfOnes() {
    byte[] ones = new byte[32];
    java.util.Arrays.fill(ones, (byte) -1);
    assertArrayEquals(ones, UInt256.MAX.toArray());
  }
}

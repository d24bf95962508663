// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldElementTest {
  private static final BigInteger P256_PRIME =
      new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
  private static final BigInteger BN254_PRIME =
      new BigInteger(
          "21888242871839275222246405745257275088696311157297823662689037894645226208583");

  private static BigInteger number(Seed random, BigInteger prime) {
    BigInteger any = new BigInteger(1, random.bytes(32));
    return random
        .pick(
            any,
            BigInteger.valueOf(random.below(3)),
            prime.subtract(BigInteger.valueOf(random.below(3))),
            prime.shiftRight(1).add(BigInteger.valueOf(random.below(2))),
            BigInteger.ONE.shiftLeft(random.below(256)),
            BigInteger.ONE.shiftLeft(random.below(256)).subtract(BigInteger.ONE))
        .mod(prime);
  }

  @Test
  void arithmeticAgreesWithBigInteger() {
    for (BigInteger prime : List.of(P256_PRIME, BN254_PRIME)) {
      PrimeField field = new PrimeField(prime);
      Seed.forAll(
          1,
          3000,
          random -> {
            BigInteger a = number(random, prime);
            BigInteger b = number(random, prime);
            FieldElement x = field.of(a);
            FieldElement y = field.of(b);
            assertEquals(a, field.value(x));
            assertEquals(a.add(b).mod(prime), field.value(x.plus(y)));
            assertEquals(a.subtract(b).mod(prime), field.value(x.minus(y)));
            assertEquals(a.multiply(b).mod(prime), field.value(x.times(y)));
            assertEquals(a.multiply(a).mod(prime), field.value(x.squared()));
            assertEquals(a.negate().mod(prime), field.value(x.negated()));
            assertTrue(x.times(y).isReduced() && x.plus(y).isReduced() && x.minus(y).isReduced());
            if (a.signum() != 0) {
              assertEquals(a.modInverse(prime), field.value(x.inverted()));
            }
          });
      assertEquals(field.zero(), field.zero().inverted());
    }
  }

  @Test
  void encodingsNotBelowThePrimeAreRefused() {
    for (BigInteger prime : List.of(P256_PRIME, BN254_PRIME)) {
      PrimeField field = new PrimeField(prime);
      for (int i = -2; i <= 2; i++) {
        BigInteger value = prime.add(BigInteger.valueOf(i));
        byte[] bytes = HexFormat.of().parseHex(String.format("%064x", value));
        assertEquals(i < 0, field.decode(bytes, 0).isPresent());
      }
    }
  }

  @Test
  void signedDigitsAddUpToTheScalar() {
    Seed.forAll(
        1,
        2000,
        random -> {
          BigInteger scalar = new BigInteger(1, random.bytes(random.below(33)));
          scalar = scalar.shiftRight(random.below(8));
          byte[] digits = CurvePoint.signedDigits(scalar);
          BigInteger sum = BigInteger.ZERO;
          for (int i = digits.length - 1; i >= 0; i--) {
            assertTrue(digits[i] == 0 || ((digits[i] & 1) == 1 && Math.abs(digits[i]) <= 15));
            sum = sum.shiftLeft(1).add(BigInteger.valueOf(digits[i]));
          }
          assertEquals(scalar, sum);
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §14.6: words are numbers modulo 2^256 (Yellow Paper appendix H).
class ArithmeticTest {
  private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
  private static final int ROUNDS = 20_000;

  private final Division division = new Division();

  /// An operation as the interpreter calls it.
  private interface OnWords {
    void run(long[] words, int at);
  }

  private interface OnNumbers {
    BigInteger of(BigInteger first, BigInteger second);
  }

  private interface OnThreeNumbers {
    BigInteger of(BigInteger first, BigInteger second, BigInteger third);
  }

  @Test
  void sumDifferenceAndProductAreThoseOfIntegersModulo2To256() {
    binary(operator(Opcode.ADD), BigInteger::add);
    binary(operator(Opcode.SUB), BigInteger::subtract);
    binary(operator(Opcode.MUL), BigInteger::multiply);
  }

  @Test
  void quotientAndRemainderAreThoseOfIntegersAndZeroForZero() {
    binary(division::divide, (a, b) -> b.signum() == 0 ? b : a.divide(b));
    binary(division::modulo, (a, b) -> b.signum() == 0 ? b : a.mod(b));
  }

  @Test
  void signedQuotientAndRemainderRoundTowardsZero() {
    binary(division::divideSigned, (a, b) -> b.signum() == 0 ? b : signed(a).divide(signed(b)));
    binary(division::moduloSigned, (a, b) -> b.signum() == 0 ? b : signed(a).remainder(signed(b)));
  }

  @Test
  void reducedSumAndProductDoNotWrapBeforeTheyAreReduced() {
    ternary(division::addModulo, (a, b, m) -> m.signum() == 0 ? m : a.add(b).mod(m));
    ternary(division::multiplyModulo, (a, b, m) -> m.signum() == 0 ? m : a.multiply(b).mod(m));
  }

  @Test
  void powerIsThatOfIntegersModulo2To256() {
    Seed.forAll(
        40,
        1_000,
        seed -> {
          BigInteger base = number(seed);
          BigInteger exponent = number(seed);
          long[] words = words(exponent, base);
          Arithmetic.power(words, 4, new long[8]);
          assertEquals(base.modPow(exponent, MODULUS), result(words, 4));
        });
  }

  @Test
  void comparisonsSeeUnsignedAndSignedNumbers() {
    binary(operator(Opcode.LT), (a, b) -> truth(a.compareTo(b) < 0));
    binary(operator(Opcode.GT), (a, b) -> truth(a.compareTo(b) > 0));
    binary(operator(Opcode.SLT), (a, b) -> truth(signed(a).compareTo(signed(b)) < 0));
    binary(operator(Opcode.SGT), (a, b) -> truth(signed(a).compareTo(signed(b)) > 0));
    binary(operator(Opcode.EQ), (a, b) -> truth(a.equals(b)));
  }

  @Test
  void bitsAreCombinedOneByOne() {
    binary(operator(Opcode.AND), BigInteger::and);
    binary(operator(Opcode.OR), BigInteger::or);
    binary(operator(Opcode.XOR), BigInteger::xor);
    binary((w, at) -> Bitwise.not(w, at), (_, b) -> MODULUS.subtract(BigInteger.ONE).xor(b));
  }

  @Test
  void shiftsMoveByAnyDistance() {
    shifted(operator(Opcode.SHL), (distance, b) -> b.shiftLeft(distance.intValue()));
    shifted(operator(Opcode.SHR), (distance, b) -> b.shiftRight(distance.intValue()));
    shifted(operator(Opcode.SAR), (distance, b) -> signed(b).shiftRight(distance.intValue()));
  }

  @Test
  void byteCountsFromTheHighEnd() {
    small(
        33,
        operator(Opcode.BYTE),
        (index, b) ->
            index.intValue() > 31
                ? BigInteger.ZERO
                : b.shiftRight(8 * (31 - index.intValue())).and(BigInteger.valueOf(0xff)));
  }

  @Test
  void signExtensionCopiesTheSignOfTheChosenByte() {
    small(
        34,
        operator(Opcode.SIGNEXTEND),
        (index, b) -> {
          int bits = 8 * (index.intValue() + 1);
          if (bits >= 256) {
            return b;
          }
          BigInteger low = b.mod(BigInteger.ONE.shiftLeft(bits));
          return low.testBit(bits - 1) ? low.subtract(BigInteger.ONE.shiftLeft(bits)) : low;
        });
  }

  @Test // EIP-7939
  void leadingZerosOfZeroAre256() {
    binary(
        (w, at) -> Operators.run(Opcode.CLZ, w, at - 4),
        (_, b) -> BigInteger.valueOf(256 - b.bitLength()));
  }

  private static OnWords operator(int opcode) {
    return (words, at) -> Operators.run(opcode, words, at);
  }

  @Test // TransactionState moves money with these.
  void sumsOfMoneyAreThoseOfTheInstructions() {
    binary(Arithmetic::add, BigInteger::add);
    binary(Arithmetic::subtract, BigInteger::subtract);
  }

  private static void binary(OnWords words, OnNumbers numbers) {
    Seed.forAll(1, ROUNDS, seed -> check(number(seed), number(seed), words, numbers));
  }

  /// The first operand is a small number.
  private static void small(int bound, OnWords words, OnNumbers numbers) {
    Seed.forAll(
        2,
        ROUNDS,
        seed -> check(BigInteger.valueOf(seed.below(bound)), number(seed), words, numbers));
    BigInteger huge = MODULUS.subtract(BigInteger.ONE);
    check(huge, huge.shiftRight(7), words, (_, b) -> numbers.of(BigInteger.valueOf(bound), b));
  }

  private static void shifted(OnWords words, OnNumbers numbers) {
    small(300, words, numbers);
  }

  private static void check(BigInteger first, BigInteger second, OnWords words, OnNumbers numbers) {
    long[] w = words(second, first);
    words.run(w, 4);
    BigInteger expected = numbers.of(first, second).mod(MODULUS);
    assertEquals(expected, result(w, 4), () -> first.toString(16) + ", " + second.toString(16));
    assertEquals(BigInteger.TWO, result(w, 0), "the word below is untouched");
  }

  private static void ternary(OnWords words, OnThreeNumbers numbers) {
    Seed.forAll(
        3,
        ROUNDS,
        seed -> {
          BigInteger first = number(seed);
          BigInteger second = number(seed);
          BigInteger third = number(seed);
          long[] w = words(third, second, first);
          words.run(w, 4);
          assertEquals(
              numbers.of(first, second, third),
              result(w, 4),
              () -> List.of(first, second, third).toString());
        });
  }

  /// A number whose limbs are edges more often than not, so that carries and the corrections of
  /// division come up.
  private static BigInteger number(Seed seed) {
    BigInteger number = BigInteger.ZERO;
    int limbs = seed.below(5);
    for (int i = 0; i < limbs; i++) {
      long limb =
          switch (seed.below(6)) {
            case 0 -> -1L;
            case 1 -> 0L;
            case 2 -> Long.MIN_VALUE;
            case 3 -> seed.magnitude();
            case 4 -> -seed.below(3);
            default -> seed.nextLong();
          };
      number = number.shiftLeft(64).add(UInt256.unsigned(limb).toBigInteger());
    }
    return number;
  }

  /// A stack of the word 2 and `numbers`, the last on top.
  private static long[] words(BigInteger... numbers) {
    long[] words = new long[4 + 4 * numbers.length];
    words[0] = 2;
    for (int i = 0; i < numbers.length; i++) {
      Words.set(UInt256.of(numbers[i]), words, 4 + 4 * i);
    }
    return words;
  }

  private static BigInteger result(long[] words, int at) {
    return Words.number(words, at).toBigInteger();
  }

  private static BigInteger signed(BigInteger number) {
    return number.testBit(255) ? number.subtract(MODULUS) : number;
  }

  private static BigInteger truth(boolean value) {
    return value ? BigInteger.ONE : BigInteger.ZERO;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HashPrecompilesTest {
  private static final HexFormat HEX = HexFormat.of();

  private static final String STATE =
      "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
          + "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b";
  private static final String MESSAGE = "616263" + "00".repeat(125);
  private static final String COUNTER = "03" + "00".repeat(15);

  private static String compressed(String rounds, String last) {
    return HEX.formatHex(
        Blake2f.compress(HEX.parseHex(rounds + STATE + MESSAGE + COUNTER + last)).orElseThrow());
  }

  @Test // EIP-152, test vectors 4 to 7.
  void blake2fOfTheEipsVectors() {
    assertEquals(
        "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
            + "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b",
        compressed("00000000", "01"));
    assertEquals(
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
            + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
        compressed("0000000c", "01"));
    assertEquals(
        "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
            + "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735",
        compressed("0000000c", "00"));
    assertEquals(
        "b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
            + "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421",
        compressed("00000001", "01"));
  }

  @Test // EIP-152, test vectors 0 to 3.
  void blake2fRefusesOtherLengthsAndFlags() {
    byte[] valid = HEX.parseHex("0000000c" + STATE + MESSAGE + COUNTER + "01");
    assertTrue(Blake2f.compress(new byte[0]).isEmpty());
    assertTrue(Blake2f.compress(Arrays.copyOf(valid, 212)).isEmpty());
    assertTrue(Blake2f.compress(Arrays.copyOf(valid, 214)).isEmpty());
    valid[212] = 2;
    assertTrue(Blake2f.compress(valid).isEmpty());
  }

  @Test // The paper's own vectors (Dobbertin, Bosselaers, Preneel).
  void ripemd160OfKnownInputs() {
    assertEquals(
        "9c1185a5c5e9fc54612808977ee8f548b2258d31", HEX.formatHex(Ripemd160.hash(new byte[0])));
    assertEquals(
        "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc",
        HEX.formatHex(Ripemd160.hash("abc".getBytes(StandardCharsets.US_ASCII))));
  }

  private static byte[] power(String base, String exponent, String modulus) {
    return ModularExponentiation.power(
        HEX.parseHex(base), HEX.parseHex(exponent), HEX.parseHex(modulus));
  }

  @Test // EIP-198, first example: Fermat's little theorem.
  void exponentiationOfTheEipsExamples() {
    String prime = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f";
    String lessOne = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2e";
    assertEquals("00".repeat(31) + "01", HEX.formatHex(power("03", lessOne, prime)));
    assertEquals("00".repeat(32), HEX.formatHex(power("", lessOne, prime)));
  }

  @Test // EIP-198: 0 ^ 0 = 1, and a modulus of 0 or 1 gives 0.
  void exponentiationAtItsEdges() {
    assertArrayEquals(new byte[] {1}, power("", "", "05"));
    assertArrayEquals(new byte[] {0}, power("", "", "01"));
    assertArrayEquals(new byte[] {0, 0}, power("03", "02", "0000"));
    assertArrayEquals(new byte[0], power("03", "02", ""));
  }

  @Test // EIP-198: input that ends early is continued with zeros.
  void exponentiationContinuesShortInputWithZeros() {
    // base 3, exponent 0x0200, modulus 0x8000 although one byte of each is given.
    byte[] input = HEX.parseHex("ff" + "03" + "02");
    assertArrayEquals(new byte[2], ModularExponentiation.power(input, 1, 1, 2, 2));
    byte[] whole = HEX.parseHex("ff" + "03" + "0002" + "80");
    assertArrayEquals(new byte[] {0, 9}, ModularExponentiation.power(whole, 1, 1, 2, 2));
    assertArrayEquals(new byte[3], ModularExponentiation.power(whole, 100, 1, 2, 3));
  }

  @Test
  void exponentiationAgreesWithRepeatedMultiplication() {
    Seed.forAll(
        1,
        200,
        random -> {
          byte[] base = random.bytes(random.below(40));
          int exponent = random.below(300);
          byte[] modulus = random.bytes(random.between(1, 40));
          BigInteger divisor = new BigInteger(1, modulus);
          BigInteger expected = BigInteger.ONE;
          for (int i = 0; i < exponent && divisor.signum() > 0; i++) {
            expected = expected.multiply(new BigInteger(1, base)).mod(divisor);
          }
          expected = divisor.signum() == 0 ? BigInteger.ZERO : expected.mod(divisor);
          byte[] power =
              ModularExponentiation.power(
                  base, BigInteger.valueOf(exponent).toByteArray(), modulus);
          assertEquals(modulus.length, power.length);
          assertEquals(expected, new BigInteger(1, power));
        });
  }
}

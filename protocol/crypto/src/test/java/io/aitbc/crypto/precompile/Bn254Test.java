// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;

class Bn254Test {
  private static final HexFormat HEX = HexFormat.of();
  private static final BigInteger P = Fp2.FIELD.modulus();
  private static final BigInteger ORDER =
      new BigInteger(
          "21888242871839275222246405745257275088548364400416034343698204186575808495617");

  /// The same curve in another implementation.
  private static final ECCurve REFERENCE =
      new ECCurve.Fp(P, BigInteger.ZERO, BigInteger.valueOf(3), ORDER, BigInteger.ONE);

  private static final ECPoint G1 = REFERENCE.createPoint(BigInteger.ONE, BigInteger.TWO);

  /// EIP-197: the generator of G2.
  private static final Bn254Twist G2 =
      new Bn254Twist(
          new Fp2(
              field(
                  "10857046999023057135944570762232829481370756359578518086990519993285655852781"),
              field(
                  "11559732032986387107991004021392285783925812861821192530917403151452391805634")),
          new Fp2(
              field("8495653923123431417604973247489272438418190587263600148770280649306958101930"),
              field(
                  "4082367875863433681332203403145435568316851327593401208105741076214120093531")));

  private static FieldElement field(String decimal) {
    return Fp2.FIELD.of(new BigInteger(decimal));
  }

  private static byte[] word(BigInteger value) {
    return HEX.parseHex(String.format("%064x", value));
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }

  private static byte[] encoded(ECPoint point) {
    ECPoint normal = point.normalize();
    return normal.isInfinity() ? new byte[64] : Arrays.copyOfRange(normal.getEncoded(false), 1, 65);
  }

  private static byte[] encoded(Bn254Twist.Jacobian point) {
    if (point.isIdentity()) {
      return new byte[128];
    }
    Fp2 inverse = point.z().inverted();
    Fp2 square = inverse.squared();
    Fp2 x = point.x().times(square);
    Fp2 y = point.y().times(square).times(inverse);
    byte[] output = new byte[128];
    Fp2.FIELD.encode(x.im(), output, 0);
    Fp2.FIELD.encode(x.re(), output, 32);
    Fp2.FIELD.encode(y.im(), output, 64);
    Fp2.FIELD.encode(y.re(), output, 96);
    return output;
  }

  private static Bn254Twist.Jacobian multiple(Bn254Twist point, BigInteger scalar) {
    Bn254Twist.Jacobian result = Bn254Twist.Jacobian.IDENTITY;
    for (int bit = scalar.bitLength() - 1; bit >= 0; bit--) {
      result = result.doubled();
      result = scalar.testBit(bit) ? result.plus(Bn254Twist.Jacobian.of(point)) : result;
    }
    return result;
  }

  private static BigInteger scalar(Seed random) {
    return random.pick(
        new BigInteger(1, random.bytes(32)),
        BigInteger.valueOf(random.below(20)),
        ORDER.subtract(BigInteger.valueOf(random.below(5))),
        ORDER.add(BigInteger.valueOf(random.below(5))),
        BigInteger.TWO.pow(256).subtract(BigInteger.ONE));
  }

  @Test // EIP-196, ADD.
  void additionAgreesWithAnotherImplementation() {
    Seed.forAll(
        1,
        60,
        random -> {
          ECPoint one = G1.multiply(scalar(random));
          ECPoint two = random.pick(G1.multiply(scalar(random)), one, one.negate());
          assertArrayEquals(
              encoded(one.add(two)), Bn254.add(join(encoded(one), encoded(two))).orElseThrow());
        });
  }

  @Test // EIP-196, MUL.
  void multiplicationAgreesWithAnotherImplementation() {
    Seed.forAll(
        1,
        60,
        random -> {
          ECPoint point = G1.multiply(scalar(random));
          BigInteger scalar = scalar(random);
          assertArrayEquals(
              encoded(point.multiply(scalar)),
              Bn254.multiply(join(encoded(point), word(scalar))).orElseThrow());
        });
  }

  @Test // EIP-196: what is missing is zero, what is too much is ignored.
  void shortInputIsContinuedWithZerosAndLongInputIsCut() {
    byte[] point = encoded(G1);
    assertArrayEquals(new byte[64], Bn254.add(new byte[0]).orElseThrow());
    assertArrayEquals(point, Bn254.add(point).orElseThrow());
    assertArrayEquals(point, Bn254.add(join(point, new byte[64], new byte[9])).orElseThrow());
    assertArrayEquals(new byte[64], Bn254.multiply(point).orElseThrow());
    assertArrayEquals(
        point, Bn254.multiply(join(point, word(BigInteger.ONE), new byte[] {7})).orElseThrow());
    // One byte of the scalar: 0x02 and 31 zeros.
    assertArrayEquals(
        encoded(G1.multiply(BigInteger.TWO.shiftLeft(248))),
        Bn254.multiply(join(point, new byte[] {2})).orElseThrow());
  }

  @Test // EIP-196: encodings of points.
  void pointsThatAreNoneAreRefused() {
    List<byte[]> hostile =
        List.of(
            join(word(BigInteger.ONE), word(BigInteger.ONE)),
            join(word(P.add(BigInteger.ONE)), word(BigInteger.TWO)),
            join(word(BigInteger.ONE), word(P.add(BigInteger.TWO))),
            join(word(P), word(BigInteger.ZERO)),
            join(word(BigInteger.ZERO), word(P)));
    for (byte[] point : hostile) {
      assertTrue(Bn254.add(join(point, encoded(G1))).isEmpty());
      assertTrue(Bn254.add(join(encoded(G1), point)).isEmpty());
      assertTrue(Bn254.multiply(join(point, word(BigInteger.ONE))).isEmpty());
      assertTrue(Bn254.pairing(join(point, new byte[128])).isEmpty());
    }
  }

  private static boolean pairs(byte[]... points) {
    byte[] word = Bn254.pairing(join(points)).orElseThrow();
    return new BigInteger(1, word).equals(BigInteger.ONE);
  }

  @Test // EIP-197: a pairing is linear in both points, and not 1 for the generators.
  void thePairingIsBilinear() {
    Seed.forAll(
        1,
        12,
        random -> {
          BigInteger a = new BigInteger(1, random.bytes(32)).mod(ORDER);
          BigInteger b = new BigInteger(1, random.bytes(32)).mod(ORDER);
          byte[] left = join(encoded(G1.multiply(a)), encoded(multiple(G2, b)));
          BigInteger product = ORDER.subtract(a.multiply(b).mod(ORDER));
          byte[] generator = encoded(Bn254Twist.Jacobian.of(G2));
          assertTrue(pairs(left, encoded(G1.multiply(product)), generator));
          BigInteger other = product.add(BigInteger.ONE);
          assertFalse(pairs(left, encoded(G1.multiply(other)), generator));
        });
  }

  @Test // EIP-197; the first vector of the Ethereum clients' common set.
  void thePairingOfAKnownInput() {
    byte[] input =
        HEX.parseHex(
            "1c76476f4def4bb94541d57ebba1193381ffa7aa76ada664dd31c16024c43f59"
                + "3034dd2920f673e204fee2811c678745fc819b55d3e9d294e45c9b03a76aef41"
                + "209dd15ebff5d46c4bd888e51a93cf99a7329636c63514396b4a452003a35bf7"
                + "04bf11ca01483bfa8b34b43561848d28905960114c8ac04049af4b6315a41678"
                + "2bb8324af6cfc93537a2ad1a445cfd0ca2a71acd7ac41fadbf933c2a51be344d"
                + "120a2a4cf30c1bf9845f20c6fe39e07ea2cce61f0c9bb048165fe5e4de877550"
                + "111e129f1cf1097710d41c4ac70fcdfa5ba2023c6ff1cbeac322de49d1b6df7c"
                + "2032c61a830e3c17286de9462bf242fca2883585b93870a73853face6a6bf411"
                + "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                + "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                + "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");
    assertTrue(pairs(input));
    input[31] ^= 1;
    assertTrue(Bn254.pairing(input).isEmpty());
  }

  @Test // EIP-197: the identity pairs to 1; no pairs give 1.
  void theIdentityChangesNothing() {
    byte[] generator = encoded(Bn254Twist.Jacobian.of(G2));
    assertTrue(pairs());
    assertTrue(pairs(new byte[64], generator));
    assertTrue(pairs(encoded(G1), new byte[128]));
    assertTrue(pairs(new byte[192]));
    assertFalse(pairs(encoded(G1), generator));
    assertFalse(pairs(encoded(G1), generator, new byte[64], generator));
    assertTrue(pairs(encoded(G1), generator, new byte[192], encoded(G1.negate()), generator));
  }

  @Test // EIP-197: length.
  void lengthsThatAreNoMultipleOfAPairAreRefused() {
    assertTrue(Bn254.pairing(new byte[1]).isEmpty());
    assertTrue(Bn254.pairing(new byte[191]).isEmpty());
    assertTrue(Bn254.pairing(new byte[193]).isEmpty());
  }

  /// A random point of the twist's curve; almost none lies in the subgroup.
  private static Bn254Twist curvePoint(Seed random) {
    while (true) {
      Fp2 x =
          new Fp2(
              Fp2.FIELD.of(new BigInteger(1, random.bytes(32))),
              Fp2.FIELD.of(new BigInteger(1, random.bytes(32))));
      Optional<Fp2> y = root(x.squared().times(x).plus(Bn254Twist.B));
      if (y.isPresent()) {
        return new Bn254Twist(x, y.get());
      }
    }
  }

  /// A square root for p = 3 mod 4 (Adj, Rodriguez-Henriquez 2012, algorithm 9).
  private static Optional<Fp2> root(Fp2 square) {
    Fp2 first = square.power(P.subtract(BigInteger.valueOf(3)).shiftRight(2));
    Fp2 alpha = first.squared().times(square);
    Fp2 start = first.times(square);
    Fp2 minusOne = Fp2.ONE.negated();
    Fp2 root =
        alpha.equals(minusOne)
            ? new Fp2(Fp2.FIELD.zero(), Fp2.FIELD.one()).times(start)
            : Fp2.ONE.plus(alpha).power(P.subtract(BigInteger.ONE).shiftRight(1)).times(start);
    return root.squared().equals(square) ? Optional.of(root) : Optional.empty();
  }

  @Test // EIP-197: points of G2 have order r.
  void theSubgroupCheckAgreesWithItsDefinition() {
    // Order of the twist's curve: r (2p - r).
    BigInteger cofactor = P.shiftLeft(1).subtract(ORDER);
    Seed.forAll(
        1,
        25,
        random -> {
          Bn254Twist outside = curvePoint(random);
          assertTrue(outside.isOnCurve());
          assertFalse(multiple(outside, ORDER).isIdentity());
          assertFalse(outside.isInSubgroup());
          byte[] hostile = join(encoded(G1), encoded(Bn254Twist.Jacobian.of(outside)));
          assertTrue(Bn254.pairing(hostile).isEmpty());
          byte[] inside = encoded(multiple(outside, cofactor));
          assertTrue(Bn254.pairing(join(encoded(G1), inside)).isPresent());
        });
  }

  @Test // Points whose order is a factor of the cofactor are the likeliest to fool a fast check.
  void pointsOfCofactorOrderAreOutsideOfTheSubgroup() {
    Seed.forAll(
        50,
        10,
        random -> {
          Bn254Twist.Jacobian small = multiple(curvePoint(random), ORDER);
          byte[] encoded = encoded(small);
          assertTrue(Bn254.pairing(join(encoded(G1), encoded)).isEmpty());
        });
  }

  @Test // EIP-197
  void coordinatesOffTheTwistOrNotReducedAreRefused() {
    byte[] generator = encoded(Bn254Twist.Jacobian.of(G2));
    for (int part = 0; part < 4; part++) {
      byte[] damaged = generator.clone();
      damaged[32 * part + 31] ^= 1;
      assertTrue(Bn254.pairing(join(encoded(G1), damaged)).isEmpty());
      assertTrue(Bn254.pairing(join(new byte[64], damaged)).isEmpty());
      byte[] raised = generator.clone();
      BigInteger value = new BigInteger(1, raised, 32 * part, 32).add(P);
      System.arraycopy(word(value), 0, raised, 32 * part, 32);
      assertTrue(Bn254.pairing(join(encoded(G1), raised)).isEmpty());
    }
  }

  @Test
  void theTowerIsAField() {
    Seed.forAll(
        1,
        30,
        random -> {
          Fp12 one = element(random);
          Fp12 two = element(random);
          Fp12 three = element(random);
          assertEquals(one.times(two), two.times(one));
          assertEquals(one.times(two).times(three), one.times(two.times(three)));
          assertEquals(one.times(one), one.squared());
          assertTrue(one.times(one.inverted()).isOne());
          Fp12 line =
              new Fp12(
                  new Fp6(two.g().a(), Fp2.ZERO, Fp2.ZERO),
                  new Fp6(two.h().a(), two.h().b(), Fp2.ZERO));
          assertEquals(one.times(line), one.timesLine(two.g().a(), two.h().a(), two.h().b()));
          // Norm 1 and order dividing p⁴ - p² + 1.
          Fp12 unit = one.conjugated().times(one.inverted());
          unit = unit.toTheP().toTheP().times(unit);
          assertEquals(unit.squared(), unit.cyclotomicSquared());
          assertTrue(unit.times(unit.conjugated()).isOne());
        });
  }

  @Test
  void raisingToPIsWhatItIsCalled() {
    Fp12 element = element(Seed.of(3));
    Fp12 power = Fp12.ONE;
    for (int bit = P.bitLength() - 1; bit >= 0; bit--) {
      power = power.squared();
      power = P.testBit(bit) ? power.times(element) : power;
    }
    assertEquals(power, element.toTheP());
  }

  private static Fp12 element(Seed random) {
    Fp2[] parts = new Fp2[6];
    for (int i = 0; i < 6; i++) {
      parts[i] =
          new Fp2(
              Fp2.FIELD.of(new BigInteger(1, random.bytes(32))),
              Fp2.FIELD.of(new BigInteger(1, random.bytes(32))));
    }
    return new Fp12(new Fp6(parts[0], parts[1], parts[2]), new Fp6(parts[3], parts[4], parts[5]));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aitbc.testkit.Seed;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Bls12381Test {
  private static final HexFormat HEX = HexFormat.of();

  private static final String G1 =
      "0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac58"
          + "6c55e83ff97a1aeffb3af00adb22c6bb"
          + "0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3ed"
          + "d03cc744a2888ae40caa232946c5e7e1";

  private static Function<byte[], Optional<byte[]>> operation(String file) {
    String name = file.replace("fail-", "");
    return switch (name) {
      case "add_G1_bls" -> Bls12381::addG1;
      case "add_G2_bls" -> Bls12381::addG2;
      case "mul_G1_bls", "msm_G1_bls" -> Bls12381::multiplyG1;
      case "mul_G2_bls", "msm_G2_bls" -> Bls12381::multiplyG2;
      case "map_fp_to_G1_bls" -> Bls12381::mapToG1;
      case "map_fp2_to_G2_bls" -> Bls12381::mapToG2;
      case "pairing_check_bls" -> Bls12381::pairing;
      default -> throw new IllegalArgumentException(file);
    };
  }

  private static List<Map<String, String>> vectors(String file) {
    Optional<String> json =
        VectorArchive.read("eip-assets.tar.gz", "assets/eip-2537/" + file + ".json");
    assumeTrue(json.isPresent(), "public vectors are absent");
    List<Map<String, String>> vectors = VectorArchive.objects(json.get());
    assertFalse(vectors.isEmpty(), "no vectors in " + file);
    return vectors;
  }

  @ParameterizedTest // EIP-2537, the EIP's own vectors.
  @ValueSource(
      strings = {
        "add_G1_bls",
        "add_G2_bls",
        "mul_G1_bls",
        "mul_G2_bls",
        "map_fp_to_G1_bls",
        "map_fp2_to_G2_bls",
        "pairing_check_bls"
      })
  void computesWhatTheEipExpects(String file) {
    for (Map<String, String> vector : vectors(file)) {
      assertEquals(
          Optional.ofNullable(vector.get("Expected")),
          operation(file).apply(HEX.parseHex(vector.get("Input"))).map(HEX::formatHex),
          vector.get("Name"));
    }
  }

  @ParameterizedTest // EIP-2537, the EIP's own vectors of errors.
  @ValueSource(
      strings = {
        "fail-add_G1_bls",
        "fail-add_G2_bls",
        "fail-mul_G1_bls",
        "fail-mul_G2_bls",
        "fail-msm_G1_bls",
        "fail-msm_G2_bls",
        "fail-map_fp_to_G1_bls",
        "fail-map_fp2_to_G2_bls",
        "fail-pairing_check_bls"
      })
  void refusesWhatTheEipRefuses(String file) {
    for (Map<String, String> vector : vectors(file)) {
      assertTrue(vector.containsKey("ExpectedError"), vector.get("Name"));
      byte[] input = HEX.parseHex(vector.get("Input"));
      assertFalse(operation(file).apply(input).isPresent(), vector.get("Name"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp_to_g1", "fp2_to_g2", "g1_mul", "g2_multiexp"})
  void computesWhatAnotherClientExpects(String file) {
    Optional<String> csv =
        VectorArchive.read("besu-vectors.tar.gz", "evm/evm/precompile/" + file + ".csv");
    assumeTrue(csv.isPresent(), "public vectors are absent");
    Function<byte[], Optional<byte[]>> operation =
        switch (file) {
          case "fp_to_g1" -> Bls12381::mapToG1;
          case "fp2_to_g2" -> Bls12381::mapToG2;
          case "g1_mul" -> Bls12381::multiplyG1;
          default -> Bls12381::multiplyG2;
        };
    List<String> lines = csv.get().lines().skip(1).filter(line -> !line.isBlank()).toList();
    assertTrue(lines.size() > 90);
    for (String line : lines) {
      String[] columns = line.split(",", -1);
      assertEquals(
          columns[1].replace("0x", ""),
          operation.apply(HEX.parseHex(columns[0])).map(HEX::formatHex).orElse(""),
          file + " line " + (2 + lines.indexOf(line)));
    }
  }

  /// `count` terms whose points are random multiples of the generator, or the identity.
  private static byte[] terms(Seed random, int count) {
    ByteArrayOutputStream terms = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      terms.writeBytes(random.chance(1, 10) ? new byte[128] : multiple(random.bytes(32)));
      terms.writeBytes(random.chance(1, 10) ? new byte[32] : random.bytes(32));
    }
    return terms.toByteArray();
  }

  private static byte[] multiple(byte[] scalar) {
    return Bls12381.multiplyG1(HEX.parseHex(G1 + HEX.formatHex(scalar))).orElseThrow();
  }

  @Test // EIP-2537: a multi-scalar multiplication is the sum of multiplications.
  void multiplicationOfManyAgreesWithTheSum() {
    Seed.forAll(
        1,
        25,
        random -> {
          int count = random.between(1, random.pick(3, 40));
          byte[] terms = terms(random, count);
          byte[] sum = new byte[128];
          for (int i = 0; i < count; i++) {
            byte[] term = Arrays.copyOfRange(terms, i * 160, (i + 1) * 160);
            byte[] product = Bls12381.multiplyG1(term).orElseThrow();
            byte[] both = Arrays.copyOf(sum, 256);
            System.arraycopy(product, 0, both, 128, 128);
            sum = Bls12381.addG1(both).orElseThrow();
          }
          assertArrayEquals(sum, Bls12381.multiplyG1(terms).orElseThrow());
        });
  }

  @Test // EIP-2537
  void randomAndTruncatedInputIsRefusedWithoutAnException() {
    Seed.forAll(
        1,
        300,
        random -> {
          byte[] input = random.bytes(random.below(800));
          assertTrue(Bls12381.addG1(input).isEmpty());
          assertTrue(Bls12381.addG2(input).isEmpty());
          assertTrue(Bls12381.multiplyG1(input).isEmpty());
          assertTrue(Bls12381.multiplyG2(input).isEmpty());
          assertTrue(Bls12381.pairing(input).isEmpty());
          assertTrue(Bls12381.mapToG1(input).isEmpty());
          assertTrue(Bls12381.mapToG2(input).isEmpty());
        });
  }
}

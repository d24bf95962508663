// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Sha256;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KzgPointEvaluationTest {
  private static final HexFormat HEX = HexFormat.of();

  /// A proof made with the ceremony's real setup (a vector that execution clients share).
  private static final byte[] VALID =
      HEX.parseHex(
          "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
              + "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
              + "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
              + "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
              + "5f26936857bc3a7c2539ea8ec3a952b7"
              + "873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a98527fc22a2c9612"
              + "fbeafdad446cbc7bcdbdcd780af2c16a");

  private static final String OUTPUT =
      "0000000000000000000000000000000000000000000000000000000000001000"
          + "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

  @Test // EIP-4844: the output is the size of a blob and the modulus.
  void acceptsAValidProof() {
    assertEquals(Optional.of(OUTPUT), KzgPointEvaluation.verify(VALID).map(HEX::formatHex));
  }

  @Test // EIP-4844
  void refusesEveryDamage() {
    for (int i = 0; i < VALID.length; i++) {
      byte[] damaged = VALID.clone();
      damaged[i] ^= 1;
      assertTrue(KzgPointEvaluation.verify(damaged).isEmpty(), "byte " + i);
    }
    assertTrue(KzgPointEvaluation.verify(Arrays.copyOf(VALID, 191)).isEmpty());
    assertTrue(KzgPointEvaluation.verify(Arrays.copyOf(VALID, 193)).isEmpty());
    assertTrue(KzgPointEvaluation.verify(new byte[0]).isEmpty());
  }

  /// An input with the right versioned hash for its commitment.
  private static byte[] input(String z, String y, String commitment, String proof) {
    byte[] hash = Sha256.hash(HEX.parseHex(commitment)).toArray();
    hash[0] = 1;
    return HEX.parseHex(HEX.formatHex(hash) + z + y + commitment + proof);
  }

  @Test // EIP-4844: commitment and proof of a constant polynomial.
  void theIdentityCommitsToZeroAndProvesConstants() {
    String identity = "c0" + "00".repeat(47);
    String generator =
        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905"
            + "a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb";
    String zero = "00".repeat(32);
    String one = "00".repeat(31) + "01";
    String z = "00".repeat(31) + "2a";
    assertTrue(KzgPointEvaluation.verify(input(z, zero, identity, identity)).isPresent());
    assertTrue(KzgPointEvaluation.verify(input(z, one, identity, identity)).isEmpty());
    assertTrue(KzgPointEvaluation.verify(input(z, one, generator, identity)).isPresent());
    assertTrue(KzgPointEvaluation.verify(input(zero, one, generator, identity)).isPresent());
    assertTrue(KzgPointEvaluation.verify(input(z, zero, generator, identity)).isEmpty());
    assertTrue(KzgPointEvaluation.verify(input(zero, one, generator, generator)).isEmpty());
  }

  @Test // EIP-4844: z and y are below the modulus.
  void valuesNotBelowTheModulusAreRefused() {
    String identity = "c0" + "00".repeat(47);
    String modulus = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    String zero = "00".repeat(32);
    assertTrue(KzgPointEvaluation.verify(input(modulus, zero, identity, identity)).isEmpty());
    assertTrue(KzgPointEvaluation.verify(input(zero, modulus, identity, identity)).isEmpty());
  }
}

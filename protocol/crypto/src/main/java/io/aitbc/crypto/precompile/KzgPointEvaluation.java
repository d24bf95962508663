// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto.precompile;

import io.aitbc.crypto.Sha256;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2_Affine;
import supranational.blst.PT;
import supranational.blst.Scalar;

/// Verifies that a blob's polynomial p, given by its KZG commitment, has the value y at z; for
/// precompile 0x0a (EIP-4844).
public final class KzgPointEvaluation {
  /// Length of an input: versioned hash (32), z (32), y (32), commitment (48), proof (48).
  public static final int INPUT_BYTES = 192;

  private static final int Z_OFFSET = 32;
  private static final int Y_OFFSET = 64;
  private static final int COMMITMENT_OFFSET = 96;
  private static final int PROOF_OFFSET = 144;
  private static final byte VERSION = 1;

  /// r, the order of the groups.
  private static final byte[] MODULUS =
      HexFormat.of().parseHex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

  /// What the precompile returns: the number of field elements in a blob, 4096, and r.
  private static final byte[] OUTPUT =
      HexFormat.of().parseHex("00".repeat(30) + "1000" + HexFormat.of().formatHex(MODULUS));

  /// G2 times the secret of Ethereum's KZG ceremony: the second of `g2_monomial` in
  /// `trusted_setup_4096.json` of ethereum/consensus-specs (presets/mainnet).
  private static final P2_Affine SECRET_TIMES_G2 =
      new P2_Affine(
          HexFormat.of()
              .parseHex(
                  "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d"
                      + "2914e5870cb452d2afaaab24f3499f72185cbfee53492714734429b7b38608e2"
                      + "3926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2"));

  private KzgPointEvaluation() {}

  /// The 64 bytes that the precompile returns; empty if the input is malformed or the proof wrong.
  public static Optional<byte[]> verify(byte[] input) {
    if (input.length != INPUT_BYTES || !versionedHashFits(input)) {
      return Optional.empty();
    }
    byte[] z = Arrays.copyOfRange(input, Z_OFFSET, Y_OFFSET);
    byte[] y = Arrays.copyOfRange(input, Y_OFFSET, COMMITMENT_OFFSET);
    if (Arrays.compareUnsigned(z, MODULUS) >= 0 || Arrays.compareUnsigned(y, MODULUS) >= 0) {
      return Optional.empty();
    }
    Optional<P1_Affine> commitment =
        point(Arrays.copyOfRange(input, COMMITMENT_OFFSET, PROOF_OFFSET));
    Optional<P1_Affine> proof = point(Arrays.copyOfRange(input, PROOF_OFFSET, INPUT_BYTES));
    if (commitment.isEmpty() || proof.isEmpty()) {
      return Optional.empty();
    }
    return holds(commitment.get(), z, y, proof.get())
        ? Optional.of(OUTPUT.clone())
        : Optional.empty();
  }

  private static boolean versionedHashFits(byte[] input) {
    byte[] hash = Sha256.hash(input, COMMITMENT_OFFSET, PROOF_OFFSET - COMMITMENT_OFFSET).toArray();
    hash[0] = VERSION;
    return Arrays.equals(hash, 0, hash.length, input, 0, Z_OFFSET);
  }

  /// A compressed point of G1; the identity is allowed: it commits to, and proves, constants.
  private static Optional<P1_Affine> point(byte[] compressed) {
    P1_Affine point;
    try {
      point = new P1_Affine(compressed);
    } catch (RuntimeException notOnCurve) {
      return Optional.empty();
    }
    return point.in_group() ? Optional.of(point) : Optional.empty();
  }

  /// e(commitment - y G1 + z proof, G2) = e(proof, secret G2), which is the EIP's equation with the
  /// multiplication by z on the cheaper side.
  private static boolean holds(P1_Affine commitment, byte[] z, byte[] y, P1_Affine proof) {
    P1 left = P1.generator().mult(new Scalar().from_bendian(y)).neg();
    left.add(commitment);
    if (proof.is_inf()) {
      return left.is_inf();
    }
    left.add(proof.to_jacobian().mult(new Scalar().from_bendian(z)));
    if (left.is_inf()) {
      return false;
    }
    return PT.finalverify(
        new PT(left.to_affine(), P2_Affine.generator()), new PT(proof, SECRET_TIMES_G2));
  }
}

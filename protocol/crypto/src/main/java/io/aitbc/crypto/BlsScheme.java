// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import supranational.blst.BLST_ERROR;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;
import supranational.blst.Pairing;

/// BLS12-381 signatures with keys in G1 (48 bytes) and signatures in G2 (96 bytes), proof of
/// possession scheme of draft-irtf-cfrg-bls-signature. Protocol §12.2.
///
/// Every point from outside is checked: it decodes, lies on the curve, in the subgroup, and is not
/// the identity. Any thread may use it.
public final class BlsScheme implements SignatureScheme {
  /// Suite of every purpose but proofs of possession.
  static final String SIGNATURE_SUITE = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

  /// Suite of proofs of possession, so that none is ever a signature over a message.
  static final String POSSESSION_SUITE = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

  private static final byte[] BATCH_TAG = "AITBC/BLS-BATCH/1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VRF_OUTPUT_TAG =
      "AITBC/VRF-OUTPUT/1".getBytes(StandardCharsets.US_ASCII);

  /// Length of a coefficient of a batch. It is derived from the claims, so whoever makes claims can
  /// try many offline: 128 bits keep that hopeless, where 64 would do for fresh randomness.
  private static final int COEFFICIENT_BYTES = 16;

  /// Keys remembered at most: eight times the validators of the largest set, so that the keys of
  /// two epochs and of newcomers fit. About 4 MB.
  static final int KEYS_MAX = 8192;

  /// Signatures remembered at most. One is looked at again within milliseconds, when it is summed
  /// and when the sum is summed again: this is what a few heights bring. About 0.3 MB.
  static final int SIGNATURES_MAX = 512;

  private final CheckedPoints<BlsPublicKey, P1_Affine> keys =
      new CheckedPoints<>(KEYS_MAX, BlsScheme::checked);
  private final CheckedPoints<BlsSignature, P2_Affine> signatures =
      new CheckedPoints<>(SIGNATURES_MAX, BlsScheme::checked);

  static String suiteOf(ValidatorMessage.Purpose purpose) {
    return purpose == ValidatorMessage.Purpose.POSSESSION ? POSSESSION_SUITE : SIGNATURE_SUITE;
  }

  @Override
  public boolean verify(BlsPublicKey key, ValidatorMessage message, BlsSignature signature) {
    return verify(key, message.signingBytes(), suiteOf(message.purpose()), signature);
  }

  /// Verifies bytes in a suite; visible so that public test vectors can be checked.
  boolean verify(BlsPublicKey key, byte[] bytes, String suite, BlsSignature signature) {
    return keys.point(key)
        .flatMap(point -> signatures.point(signature).map(sum -> holds(point, bytes, suite, sum)))
        .orElse(false);
  }

  @Override
  public boolean verifyAggregate(
      List<BlsPublicKey> keys, ValidatorMessage message, BlsSignature aggregate) {
    if (keys.isEmpty()) {
      return false;
    }
    P1 sum = new P1();
    for (BlsPublicKey key : keys) {
      Optional<P1_Affine> point = this.keys.point(key);
      if (point.isEmpty()) {
        return false;
      }
      sum.add(point.get());
    }
    if (sum.is_inf()) {
      return false; // Keys that cancel out would make the identity a signature for any message.
    }
    return signatures
        .point(aggregate)
        .map(signature ->
            holds(sum.to_affine(), message.signingBytes(), suiteOf(message.purpose()), signature))
        .orElse(false);
  }

  private static boolean holds(P1_Affine key, byte[] bytes, String suite, P2_Affine signature) {
    return signature.core_verify(key, true, bytes, suite) == BLST_ERROR.BLST_SUCCESS;
  }

  @Override
  public boolean verifyAll(List<Claim> claims) {
    // A pairing product has one suite.
    List<Claim> possessions = new ArrayList<>();
    List<Claim> others = new ArrayList<>();
    for (Claim claim : claims) {
      boolean possession = claim.message().purpose() == ValidatorMessage.Purpose.POSSESSION;
      (possession ? possessions : others).add(claim);
    }
    return batchHolds(possessions, POSSESSION_SUITE) && batchHolds(others, SIGNATURE_SUITE);
  }

  /// Checks sum(c_i signature_i) against the product of pairings of sum(c_i key_i) per distinct
  /// message: one hash to the curve and one Miller loop per message, one final exponentiation.
  private boolean batchHolds(List<Claim> claims, String suite) {
    if (claims.size() < 2) {
      return claims.isEmpty()
          || verify(claims.get(0).key(), claims.get(0).message(), claims.get(0).signature());
    }
    Hash seed = batchSeed(claims);
    P2 sum = new P2();
    Map<Bytes, P1> keysByMessage = new TreeMap<>();
    for (int i = 0; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      Optional<P1_Affine> key = keys.point(claim.key());
      Optional<P2_Affine> signature = signatures.point(claim.signature());
      if (key.isEmpty() || signature.isEmpty()) {
        return false;
      }
      BigInteger coefficient = coefficient(seed, i);
      sum.add(signature.get().to_jacobian().mult(coefficient));
      keysByMessage
          .computeIfAbsent(Bytes.wrap(claim.message().signingBytes()), _ -> new P1())
          .add(key.get().to_jacobian().mult(coefficient));
    }
    return productHolds(keysByMessage, sum, suite);
  }

  private static boolean productHolds(Map<Bytes, P1> keysByMessage, P2 signatures, String suite) {
    Pairing pairing = new Pairing(true, suite);
    P2_Affine pending = signatures.to_affine();
    for (Map.Entry<Bytes, P1> entry : keysByMessage.entrySet()) {
      if (entry.getValue().is_inf()) {
        return false;
      }
      BLST_ERROR error =
          pairing.aggregate(entry.getValue().to_affine(), pending, entry.getKey().content());
      if (error != BLST_ERROR.BLST_SUCCESS) {
        return false;
      }
      pending = new P2_Affine(); // The identity: the whole sum went in with the first message.
    }
    pairing.commit();
    return pairing.finalverify();
  }

  /// What all coefficients come from: every byte of every claim, in order.
  private static Hash batchSeed(List<Claim> claims) {
    MessageDigest digest = Sha256.digest();
    digest.update(BATCH_TAG);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, claims.size()));
    for (Claim claim : claims) {
      digest.update(claim.key().bytes().content());
      digest.update(Sha256.hash(claim.message().signingBytes()).toArray());
      digest.update(claim.signature().bytes().content());
    }
    return Hash.of(digest.digest());
  }

  private static BigInteger coefficient(Hash seed, int index) {
    byte[] material = new byte[Hash.BYTES + Integer.BYTES];
    seed.copyTo(material, 0);
    ByteBuffer.wrap(material).putInt(Hash.BYTES, index);
    byte[] hash = Sha256.hash(material).toArray();
    return new BigInteger(1, hash, 0, COEFFICIENT_BYTES).setBit(0); // Never zero.
  }

  @Override
  public Optional<BlsSignature> aggregate(List<BlsSignature> signatures) {
    if (signatures.isEmpty()) {
      return Optional.empty();
    }
    P2 sum = new P2();
    for (BlsSignature signature : signatures) {
      Optional<P2_Affine> point = this.signatures.point(signature);
      if (point.isEmpty()) {
        return Optional.empty();
      }
      sum.add(point.get());
    }
    BlsSignature aggregate = new BlsSignature(Bytes.wrap(sum.compress()));
    if (!sum.is_inf()) { // A sum of points of the subgroup lies in it.
      this.signatures.remember(aggregate, sum.to_affine());
    }
    return Optional.of(aggregate);
  }

  @Override
  public Hash vrfOutput(BlsSignature proof) {
    byte[] bytes = new byte[1 + VRF_OUTPUT_TAG.length + BlsSignature.BYTES];
    bytes[0] = (byte) VRF_OUTPUT_TAG.length;
    System.arraycopy(VRF_OUTPUT_TAG, 0, bytes, 1, VRF_OUTPUT_TAG.length);
    proof.bytes().copyTo(bytes, 1 + VRF_OUTPUT_TAG.length);
    return Keccak256.hash(bytes);
  }

  /// The point of `key`; empty if it is no point of the curve, outside of the subgroup or the
  /// identity.
  private static Optional<P1_Affine> checked(BlsPublicKey key) {
    P1_Affine point;
    try {
      point = new P1_Affine(key.bytes().toArray());
    } catch (RuntimeException notOnCurve) {
      return Optional.empty();
    }
    return !point.is_inf() && point.in_group() ? Optional.of(point) : Optional.empty();
  }

  /// The point of `signature`; empty if it is no point of the curve, outside of the subgroup or the
  /// identity.
  private static Optional<P2_Affine> checked(BlsSignature signature) {
    P2_Affine point;
    try {
      point = new P2_Affine(signature.bytes().toArray());
    } catch (RuntimeException notOnCurve) {
      return Optional.empty();
    }
    return !point.is_inf() && point.in_group() ? Optional.of(point) : Optional.empty();
  }
}

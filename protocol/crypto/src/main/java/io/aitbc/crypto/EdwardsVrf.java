// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/// ECVRF-EDWARDS25519-SHA512-TAI of RFC 9381: cipher suite 0x03, keys validated. A proof has 80
/// bytes: Gamma, c (16) and s (32), little-endian. Protocol §12.3.
public final class EdwardsVrf implements Vrf<EdwardsVrfSecretKey> {
  private static final byte SUITE = 3;
  private static final byte DOMAIN_ENCODE = 1;
  private static final byte DOMAIN_CHALLENGE = 2;
  private static final byte DOMAIN_OUTPUT = 3;
  private static final byte DOMAIN_BACK = 0;

  private static final int CHALLENGE_BYTES = 16;
  private static final int SCALAR_BYTES = 32;
  private static final int PROOF_BYTES = EdwardsPoint.BYTES + CHALLENGE_BYTES + SCALAR_BYTES;

  /// Order q of the prime-order subgroup.
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

  private static final byte[] OUTPUT_TAG =
      "AITBC/ECVRF-OUTPUT/1".getBytes(StandardCharsets.US_ASCII);

  /// Creates the function; it has no state.
  public EdwardsVrf() {}

  private record Proof(EdwardsPoint gamma, Bytes challenge, Bytes response) {}

  @Override
  public String name() {
    return "ECVRF-EDWARDS25519-SHA512-TAI";
  }

  @Override
  public int publicKeyBytes() {
    return EdwardsPoint.BYTES;
  }

  @Override
  public int proofBytes() {
    return PROOF_BYTES;
  }

  @Override
  public Bytes prove(EdwardsVrfSecretKey key, ValidatorMessage input) {
    if (input.purpose() != ValidatorMessage.Purpose.VRF) {
      throw new IllegalArgumentException("not an input of the VRF: " + input.purpose());
    }
    return Bytes.wrap(prove(key, input.signingBytes()));
  }

  @Override
  public Optional<Hash> output(Bytes publicKey, ValidatorMessage input, Bytes proof) {
    if (input.purpose() != ValidatorMessage.Purpose.VRF) {
      return Optional.empty();
    }
    return verify(publicKey.toArray(), input.signingBytes(), proof.toArray())
        .map(beta -> Keccak256.hash(join(new byte[] {(byte) OUTPUT_TAG.length}, OUTPUT_TAG, beta)));
  }

  /// ECVRF_prove (RFC 9381 §5.1); visible so that the RFC's vectors can be checked.
  byte[] prove(EdwardsVrfSecretKey key, byte[] alpha) {
    byte[] publicKey = key.publicKey().toArray();
    EdwardsPoint h = encodeToCurve(publicKey, alpha);
    byte[] hBytes = h.encoded();
    byte[] scalar = key.scalar();
    byte[] gamma = h.times(scalar).encoded();
    BigInteger nonce = number(sha512(key.noncePrefix(), hBytes)).mod(ORDER);
    byte[] nonceBytes = littleEndian(nonce);
    byte[] challenge =
        challenge(
            publicKey,
            hBytes,
            gamma,
            EdwardsPoint.BASE.times(nonceBytes).encoded(),
            h.times(nonceBytes).encoded());
    BigInteger response = number(challenge).multiply(number(scalar)).add(nonce).mod(ORDER);
    Arrays.fill(scalar, (byte) 0);
    Arrays.fill(nonceBytes, (byte) 0);
    return join(gamma, challenge, littleEndian(response));
  }

  /// ECVRF_verify with validate_key (RFC 9381 §5.3): the 64 bytes beta, or empty.
  Optional<byte[]> verify(byte[] publicKey, byte[] alpha, byte[] pi) {
    Optional<EdwardsPoint> key =
        EdwardsPoint.decode(publicKey).filter(point -> !point.timesCofactor().isIdentity());
    Optional<Proof> decoded = decode(pi);
    if (key.isEmpty() || decoded.isEmpty()) {
      return Optional.empty();
    }
    Proof proof = decoded.get();
    EdwardsPoint h = encodeToCurve(publicKey, alpha);
    EdwardsPoint u =
        EdwardsPoint.BASE
            .times(proof.response.content())
            .plus(key.get().times(proof.challenge.content()).negated());
    EdwardsPoint v =
        h.times(proof.response.content())
            .plus(proof.gamma.times(proof.challenge.content()).negated());
    byte[] expected =
        challenge(publicKey, h.encoded(), proof.gamma.encoded(), u.encoded(), v.encoded());
    if (!Arrays.equals(expected, proof.challenge.content())) {
      return Optional.empty();
    }
    byte[] cleared = proof.gamma.timesCofactor().encoded();
    return Optional.of(
        sha512(new byte[] {SUITE, DOMAIN_OUTPUT}, cleared, new byte[] {DOMAIN_BACK}));
  }

  /// ECVRF_decode_proof (RFC 9381 §5.4.4).
  private static Optional<Proof> decode(byte[] pi) {
    if (pi.length != PROOF_BYTES) {
      return Optional.empty();
    }
    int afterChallenge = EdwardsPoint.BYTES + CHALLENGE_BYTES;
    byte[] challenge = Arrays.copyOfRange(pi, EdwardsPoint.BYTES, afterChallenge);
    byte[] response = Arrays.copyOfRange(pi, afterChallenge, PROOF_BYTES);
    if (number(response).compareTo(ORDER) >= 0) {
      return Optional.empty();
    }
    return EdwardsPoint.decode(Arrays.copyOf(pi, EdwardsPoint.BYTES))
        .map(gamma -> new Proof(gamma, Bytes.wrap(challenge), Bytes.wrap(response)));
  }

  /// ECVRF_encode_to_curve_try_and_increment (RFC 9381 §5.4.1.1), salt = public key. Each try
  /// succeeds with probability about 1/2; 256 failures do not happen.
  private static EdwardsPoint encodeToCurve(byte[] publicKey, byte[] alpha) {
    for (int counter = 0; counter < 256; counter++) {
      byte[] hash =
          sha512(
              new byte[] {SUITE, DOMAIN_ENCODE},
              publicKey,
              alpha,
              new byte[] {(byte) counter, DOMAIN_BACK});
      Optional<EdwardsPoint> point =
          EdwardsPoint.decode(Arrays.copyOf(hash, EdwardsPoint.BYTES))
              .map(EdwardsPoint::timesCofactor)
              .filter(cleared -> !cleared.isIdentity());
      if (point.isPresent()) {
        return point.get();
      }
    }
    throw new IllegalStateException("256 hashes without a point of the curve");
  }

  private static byte[] challenge(byte[] y, byte[] h, byte[] gamma, byte[] u, byte[] v) {
    byte[] front = {SUITE, DOMAIN_CHALLENGE};
    byte[] hash = sha512(front, y, h, gamma, u, v, new byte[] {DOMAIN_BACK});
    return Arrays.copyOf(hash, CHALLENGE_BYTES);
  }

  static byte[] sha512(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-512", e);
    }
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

  private static BigInteger number(byte[] littleEndian) {
    return new BigInteger(1, reversed(littleEndian));
  }

  private static byte[] littleEndian(BigInteger value) {
    byte[] bigEndian = value.toByteArray();
    byte[] bytes = new byte[SCALAR_BYTES];
    for (int i = 0; i < Math.min(SCALAR_BYTES, bigEndian.length); i++) {
      bytes[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return bytes;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}

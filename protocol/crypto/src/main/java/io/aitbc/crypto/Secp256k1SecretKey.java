// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The private key of an account. Protocol §12.4.
public final class Secp256k1SecretKey implements SecretKey {
  private static final byte[] SEED_TAG = "AITBC/ACCOUNT-KEY/1".getBytes(StandardCharsets.US_ASCII);

  private final byte[] secret;
  private final Secp256k1PublicKey publicKey;
  private boolean destroyed;

  private Secp256k1SecretKey(byte[] secret) {
    this.secret = secret;
    this.publicKey = Secp256k1.chosen().publicKeyOf(secret);
  }

  /// The key with these 32 bytes, which are copied; empty unless they are a number from 1 to n - 1.
  public static Optional<Secp256k1SecretKey> fromSecret(byte[] secret) {
    return isValid(secret) ? Optional.of(new Secp256k1SecretKey(secret.clone())) : Optional.empty();
  }

  /// The key that belongs to a seed of 32 random bytes: the first of Keccak-256(tag ‖ seed ‖ i), i
  /// = 0, 1, …, that is a valid key.
  ///
  /// @throws IllegalArgumentException if there are not 32 bytes
  public static Secp256k1SecretKey fromSeed(byte[] seed) {
    if (seed.length != BYTES) {
      throw new IllegalArgumentException("a seed has 32 bytes, not " + seed.length);
    }
    byte[] material = Arrays.copyOf(SEED_TAG, SEED_TAG.length + BYTES + 1);
    System.arraycopy(seed, 0, material, SEED_TAG.length, BYTES);
    byte[] candidate = new byte[BYTES];
    do {
      Keccak256.hash(material, 0, material.length, candidate, 0);
      material[material.length - 1]++;
    } while (!isValid(candidate));
    Arrays.fill(material, (byte) 0);
    return new Secp256k1SecretKey(candidate);
  }

  private static boolean isValid(byte[] secret) {
    if (secret.length != BYTES) {
      return false;
    }
    Hash number = Hash.of(secret);
    return !number.equals(Hash.ZERO) && number.compareTo(Secp256k1Signature.ORDER) < 0;
  }

  /// The public key.
  public Secp256k1PublicKey publicKey() {
    return publicKey;
  }

  /// Signs `message`: RFC 6979 nonce, low s.
  public Secp256k1Signature sign(AccountMessage message) {
    return Secp256k1.chosen().sign(this, message);
  }

  /// The secret itself, for the two implementations of {@link Secp256k1}.
  byte[] secret() {
    if (destroyed) {
      throw new IllegalStateException("the key was destroyed");
    }
    return secret;
  }

  @Override
  public byte[] exportSecret() {
    return secret().clone();
  }

  @Override
  public void destroy() {
    destroyed = true;
    Arrays.fill(secret, (byte) 0);
  }

  @Override
  public String toString() {
    return "Secp256k1SecretKey(hidden)";
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Optional;
import supranational.blst.P1;
import supranational.blst.P2;

/// The BLS12-381 private key of a validator. Protocol §12.2.
public final class BlsSecretKey implements SecretKey {
  /// Order r of the group: a secret is a number from 1 to r - 1.
  private static final Hash ORDER =
      Hash.fromHex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");

  private final supranational.blst.SecretKey secret;
  private final BlsPublicKey publicKey;
  private boolean destroyed;

  private BlsSecretKey(supranational.blst.SecretKey secret) {
    this.secret = secret;
    this.publicKey = new BlsPublicKey(Bytes.wrap(new P1(secret).compress()));
  }

  /// The master key of a seed (EIP-2333 `derive_master_SK`).
  ///
  /// @throws IllegalArgumentException if there are fewer than 32 bytes
  public static BlsSecretKey fromSeed(byte[] seed) {
    if (seed.length < BYTES) {
      throw new IllegalArgumentException("a seed has at least 32 bytes, not " + seed.length);
    }
    supranational.blst.SecretKey secret = new supranational.blst.SecretKey();
    secret.derive_master_eip2333(seed);
    return new BlsSecretKey(secret);
  }

  /// The key with these 32 bytes, big-endian; empty unless they are a number from 1 to r - 1.
  public static Optional<BlsSecretKey> fromSecret(byte[] bytes) {
    if (bytes.length != BYTES) {
      return Optional.empty();
    }
    Hash number = Hash.of(bytes);
    if (number.equals(Hash.ZERO) || number.compareTo(ORDER) >= 0) {
      return Optional.empty();
    }
    supranational.blst.SecretKey secret = new supranational.blst.SecretKey();
    secret.from_bendian(bytes);
    return Optional.of(new BlsSecretKey(secret));
  }

  /// The public key.
  public BlsPublicKey publicKey() {
    return publicKey;
  }

  /// Signs `message` in the suite of its purpose. The signature is unique: the same key and message
  /// always give the same bytes.
  public BlsSignature sign(ValidatorMessage message) {
    return sign(message.signingBytes(), BlsScheme.suiteOf(message.purpose()));
  }

  /// Signs bytes in a suite; visible so that public test vectors can be checked.
  BlsSignature sign(byte[] bytes, String suite) {
    P2 signature = new P2().hash_to(bytes, suite).sign_with(alive());
    return new BlsSignature(Bytes.wrap(signature.compress()));
  }

  private supranational.blst.SecretKey alive() {
    if (destroyed) {
      throw new IllegalStateException("the key was destroyed");
    }
    return secret;
  }

  @Override
  public byte[] exportSecret() {
    return alive().to_bendian();
  }

  @Override
  public void destroy() {
    destroyed = true;
    secret.from_bendian(new byte[BYTES]);
  }

  @Override
  public String toString() {
    return "BlsSecretKey(hidden)";
  }
}

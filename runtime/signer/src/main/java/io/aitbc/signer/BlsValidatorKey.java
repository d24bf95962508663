// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSecretKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.SecretKey;
import io.aitbc.crypto.ValidatorMessage;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/// A validator's BLS12-381 key in memory. Shows nothing of the secret; {@link #close} overwrites
/// it. Protocol §12.2.
public final class BlsValidatorKey implements ValidatorKey, AutoCloseable {
  private final BlsSecretKey secret;

  private BlsValidatorKey(BlsSecretKey secret) {
    this.secret = secret;
  }

  /// A new key.
  public static BlsValidatorKey generate(SecureRandom random) {
    byte[] seed = new byte[SecretKey.BYTES];
    random.nextBytes(seed);
    try {
      return fromSeed(seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /// The key of a seed of at least 32 bytes (EIP-2333).
  ///
  /// @throws IllegalArgumentException if there are fewer
  public static BlsValidatorKey fromSeed(byte[] seed) {
    return new BlsValidatorKey(BlsSecretKey.fromSeed(seed));
  }

  /// The key with these 32 secret bytes, which are copied; empty if it is none.
  public static Optional<BlsValidatorKey> fromSecret(byte[] secret) {
    return BlsSecretKey.fromSecret(secret).map(BlsValidatorKey::new);
  }

  @Override
  public BlsPublicKey publicKey() {
    return secret.publicKey();
  }

  @Override
  public BlsSignature sign(ValidatorMessage message) {
    return secret.sign(message);
  }

  /// A copy of the 32 secret bytes, for a keystore.
  byte[] exportSecret() {
    return secret.exportSecret();
  }

  /// Overwrites the secret. Afterwards signing throws {@link IllegalStateException}.
  @Override
  public void close() {
    secret.destroy();
  }

  @Override
  public String toString() {
    return "BlsValidatorKey(" + publicKey() + ")";
  }
}

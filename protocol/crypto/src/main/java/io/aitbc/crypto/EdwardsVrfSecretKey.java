// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Arrays;

/// The private key of {@link EdwardsVrf}: the 32 bytes SK of RFC 9381 §5.5, hashed as in RFC 8032
/// §5.1.5. Protocol §12.3.
public final class EdwardsVrfSecretKey implements SecretKey {
  private final byte[] seed;
  private final byte[] hashed;
  private final Bytes publicKey;
  private boolean destroyed;

  private EdwardsVrfSecretKey(byte[] seed) {
    this.seed = seed;
    this.hashed = EdwardsVrf.sha512(seed);
    this.publicKey = Bytes.wrap(EdwardsPoint.BASE.times(scalar()).encoded());
  }

  /// The key that belongs to 32 random bytes.
  ///
  /// @throws IllegalArgumentException if there are not 32 bytes
  public static EdwardsVrfSecretKey fromSeed(byte[] seed) {
    if (seed.length != BYTES) {
      throw new IllegalArgumentException("a seed has 32 bytes, not " + seed.length);
    }
    return new EdwardsVrfSecretKey(seed.clone());
  }

  /// The 32 bytes of the public key.
  public Bytes publicKey() {
    return publicKey;
  }

  /// x of RFC 9381, little-endian.
  byte[] scalar() {
    byte[] scalar = Arrays.copyOf(alive(hashed), BYTES);
    scalar[0] &= (byte) 0xf8;
    scalar[BYTES - 1] &= 0x7f;
    scalar[BYTES - 1] |= 0x40;
    return scalar;
  }

  /// The second half of the hashed key, from which nonces come.
  byte[] noncePrefix() {
    return Arrays.copyOfRange(alive(hashed), BYTES, 2 * BYTES);
  }

  private byte[] alive(byte[] part) {
    if (destroyed) {
      throw new IllegalStateException("the key was destroyed");
    }
    return part;
  }

  @Override
  public byte[] exportSecret() {
    return alive(seed).clone();
  }

  @Override
  public void destroy() {
    destroyed = true;
    Arrays.fill(seed, (byte) 0);
    Arrays.fill(hashed, (byte) 0);
  }

  @Override
  public String toString() {
    return "EdwardsVrfSecretKey(hidden)";
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

/// A secp256k1 public key as the 64 bytes x ‖ y, big-endian, without prefix. Nothing is checked
/// here: {@link Secp256k1} refuses what is no point of the curve. Protocol §12.4.
public record Secp256k1PublicKey(Bytes bytes) implements Comparable<Secp256k1PublicKey> {
  /// Length in bytes.
  public static final int BYTES = 64;

  /// @throws IllegalArgumentException if there are not 64 bytes
  public Secp256k1PublicKey {
    if (bytes.length() != BYTES) {
      throw new IllegalArgumentException(
          "a secp256k1 public key has 64 bytes, not " + bytes.length());
    }
  }

  /// Keccak-256 of the 64 bytes; its last 20 bytes are the account's address (Yellow Paper §F).
  public Hash addressHash() {
    return Keccak256.hash(bytes);
  }

  @Override
  public int compareTo(Secp256k1PublicKey other) {
    return bytes.compareTo(other.bytes);
  }

  @Override
  public String toString() {
    return bytes.toHex();
  }
}

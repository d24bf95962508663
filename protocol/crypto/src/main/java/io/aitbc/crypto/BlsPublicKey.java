// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

/// A BLS12-381 public key as its 48 compressed bytes (a point of G1). Nothing is checked here: a
/// {@link SignatureScheme} judges it when it is used, and a key enters the chain only with a proof
/// of possession. Protocol §12.2.
public record BlsPublicKey(Bytes bytes) implements Comparable<BlsPublicKey> {
  /// Length in bytes.
  public static final int BYTES = 48;

  /// @throws IllegalArgumentException if there are not 48 bytes
  public BlsPublicKey {
    if (bytes.length() != BYTES) {
      throw new IllegalArgumentException("a BLS public key has 48 bytes, not " + bytes.length());
    }
  }

  @Override
  public int compareTo(BlsPublicKey other) {
    return bytes.compareTo(other.bytes);
  }

  @Override
  public String toString() {
    return bytes.toHex();
  }
}

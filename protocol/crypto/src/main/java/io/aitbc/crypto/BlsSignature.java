// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

/// A BLS12-381 signature, of one key or aggregated, as its 96 compressed bytes (a point of G2).
/// Nothing is checked here: a {@link SignatureScheme} judges it. Protocol §12.2.
public record BlsSignature(Bytes bytes) implements Comparable<BlsSignature> {
  /// Length in bytes.
  public static final int BYTES = 96;

  /// @throws IllegalArgumentException if there are not 96 bytes
  public BlsSignature {
    if (bytes.length() != BYTES) {
      throw new IllegalArgumentException("a BLS signature has 96 bytes, not " + bytes.length());
    }
  }

  @Override
  public int compareTo(BlsSignature other) {
    return bytes.compareTo(other.bytes);
  }
}

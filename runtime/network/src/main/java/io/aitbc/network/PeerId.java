// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Hash;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Who a peer is: the SHA-256 hash of its public key in the form of a SubjectPublicKeyInfo (RFC
/// 5280 §4.1.2.7). Only the holder of the key can finish a handshake under this id. Protocol §15.1.
public record PeerId(Hash hash) implements Comparable<PeerId> {
  /// The id of the holder of a key.
  ///
  /// @param subjectPublicKeyInfo the key, DER-encoded
  public static PeerId of(byte[] subjectPublicKeyInfo) {
    try {
      return new PeerId(Hash.of(MessageDigest.getInstance("SHA-256").digest(subjectPublicKeyInfo)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }

  /// Reads 64 hexadecimal digits, with or without `0x` in front.
  ///
  /// @throws IllegalArgumentException if they are not 64 digits
  public static PeerId fromHex(String hex) {
    return new PeerId(Hash.fromHex(hex));
  }

  @Override
  public int compareTo(PeerId other) {
    return hash.compareTo(other.hash);
  }

  /// 64 lower-case hexadecimal digits with `0x` in front.
  @Override
  public String toString() {
    return hash.toHex();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hashes of FIPS 180-4 by their names, for data whose format names the hash. What is always
/// SHA-256 uses {@link Sha256}.
public enum Sha2 {
  /// 32 bytes.
  SHA256("SHA-256"),
  /// 48 bytes.
  SHA384("SHA-384"),
  /// 64 bytes.
  SHA512("SHA-512");

  private final String algorithm;

  Sha2(String algorithm) {
    this.algorithm = algorithm;
  }

  /// The hash of `parts`, one after the other.
  public Bytes hash(Bytes... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (Bytes part : parts) {
        digest.update(part.content());
      }
      return Bytes.wrap(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/// PBKDF2 with HMAC-SHA-256, which makes keys out of a password with time as the price of a guess.
/// RFC 8018 section 5.2, Protocol §12.5.
final class Pbkdf2Function {
  /// Length of one block of output, in bytes; a whole key here.
  static final int BYTES = 32;

  private Pbkdf2Function() {}

  /// The first block, the caller's to overwrite.
  static byte[] derive(byte[] password, byte[] salt, int iterations) {
    byte[] key = new byte[BYTES];
    block(hmac(password), salt, 1, iterations, key);
    return key;
  }

  /// Writes block `index`, from 1 on, to `target`.
  ///
  /// @param mac under the password; what it was given before stands in front of the salt
  static void block(Mac mac, byte[] salt, int index, int iterations, byte[] target) {
    try {
      mac.update(salt);
      mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(index).array());
      mac.doFinal(target, 0);
      byte[] round = target.clone();
      for (int i = 1; i < iterations; i++) {
        mac.update(round);
        mac.doFinal(round, 0);
        for (int b = 0; b < BYTES; b++) {
          target[b] ^= round[b];
        }
      }
      Arrays.fill(round, (byte) 0);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("a block has room for an HMAC", impossible);
    }
  }

  /// HMAC-SHA-256 under a password of any length.
  static Mac hmac(byte[] password) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new HmacKey(password));
      return mac;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", impossible);
    }
  }

  /// A key of any length; the JDK's own class refuses the empty password.
  private static final class HmacKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final transient byte[] password;

    HmacKey(byte[] password) {
      this.password = password;
    }

    @Override
    public String getAlgorithm() {
      return "HmacSHA256";
    }

    @Override
    public String getFormat() {
      return "RAW";
    }

    @Override
    public byte[] getEncoded() {
      return password.clone();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.Bytes;
import java.security.SecureRandom;

/// Makes 32 bytes of key out of a password, at a cost that slows down guessing. Its parameters come
/// from a file that may be hostile, so their cost is bounded. EIP-2335, RFC 7914, RFC 8018.
sealed interface KeyDerivation {
  /// Length of what is derived, in bytes.
  int BYTES = Pbkdf2Function.BYTES;

  /// Most bytes of a salt.
  int SALT_BYTES_MAX = 64;

  /// Most bytes of memory: what the costliest file in use takes (n = 2^18, r = 8).
  long SCRYPT_MEMORY_BYTES_MAX = 1L << 28;

  /// Most blocks mixed (n * r * p), about ten seconds of work.
  long SCRYPT_BLOCKS_MAX = 1L << 23;

  /// Most iterations, about four seconds of work.
  long PBKDF2_ITERATIONS_MAX = 1L << 22;

  /// 32 bytes, the caller's to overwrite.
  byte[] derive(byte[] password);

  /// scrypt.
  ///
  /// @param n cost, a power of two
  /// @param r size of a block in units of 128 bytes
  /// @param p how many times
  record Scrypt(int n, int r, int p, Bytes salt) implements KeyDerivation {
    /// Reads and judges the parameters.
    static Scrypt read(Json params) throws KeyFileException {
      long _ = params.number("dklen", BYTES, BYTES);
      long n = params.number("n", 2, Integer.MAX_VALUE);
      long r = params.number("r", 1, Integer.MAX_VALUE);
      long p = params.number("p", 1, Integer.MAX_VALUE);
      byte[] salt = params.bytes("salt", 0, SALT_BYTES_MAX);
      if (Long.bitCount(n) != 1) {
        throw params.wrong("n", "a power of two");
      }
      // Each factor is bounded first, so no product overflows.
      bounded("scrypt n", n, SCRYPT_BLOCKS_MAX);
      bounded("scrypt r", r, SCRYPT_BLOCKS_MAX);
      bounded("scrypt 128 * n * r", 128 * n * r, SCRYPT_MEMORY_BYTES_MAX);
      bounded("scrypt p", p, SCRYPT_BLOCKS_MAX);
      bounded("scrypt n * r * p", n * r * p, SCRYPT_BLOCKS_MAX);
      return new Scrypt((int) n, (int) r, (int) p, Bytes.of(salt));
    }

    @Override
    public byte[] derive(byte[] password) {
      return ScryptFunction.derive(password, salt.toArray(), n, r, p);
    }
  }

  /// PBKDF2 with HMAC-SHA-256.
  record Pbkdf2(int iterations, Bytes salt) implements KeyDerivation {
    /// Reads and judges the parameters.
    static Pbkdf2 read(Json params) throws KeyFileException {
      long _ = params.number("dklen", BYTES, BYTES);
      params.expect("prf", "hmac-sha256");
      long iterations = params.number("c", 1, Long.MAX_VALUE);
      byte[] salt = params.bytes("salt", 0, SALT_BYTES_MAX);
      bounded("pbkdf2 c", iterations, PBKDF2_ITERATIONS_MAX);
      return new Pbkdf2((int) iterations, Bytes.of(salt));
    }

    @Override
    public byte[] derive(byte[] password) {
      return Pbkdf2Function.derive(password, salt.toArray(), iterations);
    }
  }

  /// Parameters for a new file.
  static KeyDerivation fresh(KeystoreCost cost, SecureRandom random) {
    byte[] salt = new byte[32];
    random.nextBytes(salt);
    return switch (cost) {
      case STRONG -> new Scrypt(1 << 18, 8, 1, Bytes.wrap(salt));
      case LIGHT -> new Scrypt(1 << 12, 8, 1, Bytes.wrap(salt));
      case PBKDF2 -> new Pbkdf2(1 << 18, Bytes.wrap(salt));
    };
  }

  private static void bounded(String parameter, long value, long max) throws KeyFileException {
    if (value > max) {
      throw new KeyFileException(new KeyFileRefusal.TooCostly(parameter, value, max));
    }
  }
}

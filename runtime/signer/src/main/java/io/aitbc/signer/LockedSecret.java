// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SecretKey;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A secret under a password, as both keystore formats hold it: the first half of the derived key
/// encrypts with AES-128 in counter mode, the second half goes into a checksum over the ciphertext.
///
/// @param derivation how the password becomes a key
/// @param iv the initial counter, 16 bytes
/// @param ciphertext 32 bytes
/// @param checksum 32 bytes
record LockedSecret(KeyDerivation derivation, Bytes iv, Bytes ciphertext, Hash checksum) {
  static final int IV_BYTES = 16;

  private static final int KEY_BYTES = 16;

  /// Locks `secret`. Overwrites `password` and `secret`.
  static LockedSecret lock(
      byte[] secret,
      byte[] password,
      KeystoreCost cost,
      SecureRandom random,
      Function<byte[], Hash> hash) {
    KeyDerivation derivation = KeyDerivation.fresh(cost, random);
    byte[] iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    byte[] key = derivation.derive(password);
    try {
      byte[] ciphertext = aes(key, iv, secret);
      return new LockedSecret(
          derivation, Bytes.wrap(iv), Bytes.wrap(ciphertext), checksum(key, ciphertext, hash));
    } finally {
      Arrays.fill(password, (byte) 0);
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  /// The secret, the caller's to overwrite. Overwrites `password`.
  ///
  /// @throws KeyFileException if the checksum is another
  byte[] unlock(byte[] password, Function<byte[], Hash> hash) throws KeyFileException {
    byte[] key = derivation.derive(password);
    try {
      byte[] text = ciphertext.toArray();
      if (!checksum(key, text, hash).equals(checksum)) {
        throw new KeyFileException(new KeyFileRefusal.WrongPassword());
      }
      return aes(key, iv.toArray(), text);
    } finally {
      Arrays.fill(password, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }

  /// The derivation that `name` and `params` describe.
  ///
  /// @param owner the object that holds the name, in the field `field`
  static KeyDerivation readDerivation(Json owner, String field, Json params)
      throws KeyFileException {
    return switch (owner.text(field)) {
      case "scrypt" -> KeyDerivation.Scrypt.read(params);
      case "pbkdf2" -> KeyDerivation.Pbkdf2.read(params);
      default -> throw owner.unsupported(field);
    };
  }

  /// The 32 bytes in `field`.
  static Hash readHash(Json object, String field) throws KeyFileException {
    return Hash.of(object.bytes(field, Hash.BYTES, Hash.BYTES));
  }

  /// The initial counter in the field `iv`.
  static Bytes readIv(Json params) throws KeyFileException {
    return Bytes.wrap(params.bytes("iv", IV_BYTES, IV_BYTES));
  }

  /// The 32 bytes in `field`.
  static Bytes readCiphertext(Json object, String field) throws KeyFileException {
    return Bytes.wrap(object.bytes(field, SecretKey.BYTES, SecretKey.BYTES));
  }

  /// The name of the derivation.
  String derivationName() {
    return switch (derivation) {
      case KeyDerivation.Scrypt _ -> "scrypt";
      case KeyDerivation.Pbkdf2 _ -> "pbkdf2";
    };
  }

  /// Writes the derivation's parameters as the object `name`.
  void writeParameters(JsonGenerator to, String name) throws IOException {
    to.writeObjectFieldStart(name);
    to.writeNumberField("dklen", KeyDerivation.BYTES);
    switch (derivation) {
      case KeyDerivation.Scrypt(int n, int r, int p, var salt) -> {
        to.writeNumberField("n", n);
        to.writeNumberField("r", r);
        to.writeNumberField("p", p);
        to.writeStringField("salt", digits(salt));
      }
      case KeyDerivation.Pbkdf2(int iterations, var salt) -> {
        to.writeNumberField("c", iterations);
        to.writeStringField("prf", "hmac-sha256");
        to.writeStringField("salt", digits(salt));
      }
    }
    to.writeEndObject();
  }

  /// Writes the initial counter as the object `name`.
  void writeIv(JsonGenerator to, String name) throws IOException {
    to.writeObjectFieldStart(name);
    to.writeStringField("iv", digits(iv));
    to.writeEndObject();
  }

  /// Hexadecimal digits as keystores write them: lower case, nothing in front.
  static String digits(Bytes bytes) {
    return HexFormat.of().formatHex(bytes.toArray());
  }

  private static Hash checksum(byte[] key, byte[] ciphertext, Function<byte[], Hash> hash) {
    byte[] material = Arrays.copyOfRange(key, KEY_BYTES, key.length + ciphertext.length);
    System.arraycopy(ciphertext, 0, material, key.length - KEY_BYTES, ciphertext.length);
    Hash checksum = hash.apply(material);
    Arrays.fill(material, (byte) 0);
    return checksum;
  }

  private static byte[] aes(byte[] key, byte[] iv, byte[] text) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(key, 0, KEY_BYTES, "AES"),
          new IvParameterSpec(iv));
      return cipher.doFinal(text);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every JDK has AES in counter mode", impossible);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/// Keystores of validators' BLS keys: EIP-2335, version 4. Protocol §12.5.
public final class ValidatorKeystore {
  /// Most bytes of a keystore; those in use have about 800.
  public static final int FILE_BYTES_MAX = 64 * 1024;

  private ValidatorKeystore() {}

  /// A keystore that was read and not unlocked.
  ///
  /// @param stated the public key that the file claims
  record Locked(LockedSecret secret, Optional<BlsPublicKey> stated) {}

  /// The key in the keystore `file`, which only its owner may read.
  ///
  /// @throws KeyFileException if it cannot be used
  public static BlsValidatorKey open(Path file, Password password) throws KeyFileException {
    return unlock(read(OwnerFiles.read(file, FILE_BYTES_MAX)), password);
  }

  /// The key in the keystore with the text `json`.
  ///
  /// @throws KeyFileException if it cannot be used
  public static BlsValidatorKey open(String json, Password password) throws KeyFileException {
    return unlock(read(json.getBytes(StandardCharsets.UTF_8)), password);
  }

  static Locked read(byte[] json) throws KeyFileException {
    if (json.length > FILE_BYTES_MAX) {
      throw new KeyFileException(new KeyFileRefusal.TooLong(json.length, FILE_BYTES_MAX));
    }
    Json file = Json.parse(json);
    if (file.number("version", 0, Integer.MAX_VALUE) != 4) {
      throw file.unsupported("version");
    }
    Json crypto = file.object("crypto");
    Json kdf = crypto.object("kdf");
    Json checksum = crypto.object("checksum");
    Json cipher = crypto.object("cipher");
    checksum.expect("function", "sha256");
    cipher.expect("function", "aes-128-ctr");
    LockedSecret secret =
        new LockedSecret(
            LockedSecret.readDerivation(kdf, "function", kdf.object("params")),
            LockedSecret.readIv(cipher.object("params")),
            LockedSecret.readCiphertext(cipher, "message"),
            LockedSecret.readHash(checksum, "message"));
    Optional<BlsPublicKey> stated = Optional.empty();
    if (file.has("pubkey")) {
      byte[] key = file.bytes("pubkey", BlsPublicKey.BYTES, BlsPublicKey.BYTES);
      stated = Optional.of(new BlsPublicKey(Bytes.wrap(key)));
    }
    return new Locked(secret, stated);
  }

  private static BlsValidatorKey unlock(Locked locked, Password password) throws KeyFileException {
    byte[] secret = locked.secret.unlock(password.normalizedBytes(), Sha256::hash);
    BlsValidatorKey key =
        BlsValidatorKey.fromSecret(secret)
            .orElseThrow(() -> new KeyFileException(new KeyFileRefusal.NoKey()));
    Arrays.fill(secret, (byte) 0);
    BlsPublicKey stated = locked.stated.orElse(key.publicKey());
    if (!stated.equals(key.publicKey())) {
      key.close();
      throw new KeyFileException(
          new KeyFileRefusal.OtherKey(stated.bytes().toHex(), key.publicKey().bytes().toHex()));
    }
    return key;
  }

  /// The text of a new keystore with `key`.
  public static String write(
      BlsValidatorKey key, Password password, KeystoreCost cost, SecureRandom random) {
    LockedSecret locked =
        LockedSecret.lock(
            key.exportSecret(), password.normalizedBytes(), cost, random, Sha256::hash);
    String uuid = AccountKeystore.uuid(random);
    return Json.write(to -> {
      to.writeObjectFieldStart("crypto");
      to.writeObjectFieldStart("kdf");
      to.writeStringField("function", locked.derivationName());
      locked.writeParameters(to, "params");
      to.writeStringField("message", "");
      to.writeEndObject();
      to.writeObjectFieldStart("checksum");
      to.writeStringField("function", "sha256");
      to.writeObjectFieldStart("params");
      to.writeEndObject();
      to.writeStringField("message", LockedSecret.digits(locked.checksum().toBytes()));
      to.writeEndObject();
      to.writeObjectFieldStart("cipher");
      to.writeStringField("function", "aes-128-ctr");
      locked.writeIv(to, "params");
      to.writeStringField("message", LockedSecret.digits(locked.ciphertext()));
      to.writeEndObject();
      to.writeEndObject();
      to.writeStringField("description", "");
      to.writeStringField("pubkey", LockedSecret.digits(key.publicKey().bytes()));
      // The key was drawn, not derived from a seed by a path.
      to.writeStringField("path", "");
      to.writeStringField("uuid", uuid);
      to.writeNumberField("version", 4);
    });
  }

  /// Creates the file `file` with `key`, for its owner alone.
  ///
  /// @throws KeyFileException if it cannot be written or is there already
  public static void create(
      Path file, BlsValidatorKey key, Password password, KeystoreCost cost, SecureRandom random)
      throws KeyFileException {
    OwnerFiles.create(file, write(key, password, cost, random).getBytes(StandardCharsets.UTF_8));
  }
}

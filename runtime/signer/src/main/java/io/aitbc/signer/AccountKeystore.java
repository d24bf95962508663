// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/// Keystores of accounts: web3 secret storage, version 3, as Ethereum's wallets read and write it.
/// Protocol §12.5.
public final class AccountKeystore {
  /// Most bytes of a keystore; those in use have about 500.
  public static final int FILE_BYTES_MAX = 64 * 1024;

  private AccountKeystore() {}

  /// A keystore that was read and not unlocked.
  ///
  /// @param stated the address that the file claims
  record Locked(LockedSecret secret, Optional<Address> stated) {}

  /// The account in the keystore `file`, which only its owner may read.
  ///
  /// @throws KeyFileException if it cannot be used
  public static AccountSigner open(Path file, Password password) throws KeyFileException {
    return unlock(read(OwnerFiles.read(file, FILE_BYTES_MAX)), password);
  }

  /// The account in the keystore with the text `json`.
  ///
  /// @throws KeyFileException if it cannot be used
  public static AccountSigner open(String json, Password password) throws KeyFileException {
    return unlock(read(json.getBytes(StandardCharsets.UTF_8)), password);
  }

  static Locked read(byte[] json) throws KeyFileException {
    if (json.length > FILE_BYTES_MAX) {
      throw new KeyFileException(new KeyFileRefusal.TooLong(json.length, FILE_BYTES_MAX));
    }
    Json file = Json.parse(json);
    if (file.number("version", 0, Integer.MAX_VALUE) != 3) {
      throw file.unsupported("version");
    }
    // Early wallets wrote a capital.
    Json crypto = file.object(file.has("Crypto") ? "Crypto" : "crypto");
    crypto.expect("cipher", "aes-128-ctr");
    LockedSecret secret =
        new LockedSecret(
            LockedSecret.readDerivation(crypto, "kdf", crypto.object("kdfparams")),
            LockedSecret.readIv(crypto.object("cipherparams")),
            LockedSecret.readCiphertext(crypto, "ciphertext"),
            LockedSecret.readHash(crypto, "mac"));
    Optional<Address> stated = Optional.empty();
    if (file.has("address")) {
      byte[] address = file.bytes("address", Address.BYTES, Address.BYTES);
      stated = Optional.of(new Address(Bytes.wrap(address)));
    }
    return new Locked(secret, stated);
  }

  private static AccountSigner unlock(Locked locked, Password password) throws KeyFileException {
    byte[] secret = locked.secret.unlock(password.bytes(), Keccak256::hash);
    AccountSigner account =
        AccountSigner.fromSecret(secret)
            .orElseThrow(() -> new KeyFileException(new KeyFileRefusal.NoKey()));
    Arrays.fill(secret, (byte) 0);
    Address stated = locked.stated.orElse(account.address());
    if (!stated.equals(account.address())) {
      account.close();
      throw new KeyFileException(
          new KeyFileRefusal.OtherKey(stated.toString(), account.address().toString()));
    }
    return account;
  }

  /// The text of a new keystore with the key of `account`.
  public static String write(
      AccountSigner account, Password password, KeystoreCost cost, SecureRandom random) {
    LockedSecret locked =
        LockedSecret.lock(account.exportSecret(), password.bytes(), cost, random, Keccak256::hash);
    String id = uuid(random);
    return Json.write(to -> {
      to.writeStringField("address", LockedSecret.digits(account.address().bytes()));
      to.writeObjectFieldStart("crypto");
      to.writeStringField("cipher", "aes-128-ctr");
      locked.writeIv(to, "cipherparams");
      to.writeStringField("ciphertext", LockedSecret.digits(locked.ciphertext()));
      to.writeStringField("kdf", locked.derivationName());
      locked.writeParameters(to, "kdfparams");
      to.writeStringField("mac", LockedSecret.digits(locked.checksum().toBytes()));
      to.writeEndObject();
      to.writeStringField("id", id);
      to.writeNumberField("version", 3);
    });
  }

  /// Creates the file `file` with the key of `account`, for its owner alone.
  ///
  /// @throws KeyFileException if it cannot be written or is there already
  public static void create(
      Path file, AccountSigner account, Password password, KeystoreCost cost, SecureRandom random)
      throws KeyFileException {
    OwnerFiles.create(
        file, write(account, password, cost, random).getBytes(StandardCharsets.UTF_8));
  }

  /// A random name, version 4 and variant 2 of RFC 9562.
  static String uuid(SecureRandom random) {
    long high = (random.nextLong() & ~0xf000L) | 0x4000L;
    long low = (random.nextLong() & ~(3L << 62)) | (1L << 63);
    return new UUID(high, low).toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.Secp256k1PublicKey;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Secp256k1Signature;
import io.aitbc.crypto.SecretKey;
import io.aitbc.model.Address;
import io.aitbc.model.ServiceRequest;
import io.aitbc.model.Transaction;
import io.aitbc.model.UInt256;
import io.aitbc.model.UnsignedTransaction;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/// An account's key in memory, and what it signs. Shows nothing of the secret; {@link #close}
/// overwrites it. Protocol §12.4.
public final class AccountSigner implements AutoCloseable {
  /// Most bytes of a file with a private key in digits.
  private static final int SECRET_FILE_BYTES_MAX = 256;

  private final Secp256k1SecretKey secret;
  private final Address address;

  private AccountSigner(Secp256k1SecretKey secret) {
    this.secret = secret;
    this.address = Address.of(secret.publicKey());
  }

  /// A new account.
  public static AccountSigner generate(SecureRandom random) {
    byte[] seed = new byte[SecretKey.BYTES];
    random.nextBytes(seed);
    try {
      return fromSeed(seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  /// The account of a seed of 32 bytes.
  ///
  /// @throws IllegalArgumentException if there are not 32
  public static AccountSigner fromSeed(byte[] seed) {
    return new AccountSigner(Secp256k1SecretKey.fromSeed(seed));
  }

  /// The account with this private key, which is copied; empty if it is none.
  public static Optional<AccountSigner> fromSecret(byte[] secret) {
    return Secp256k1SecretKey.fromSecret(secret).map(AccountSigner::new);
  }

  /// The account whose private key stands in a file that only its owner may read: 64 hexadecimal
  /// digits, with or without 0x, and nothing else but white space.
  ///
  /// @throws KeyFileException if the file cannot be read, is open to others or holds no key
  public static AccountSigner readSecret(Path file) throws KeyFileException {
    byte[] content = OwnerFiles.read(file, SECRET_FILE_BYTES_MAX);
    byte[] secret = new byte[SecretKey.BYTES];
    try {
      if (!decode(content, secret)) {
        throw new KeyFileException(
            new KeyFileRefusal.WrongField("the private key", "64 hexadecimal digits"));
      }
      return fromSecret(secret).orElseThrow(() -> new KeyFileException(new KeyFileRefusal.NoKey()));
    } finally {
      Arrays.fill(content, (byte) 0);
      Arrays.fill(secret, (byte) 0);
    }
  }

  /// Without strings, which cannot be overwritten.
  private static boolean decode(byte[] text, byte[] secret) {
    int digits = 0;
    for (int i = text.length > 1 && text[0] == '0' && text[1] == 'x' ? 2 : 0;
        i < text.length;
        i++) {
      int digit = Character.digit(text[i], 16);
      if (digit >= 0 && digits < 2 * secret.length) {
        secret[digits / 2] = (byte) (secret[digits / 2] << 4 | digit);
        digits++;
      } else if (digit >= 0 || !Character.isWhitespace(text[i])) {
        return false;
      }
    }
    return digits == 2 * secret.length;
  }

  /// The account's address.
  public Address address() {
    return address;
  }

  /// The account's public key.
  public Secp256k1PublicKey publicKey() {
    return secret.publicKey();
  }

  /// The signature over `message`.
  public Secp256k1Signature sign(AccountMessage message) {
    return secret.sign(message);
  }

  /// `transaction`, signed.
  public Transaction sign(UnsignedTransaction transaction) {
    return transaction.signedWith(
        sign(new AccountMessage.TransactionDigest(transaction.signingHash())));
  }

  /// An Authorization header with which this account asks a holder of blobs. Protocol §17.8.
  ///
  /// @param chainId of the network
  /// @param holder account of the holder
  /// @param untilSeconds Unix time until which it holds, at most {@link ServiceRequest#SECONDS_MAX}
  ///   from now
  public String authorization(UInt256 chainId, Address holder, long untilSeconds) {
    ServiceRequest request = new ServiceRequest(chainId, address, holder, untilSeconds);
    return request.header(sign(new AccountMessage.ServiceRequestDigest(request.signingHash())));
  }

  /// A copy of the 32 secret bytes, for a keystore.
  byte[] exportSecret() {
    return secret.exportSecret();
  }

  /// Overwrites the secret. Afterwards signing throws {@link IllegalStateException}.
  @Override
  public void close() {
    secret.destroy();
  }

  @Override
  public String toString() {
    return "AccountSigner(" + address + ")";
  }
}

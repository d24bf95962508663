// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.crypto.AccountMessage;
import io.aitbc.crypto.Secp256k1PublicKey;
import io.aitbc.crypto.Secp256k1SecretKey;
import io.aitbc.crypto.Secp256k1Signature;
import io.aitbc.crypto.SecretKey;
import io.aitbc.model.Address;
import io.aitbc.model.Transaction;
import io.aitbc.model.UnsignedTransaction;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/// An account's key in memory, and what it signs. Shows nothing of the secret; {@link #close}
/// overwrites it. Protocol §12.4.
public final class AccountSigner implements AutoCloseable {
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

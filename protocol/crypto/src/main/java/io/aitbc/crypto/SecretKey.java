// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

/// A private key. Only the signer room holds one in a field. No implementation shows its secret in
/// `toString`, is a record, or can be serialized; {@link #exportSecret} is for keystores alone.
/// Protocol §12.1.
public sealed interface SecretKey permits BlsSecretKey, Secp256k1SecretKey, EdwardsVrfSecretKey {
  /// Length of every secret in bytes.
  int BYTES = 32;

  /// A copy of the 32 secret bytes, for encryption in a keystore. The caller overwrites them when
  /// done.
  byte[] exportSecret();

  /// Overwrites the secret in memory. Afterwards every use of the key throws {@link
  /// IllegalStateException}. Copies that a garbage collector made earlier are out of reach.
  void destroy();
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.signer.BlsValidatorKey;
import io.aitbc.signer.ValidatorKey;
import java.nio.ByteBuffer;

/// What a run signs with: keyed hashes, or the real scheme for a few runs.
///
/// @param kind which
/// @param scheme checks signatures
record Signing(Kind kind, SignatureScheme scheme) {
  /// The two ways to sign.
  enum Kind {
    /// {@link KeyedHashes}.
    KEYED_HASHES,
    /// BLS12-381, about 1 ms a check.
    BLS
  }

  /// Signatures of one kind.
  static Signing of(Kind kind) {
    return new Signing(
        kind,
        switch (kind) {
          case KEYED_HASHES -> new KeyedHashes();
          case BLS -> new BlsScheme();
        });
  }

  /// The key of validator number `index`.
  ValidatorKey key(int index) {
    return switch (kind) {
      case KEYED_HASHES -> new HashKey(KeyedHashes.key(index));
      case BLS ->
          BlsValidatorKey.fromSeed(
              ByteBuffer.allocate(32).putInt(0, 0xa17bc).putInt(28, index).array());
    };
  }

  private record HashKey(BlsPublicKey publicKey) implements ValidatorKey {
    @Override
    public BlsSignature sign(ValidatorMessage message) {
      return KeyedHashes.sign(publicKey, message);
    }
  }
}

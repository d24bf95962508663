// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Optional;

/// ECDSA over secp256k1. Two implementations give the same answers, bit by bit: libsecp256k1 and a
/// portable one that is about ten times slower. Which one runs is decided once, when this class is
/// first used. Protocol §12.4.
public sealed interface Secp256k1 permits NativeSecp256k1, PortableSecp256k1 {
  /// The implementation this process uses: libsecp256k1 where it loads and passes a known answer,
  /// else the portable one. The node shows its {@link #name} at start and in its metrics.
  static Secp256k1 chosen() {
    return Secp256k1Choice.CHOSEN;
  }

  /// `libsecp256k1` or `portable`.
  String name();

  /// Signs `message` with RFC 6979's nonce over SHA-256; s is low.
  Secp256k1Signature sign(Secp256k1SecretKey key, AccountMessage message);

  /// Whether `key` made `signature` over `digest`. False for a signature that is not strict and for
  /// a key that is no point of the curve.
  boolean verify(Secp256k1PublicKey key, Hash digest, Secp256k1Signature signature);

  /// The key that made `signature` over `digest`; empty if there is none or the signature is not
  /// strict.
  default Optional<Secp256k1PublicKey> recover(Hash digest, Secp256k1Signature signature) {
    return signature.isStrict() ? recoverAnyS(digest, signature) : Optional.empty();
  }

  /// As {@link #recover}, but s may be as large as n - 1. Only for Ethereum's precompile 0x01,
  /// whose rule this is (Yellow Paper §E.1); transactions are held to {@link #recover}.
  Optional<Secp256k1PublicKey> recoverAnyS(Hash digest, Secp256k1Signature signature);

  /// The public key of a valid secret of 32 bytes.
  Secp256k1PublicKey publicKeyOf(byte[] secret);
}

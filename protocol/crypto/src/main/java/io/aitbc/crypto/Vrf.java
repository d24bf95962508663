// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Optional;

/// A verifiable random function: the holder of a key computes one output per input and proves it;
/// nobody else can predict it, and the holder cannot choose it. Protocol §12.3.
///
/// @param <K> the kind of private key that proves
public sealed interface Vrf<K extends SecretKey> permits BlsVrf, EdwardsVrf {
  /// Name of the suite, as configuration and metrics show it.
  String name();

  /// Length of a public key in bytes.
  int publicKeyBytes();

  /// Length of a proof in bytes.
  int proofBytes();

  /// The proof of `key` for `input`.
  ///
  /// @throws IllegalArgumentException if the purpose of `input` is not {@link
  ///   ValidatorMessage.Purpose#VRF}
  Bytes prove(K key, ValidatorMessage input);

  /// The output that `proof` proves for `publicKey` and `input`; empty if it proves nothing: a
  /// wrong length, a bad point, another key or input, another purpose.
  Optional<Hash> output(Bytes publicKey, ValidatorMessage input, Bytes proof);
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Optional;

/// Decides once per process which {@link Secp256k1} runs.
final class Secp256k1Choice {
  static final Secp256k1 CHOSEN =
      NativeSecp256k1.load().map(Secp256k1.class::cast).orElseGet(PortableSecp256k1::new);

  private Secp256k1Choice() {}

  /// Whether `candidate` recovers the sender of EIP-155's example. A library of another ABI or a
  /// miscompiled one must not decide who sent what.
  static boolean knowsTheAnswer(Secp256k1 candidate) {
    Hash digest = Hash.fromHex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
    Secp256k1Signature signature =
        new Secp256k1Signature(
            Hash.fromHex("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"),
            Hash.fromHex("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"),
            0);
    Hash address = Hash.fromHex("0000000000000000000000009d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
    Optional<Bytes> recovered =
        candidate.recover(digest, signature).map(key -> key.addressHash().toBytes().slice(12, 20));
    return recovered.equals(Optional.of(address.toBytes().slice(12, 20)));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

/// What a validator signs with its BLS key before the key enters the chain. It proves that the
/// secret is known, so nobody can register a key made from others' keys (rogue key); it names the
/// network and the account, so a copied proof is none. Protocol §12.2.
public final class ProofOfPossession {
  /// Length of an account's address in bytes.
  public static final int ADDRESS_BYTES = 20;

  private ProofOfPossession() {}

  /// The message of the proof: fields are the 20 bytes of the account's address and the 48 bytes of
  /// the key.
  ///
  /// @throws IllegalArgumentException if the address has not 20 bytes
  public static ValidatorMessage message(Hash genesisHash, Bytes address, BlsPublicKey key) {
    if (address.length() != ADDRESS_BYTES) {
      throw new IllegalArgumentException("an address has 20 bytes, not " + address.length());
    }
    byte[] fields = new byte[ADDRESS_BYTES + BlsPublicKey.BYTES];
    address.copyTo(fields, 0);
    key.bytes().copyTo(fields, ADDRESS_BYTES);
    return new ValidatorMessage(
        ValidatorMessage.Purpose.POSSESSION, genesisHash, Bytes.wrap(fields));
  }

  /// The proof for `key`, for the account at `address`.
  public static BlsSignature prove(BlsSecretKey key, Hash genesisHash, Bytes address) {
    return key.sign(message(genesisHash, address, key.publicKey()));
  }
}

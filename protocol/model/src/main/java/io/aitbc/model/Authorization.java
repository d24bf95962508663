// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import java.util.Optional;

/// An account's signed consent that its code be that of another address (EIP-7702). A transaction
/// with a tuple that fits the fields is valid; a tuple that does not hold is passed over when it is
/// executed. Protocol §11.3.
///
/// @param chainId the chain; 0 stands for every chain
/// @param address whose code is to run; 20 zero bytes end the delegation
/// @param nonce the authority's nonce, 64 bits without sign
/// @param signature the authority's signature, judged by {@link #authority}
public record Authorization(
    UInt256 chainId, Address address, long nonce, TransactionSignature signature) {
  /// First byte of what is hashed (EIP-7702).
  public static final int MAGIC = 5;

  /// What the authority signs: `H(5 ‖ rlp([chainId, address, nonce]))`.
  public Hash signingHash() {
    RlpWriter writer = new RlpWriter(64);
    writer.raw(MAGIC).begin().number(chainId).address(address).unsigned(nonce).end();
    return Keccak256.hash(writer.toArray());
  }

  /// Who signed; empty if the signature is out of range, has a high `s` or recovers to nobody.
  public Optional<Address> authority(Secp256k1 secp256k1) {
    return signature
        .usable()
        .flatMap(usable -> secp256k1.recover(signingHash(), usable))
        .map(Address::of);
  }

  void write(RlpWriter writer) {
    writer
        .begin()
        .number(chainId)
        .address(address)
        .unsigned(nonce)
        .number(signature.yParity())
        .number(signature.r())
        .number(signature.s())
        .end();
  }

  static Authorization read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    UInt256 chainId = fields.number256();
    Address address = fields.address();
    long nonce = fields.unsigned();
    int yParity = fields.number(TransactionSignature.Y_PARITY_MAX);
    UInt256 r = fields.number256();
    UInt256 s = fields.number256();
    fields.finish();
    return new Authorization(chainId, address, nonce, new TransactionSignature(r, s, yParity));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1Signature;
import java.util.List;
import java.util.Optional;

/// What a sender signs: a {@link Transaction} without its signature. Protocol §11.3.
public sealed interface UnsignedTransaction
    permits LegacyTransaction.Unsigned,
        AccessListTransaction.Unsigned,
        DynamicFeeTransaction.Unsigned,
        SetCodeTransaction.Unsigned {
  /// The type.
  TransactionType type();

  /// The chain the transaction is for; empty for a legacy transaction without replay protection.
  Optional<UInt256> replayDomain();

  /// How many transactions the sender sent before; 64 bits without sign.
  long nonce();

  /// Gas that may be used; 64 bits without sign.
  long gasLimit();

  /// The account called; empty to create a contract.
  Optional<Address> recipient();

  /// Money sent along.
  Amount value();

  /// Input of the call, or code that creates the contract.
  Bytes data();

  /// Accounts and slots announced; empty where the type has no such list.
  List<AccessListEntry> accessList();

  /// Authorizations of EIP-7702; empty for other types.
  List<Authorization> authorizations();

  /// The most the sender pays per unit of gas.
  Amount maxFeePerGas();

  /// The most of it that goes to the proposer.
  Amount maxPriorityFeePerGas();

  /// Appends the fields in the order of the type, without a signature; no list is opened.
  void writeFields(RlpWriter writer);

  /// The hash that is signed.
  default Hash signingHash() {
    RlpWriter writer = new RlpWriter(160 + data().length());
    if (type() == TransactionType.LEGACY) {
      writer.begin();
      writeFields(writer);
      replayDomain().ifPresent(chainId -> writer.number(chainId).number(0).number(0));
    } else {
      writer.raw(type().code()).begin();
      writeFields(writer);
    }
    return Keccak256.hash(writer.end().toArray());
  }

  /// The transaction with the signature of its sender.
  default Transaction signedWith(Secp256k1Signature signature) {
    return signedWith(TransactionSignature.of(signature));
  }

  /// The transaction with a signature that was not judged.
  Transaction signedWith(TransactionSignature signature);
}

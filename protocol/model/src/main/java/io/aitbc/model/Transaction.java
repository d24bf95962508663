// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Secp256k1;
import java.util.List;
import java.util.Optional;

/// A signed transaction of one of the four types. It is well-formed; whether it is valid is for
/// {@link TransactionRules} (without a state) and for execution (with one). Two transactions are
/// equal when their encodings are. Protocol §11.3.
///
/// It keeps its encoding and its hash: bytes are hashed once, when they arrive.
public abstract sealed class Transaction
    permits LegacyTransaction, AccessListTransaction, DynamicFeeTransaction, SetCodeTransaction {
  private final TransactionSignature signature;
  private final Bytes encoded;
  private final Hash hash;

  /// A transaction whose canonical encoding is `encoded`.
  Transaction(TransactionSignature signature, Bytes encoded) {
    this.signature = signature;
    this.encoded = encoded;
    this.hash = Keccak256.hash(encoded);
  }

  /// The fields without the signature.
  public abstract UnsignedTransaction unsigned();

  /// The signature of the sender, as it came.
  public final TransactionSignature signature() {
    return signature;
  }

  /// The canonical encoding, type byte included.
  public final Bytes encoded() {
    return encoded;
  }

  /// Hash of the encoding: the transaction's name.
  public final Hash hash() {
    return hash;
  }

  /// The hash that the sender signed.
  public final Hash signingHash() {
    return unsigned().signingHash();
  }

  /// Who signed; empty if the signature is out of range, has a high `s` or recovers to nobody.
  /// Costs about 50 µs: call it once and keep a {@link RecoveredTransaction}.
  public final Optional<Address> sender(Secp256k1 secp256k1) {
    return signature
        .usable()
        .flatMap(usable -> secp256k1.recover(signingHash(), usable))
        .map(Address::of);
  }

  /// The type.
  public final TransactionType type() {
    return unsigned().type();
  }

  /// The chain the transaction is for; empty for a legacy transaction without replay protection.
  public final Optional<UInt256> chainId() {
    return unsigned().replayDomain();
  }

  /// How many transactions the sender sent before, 64 bits without sign: 2^63 and more are negative
  /// here, below every account's nonce.
  public final long nonce() {
    return unsigned().nonce();
  }

  /// Gas that may be used, at least 0. A limit of 2^63 or more, which no block can hold, reads as
  /// 2^63 - 1.
  public final long gasLimit() {
    long limit = unsigned().gasLimit();
    return limit < 0 ? Long.MAX_VALUE : limit;
  }

  /// The account called; empty to create a contract.
  public final Optional<Address> to() {
    return unsigned().recipient();
  }

  /// Money sent along.
  public final Amount value() {
    return unsigned().value();
  }

  /// Input of the call, or code that creates the contract.
  public final Bytes data() {
    return unsigned().data();
  }

  /// Accounts and slots announced; empty where the type has no such list.
  public final List<AccessListEntry> accessList() {
    return unsigned().accessList();
  }

  /// Authorizations of EIP-7702; empty for other types.
  public final List<Authorization> authorizations() {
    return unsigned().authorizations();
  }

  /// The most the sender pays per unit of gas.
  public final Amount maxFeePerGas() {
    return unsigned().maxFeePerGas();
  }

  /// The most of it that goes to the proposer.
  public final Amount maxPriorityFeePerGas() {
    return unsigned().maxPriorityFeePerGas();
  }

  /// What the sender pays per unit of gas in a block with this base fee: base fee and priority fee,
  /// at most {@link #maxFeePerGas} (EIP-1559).
  ///
  /// @throws IllegalArgumentException if the base fee is above {@link #maxFeePerGas}
  public final Amount effectiveGasPrice(Amount baseFeePerGas) {
    return baseFeePerGas.plus(priorityFeePerGas(baseFeePerGas));
  }

  /// The part of {@link #effectiveGasPrice} that goes to the proposer.
  ///
  /// @throws IllegalArgumentException if the base fee is above {@link #maxFeePerGas}
  public final Amount priorityFeePerGas(Amount baseFeePerGas) {
    if (maxFeePerGas().compareTo(baseFeePerGas) < 0) {
      throw new IllegalArgumentException(
          "base fee " + baseFeePerGas + " above the fee offered, " + maxFeePerGas());
    }
    return maxFeePerGas().minus(baseFeePerGas).min(maxPriorityFeePerGas());
  }

  /// The most the transaction can take from its sender: gas limit times {@link #maxFeePerGas}, and
  /// the value. Empty if that is 2^256 wei or more.
  public final Optional<Amount> costMax() {
    UInt256 limit = UInt256.unsigned(unsigned().gasLimit());
    return limit
        .timesIfFits(maxFeePerGas().wei())
        .flatMap(fee -> fee.plusIfFits(value().wei()))
        .map(Amount::new);
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof Transaction transaction
        && hash.equals(transaction.hash)
        && encoded.equals(transaction.encoded);
  }

  @Override
  public final int hashCode() {
    return hash.hashCode();
  }

  /// The type and the hash.
  @Override
  public final String toString() {
    return type() + " transaction " + hash;
  }
}

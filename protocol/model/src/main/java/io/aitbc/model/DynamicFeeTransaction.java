// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import java.util.List;
import java.util.Optional;

/// A transaction of type 2, with a maximum and a priority fee (EIP-1559). Protocol §11.3.
public final class DynamicFeeTransaction extends Transaction {
  /// The fields that are signed.
  ///
  /// @param chainId the chain
  /// @param nonce see {@link UnsignedTransaction#nonce}
  /// @param maxPriorityFeePerGas the most that goes to the proposer per unit of gas
  /// @param maxFeePerGas the most the sender pays per unit of gas
  /// @param gasLimit see {@link UnsignedTransaction#gasLimit}
  /// @param recipient the account called; empty to create a contract
  /// @param value money sent along
  /// @param data input of the call, or code that creates the contract
  /// @param accessList accounts and slots announced
  public record Unsigned(
      UInt256 chainId,
      long nonce,
      Amount maxPriorityFeePerGas,
      Amount maxFeePerGas,
      long gasLimit,
      Optional<Address> recipient,
      Amount value,
      Bytes data,
      List<AccessListEntry> accessList)
      implements UnsignedTransaction {
    /// Copies the list.
    public Unsigned {
      accessList = List.copyOf(accessList);
    }

    @Override
    public TransactionType type() {
      return TransactionType.DYNAMIC_FEE;
    }

    @Override
    public Optional<UInt256> replayDomain() {
      return Optional.of(chainId);
    }

    @Override
    public List<Authorization> authorizations() {
      return List.of();
    }

    @Override
    public void writeFields(RlpWriter writer) {
      writer.number(chainId).unsigned(nonce).amount(maxPriorityFeePerGas).amount(maxFeePerGas);
      writer.unsigned(gasLimit);
      TransactionCodec.writeRecipient(writer, recipient);
      writer.amount(value).string(data);
      writer.list(accessList, (inner, entry) -> entry.write(inner));
    }

    @Override
    public DynamicFeeTransaction signedWith(TransactionSignature signature) {
      return new DynamicFeeTransaction(this, signature, TransactionCodec.typed(this, signature));
    }
  }

  private final Unsigned unsigned;

  private DynamicFeeTransaction(Unsigned unsigned, TransactionSignature signature, Bytes encoded) {
    super(signature, encoded);
    this.unsigned = unsigned;
  }

  @Override
  public Unsigned unsigned() {
    return unsigned;
  }

  static DynamicFeeTransaction decode(Bytes encoded, RlpReader fields) throws MalformedException {
    Unsigned unsigned =
        new Unsigned(
            fields.number256(),
            fields.unsigned(),
            fields.amount(),
            fields.amount(),
            fields.unsigned(),
            TransactionCodec.readRecipient(fields),
            fields.amount(),
            fields.string(),
            TransactionCodec.readAccessList(fields));
    return new DynamicFeeTransaction(unsigned, TransactionCodec.readSignature(fields), encoded);
  }
}

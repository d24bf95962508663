// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import java.util.List;
import java.util.Optional;

/// A transaction of type 4, which sets the code of accounts that authorized it (EIP-7702). It
/// always calls an account. Protocol §11.3.
public final class SetCodeTransaction extends Transaction {
  /// The fields that are signed.
  ///
  /// @param chainId the chain
  /// @param nonce see {@link UnsignedTransaction#nonce}
  /// @param maxPriorityFeePerGas the most that goes to the proposer per unit of gas
  /// @param maxFeePerGas the most the sender pays per unit of gas
  /// @param gasLimit see {@link UnsignedTransaction#gasLimit}
  /// @param destination the account called
  /// @param value money sent along
  /// @param data input of the call
  /// @param accessList accounts and slots announced
  /// @param authorizations what the accounts signed, in the order in which it is applied
  public record Unsigned(
      UInt256 chainId,
      long nonce,
      Amount maxPriorityFeePerGas,
      Amount maxFeePerGas,
      long gasLimit,
      Address destination,
      Amount value,
      Bytes data,
      List<AccessListEntry> accessList,
      List<Authorization> authorizations)
      implements UnsignedTransaction {
    /// Copies the lists.
    public Unsigned {
      accessList = List.copyOf(accessList);
      authorizations = List.copyOf(authorizations);
    }

    @Override
    public TransactionType type() {
      return TransactionType.SET_CODE;
    }

    @Override
    public Optional<UInt256> replayDomain() {
      return Optional.of(chainId);
    }

    @Override
    public Optional<Address> recipient() {
      return Optional.of(destination);
    }

    @Override
    public void writeFields(RlpWriter writer) {
      writer.number(chainId).unsigned(nonce).amount(maxPriorityFeePerGas).amount(maxFeePerGas);
      writer.unsigned(gasLimit).address(destination).amount(value).string(data);
      writer.list(accessList, (inner, entry) -> entry.write(inner));
      writer.list(authorizations, (inner, authorization) -> authorization.write(inner));
    }

    @Override
    public SetCodeTransaction signedWith(TransactionSignature signature) {
      return new SetCodeTransaction(this, signature, TransactionCodec.typed(this, signature));
    }
  }

  private final Unsigned unsigned;

  private SetCodeTransaction(Unsigned unsigned, TransactionSignature signature, Bytes encoded) {
    super(signature, encoded);
    this.unsigned = unsigned;
  }

  @Override
  public Unsigned unsigned() {
    return unsigned;
  }

  static SetCodeTransaction decode(Bytes encoded, RlpReader fields) throws MalformedException {
    Unsigned unsigned =
        new Unsigned(
            fields.number256(),
            fields.unsigned(),
            fields.amount(),
            fields.amount(),
            fields.unsigned(),
            fields.address(),
            fields.amount(),
            fields.string(),
            TransactionCodec.readAccessList(fields),
            fields.list(Integer.MAX_VALUE, Authorization::read));
    return new SetCodeTransaction(unsigned, TransactionCodec.readSignature(fields), encoded);
  }
}

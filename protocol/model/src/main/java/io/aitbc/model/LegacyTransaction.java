// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/// A transaction without a type byte (Yellow Paper §4.2, EIP-155). Protocol §11.3.
public final class LegacyTransaction extends Transaction {
  /// Greatest chain id whose `v`, 2 x id + 36, still has 256 bits.
  public static final UInt256 CHAIN_ID_MAX =
      UInt256.of(BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19)));

  private static final long V_UNPROTECTED = 27;
  private static final UInt256 V_PROTECTED = UInt256.of(35);
  private static final UInt256 TWO = UInt256.of(2);

  /// The fields that are signed.
  ///
  /// @param replayDomain the chain id, at most {@link #CHAIN_ID_MAX}; empty: valid on every chain
  /// @param nonce see {@link UnsignedTransaction#nonce}
  /// @param gasPrice what the sender pays per unit of gas
  /// @param gasLimit see {@link UnsignedTransaction#gasLimit}
  /// @param recipient the account called; empty to create a contract
  /// @param value money sent along
  /// @param data input of the call, or code that creates the contract
  public record Unsigned(
      Optional<UInt256> replayDomain,
      long nonce,
      Amount gasPrice,
      long gasLimit,
      Optional<Address> recipient,
      Amount value,
      Bytes data)
      implements UnsignedTransaction {
    /// @throws IllegalArgumentException if the chain id is above {@link #CHAIN_ID_MAX}
    public Unsigned {
      replayDomain.ifPresent(chainId -> {
        if (chainId.compareTo(CHAIN_ID_MAX) > 0) {
          throw new IllegalArgumentException("chain id out of range: " + chainId);
        }
      });
    }

    @Override
    public TransactionType type() {
      return TransactionType.LEGACY;
    }

    @Override
    public List<AccessListEntry> accessList() {
      return List.of();
    }

    @Override
    public List<Authorization> authorizations() {
      return List.of();
    }

    @Override
    public Amount maxFeePerGas() {
      return gasPrice;
    }

    @Override
    public Amount maxPriorityFeePerGas() {
      return gasPrice;
    }

    @Override
    public void writeFields(RlpWriter writer) {
      writer.unsigned(nonce).amount(gasPrice).unsigned(gasLimit);
      TransactionCodec.writeRecipient(writer, recipient);
      writer.amount(value).string(data);
    }

    /// {@inheritDoc}
    ///
    /// @throws IllegalArgumentException if the parity is neither 0 nor 1: `v` has no place for more
    @Override
    public LegacyTransaction signedWith(TransactionSignature signature) {
      RlpWriter writer = new RlpWriter(160 + data.length()).begin();
      writeFields(writer);
      writer.number(v(replayDomain, signature)).number(signature.r()).number(signature.s()).end();
      return new LegacyTransaction(this, signature, writer.toBytes());
    }
  }

  private final Unsigned unsigned;

  private LegacyTransaction(Unsigned unsigned, TransactionSignature signature, Bytes encoded) {
    super(signature, encoded);
    this.unsigned = unsigned;
  }

  @Override
  public Unsigned unsigned() {
    return unsigned;
  }

  /// The number that carries chain id and parity: 27 or 28 without a chain id, else 2 x id + 35 or
  /// 36 (EIP-155).
  public UInt256 v() {
    return v(unsigned.replayDomain, signature());
  }

  private static UInt256 v(Optional<UInt256> chainId, TransactionSignature signature) {
    if (signature.yParity() > 1) {
      throw new IllegalArgumentException("parity neither 0 nor 1: " + signature.yParity());
    }
    UInt256 parity = UInt256.of(signature.yParity());
    return chainId
        .map(id -> id.times(TWO).plus(V_PROTECTED).plus(parity))
        .orElseGet(() -> UInt256.of(V_UNPROTECTED).plus(parity));
  }

  static LegacyTransaction decode(Bytes encoded, RlpReader fields) throws MalformedException {
    long nonce = fields.unsigned();
    Amount gasPrice = fields.amount();
    long gasLimit = fields.unsigned();
    Optional<Address> recipient = TransactionCodec.readRecipient(fields);
    Amount value = fields.amount();
    Bytes data = fields.string();
    UInt256 v = fields.number256();
    Optional<UInt256> chainId = chainId(fields, v);
    UInt256 r = fields.number256();
    UInt256 s = fields.number256();
    fields.finish();
    int yParity = chainId.isPresent() ? 1 - (int) (v.low() & 1) : (int) (v.low() - V_UNPROTECTED);
    Unsigned unsigned = new Unsigned(chainId, nonce, gasPrice, gasLimit, recipient, value, data);
    return new LegacyTransaction(unsigned, new TransactionSignature(r, s, yParity), encoded);
  }

  private static Optional<UInt256> chainId(RlpReader fields, UInt256 v) throws MalformedException {
    if (v.fitsLong() && (v.low() == V_UNPROTECTED || v.low() == V_UNPROTECTED + 1)) {
      return Optional.empty();
    }
    if (v.compareTo(V_PROTECTED) < 0) {
      throw fields.refuse("v", v);
    }
    UInt256 chainId = v.minus(V_PROTECTED).dividedBy(TWO);
    if (chainId.compareTo(CHAIN_ID_MAX) > 0) {
      throw fields.refuse("v", v);
    }
    return Optional.of(chainId);
  }
}

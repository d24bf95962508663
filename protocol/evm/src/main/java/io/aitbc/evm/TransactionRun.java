// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.AccessListEntry;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Authorization;
import io.aitbc.model.IntrinsicGas;
import io.aitbc.model.UInt256;
import io.aitbc.model.UnsignedTransaction;
import java.util.Optional;

/// One transaction from the payment for its gas to the distribution of its fee. Protocol §14.6,
/// Yellow Paper §6.
final class TransactionRun {
  private final UnsignedTransaction transaction;
  private final LiveAccount sender;
  private final Amount price;
  private final BlockEnvironment block;
  private final TransactionState state;
  private final Secp256k1 secp256k1;
  private final IntrinsicGas intrinsic;
  private Optional<Address> contract = Optional.empty();
  private long gasUsed;
  private long gasRefunded;

  TransactionRun(
      UnsignedTransaction transaction,
      LiveAccount sender,
      Amount price,
      BlockEnvironment block,
      TransactionState state,
      Secp256k1 secp256k1) {
    this.transaction = transaction;
    this.sender = sender;
    this.price = price;
    this.block = block;
    this.state = state;
    this.secp256k1 = secp256k1;
    this.intrinsic = IntrinsicGas.of(transaction, block.fork());
    if (transaction.gasLimit() < intrinsic.gasLimitMin()) {
      throw new IllegalArgumentException(
          "gas limit " + transaction.gasLimit() + " below " + intrinsic.gasLimitMin());
    }
  }

  /// Takes the gas limit's price, which the balance covers.
  void payForGas() {
    state.debit(sender, words(price.times(transaction.gasLimit())));
  }

  /// Runs the call or creation, and what comes before it.
  CallResult execute(Machine machine) {
    long nonce = sender.nonce;
    state.setNonce(sender, nonce + 1);
    announce();
    for (Authorization authorization : transaction.authorizations()) {
      authorize(authorization);
    }
    long gas = transaction.gasLimit() - intrinsic.charged();
    long[] value = words(transaction.value());
    if (transaction.recipient().isPresent()) {
      LiveAccount target = state.account(transaction.recipient().get());
      target.warm = true;
      return machine.call(sender, target, value, transaction.data(), gas);
    }
    Address address = ContractAddress.ofNonce(sender.address, nonce);
    LiveAccount created = state.account(address);
    created.warm = true;
    CallResult result = machine.create(sender, created, value, transaction.data(), gas);
    if (result instanceof CallResult.Success) {
      contract = Optional.of(address);
    }
    return result;
  }

  /// Makes warm what is warm from the start: sender, coinbase, access list (EIP-2929, EIP-2930,
  /// EIP-3651).
  private void announce() {
    sender.warm = true;
    state.announce(block.coinbase());
    for (AccessListEntry entry : transaction.accessList()) {
      state.announce(entry.address());
      for (Hash key : entry.storageKeys()) {
        state.announce(entry.address(), key);
      }
    }
  }

  /// Makes an authority's code delegate, if its authorization holds; passes over it otherwise
  /// (EIP-7702).
  private void authorize(Authorization authorization) {
    UInt256 chainId = authorization.chainId();
    if ((!chainId.isZero() && !chainId.equals(block.chainId())) || authorization.nonce() == -1) {
      return;
    }
    Optional<Address> signer = authorization.authority(secp256k1);
    if (signer.isEmpty()) {
      return;
    }
    LiveAccount authority = state.account(signer.get());
    authority.warm = true;
    boolean foreignCode = authority.hasCode() && state.code(authority).delegate().isEmpty();
    if (foreignCode || authority.nonce != authorization.nonce()) {
      return;
    }
    if (!authority.isEmpty()) {
      state.refund(GasCost.AUTHORIZATION_REFUND, state.mark());
    }
    boolean ends = authorization.address().equals(Address.ZERO);
    state.setCode(authority, ends ? Bytes.EMPTY : Delegation.to(authorization.address()));
    state.setNonce(authority, authority.nonce + 1);
  }

  /// Counts the gas that is paid for: what is left and the refund come back, the floor stays.
  void countGas(CallResult result) {
    long used = transaction.gasLimit() - result.gasLeft();
    gasRefunded = Math.min(state.refunded(), used / GasCost.REFUND_PART); // rounded down
    gasUsed = Math.max(used - gasRefunded, intrinsic.floor());
  }

  /// Returns the price of unused gas and distributes the fee.
  void settle(CallResult result, FeeRule fees) {
    countGas(result);
    state.credit(sender, words(price.times(transaction.gasLimit() - gasUsed)));
    Amount all = price.times(gasUsed);
    Amount base = block.baseFeePerGas().times(gasUsed);
    Amount left = all;
    for (FeeRule.Payment payment : fees.payments(base, all.minus(base))) {
      left = left.minus(payment.amount());
      if (!payment.amount().isZero()) {
        state.credit(state.account(payment.recipient()), words(payment.amount()));
      }
    }
  }

  TransactionOutcome outcome(CallResult result) {
    return new TransactionOutcome.Executed(
        result, gasUsed, gasRefunded, price, state.logs(), contract);
  }

  private static long[] words(Amount amount) {
    long[] word = new long[4];
    Words.set(amount.wei(), word, 0);
    return word;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.TransactionRejection;

/// Why a proposed transaction is not in the block. It leaves no trace: no nonce, no fee, no
/// receipt. Protocol §14.2.
public sealed interface DropReason {
  /// It is not valid in any state.
  ///
  /// @param rejection why
  record Invalid(TransactionRejection rejection) implements DropReason {}

  /// Its gas limit is above what the transactions before it left of the block's.
  ///
  /// @param gasLeft gas that was left
  /// @param gasLimit its gas limit
  record BlockGasExhausted(long gasLeft, long gasLimit) implements DropReason {}

  /// It offers less than the base fee.
  ///
  /// @param baseFeePerGas of the block
  /// @param maxFeePerGas the most that it offers
  record FeeBelowBaseFee(Amount baseFeePerGas, Amount maxFeePerGas) implements DropReason {}

  /// It, or another in its place, was executed before.
  ///
  /// @param expected the sender's nonce, 64 bits without sign
  /// @param actual its nonce
  record NonceTooLow(long expected, long actual) implements DropReason {}

  /// Transactions of the sender are missing before it.
  ///
  /// @param expected the sender's nonce, 64 bits without sign
  /// @param actual its nonce
  record NonceTooHigh(long expected, long actual) implements DropReason {}

  /// The sender is a contract (EIP-3607).
  ///
  /// @param sender who
  record SenderIsContract(Address sender) implements DropReason {}

  /// The sender does not hold the most that it may cost.
  ///
  /// @param needed gas limit times maximum fee, and the value
  /// @param held the sender's balance
  record BalanceTooLow(Amount needed, Amount held) implements DropReason {}

  /// It creates or calls a contract, and the chain has no machine.
  record NeedsMachine() implements DropReason {}
}

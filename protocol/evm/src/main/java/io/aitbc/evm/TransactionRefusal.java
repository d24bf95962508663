// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;

/// Why a transaction that is valid by itself cannot be in this block, in this state. It leaves no
/// trace. Protocol §14.6.
public sealed interface TransactionRefusal {
  /// The sender's nonce is higher: the transaction, or another in its place, was executed before.
  ///
  /// @param expected the sender's nonce, 64 bits without sign
  /// @param actual the transaction's
  record NonceTooLow(long expected, long actual) implements TransactionRefusal {}

  /// Transactions of the sender are missing before this one.
  ///
  /// @param expected the sender's nonce, 64 bits without sign
  /// @param actual the transaction's
  record NonceTooHigh(long expected, long actual) implements TransactionRefusal {}

  /// The sender cannot pay the most that the transaction may cost.
  ///
  /// @param needed gas limit times maximum fee, and the value
  /// @param held the sender's balance
  record BalanceTooLow(Amount needed, Amount held) implements TransactionRefusal {}

  /// The sender is a contract (EIP-3607).
  ///
  /// @param sender who
  record SenderIsContract(Address sender) implements TransactionRefusal {}

  /// The transaction offers less than the base fee (EIP-1559).
  ///
  /// @param baseFeePerGas of the block
  /// @param maxFeePerGas the most that is offered
  record FeeBelowBaseFee(Amount baseFeePerGas, Amount maxFeePerGas) implements TransactionRefusal {}

  /// The gas limit is above that of the block.
  ///
  /// @param blockGasLimit of the block
  /// @param gasLimit of the transaction
  record GasLimitAboveBlock(long blockGasLimit, long gasLimit) implements TransactionRefusal {}
}

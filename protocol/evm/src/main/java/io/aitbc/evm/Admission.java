// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Amount;
import io.aitbc.model.Transaction;
import java.util.Optional;

/// What a transaction must fulfil in this block and this state. Protocol §14.6.
final class Admission {
  private Admission() {}

  static Optional<TransactionRefusal> judge(
      Transaction transaction, LiveAccount sender, TransactionState state, BlockEnvironment block) {
    if (transaction.gasLimit() > block.gasLimit()) {
      return Optional.of(
          new TransactionRefusal.GasLimitAboveBlock(block.gasLimit(), transaction.gasLimit()));
    }
    Optional<TransactionRefusal> fee = judgeFee(transaction, block);
    if (fee.isPresent()) {
      return fee;
    }
    int order = Long.compareUnsigned(transaction.nonce(), sender.nonce);
    if (order < 0) {
      return Optional.of(new TransactionRefusal.NonceTooLow(sender.nonce, transaction.nonce()));
    }
    if (order > 0) {
      return Optional.of(new TransactionRefusal.NonceTooHigh(sender.nonce, transaction.nonce()));
    }
    if (sender.hasCode() && state.code(sender).delegate().isEmpty()) {
      return Optional.of(new TransactionRefusal.SenderIsContract(sender.address));
    }
    return judgeCost(transaction, sender);
  }

  /// What the block asks of its fee.
  static Optional<TransactionRefusal> judgeFee(Transaction transaction, BlockEnvironment block) {
    return transaction.maxFeePerGas().compareTo(block.baseFeePerGas()) < 0
        ? Optional.of(
            new TransactionRefusal.FeeBelowBaseFee(
                block.baseFeePerGas(), transaction.maxFeePerGas()))
        : Optional.empty();
  }

  /// Whether the sender holds the most that it may cost.
  static Optional<TransactionRefusal> judgeCost(Transaction transaction, LiveAccount sender) {
    Amount needed = transaction.costMax().orElseThrow();
    Amount held = sender.balanceAmount();
    return needed.compareTo(held) > 0
        ? Optional.of(new TransactionRefusal.BalanceTooLow(needed, held))
        : Optional.empty();
  }
}

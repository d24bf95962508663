// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Workers;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Fork;
import io.aitbc.model.IntrinsicGas;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRejection;
import io.aitbc.model.TransactionRules;
import io.aitbc.state.Account;
import io.aitbc.state.Overlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The transactions of one block, executed one after the other. Protocol §14.2.
final class TransactionSequence {
  private final TransactionRules rules;
  private final Fork fork;
  private final long gasLimit;
  private final Amount baseFee;
  private final Overlay state;
  private final List<Transaction> included = new ArrayList<>();
  private final List<Receipt> receipts = new ArrayList<>();
  private final List<ExecutionResult.Dropped> dropped = new ArrayList<>();
  private long gasUsed;
  private Amount baseFees = Amount.ZERO;
  private Amount priorityFees = Amount.ZERO;

  /// No transactions yet.
  ///
  /// @param gasLimit of the block
  /// @param baseFee of the block
  /// @param state of the block, to be changed
  TransactionSequence(
      ExecutionParameters parameters, Fork fork, long gasLimit, Amount baseFee, Overlay state) {
    this.rules = parameters.transactionRules();
    this.fork = fork;
    this.gasLimit = gasLimit;
    this.baseFee = baseFee;
    this.state = state;
  }

  List<Transaction> included() {
    return included;
  }

  List<Receipt> receipts() {
    return receipts;
  }

  List<ExecutionResult.Dropped> dropped() {
    return dropped;
  }

  long gasUsed() {
    return gasUsed;
  }

  Amount baseFees() {
    return baseFees;
  }

  Amount priorityFees() {
    return priorityFees;
  }

  /// Executes or drops each of `transactions`, in order.
  void execute(List<RecoveredTransaction> transactions, Workers workers) {
    List<Optional<TransactionRejection>> rejections = judged(transactions, workers);
    for (int i = 0; i < transactions.size(); i++) {
      RecoveredTransaction transaction = transactions.get(i);
      Optional<DropReason> drop =
          rejections.get(i).<DropReason>map(DropReason.Invalid::new).or(() -> refusal(transaction));
      if (drop.isPresent()) {
        dropped.add(new ExecutionResult.Dropped(transaction, drop.get()));
      } else {
        transfer(transaction);
      }
    }
  }

  private List<Optional<TransactionRejection>> judged(
      List<RecoveredTransaction> transactions, Workers workers) {
    List<Optional<TransactionRejection>> rejections = new ArrayList<>(transactions.size());
    transactions.forEach(_ -> rejections.add(Optional.empty()));
    workers.forEach(
        transactions.size(),
        i -> {
          var _ = rejections.set(i, rules.judge(transactions.get(i).transaction(), fork));
        });
    return rejections;
  }

  /// Why a transaction cannot be in this block, in the state as it is now.
  private Optional<DropReason> refusal(RecoveredTransaction recovered) {
    Transaction transaction = recovered.transaction();
    if (transaction.gasLimit() > gasLimit - gasUsed) {
      return Optional.of(
          new DropReason.BlockGasExhausted(gasLimit - gasUsed, transaction.gasLimit()));
    }
    if (transaction.maxFeePerGas().compareTo(baseFee) < 0) {
      return Optional.of(new DropReason.FeeBelowBaseFee(baseFee, transaction.maxFeePerGas()));
    }
    Account sender = state.account(recovered.sender());
    int order = Long.compareUnsigned(transaction.nonce(), sender.nonce());
    if (order != 0) {
      return Optional.of(
          order < 0
              ? new DropReason.NonceTooLow(sender.nonce(), transaction.nonce())
              : new DropReason.NonceTooHigh(sender.nonce(), transaction.nonce()));
    }
    if (sender.hasCode()) {
      return Optional.of(new DropReason.SenderIsContract(recovered.sender()));
    }
    Amount needed = transaction.costMax().orElseThrow();
    if (needed.compareTo(sender.balance()) > 0) {
      return Optional.of(new DropReason.BalanceTooLow(needed, sender.balance()));
    }
    return isTransfer(transaction) ? Optional.empty() : Optional.of(new DropReason.NeedsMachine());
  }

  /// Whether all that it does is to move money: no contract is created or called, no authorization
  /// changes code.
  private boolean isTransfer(Transaction transaction) {
    return transaction.to().filter(this::isPlain).isPresent()
        && transaction.authorizations().isEmpty();
  }

  private boolean isPlain(Address recipient) {
    return !state.account(recipient).hasCode() && !PrecompileRange.contains(recipient);
  }

  private void transfer(RecoveredTransaction recovered) {
    Transaction transaction = recovered.transaction();
    Address sender = recovered.sender();
    Amount value = transaction.value();
    long gas = IntrinsicGas.of(transaction.unsigned(), fork).gasLimitMin();
    Amount fee = transaction.effectiveGasPrice(baseFee).times(gas);
    state.setNonce(sender, transaction.nonce() + 1);
    state.debit(sender, fee.plus(value));
    state.credit(transaction.to().orElseThrow(), value);
    include(transaction, gas, fee);
  }

  private void include(Transaction transaction, long gas, Amount fee) {
    Amount base = baseFee.times(gas);
    baseFees = baseFees.plus(base);
    priorityFees = priorityFees.plus(fee.minus(base));
    gasUsed += gas;
    included.add(transaction);
    receipts.add(Receipt.of(transaction.type(), Receipt.Outcome.SUCCEEDED, gasUsed, List.of()));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Workers;
import io.aitbc.evm.BlockEnvironment;
import io.aitbc.evm.FeeRule;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.evm.TransactionRefusal;
import io.aitbc.execution.Speculation.Attempt;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.IntrinsicGas;
import io.aitbc.model.Log;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRejection;
import io.aitbc.state.Account;
import io.aitbc.state.Overlay;
import io.aitbc.state.StateView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The transactions of one block, executed one after the other, or with the same result some of
/// them ahead. Transfers of money alone never enter the machine. Protocol §14.2.
final class TransactionSequence {
  /// Transactions that are executed ahead over the same state. More would meet the changes of those
  /// before them too often.
  private static final int AHEAD_MAX = 128;

  private final BlockOutline outline;
  private final Machines machines;
  private final AheadRecord record;
  private final BlockEnvironment block;
  private final FeeRule fees;
  private final Overlay state;
  private final List<Transaction> included = new ArrayList<>();
  private final List<Receipt> receipts = new ArrayList<>();
  private final List<ExecutionResult.Dropped> dropped = new ArrayList<>();
  private long gasUsed;
  private Amount baseFees = Amount.ZERO;
  private Amount priorityFees = Amount.ZERO;

  /// No transactions yet.
  ///
  /// @param record of the blocks before
  /// @param state of the block, to be changed
  TransactionSequence(BlockOutline outline, Machines machines, AheadRecord record, Overlay state) {
    this.outline = outline;
    this.machines = machines;
    this.record = record;
    this.block = outline.environment(state);
    this.fees = outline.fees().withinTransaction(outline.beneficiary());
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
    Speculation speculation = new Speculation(machines, fees, workers);
    for (int from = 0; from < transactions.size(); from += AHEAD_MAX) {
      int to = Math.min(from + AHEAD_MAX, transactions.size());
      @Nullable Attempt[] attempts =
          speculation.pays() && record.pays()
              ? ahead(transactions.subList(from, to), rejections.subList(from, to), speculation)
              : new @Nullable Attempt[to - from];
      for (int i = from; i < to; i++) {
        RecoveredTransaction transaction = transactions.get(i);
        Optional<DropReason> reason = rejections.get(i).<DropReason>map(DropReason.Invalid::new);
        if (reason.isEmpty()) {
          reason = executeOrRefuse(transaction, attempts[i - from]);
        }
        reason.ifPresent(why -> dropped.add(new ExecutionResult.Dropped(transaction, why)));
      }
    }
  }

  private List<Optional<TransactionRejection>> judged(
      List<RecoveredTransaction> transactions, Workers workers) {
    List<Optional<TransactionRejection>> rejections =
        new ArrayList<>(Collections.nCopies(transactions.size(), Optional.empty()));
    workers.forEach(
        transactions.size(),
        i -> {
          var _ =
              rejections.set(
                  i,
                  outline
                      .transactionRules()
                      .judge(transactions.get(i).transaction(), block.fork()));
        });
    return rejections;
  }

  /// Attempts at those that need the machine. Of each sender only its first transaction: the others
  /// could not stand.
  private @Nullable Attempt[] ahead(
      List<RecoveredTransaction> transactions,
      List<Optional<TransactionRejection>> rejections,
      Speculation speculation) {
    List<@Nullable RecoveredTransaction> chosen = new ArrayList<>();
    SortedSet<Address> senders = new TreeSet<>();
    for (int i = 0; i < transactions.size(); i++) {
      RecoveredTransaction transaction = transactions.get(i);
      boolean first = rejections.get(i).isEmpty() && senders.add(transaction.sender());
      chosen.add(first && !isTransfer(transaction) ? transaction : null);
    }
    StateView view = state.shared();
    return speculation.run(chosen, view, outline.environment(view));
  }

  /// Executes a transaction, or tells why it is dropped.
  private Optional<DropReason> executeOrRefuse(
      RecoveredTransaction recovered, @Nullable Attempt attempt) {
    Transaction transaction = recovered.transaction();
    long gasLeft = block.gasLimit() - gasUsed;
    if (transaction.gasLimit() > gasLeft) {
      return Optional.of(new DropReason.BlockGasExhausted(gasLeft, transaction.gasLimit()));
    }
    if (isTransfer(recovered)) {
      return transferOrRefuse(recovered).map(DropReason.Refused::new);
    }
    return switch (outcome(recovered, attempt)) {
      case TransactionOutcome.Refused(var refusal) -> Optional.of(new DropReason.Refused(refusal));
      case TransactionOutcome.Executed executed -> {
        include(
            transaction,
            executed.succeeded() ? Receipt.Outcome.SUCCEEDED : Receipt.Outcome.FAILED,
            executed.gasUsed(),
            executed.effectiveGasPrice(),
            executed.logs());
        yield Optional.empty();
      }
    };
  }

  private TransactionOutcome outcome(RecoveredTransaction transaction, @Nullable Attempt attempt) {
    if (attempt != null) {
      boolean stands = attempt.changes().readsHoldIn(state);
      record.turn(stands);
      if (stands) {
        attempt.changes().applyTo(state);
        return attempt.outcome();
      }
    }
    return machines.of(0).execute(transaction, block, fees, state);
  }

  /// Whether all that it does is to move money: no code is created, called or changed.
  private boolean isTransfer(RecoveredTransaction recovered) {
    Transaction transaction = recovered.transaction();
    return transaction.to().filter(this::isPlain).isPresent()
        && transaction.authorizations().isEmpty()
        && !state.account(recovered.sender()).hasCode();
  }

  private boolean isPlain(Address recipient) {
    return !PrecompileRange.contains(recipient) && !state.account(recipient).hasCode();
  }

  private Optional<TransactionRefusal> transferOrRefuse(RecoveredTransaction recovered) {
    Transaction transaction = recovered.transaction();
    Amount baseFee = block.baseFeePerGas();
    Account sender = state.account(recovered.sender());
    if (transaction.maxFeePerGas().compareTo(baseFee) < 0) {
      return Optional.of(
          new TransactionRefusal.FeeBelowBaseFee(baseFee, transaction.maxFeePerGas()));
    }
    int order = Long.compareUnsigned(transaction.nonce(), sender.nonce());
    if (order != 0) {
      return Optional.of(
          order < 0
              ? new TransactionRefusal.NonceTooLow(sender.nonce(), transaction.nonce())
              : new TransactionRefusal.NonceTooHigh(sender.nonce(), transaction.nonce()));
    }
    Amount needed = transaction.costMax().orElseThrow();
    if (needed.compareTo(sender.balance()) > 0) {
      return Optional.of(new TransactionRefusal.BalanceTooLow(needed, sender.balance()));
    }
    transfer(recovered);
    return Optional.empty();
  }

  private void transfer(RecoveredTransaction recovered) {
    Transaction transaction = recovered.transaction();
    Amount value = transaction.value();
    long gas = IntrinsicGas.of(transaction.unsigned(), block.fork()).gasLimitMin();
    Amount price = transaction.effectiveGasPrice(block.baseFeePerGas());
    state.setNonce(recovered.sender(), transaction.nonce() + 1);
    state.debit(recovered.sender(), price.times(gas).plus(value));
    state.credit(transaction.to().orElseThrow(), value);
    Amount base = block.baseFeePerGas().times(gas);
    fees.payments(base, price.times(gas).minus(base))
        .forEach(payment -> state.credit(payment.recipient(), payment.amount()));
    include(transaction, Receipt.Outcome.SUCCEEDED, gas, price, List.of());
  }

  private void include(
      Transaction transaction, Receipt.Outcome outcome, long gas, Amount price, List<Log> logs) {
    Amount base = block.baseFeePerGas().times(gas);
    baseFees = baseFees.plus(base);
    priorityFees = priorityFees.plus(price.times(gas).minus(base));
    gasUsed += gas;
    included.add(transaction);
    receipts.add(Receipt.of(transaction.type(), outcome, gasUsed, logs));
  }
}

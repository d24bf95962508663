// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import io.aitbc.model.TransactionRejection;
import io.aitbc.model.TransactionRules;
import io.aitbc.state.Account;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;

/// The pending transactions of a node. Safe for use by several threads; senders are recovered
/// outside of its lock, once per transaction, and kept until the transaction is final.
///
/// A transaction waits if its sender can pay for it and for all others it has waiting. It is
/// proposed when no nonce is missing before it. When there is no room, the last transaction of the
/// sender with the cheapest offer goes. Protocol §15.3.
public final class Mempool {
  /// A replacement offers at least this much more per unit of gas, in percent, as other nodes of
  /// Ethereum ask for.
  public static final int REPLACEMENT_PERCENT = 10;

  /// EIP-7702: code of a delegated account is 0xef0100 and an address.
  private static final int DELEGATION_CODE_BYTES = 23;

  private final MempoolLimits limits;
  private final TransactionRules rules;
  private final Secp256k1 secp256k1;
  private final Map<Hash, Pending> byHash = new LinkedHashMap<>();
  private final Map<Address, SenderQueue> bySender = new LinkedHashMap<>();
  private final TreeSet<Pending> tails = new TreeSet<>(Pending.WORST_FIRST);
  private final RecentlyFinal recentlyFinal = new RecentlyFinal();
  private ChainHead head;
  private long arrivals;
  private long bytes;

  /// An empty pool.
  public Mempool(
      MempoolLimits limits, TransactionRules rules, Secp256k1 secp256k1, ChainHead head) {
    this.limits = limits;
    this.rules = rules;
    this.secp256k1 = secp256k1;
    this.head = head;
  }

  /// What a proposer may list.
  ///
  /// @param countMax most transactions
  /// @param bytesMax most bytes of their encodings
  /// @param gasLimitsMax greatest sum of their gas limits
  public record Selection(int countMax, int bytesMax, long gasLimitsMax) {}

  /// Brings a transaction to the pool.
  public Admission add(Transaction transaction) {
    ChainHead now;
    synchronized (this) {
      Optional<Admission> known = known(transaction.hash());
      if (known.isPresent()) {
        return known.get();
      }
      now = head;
    }
    Optional<TransactionRejection> rejection = rules.judge(transaction, now.fork());
    if (rejection.isPresent()) {
      return new Admission.Invalid(rejection.get());
    }
    Optional<RecoveredTransaction> recovered = RecoveredTransaction.of(transaction, secp256k1);
    if (recovered.isEmpty()) {
      return new Admission.NoSender();
    }
    return admit(recovered.get());
  }

  /// Takes the state after a new final block, and forgets what the block holds.
  public synchronized void advance(ChainHead newHead, List<Transaction> included) {
    head = newHead;
    Map<Address, SenderQueue> touched = new LinkedHashMap<>();
    for (Transaction transaction : included) {
      recentlyFinal.add(transaction.hash());
      Pending pending = byHash.get(transaction.hash());
      if (pending != null) {
        touched.computeIfAbsent(pending.sender(), bySender::get);
      }
    }
    touched.keySet().forEach(this::refresh);
  }

  /// An ordered list of transactions that the last final state can pay: every sender's nonces
  /// without a gap, the best offer for the proposer first, of equal offers the earlier one.
  public synchronized List<RecoveredTransaction> select(Selection bounds) {
    PriorityQueue<Pending> next =
        new PriorityQueue<>(
            Comparator.<Pending, Amount>comparing(pending -> pending.tip(head.nextBaseFee()))
                .reversed()
                .thenComparingLong(Pending::arrival));
    for (Address sender : List.copyOf(bySender.keySet())) {
      offer(next, sender, account(sender).nonce());
    }
    List<RecoveredTransaction> selected = new ArrayList<>();
    long bytesLeft = bounds.bytesMax();
    long gasLeft = bounds.gasLimitsMax();
    while (!next.isEmpty() && selected.size() < bounds.countMax()) {
      Pending best = next.remove();
      long gas = best.transaction().gasLimit();
      if (best.bytes() > bytesLeft || gas > gasLeft) {
        continue; // Neither this nor what the same sender has behind it fits.
      }
      bytesLeft -= best.bytes();
      gasLeft -= gas;
      selected.add(best.recovered());
      offer(next, best.sender(), best.nonce() + 1);
    }
    return selected;
  }

  /// Whether something could be proposed now.
  public synchronized boolean hasExecutable() {
    for (Map.Entry<Address, SenderQueue> entry : bySender.entrySet()) {
      if (entry
          .getValue()
          .at(account(entry.getKey()).nonce())
          .filter(this::paysBaseFee)
          .isPresent()) {
        return true;
      }
    }
    return false;
  }

  /// The waiting transaction with this hash and its sender.
  public synchronized Optional<RecoveredTransaction> find(Hash hash) {
    return Optional.ofNullable(byHash.get(hash)).map(Pending::recovered);
  }

  /// Whether a transaction with this hash would be new: it neither waits nor became final lately.
  public synchronized boolean wants(Hash hash) {
    return !byHash.containsKey(hash) && !recentlyFinal.contains(hash);
  }

  /// The nonce of the next transaction of `account` behind what is final and what waits without a
  /// gap.
  public synchronized long nextNonce(Address account) {
    long next = account(account).nonce();
    SenderQueue queue = bySender.get(account);
    return queue == null ? next : queue.endOfRun(next);
  }

  /// How many transactions wait.
  public synchronized int size() {
    return byHash.size();
  }

  /// Bytes of all waiting transactions.
  public synchronized long bytes() {
    return bytes;
  }

  private synchronized Admission admit(RecoveredTransaction recovered) {
    Transaction transaction = recovered.transaction();
    Optional<Admission> known = known(transaction.hash());
    if (known.isPresent()) {
      return known.get();
    }
    Account account = account(recovered.sender());
    SenderQueue queue = bySender.getOrDefault(recovered.sender(), new SenderQueue());
    Optional<Admission> refusal =
        refusalBySender(transaction, recovered.sender(), account)
            .or(() -> refusalByQueue(transaction, account, queue));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Amount cost = cost(transaction);
    Amount needed = queue.costWithout(transaction.nonce()).plus(cost);
    if (needed.compareTo(account.balance()) > 0) {
      return new Admission.InsufficientFunds(needed, account.balance());
    }
    Pending pending = new Pending(recovered, cost, arrivals++);
    Optional<Admission> full = makeRoom(pending, queue);
    if (full.isPresent()) {
      return full.get();
    }
    put(pending);
    return new Admission.Admitted(transaction.hash());
  }

  private Optional<Admission> refusalBySender(
      Transaction transaction, Address sender, Account account) {
    if (account.hasCode()
        && head.state().code(account.codeHash()).length() != DELEGATION_CODE_BYTES) {
      return Optional.of(new Admission.SenderHasCode(sender));
    }
    if (transaction.gasLimit() > head.blockGasMax()) {
      return Optional.of(new Admission.GasAboveBlock(head.blockGasMax(), transaction.gasLimit()));
    }
    if (transaction.maxFeePerGas().compareTo(limits.leastFeePerGas()) < 0) {
      return Optional.of(
          new Admission.FeeTooLow(limits.leastFeePerGas(), transaction.maxFeePerGas()));
    }
    if (transaction.nonce() < account.nonce()) {
      return Optional.of(new Admission.NonceTooLow(account.nonce(), transaction.nonce()));
    }
    if (transaction.nonce() - account.nonce() > limits.aheadMax()) {
      return Optional.of(
          new Admission.NonceTooHigh(account.nonce(), transaction.nonce(), limits.aheadMax()));
    }
    return Optional.empty();
  }

  private Optional<Admission> refusalByQueue(
      Transaction transaction, Account account, SenderQueue queue) {
    Optional<Pending> replaced = queue.at(transaction.nonce());
    if (replaced.isPresent()) {
      Amount least = raised(replaced.get().transaction().maxFeePerGas());
      Amount leastTip = raised(replaced.get().transaction().maxPriorityFeePerGas());
      boolean enough =
          transaction.maxFeePerGas().compareTo(least) >= 0
              && transaction.maxPriorityFeePerGas().compareTo(leastTip) >= 0;
      return enough
          ? Optional.empty()
          : Optional.of(new Admission.ReplacementUnderpriced(least, transaction.maxFeePerGas()));
    }
    // An account with delegated code can be emptied by others' transactions: one place (EIP-7702).
    int countMax = account.hasCode() ? 1 : limits.perSenderMax();
    return queue.size() >= countMax
        ? Optional.of(new Admission.SenderFull(countMax))
        : Optional.empty();
  }

  /// More by {@link #REPLACEMENT_PERCENT}, rounded up, and by 1 wei at least.
  private static Amount raised(Amount fee) {
    Amount more = fee.times(REPLACEMENT_PERCENT).plus(Amount.wei(99));
    Amount rise = new Amount(more.wei().dividedBy(Amount.wei(100).wei()));
    return fee.plus(rise.isZero() ? Amount.wei(1) : rise);
  }

  /// Lets the cheapest tails of other senders go until `pending` fits; refuses it if it is no
  /// better than they are.
  private Optional<Admission> makeRoom(Pending pending, SenderQueue own) {
    int freed = own.at(pending.nonce()).map(Pending::bytes).orElse(0);
    while (byHash.size() >= limits.countMax()
        || bytes - freed + pending.bytes() > limits.bytesMax()) {
      if (tails.isEmpty()) {
        return Optional.of(new Admission.PoolFull(pending.transaction().maxFeePerGas()));
      }
      Pending worst = tails.first();
      Amount least = worst.transaction().maxFeePerGas();
      if (least.compareTo(pending.transaction().maxFeePerGas()) >= 0
          || worst.sender().equals(pending.sender())) {
        return Optional.of(new Admission.PoolFull(least));
      }
      remove(worst);
    }
    return Optional.empty();
  }

  private void put(Pending pending) {
    SenderQueue queue = bySender.computeIfAbsent(pending.sender(), _ -> new SenderQueue());
    queue.at(pending.nonce()).ifPresent(this::forget);
    queue.tail().ifPresent(tails::remove);
    queue.put(pending);
    queue.tail().ifPresent(tails::add);
    byHash.put(pending.hash(), pending);
    bytes += pending.bytes();
  }

  private void remove(Pending pending) {
    SenderQueue queue = bySender.get(pending.sender());
    if (queue == null) {
      throw new IllegalStateException("a pending transaction without a queue: " + pending.hash());
    }
    queue.tail().ifPresent(tails::remove);
    queue.remove(pending.nonce());
    forget(pending);
    queue.tail().ifPresent(tails::add);
    if (queue.isEmpty()) {
      bySender.remove(pending.sender());
    }
  }

  private void forget(Pending pending) {
    if (byHash.remove(pending.hash()) != null) {
      bytes -= pending.bytes();
    }
  }

  /// Drops what the sender can no longer send.
  private void refresh(Address sender) {
    SenderQueue queue = bySender.get(sender);
    if (queue == null) {
      return;
    }
    Account account = account(sender);
    queue.tail().ifPresent(tails::remove);
    queue.dropBeyond(account.nonce(), account.balance()).forEach(this::forget);
    queue.tail().ifPresent(tails::add);
    if (queue.isEmpty()) {
      bySender.remove(sender);
    }
  }

  private void offer(PriorityQueue<Pending> next, Address sender, long nonce) {
    SenderQueue queue = bySender.get(sender);
    if (queue != null) {
      queue.at(nonce).filter(this::paysBaseFee).ifPresent(next::add);
    }
  }

  private boolean paysBaseFee(Pending pending) {
    return pending.transaction().maxFeePerGas().compareTo(head.nextBaseFee()) >= 0;
  }

  private Optional<Admission> known(Hash hash) {
    if (byHash.containsKey(hash)) {
      return Optional.of(new Admission.Known(hash));
    }
    return recentlyFinal.contains(hash)
        ? Optional.of(new Admission.AlreadyFinal(hash))
        : Optional.empty();
  }

  private Account account(Address address) {
    return head.state().account(address);
  }

  private static Amount cost(Transaction transaction) {
    return transaction
        .costMax()
        .orElseThrow(() -> new IllegalStateException("the static rules bound the cost"));
  }
}

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
import io.aitbc.model.UInt256;
import io.aitbc.state.Account;
import io.aitbc.state.StateDiff;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The pending transactions of a node. Safe for use by several threads; senders are recovered and
/// accounts are read outside of its lock, and a sender is kept until its transaction is final.
///
/// A transaction waits if its sender can pay for it and for all others it has waiting. It is
/// proposed when no nonce is missing before it. When there is no room, the last transaction of the
/// sender with the least claim to its places goes. Protocol §15.3.
public final class Mempool {
  /// A replacement offers at least this much more per unit of gas, in percent, as other nodes of
  /// Ethereum ask for.
  public static final int REPLACEMENT_PERCENT = 10;

  /// Places of a sender for transactions that offer no priority fee, whatever it has.
  public static final int FREE_PLACES_MIN = 16;

  /// Balance that gives one more such place: 0.01 AITBC. Where places cost nothing, holding money
  /// is what bounds how many one party can fill.
  public static final Amount BALANCE_PER_FREE_PLACE = Amount.wei(10_000_000_000_000_000L);

  /// The part of the pool's places that transactions without a priority fee have together whose
  /// senders hold less than {@link #BALANCE_PER_FREE_PLACE}: such accounts cost next to nothing to
  /// make, so a bound for each of them bounds nobody.
  public static final int POOR_PART = 16;

  /// The part of the pool's places that transactions behind a missing nonce have together: they can
  /// be in no block, so they pay for nothing.
  public static final int LATER_PART = 4;

  /// Transactions that do not fit, after which a selection ends: what is left of the block is too
  /// small to look through the whole pool for it.
  private static final int MISFITS_MAX = 256;

  /// EIP-7702: code of a delegated account is 0xef0100 and an address.
  private static final int DELEGATION_CODE_BYTES = 23;

  private final MempoolLimits limits;
  private final TransactionRules rules;
  private final Secp256k1 secp256k1;

  /// Changed under the lock; looked up without it, because whoever completes or executes a block
  /// looks up thousands while others bring more.
  private final Map<Hash, Pending> byHash = new ConcurrentHashMap<>();

  private final Map<Address, SenderQueue> bySender = new HashMap<>();
  private final TreeSet<Standing> tails = new TreeSet<>(Standing.WORST_FIRST);
  private final ProposalOrder order;
  private final Authorities authorities = new Authorities();
  private final RecentlyFinal recentlyFinal = new RecentlyFinal();
  private ChainHead head;

  /// Counts the heads, so that an account that was read under an earlier one is read again.
  private long generation;

  private long arrivals;
  private long bytes;

  /// How many wait for the senders that share a part of the pool.
  private int poorWaiting;

  /// How many have a nonce missing before them.
  private int later;

  /// An empty pool.
  public Mempool(
      MempoolLimits limits, TransactionRules rules, Secp256k1 secp256k1, ChainHead head) {
    this.limits = limits;
    this.rules = rules;
    this.secp256k1 = secp256k1;
    this.head = head;
    order = new ProposalOrder(head.nextBaseFee());
  }

  /// What a transaction must offer at least per unit of gas.
  public Amount leastFeePerGas() {
    return limits.leastFeePerGas();
  }

  /// What a proposer may list.
  ///
  /// @param countMax most transactions
  /// @param bytesMax most bytes of their encodings
  /// @param gasLimitsMax greatest sum of their gas limits
  public record Selection(int countMax, int bytesMax, long gasLimitsMax) {}

  /// The chain as it was when an account was read, outside of the lock.
  private record Snapshot(ChainHead head, long generation) {}

  /// What waits in the pool.
  ///
  /// @param executable transactions with no nonce missing before them, by sender and nonce
  /// @param later the others, likewise
  public record Waiting(List<RecoveredTransaction> executable, List<RecoveredTransaction> later) {
    /// Copies the lists.
    public Waiting {
      executable = List.copyOf(executable);
      later = List.copyOf(later);
    }
  }

  private enum Code {
    NONE,
    DELEGATION,
    CONTRACT
  }

  /// Brings a transaction to the pool.
  public Admission add(Transaction transaction) {
    Snapshot now;
    synchronized (this) {
      Optional<Admission> known = known(transaction.hash());
      if (known.isPresent()) {
        return known.get();
      }
      now = new Snapshot(head, generation);
    }
    Optional<TransactionRejection> rejection = rules.judge(transaction, now.head().fork());
    if (rejection.isPresent()) {
      return new Admission.Invalid(rejection.get());
    }
    Optional<RecoveredTransaction> recovered = RecoveredTransaction.of(transaction, secp256k1);
    return recovered.isEmpty()
        ? new Admission.NoSender()
        : admit(recovered.get(), Authorities.of(transaction, rules.chainId(), secp256k1), now);
  }

  /// Reads the sender's account and, if no block has become final meanwhile, judges by it.
  private Admission admit(
      RecoveredTransaction recovered, List<Address> authorizing, Snapshot first) {
    Snapshot now = first;
    while (true) {
      Account account = now.head().state().account(recovered.sender());
      Code code = code(now.head(), account);
      synchronized (this) {
        if (generation == now.generation()) {
          return admit(recovered, authorizing, account, code);
        }
        now = new Snapshot(head, generation);
      }
    }
  }

  private static Code code(ChainHead head, Account account) {
    if (!account.hasCode()) {
      return Code.NONE;
    }
    return head.state().code(account.codeHash()).length() == DELEGATION_CODE_BYTES
        ? Code.DELEGATION
        : Code.CONTRACT;
  }

  /// Takes the state after one new final block, and forgets what can no longer be sent.
  ///
  /// @param included the block's transactions
  /// @param changes what the block changed in accounts
  public synchronized void advance(
      ChainHead newHead, List<Transaction> included, List<StateDiff.AccountChange> changes) {
    takeHead(newHead);
    for (Transaction each : included) {
      recentlyFinal.add(each.hash());
    }
    for (StateDiff.AccountChange each : changes) {
      refresh(each.address(), each.after());
    }
  }

  /// Takes a state that is many blocks ahead: reads the accounts of all senders again.
  public void reload(ChainHead newHead) {
    List<Address> senders;
    synchronized (this) {
      senders = List.copyOf(bySender.keySet());
    }
    Map<Address, Account> accounts = new HashMap<>();
    senders.forEach(each -> accounts.put(each, newHead.state().account(each)));
    synchronized (this) {
      takeHead(newHead);
      // Who has come since then was judged by the old state, and is read here: these are few.
      for (Address each : List.copyOf(bySender.keySet())) {
        Account read = accounts.get(each);
        refresh(each, read != null ? read : newHead.state().account(each));
      }
    }
  }

  /// Takes the state of a lower block after the blocks above it were taken back, in a network
  /// without votes: what they held is judged anew and waits again.
  ///
  /// @param abandoned what the blocks held, in their order
  public void retreat(ChainHead newHead, List<RecoveredTransaction> abandoned) {
    synchronized (this) {
      abandoned.forEach(each -> recentlyFinal.remove(each.transaction().hash()));
    }
    reload(newHead);
    for (RecoveredTransaction each : abandoned) {
      Snapshot now;
      synchronized (this) {
        now = new Snapshot(head, generation);
      }
      // Whoever has no place now has to send it again, as after any eviction.
      Admission _ =
          admit(each, Authorities.of(each.transaction(), rules.chainId(), secp256k1), now);
    }
  }

  private void takeHead(ChainHead newHead) {
    head = newHead;
    generation++;
    if (!order.baseFee().equals(newHead.nextBaseFee())) {
      order.baseFee(newHead.nextBaseFee());
    }
  }

  /// An ordered list of transactions that the last final state can pay: every sender's nonces
  /// without a gap, the best offer for the proposer first, of equal offers the earlier one.
  public synchronized List<RecoveredTransaction> select(Selection bounds) {
    Iterator<ProposalOrder.Offer> firsts = order.iterator();
    PriorityQueue<ProposalOrder.Offer> followers = new PriorityQueue<>(ProposalOrder.BEST_FIRST);
    ProposalOrder.@Nullable Offer first = nextOf(firsts);
    List<RecoveredTransaction> selected = new ArrayList<>();
    long bytesLeft = bounds.bytesMax();
    long gasLeft = bounds.gasLimitsMax();
    int misfits = 0;
    while (selected.size() < bounds.countMax() && misfits < MISFITS_MAX) {
      ProposalOrder.@Nullable Offer follower = followers.peek();
      Pending best;
      if (first != null
          && (follower == null || ProposalOrder.BEST_FIRST.compare(first, follower) < 0)) {
        best = first.pending();
        first = nextOf(firsts);
      } else if (follower != null) {
        best = followers.remove().pending();
      } else {
        break;
      }
      long gas = best.transaction().gasLimit();
      if (best.bytes() > bytesLeft || gas > gasLeft) {
        misfits++; // Neither this nor what the same sender has behind it fits.
        continue;
      }
      bytesLeft -= best.bytes();
      gasLeft -= gas;
      selected.add(best.recovered());
      follower(best).ifPresent(followers::add);
    }
    return selected;
  }

  private static ProposalOrder.@Nullable Offer nextOf(Iterator<ProposalOrder.Offer> offers) {
    return offers.hasNext() ? offers.next() : null;
  }

  private Optional<ProposalOrder.Offer> follower(Pending pending) {
    Amount baseFee = order.baseFee();
    return Optional.ofNullable(bySender.get(pending.sender()))
        .flatMap(queue -> queue.at(pending.nonce() + 1))
        .filter(next -> next.pays(baseFee))
        .map(next -> new ProposalOrder.Offer(next, next.tip(baseFee)));
  }

  /// Whether something could be proposed now.
  public synchronized boolean hasExecutable() {
    return !order.isEmpty();
  }

  /// The waiting transaction with this hash and its sender.
  public Optional<RecoveredTransaction> find(Hash hash) {
    return Optional.ofNullable(byHash.get(hash)).map(Pending::recovered);
  }

  /// Whether a transaction with this hash would be new: it neither waits nor became final lately.
  public synchronized boolean wants(Hash hash) {
    return !byHash.containsKey(hash) && !recentlyFinal.contains(hash);
  }

  /// The nonce of the next transaction of `account` behind what is final and what waits without a
  /// gap.
  public long nextNonce(Address account) {
    ChainHead now;
    synchronized (this) {
      SenderQueue queue = bySender.get(account);
      if (queue != null) {
        return queue.endOfRun();
      }
      now = head;
    }
    return now.state().account(account).nonce();
  }

  /// All that waits, or all of one sender.
  public synchronized Waiting waiting(Optional<Address> sender) {
    List<RecoveredTransaction> executable = new ArrayList<>();
    List<RecoveredTransaction> later = new ArrayList<>();
    List<Address> senders =
        sender.isPresent() ? List.of(sender.get()) : bySender.keySet().stream().sorted().toList();
    for (Address each : senders) {
      SenderQueue queue = bySender.get(each);
      if (queue != null) {
        long end = queue.endOfRun();
        for (Pending pending : queue.all()) {
          (pending.nonce() < end ? executable : later).add(pending.recovered());
        }
      }
    }
    return new Waiting(executable, later);
  }

  /// How many transactions wait.
  public synchronized int size() {
    return byHash.size();
  }

  /// Bytes of all waiting transactions.
  public synchronized long bytes() {
    return bytes;
  }

  private Admission admit(
      RecoveredTransaction recovered, List<Address> authorizing, Account account, Code code) {
    Transaction transaction = recovered.transaction();
    Optional<Admission> known = known(transaction.hash());
    if (known.isPresent()) {
      return known.get();
    }
    SenderQueue queue = bySender.getOrDefault(recovered.sender(), new SenderQueue(account));
    Optional<Admission> refusal =
        refusalBySender(recovered, account, code)
            .or(() -> refusalByQueue(transaction, account, hasOnePlace(recovered, code), queue))
            .or(() -> refusalByAuthorities(recovered, authorizing, queue));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    Amount cost = cost(transaction);
    Optional<Amount> needed =
        queue.costWithout(transaction.nonce()).wei().plusIfFits(cost.wei()).map(Amount::new);
    if (needed.isEmpty() || needed.get().compareTo(account.balance()) > 0) {
      return new Admission.InsufficientFunds(
          needed.orElse(new Amount(UInt256.MAX)), account.balance());
    }
    int wealth = isFree(transaction) ? account.balance().wei().bitLength() : 0;
    boolean isPoor = isFree(transaction) && account.balance().compareTo(BALANCE_PER_FREE_PLACE) < 0;
    Pending pending = Pending.of(recovered, cost, wealth, isPoor, authorizing, arrivals++);
    Optional<Admission> full = refusalByPart(pending, queue).or(() -> makeRoom(pending, queue));
    if (full.isPresent()) {
      return full.get();
    }
    put(pending, account);
    return new Admission.Admitted(transaction.hash());
  }

  private Optional<Admission> refusalBySender(
      RecoveredTransaction recovered, Account account, Code code) {
    Transaction transaction = recovered.transaction();
    if (code == Code.CONTRACT) {
      return Optional.of(new Admission.SenderHasCode(recovered.sender()));
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
      Transaction transaction, Account account, boolean hasOnePlace, SenderQueue queue) {
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
    int places = limits.perSenderMax();
    if (hasOnePlace) {
      places = 1;
    } else if (isFree(transaction)) {
      places = Math.min(places, freePlaces(account.balance()));
    }
    return queue.size() >= places
        ? Optional.of(new Admission.SenderFull(places))
        : Optional.empty();
  }

  /// An account with delegated code can be emptied by others' transactions (EIP-7702).
  private boolean hasOnePlace(RecoveredTransaction recovered, Code code) {
    return code == Code.DELEGATION || authorities.contains(recovered.sender());
  }

  /// Who gets delegated code has one place from then on, so it must not have more before.
  private Optional<Admission> refusalByAuthorities(
      RecoveredTransaction recovered, List<Address> authorizing, SenderQueue own) {
    for (Address each : authorizing) {
      int waiting = Optional.ofNullable(bySender.get(each)).map(SenderQueue::size).orElse(0);
      boolean adds =
          each.equals(recovered.sender()) && own.at(recovered.transaction().nonce()).isEmpty();
      if (waiting + (adds ? 1 : 0) > 1) {
        return Optional.of(new Admission.AuthorityBusy(each, waiting));
      }
    }
    return Optional.empty();
  }

  private static boolean isFree(Transaction transaction) {
    return transaction.maxPriorityFeePerGas().isZero();
  }

  /// How many places a sender with this balance has for transactions without a priority fee.
  private static int freePlaces(Amount balance) {
    UInt256 more = balance.wei().dividedBy(BALANCE_PER_FREE_PLACE.wei());
    long bounded =
        more.fitsLong() ? Math.min(more.low(), Integer.MAX_VALUE / 2) : Integer.MAX_VALUE / 2;
    return FREE_PLACES_MIN + (int) bounded;
  }

  /// More by {@link #REPLACEMENT_PERCENT}, rounded up, and by 1 wei at least.
  private static Amount raised(Amount fee) {
    UInt256 percent = UInt256.of(100);
    UInt256 whole = fee.wei().dividedBy(percent);
    UInt256 rest = fee.wei().minus(whole.times(percent));
    // In two parts, so that the largest fee there can be does not overflow on the way.
    UInt256 rise =
        whole
            .times(UInt256.of(REPLACEMENT_PERCENT))
            .plus(
                rest.times(UInt256.of(REPLACEMENT_PERCENT))
                    .plus(UInt256.of(99))
                    .dividedBy(percent));
    UInt256 least = rise.isZero() ? UInt256.ONE : rise;
    return new Amount(fee.wei().plusIfFits(least).orElse(UInt256.MAX));
  }

  private Optional<Admission> refusalByPart(Pending pending, SenderQueue own) {
    int places = Math.max(1, limits.countMax() / POOR_PART);
    boolean replaces = own.at(pending.nonce()).filter(Pending::isPoor).isPresent();
    return pending.isPoor() && !replaces && poorWaiting >= places
        ? Optional.of(new Admission.PartFull(places, BALANCE_PER_FREE_PLACE))
        : Optional.empty();
  }

  /// Lets the worst tails of other senders go until `pending` fits; refuses it, and lets nobody go,
  /// if there are not enough that are worse.
  private Optional<Admission> makeRoom(Pending pending, SenderQueue own) {
    Optional<Pending> replaced = own.at(pending.nonce());
    int free = replaced.isPresent() ? 1 : 0;
    int places = limits.countMax() - byHash.size() + free;
    long room = limits.bytesMax() - bytes + replaced.map(Pending::bytes).orElse(0);
    boolean isLater = pending.nonce() > own.endOfRun();
    int laterPlaces =
        isLater ? Math.max(1, limits.countMax() / LATER_PART) - later + free : Integer.MAX_VALUE;
    if (places >= 1 && laterPlaces >= 1 && room >= pending.bytes()) {
      return Optional.empty();
    }
    Standing standing = own.standing(pending);
    List<Pending> going = new ArrayList<>();
    Iterator<Standing> worst = tails.iterator();
    while (places < 1 || laterPlaces < 1 || room < pending.bytes()) {
      Standing next = worst.hasNext() ? worst.next() : null;
      if (next == null || !standing.displaces(next)) {
        return Optional.of(
            isLater
                ? new Admission.LaterFull(own.endOfRun(), pending.nonce())
                : new Admission.PoolFull((next == null ? standing : next).offer()));
      }
      if (!next.pending().sender().equals(pending.sender())) {
        going.add(next.pending());
        places++;
        laterPlaces += next.isLater() && isLater ? 1 : 0;
        room += next.pending().bytes();
      }
    }
    going.forEach(this::remove);
    return Optional.empty();
  }

  private void put(Pending pending, Account account) {
    SenderQueue queue = bySender.computeIfAbsent(pending.sender(), _ -> new SenderQueue(account));
    SenderQueue.Place before = queue.place();
    queue.at(pending.nonce()).ifPresent(this::forget);
    queue.put(pending);
    byHash.put(pending.hash(), pending);
    authorities.add(pending);
    bytes += pending.bytes();
    poorWaiting += pending.isPoor() ? 1 : 0;
    list(pending.sender(), queue, before);
  }

  private void remove(Pending pending) {
    SenderQueue queue = bySender.get(pending.sender());
    if (queue == null) {
      throw new IllegalStateException("a pending transaction without a queue: " + pending.hash());
    }
    SenderQueue.Place before = queue.place();
    queue.remove(pending.nonce());
    forget(pending);
    list(pending.sender(), queue, before);
  }

  private void forget(Pending pending) {
    if (byHash.remove(pending.hash()) != null) {
      authorities.remove(pending);
      bytes -= pending.bytes();
      poorWaiting -= pending.isPoor() ? 1 : 0;
    }
  }

  /// Takes a sender's account and drops what it can no longer send.
  private void refresh(Address sender, Account account) {
    SenderQueue queue = bySender.get(sender);
    if (queue == null) {
      return;
    }
    SenderQueue.Place before = queue.place();
    queue.advance(account).forEach(this::forget);
    list(sender, queue, before);
  }

  /// Brings both orders up to date after a sender's queue has changed.
  ///
  /// @param before what the books have of it
  private void list(Address sender, SenderQueue queue, SenderQueue.Place before) {
    SenderQueue.Place now = queue.place();
    later += now.later() - before.later();
    boolean stands =
        before.last().isPresent()
            && now.last().isPresent()
            && Standing.WORST_FIRST.compare(before.last().get(), now.last().get()) == 0;
    if (!stands) {
      before.last().ifPresent(tails::remove);
      now.last().ifPresent(tails::add);
    }
    queue.first().ifPresentOrElse(order::put, () -> order.remove(sender));
    if (queue.isEmpty()) {
      var _ = bySender.remove(sender);
    }
  }

  private Optional<Admission> known(Hash hash) {
    if (byHash.containsKey(hash)) {
      return Optional.of(new Admission.Known(hash));
    }
    return recentlyFinal.contains(hash)
        ? Optional.of(new Admission.AlreadyFinal(hash))
        : Optional.empty();
  }

  private static Amount cost(Transaction transaction) {
    return transaction
        .costMax()
        .orElseThrow(() -> new IllegalStateException("the static rules bound the cost"));
  }
}

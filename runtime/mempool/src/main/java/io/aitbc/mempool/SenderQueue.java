// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.model.Amount;
import io.aitbc.state.Account;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The waiting transactions of one sender, by nonce; there may be gaps. Knows the sender's account
/// as of the last final block, so that a selection reads no state.
final class SenderQueue {
  private final NavigableMap<Long, Pending> byNonce = new TreeMap<>();

  /// How many of them offer a fee per unit of gas: the first key is the least of their offers.
  private final NavigableMap<Amount, Integer> fees = new TreeMap<>();

  private Account account;
  private Amount cost = Amount.ZERO;

  /// The nonce after the run without a gap that begins at the account's nonce.
  private long end;

  SenderQueue(Account account) {
    this.account = account;
    end = account.nonce();
  }

  /// What the pool's books have of a queue.
  ///
  /// @param last where the transaction with the highest nonce stands; it is the first to go
  /// @param later how many have a nonce missing before them
  record Place(Optional<Standing> last, int later) {}

  Account account() {
    return account;
  }

  boolean isEmpty() {
    return byNonce.isEmpty();
  }

  int size() {
    return byNonce.size();
  }

  Optional<Pending> at(long nonce) {
    return Optional.ofNullable(byNonce.get(nonce));
  }

  /// The one that the last final state would execute next.
  Optional<Pending> first() {
    return at(account.nonce());
  }

  /// What the pool's books have of it.
  Place place() {
    if (byNonce.isEmpty()) {
      return new Place(Optional.empty(), 0);
    }
    Pending last = byNonce.lastEntry().getValue();
    int later = byNonce.size() - Math.toIntExact(end - account.nonce());
    Amount offer = later > 0 ? last.transaction().maxFeePerGas() : fees.firstKey();
    return new Place(Optional.of(new Standing(last, later > 0, offer)), later);
  }

  /// Where `newcomer` would stand.
  Standing standing(Pending newcomer) {
    Amount offer = newcomer.transaction().maxFeePerGas();
    if (newcomer.nonce() > end) {
      return new Standing(newcomer, true, offer);
    }
    for (Pending each : byNonce.headMap(newcomer.nonce(), false).values()) {
      offer = offer.min(each.transaction().maxFeePerGas());
    }
    return new Standing(newcomer, false, offer);
  }

  /// The most that all of them can cost, without the one at `nonce`.
  Amount costWithout(long nonce) {
    return at(nonce).map(pending -> cost.minus(pending.cost())).orElse(cost);
  }

  /// Adds one, in the place of the one with its nonce.
  void put(Pending pending) {
    drop(pending.nonce());
    byNonce.put(pending.nonce(), pending);
    cost = cost.plus(pending.cost());
    fees.merge(pending.transaction().maxFeePerGas(), 1, Integer::sum);
    extend();
  }

  void remove(long nonce) {
    drop(nonce);
    end = Math.min(end, Math.max(nonce, account.nonce()));
  }

  private void drop(long nonce) {
    Pending removed = byNonce.remove(nonce);
    if (removed != null) {
      cost = cost.minus(removed.cost());
      fees.computeIfPresent(
          removed.transaction().maxFeePerGas(), (_, count) -> count > 1 ? count - 1 : null);
    }
  }

  private void extend() {
    while (byNonce.containsKey(end)) {
      end++;
    }
  }

  /// Takes the account after a final block; removes what it can no longer send, and returns it.
  List<Pending> advance(Account next) {
    if (next.nonce() < account.nonce() || next.nonce() > end) {
      end = next.nonce();
    }
    account = next;
    List<Pending> dropped = new ArrayList<>(byNonce.headMap(next.nonce(), false).values());
    dropped.forEach(pending -> drop(pending.nonce()));
    extend();
    while (cost.compareTo(next.balance()) > 0) {
      dropped.add(removeLast());
    }
    // Whoever has waiting transactions and code has delegated (EIP-7702): one place, as admitted.
    while (next.hasCode() && byNonce.size() > 1) {
      dropped.add(removeLast());
    }
    return dropped;
  }

  private Pending removeLast() {
    Pending last = byNonce.lastEntry().getValue();
    remove(last.nonce());
    return last;
  }

  /// All of them, by nonce.
  Collection<Pending> all() {
    return Collections.unmodifiableCollection(byNonce.values());
  }

  /// The nonce after the run without a gap that begins at the account's nonce.
  long endOfRun() {
    return end;
  }
}

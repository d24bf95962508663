// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.model.Amount;
import io.aitbc.state.Account;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The waiting transactions of one sender, by nonce; there may be gaps. Knows the sender's account
/// as of the last final block, so that a selection reads no state.
final class SenderQueue {
  private final NavigableMap<Long, Pending> byNonce = new TreeMap<>();
  private Account account;
  private Amount cost = Amount.ZERO;

  SenderQueue(Account account) {
    this.account = account;
  }

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

  /// The one with the highest nonce.
  Optional<Pending> tail() {
    return Optional.ofNullable(byNonce.lastEntry()).map(Map.Entry::getValue);
  }

  /// The most that all of them can cost, without the one at `nonce`.
  Amount costWithout(long nonce) {
    return at(nonce).map(pending -> cost.minus(pending.cost())).orElse(cost);
  }

  /// Adds one, in the place of the one with its nonce.
  void put(Pending pending) {
    remove(pending.nonce());
    byNonce.put(pending.nonce(), pending);
    cost = cost.plus(pending.cost());
  }

  void remove(long nonce) {
    Pending removed = byNonce.remove(nonce);
    if (removed != null) {
      cost = cost.minus(removed.cost());
    }
  }

  /// Takes the account after a final block; removes what it can no longer send, and returns it.
  List<Pending> advance(Account next) {
    account = next;
    List<Pending> dropped = new ArrayList<>(byNonce.headMap(next.nonce(), false).values());
    dropped.forEach(pending -> remove(pending.nonce()));
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
    long end = account.nonce();
    while (byNonce.containsKey(end)) {
      end++;
    }
    return end;
  }
}

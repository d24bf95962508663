// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.model.Amount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The waiting transactions of one sender, by nonce; there may be gaps.
final class SenderQueue {
  private final NavigableMap<Long, Pending> byNonce = new TreeMap<>();
  private Amount cost = Amount.ZERO;

  boolean isEmpty() {
    return byNonce.isEmpty();
  }

  int size() {
    return byNonce.size();
  }

  Optional<Pending> at(long nonce) {
    return Optional.ofNullable(byNonce.get(nonce));
  }

  /// The one with the highest nonce.
  Optional<Pending> tail() {
    return Optional.ofNullable(byNonce.lastEntry()).map(Map.Entry::getValue);
  }

  /// The most that all of them can cost, without the one at `nonce`.
  Amount costWithout(long nonce) {
    return at(nonce).map(pending -> cost.minus(pending.cost())).orElse(cost);
  }

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

  /// Removes what an account with this next nonce and balance can no longer send, and returns it.
  List<Pending> dropBeyond(long nextNonce, Amount balance) {
    List<Pending> dropped = new ArrayList<>(byNonce.headMap(nextNonce, false).values());
    dropped.forEach(pending -> remove(pending.nonce()));
    while (cost.compareTo(balance) > 0) {
      Pending last = byNonce.lastEntry().getValue();
      remove(last.nonce());
      dropped.add(last);
    }
    return dropped;
  }

  /// The nonce after the run without a gap that begins at `nextNonce`.
  long endOfRun(long nextNonce) {
    long end = nextNonce;
    while (byNonce.containsKey(end)) {
      end++;
    }
    return end;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The next executable transaction of each sender, in the order in which a proposer lists them: the
/// best tip first, of equal tips without a fee the richest sender, then the earliest.
///
/// Kept up to date transaction by transaction, so that a selection costs what it selects, not what
/// waits. A new base fee moves only those whose tip it changes.
final class ProposalOrder {
  /// A transaction and what it gives the proposer at the present base fee.
  record Offer(Pending pending, Amount tip) {}

  /// The best first.
  static final Comparator<Offer> BEST_FIRST = ProposalOrder::compareBest;

  private static final Comparator<Pending> BY_FULL_TIP = ProposalOrder::compareFullTip;

  private final Map<Address, Pending> heads = new HashMap<>();
  private final TreeSet<Offer> offers = new TreeSet<>(BEST_FIRST);

  /// All heads, by the base fee from which on their tip shrinks.
  private final TreeSet<Pending> byFullTip = new TreeSet<>(BY_FULL_TIP);

  private Amount baseFee;

  ProposalOrder(Amount baseFee) {
    this.baseFee = baseFee;
  }

  Amount baseFee() {
    return baseFee;
  }

  private static int compareBest(Offer one, Offer other) {
    int order = other.tip().compareTo(one.tip());
    if (order == 0 && one.tip().isZero()) {
      order = Integer.compare(other.pending().wealth(), one.pending().wealth());
    }
    return order != 0 ? order : Long.compare(one.pending().arrival(), other.pending().arrival());
  }

  private static int compareFullTip(Pending one, Pending other) {
    int order = one.fullTipUpTo().compareTo(other.fullTipUpTo());
    return order != 0 ? order : Long.compare(one.arrival(), other.arrival());
  }

  /// Makes `pending` the next transaction of its sender.
  void put(Pending pending) {
    Pending present = heads.get(pending.sender());
    if (present != null && present.arrival() == pending.arrival()) {
      return; // Most transactions come or go behind the next one of their sender.
    }
    remove(pending.sender());
    heads.put(pending.sender(), pending);
    boolean _ = byFullTip.add(pending);
    offer(pending);
  }

  /// The sender has no next transaction any more.
  void remove(Address sender) {
    Pending present = heads.remove(sender);
    if (present != null) {
      boolean _ = byFullTip.remove(present);
      withdraw(present);
    }
  }

  /// Takes another base fee.
  void baseFee(Amount next) {
    Amount higher = baseFee.compareTo(next) >= 0 ? baseFee : next;
    // Whoever has its full tip at the higher of the two fees has it at both.
    List<Pending> moved = new ArrayList<>();
    for (Pending each : byFullTip) {
      if (each.fullTipUpTo().compareTo(higher) >= 0) {
        break;
      }
      moved.add(each);
    }
    moved.forEach(this::withdraw);
    baseFee = next;
    moved.forEach(this::offer);
  }

  /// Whether anything could be proposed.
  boolean isEmpty() {
    return offers.isEmpty();
  }

  /// The offers, best first. Not to be changed meanwhile.
  Iterator<Offer> iterator() {
    return offers.iterator();
  }

  private void offer(Pending pending) {
    if (pending.pays(baseFee)) {
      boolean _ = offers.add(new Offer(pending, pending.tip(baseFee)));
    }
  }

  private void withdraw(Pending pending) {
    if (pending.pays(baseFee)) {
      boolean _ = offers.remove(new Offer(pending, pending.tip(baseFee)));
    }
  }
}

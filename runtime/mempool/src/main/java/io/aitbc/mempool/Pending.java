// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import java.util.List;

/// A transaction that waits.
///
/// @param recovered it and its sender
/// @param cost the most it can take from its sender
/// @param fullTipUpTo the base fee up to which the tip is all that is offered; above it, the tip
///   shrinks
/// @param wealth bits of the sender's balance in wei, of a transaction that offers no priority fee;
///   0 for others. Where nothing is paid for a place, what the sender has decides: doubling it
///   counts, splitting it over many accounts does not help
/// @param isPoor whether it has one of the places that poor senders share
/// @param authorities the accounts that it may give delegated code
/// @param arrival number of its arrival: of equal offers the earlier goes first
record Pending(
    RecoveredTransaction recovered,
    Amount cost,
    Amount fullTipUpTo,
    int wealth,
    boolean isPoor,
    List<Address> authorities,
    long arrival) {
  /// A transaction that waits from now on.
  static Pending of(
      RecoveredTransaction recovered,
      Amount cost,
      int wealth,
      boolean isPoor,
      List<Address> authorities,
      long arrival) {
    Amount fee = recovered.transaction().maxFeePerGas();
    Amount tip = fee.min(recovered.transaction().maxPriorityFeePerGas());
    return new Pending(recovered, cost, fee.minus(tip), wealth, isPoor, authorities, arrival);
  }

  Transaction transaction() {
    return recovered.transaction();
  }

  Address sender() {
    return recovered.sender();
  }

  Hash hash() {
    return transaction().hash();
  }

  long nonce() {
    return transaction().nonce();
  }

  int bytes() {
    return transaction().encoded().length();
  }

  /// Whether the transaction can be in a block with this base fee.
  boolean pays(Amount baseFee) {
    return transaction().maxFeePerGas().compareTo(baseFee) >= 0;
  }

  /// What the proposer gets per unit of gas at `baseFee`, which the transaction pays.
  Amount tip(Amount baseFee) {
    return transaction().priorityFeePerGas(baseFee);
  }
}

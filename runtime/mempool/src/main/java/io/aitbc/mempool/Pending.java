// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.mempool;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import java.util.Comparator;

/// A transaction that waits.
///
/// @param recovered it and its sender
/// @param cost the most it can take from its sender
/// @param arrival number of its arrival: of equal offers the earlier goes first
record Pending(RecoveredTransaction recovered, Amount cost, long arrival) {
  /// The cheapest offer first, of equal ones the latest: who must go first when there is no room.
  static final Comparator<Pending> WORST_FIRST =
      Comparator.<Pending, Amount>comparing(pending -> pending.transaction().maxFeePerGas())
          .thenComparing(Comparator.comparingLong(Pending::arrival).reversed());

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

  /// What the proposer gets per unit of gas at `baseFee`, which the transaction pays.
  Amount tip(Amount baseFee) {
    return transaction().effectiveGasPrice(baseFee).minus(baseFee);
  }
}

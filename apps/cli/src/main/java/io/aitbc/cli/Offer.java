// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;

/// What a transaction offers per unit of gas. EIP-1559.
///
/// @param tip for the proposer, at most
/// @param fee in all, at most
record Offer(Amount tip, Amount fee) {
  /// Base fees may double before a call gets its turn.
  static final int PRICE_FACTOR = 2;

  /// An eighth more each time: a pool asks for a tenth.
  private static final UInt256 RISE_PART = UInt256.of(8);

  /// What takes the place of a transaction with this offer in a pool, and stands the base fee
  /// doubling.
  ///
  /// @param price that a transaction needs now
  Offer more(Amount price) {
    Amount enough = price.times(PRICE_FACTOR);
    Amount raisedFee = raised(fee);
    return new Offer(raised(tip), raisedFee.compareTo(enough) < 0 ? enough : raisedFee);
  }

  /// The least that a pool takes in the place of `amount`.
  static Amount raised(Amount amount) {
    return amount.plus(new Amount(amount.wei().dividedBy(RISE_PART))).plus(Amount.wei(1));
  }
}

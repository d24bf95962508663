// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;

/// Who gets what a sender pays for gas. What nobody gets is burnt. Protocol §14.6.
@FunctionalInterface
public interface FeeRule {
  /// Money for somebody.
  ///
  /// @param recipient who
  /// @param amount how much
  record Payment(Address recipient, Amount amount) {}

  /// The payments out of a transaction's fees; together they are at most the fees.
  ///
  /// @param baseFees gas used times base fee
  /// @param priorityFees gas used times what was paid above the base fee
  List<Payment> payments(Amount baseFees, Amount priorityFees);

  /// Nobody gets anything here: for whoever distributes the fees of a whole block.
  FeeRule NOBODY = (baseFees, priorityFees) -> List.of();

  /// The rule of EIP-1559: base fees are burnt, priority fees are for `coinbase`.
  static FeeRule priorityTo(Address coinbase) {
    return (baseFees, priorityFees) -> List.of(new Payment(coinbase, priorityFees));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.evm.FeeRule;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.state.Overlay;

/// When a block's fees are paid, and to whom. Protocol §14.4.
public sealed interface FeePayment {
  /// Once, after the last transaction, as the parameters share them: the rule of the network.
  ///
  /// @param parameters who gets what
  record AtTheEnd(FeeParameters parameters) implements FeePayment {}

  /// Priority fees with each transaction, base fees to nobody: Ethereum's rule (EIP-1559).
  record WithEachTransaction() implements FeePayment {}

  /// Who is paid within a transaction.
  default FeeRule withinTransaction(Address beneficiary) {
    return switch (this) {
      case AtTheEnd _ -> FeeRule.NOBODY;
      case WithEachTransaction _ -> FeeRule.priorityTo(beneficiary);
    };
  }

  /// Pays what is paid after the last transaction, and says what of it was the proposer's.
  ///
  /// @param recipient to whom that is paid
  default Amount payAtTheEnd(
      Address recipient, Amount baseFees, Amount priorityFees, Overlay state) {
    return switch (this) {
      case AtTheEnd(var parameters) -> {
        FeeParameters.Shares shares = parameters.shares(baseFees, priorityFees);
        state.credit(recipient, shares.maker());
        state.credit(parameters.treasury(), shares.treasury());
        yield shares.maker();
      }
      case WithEachTransaction _ -> Amount.ZERO;
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Log;
import java.util.List;
import java.util.Optional;

/// What became of a transaction. Protocol §14.6.
public sealed interface TransactionOutcome {
  /// It was not executed, and the state is as before.
  ///
  /// @param reason why
  record Refused(TransactionRefusal reason) implements TransactionOutcome {}

  /// It was executed: nonce and fee are taken whatever the result.
  ///
  /// @param result how its call or creation ended
  /// @param gasUsed what is paid for, after the refund and the floor of EIP-7623
  /// @param gasRefunded gas returned for cleared storage and known authorities
  /// @param effectiveGasPrice what was paid per unit of gas
  /// @param logs what contracts wrote; none if it failed
  /// @param created the contract, if it was to create one and did
  record Executed(
      CallResult result,
      long gasUsed,
      long gasRefunded,
      Amount effectiveGasPrice,
      List<Log> logs,
      Optional<Address> created)
      implements TransactionOutcome {
    /// Whether its effects stand.
    public boolean succeeded() {
      return result instanceof CallResult.Success;
    }
  }
}

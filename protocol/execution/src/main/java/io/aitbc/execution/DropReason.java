// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.evm.TransactionRefusal;
import io.aitbc.model.TransactionRejection;

/// Why a proposed transaction is not in the block. It leaves no trace: no nonce, no fee, no
/// receipt. Protocol §14.2.
public sealed interface DropReason {
  /// It is not valid in any state.
  ///
  /// @param rejection why
  record Invalid(TransactionRejection rejection) implements DropReason {}

  /// Its gas limit is above what the transactions before it left of the block's.
  ///
  /// @param gasLeft gas that was left
  /// @param gasLimit its gas limit
  record BlockGasExhausted(long gasLeft, long gasLimit) implements DropReason {}

  /// It is not valid in the state that the transactions before it left: nonce, money, base fee or
  /// code at the sender.
  ///
  /// @param refusal why
  record Refused(TransactionRefusal refusal) implements DropReason {}
}

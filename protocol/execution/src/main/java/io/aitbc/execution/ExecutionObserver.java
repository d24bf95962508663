// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

/// Is told how far the execution of a block has come, on the executing thread, so that somebody
/// with a clock can tell where time goes. No result depends on it.
@FunctionalInterface
public interface ExecutionObserver {
  /// Nobody.
  ExecutionObserver NONE = _ -> {};

  /// What executing a block consists of, in order.
  enum Step {
    /// The calls at the block's start, its transactions, the fees and an epoch's settlement.
    TRANSACTIONS,
    /// The tries and the state root.
    STATE_ROOT,
    /// The roots of transactions and receipts, the header and its hash.
    HEADER
  }

  /// A step has ended; the next begins.
  void ended(Step step);
}

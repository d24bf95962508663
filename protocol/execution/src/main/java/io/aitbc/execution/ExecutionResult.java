// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Block;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.state.StateDiff;
import java.util.List;

/// What executing a proposal gives. Protocol §14.2.
///
/// @param block the block: the transactions that were not dropped, under the assembled header
/// @param blockHash its hash
/// @param receipts one per transaction of the block
/// @param diff what the block changes in the parent's state
/// @param facts what consensus learns
/// @param dropped the transactions that were, in order
/// @param failed the contracts whose calls at the end of the epoch failed, in the order of the
///   calls: for its operators a node raises an alarm (§16.1)
public record ExecutionResult(
    Block block,
    Hash blockHash,
    List<Receipt> receipts,
    StateDiff diff,
    BlockFacts facts,
    List<Dropped> dropped,
    List<EconomyContract> failed) {
  /// A transaction that is not in the block.
  ///
  /// @param transaction the transaction
  /// @param reason why
  public record Dropped(RecoveredTransaction transaction, DropReason reason) {}

  /// Copies the lists.
  public ExecutionResult {
    receipts = List.copyOf(receipts);
    dropped = List.copyOf(dropped);
    failed = List.copyOf(failed);
  }
}

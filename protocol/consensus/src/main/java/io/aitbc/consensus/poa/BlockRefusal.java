// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;

/// Why a block is no part of the tree. Protocol §10.4.
public sealed interface BlockRefusal {
  /// Its slot has not begun yet.
  record FromFuture(long slot, long present) implements BlockRefusal {}

  /// Its slot is not above its parent's.
  record SlotNotLater(long parentSlot, long slot) implements BlockRefusal {}

  /// Its height is not one above its parent's.
  record WrongHeight(Height parent, Height given) implements BlockRefusal {}

  /// It has height 1, and its parent is not the genesis block.
  record NotOnGenesis(Hash parentHash) implements BlockRefusal {}

  /// It, or a block below it, was refused before.
  record Refused(Hash blockHash) implements BlockRefusal {}

  /// The signature is not that of the proposer of its slot.
  record WrongSignature(long slot) implements BlockRefusal {}

  /// It came with another body than its hash commits to.
  record WrongBody(Hash blockHash) implements BlockRefusal {}

  /// Execution found another block, or none.
  record BadExecution(Hash blockHash) implements BlockRefusal {}

  /// Whether no correct node would have sent the block. Clocks differ, and so may what two nodes
  /// refused, by their operators' word.
  default boolean isProof() {
    return switch (this) {
      case FromFuture _, Refused _ -> false;
      case WrongHeight _,
          SlotNotLater _,
          NotOnGenesis _,
          WrongSignature _,
          WrongBody _,
          BadExecution _ ->
          true;
    };
  }
}

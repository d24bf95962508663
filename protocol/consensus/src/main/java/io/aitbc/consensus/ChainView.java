// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.ProposalContent;

/// What consensus must know of the finalized chain to decide the next height: a function of the
/// chain, the same on every node that has it. Immutable.
public interface ChainView {
  /// What the chain says about the height after its last block.
  HeightView next();

  /// The chain with one more final block.
  ///
  /// @param content what was proposed for it
  /// @param blockHash hash of the block
  /// @param facts what execution found
  ChainView extended(ProposalContent content, Hash blockHash, BlockFacts facts);
}

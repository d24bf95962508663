// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.ChainView;
import io.aitbc.consensus.DerivedChain;
import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.FinalizedBlock;
import io.aitbc.consensus.HeightView;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.ProposalContent;

/// The chain as a node's consensus sees it, whose next state all nodes share: it is a pure function
/// of what they all have.
record SharedView(DerivedState derived, SignatureScheme scheme, Executions executions)
    implements ChainView {
  @Override
  public HeightView next() {
    return new DerivedChain(derived, scheme);
  }

  @Override
  public ChainView extended(ProposalContent content, Hash blockHash, BlockFacts facts) {
    FinalizedBlock block = FinalizedBlock.of(content, blockHash, facts, scheme);
    return new SharedView(executions.after(derived, block), scheme, executions);
  }
}

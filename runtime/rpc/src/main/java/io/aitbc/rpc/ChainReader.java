// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Receipt;
import io.aitbc.state.FinalState;
import io.aitbc.state.StateView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The final blocks of a node, to be read by many threads. What is not kept is empty.
public interface ChainReader {
  /// Height of the last final block.
  long height();

  /// The block of a height.
  Optional<Block> block(long height);

  /// The header of a block; it stays when the block's transactions go.
  Optional<BlockHeader> header(long height);

  /// The height of the block with this hash.
  Optional<Long> heightOf(Hash block);

  /// The receipts of a block, in the order of its transactions.
  Optional<List<Receipt>> receipts(long height);

  /// Where a transaction is.
  Optional<Place> place(Hash transaction);

  /// The certificate that made a block final.
  Optional<CommitCertificate> certificate(long height);

  /// The consensus extension whose hash is in a block's header.
  Optional<ConsensusExtension> extension(long height);

  /// The state after a block.
  Optional<StateView> state(long height);

  /// The state after a block with its tries; empty where they are not kept, or too much has changed
  /// since to roll them back.
  Optional<FinalState> provable(long height);

  /// From which heights on what is there.
  Kept kept();

  /// How much of the past is there.
  ///
  /// @param states states that can be read
  /// @param proofs states about which something can be proven
  /// @param bodies transactions, receipts and logs
  record Kept(Window states, Window proofs, Window bodies) {}

  /// The part of the chain of which something is there.
  ///
  /// @param oldest the lowest height
  /// @param blocks how many of the last blocks are kept; empty if none is forgotten
  record Window(long oldest, OptionalLong blocks) {}

  /// The place of a transaction.
  ///
  /// @param height of its block
  /// @param index among the block's transactions, from 0 on
  record Place(long height, int index) {}
}

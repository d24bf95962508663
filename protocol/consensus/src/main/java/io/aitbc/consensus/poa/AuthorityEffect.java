// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import io.aitbc.consensus.Peer;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Validator;
import java.time.Instant;
import java.util.Optional;

/// What the runtime must do for {@link AuthorityChain}, in the order of the list. Protocol §10.4.
public sealed interface AuthorityEffect {
  /// Check the author's signature and then, if it holds, that the body is the one that the block's
  /// hash commits to. Answered by {@link AuthorityInput.Verified}.
  ///
  /// @param from the peer that brought it
  record Verify(Peer from, AuthoredBlock block, Validator author, ValidatorMessage message)
      implements AuthorityEffect {}

  /// Execute a block on the present state. Answered by {@link AuthorityInput.Executed}; until then
  /// no other is asked for.
  record Execute(AuthoredBlock block) implements AuthorityEffect {}

  /// Keep an executed block: it is the head now. Its state diff is kept for {@link
  /// NetworkKind.Poa#REORGANIZATION_BLOCKS_MAX} blocks.
  ///
  /// @param from the peer that brought it first; empty for an own block
  record Append(AuthoredBlock block, Optional<Peer> from) implements AuthorityEffect {}

  /// Take back every block above a height, the last one first, each by its diff. At most {@link
  /// NetworkKind.Poa#REORGANIZATION_BLOCKS_MAX} blocks.
  record RollBack(Height to) implements AuthorityEffect {}

  /// Make and execute a block on the head. Answered by {@link AuthorityInput.Built}.
  record Build(long slot, Height height, Hash parentHash) implements AuthorityEffect {}

  /// Ask the holder of the key for a signature. Before it makes one, it makes durable that the key
  /// never signs for the slot or an earlier one again. Answered by {@link AuthorityInput.Signed}.
  record Sign(long slot, Height height, Hash parentHash, Hash blockHash)
      implements AuthorityEffect {
    /// What is signed, on the network with this genesis block.
    public ValidatorMessage message(Hash genesisHash) {
      return AuthoredBlock.message(genesisHash, height, slot, parentHash, blockHash);
    }
  }

  /// Send a block to everybody.
  record Broadcast(AuthoredBlock block) implements AuthorityEffect {}

  /// Ask a peer for a block by its hash.
  record Fetch(Peer peer, Hash blockHash) implements AuthorityEffect {}

  /// A peer is far ahead: give its blocks above a height as {@link AuthorityInput.Received}, in
  /// ascending order.
  record CatchUp(Peer peer, Height above) implements AuthorityEffect {}

  /// Give {@link AuthorityInput.SlotBegan} at a moment.
  record WakeAt(long slot, Instant time) implements AuthorityEffect {}

  /// Score a peer down.
  record Blame(Peer peer, BlockRefusal reason) implements AuthorityEffect {}

  /// A longer chain leaves this one more than {@link NetworkKind.Poa#REORGANIZATION_BLOCKS_MAX}
  /// blocks below the head. Nothing is decided here: the node stops and asks its operator.
  ///
  /// @param ownHead the head of this node
  /// @param otherHead the last block of the longer chain
  record StopSplit(Hash ownHead, Hash otherHead) implements AuthorityEffect {}
}

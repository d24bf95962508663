// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import io.aitbc.consensus.poa.AuthoredBlock;
import io.aitbc.consensus.poa.AuthorityEffect;
import io.aitbc.consensus.poa.AuthorityInput;
import io.aitbc.consensus.poa.BlockRefusal;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SlotBlock;
import io.aitbc.model.SlotBlockRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// What {@link AuthorityLoop} stands on: clock, peers, key and chain of a node in a network without
/// votes. Called by the loop alone, and answers come on the loop, later or at once. Protocol §10.4.
public interface AuthorityPorts {
  /// The last block of a chain.
  record Tip(Height height, Hash hash) {}

  /// The wall clock: slots are cut by it.
  Instant now();

  /// A monotonic clock, which no adjustment of the other one moves: waits are measured by it. As
  /// {@link System#nanoTime} it begins anywhere.
  long nanos();

  /// Has `task` run on the loop after `delay`.
  void after(Duration delay, Runnable task);

  /// Whether a peer has a place of its own, as a proposer's node or one that the operator named.
  default boolean isReserved(Peer peer) {
    return false;
  }

  /// Sends to one peer.
  void send(Peer to, PeerMessage message);

  /// Sends to all peers.
  void broadcast(PeerMessage message);

  /// Checks the author's signature of a block and then its body, each peer's blocks in their turn.
  void verify(AuthorityEffect.Verify check, Consumer<AuthorityInput.Verdict> answer);

  /// Signs a block; durable before that, that its slot is never signed for again. No answer if that
  /// was promised before, or the signer is gone or too late.
  void sign(AuthorityEffect.Sign request, Consumer<BlsSignature> answer);

  /// What a peer's block says of itself, by its header alone: anybody may send one. It is none
  /// unless its hash commits to its slot.
  Optional<AuthoredBlock> read(SlotBlock message);

  /// Answers with the block if it is in the chain.
  void serve(Peer to, SlotBlockRequest request);

  /// Answers with blocks of the chain.
  void serve(Peer to, PeerMessage.BlocksRequest request);

  /// A peer sent bytes that are no block.
  void offended(Peer peer);

  /// A peer sent a block that does not hold.
  void blame(Peer peer, BlockRefusal reason);

  /// A longer chain leaves the own one too deep to follow.
  ///
  /// @return whether the operator has said that this node keeps its own
  boolean keepsOwnChain(Hash ownHead, Hash otherHead);

  /// The head as it is on disk.
  Tip head();

  /// The lowest block that can be served.
  Height oldestBody();

  /// Executes a block on the head; whether it is valid and has its hash.
  void execute(AuthoredBlock block, Consumer<Boolean> answer);

  /// Makes a block on the head and executes it; no answer if the head has changed meanwhile.
  void build(long slot, Hash parentHash, Consumer<AuthorityInput.Built> answer);

  /// Keeps the block that was executed last, after what was asked for before.
  void append(AuthoredBlock block);

  /// Takes back all blocks above a height, after what was asked for before.
  void rollBack(Height to);
}

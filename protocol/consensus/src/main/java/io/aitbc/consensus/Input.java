// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Height;
import io.aitbc.model.Round;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What happens to {@link Consensus}. Protocol §5.9.
public sealed interface Input {
  /// The wall clock. Given before every other input when it has moved; may jump either way.
  ///
  /// @param now the time of this machine, in whole milliseconds
  record TimePassed(Instant now) implements Input {}

  /// A decoded message from a peer.
  ///
  /// @param from who sent it over the connection, not who signed it
  record Received(Peer from, ConsensusMessage message) implements Input {}

  /// The connection to a peer has ended.
  record PeerLost(Peer peer) implements Input {}

  /// A timer that {@link Effect.StartTimer} asked for.
  record TimerFired(Timer timer) implements Input {}

  /// The answer to {@link Effect.Verify}.
  ///
  /// @param sum the sum of the signatures if they hold; empty if they do not
  record Verified(VerificationId id, Optional<BlsSignature> sum) implements Input {}

  /// The answer to {@link Effect.Sign}.
  record Signed(SigningRequest request, BlsSignature signature) implements Input {}

  /// The other answer to {@link Effect.Sign}.
  record SigningRefused(SigningRequest request, SigningRefusal refusal) implements Input {}

  /// The answer to {@link Effect.GatherTransactions}.
  ///
  /// @param hashes hashes of the transactions to be proposed, in order, within the limits asked for
  /// @param transactions their bytes, in the same order
  record TransactionsGathered(
      Height height, Round round, List<Hash> hashes, List<Bytes> transactions) implements Input {}

  /// The bytes of every transaction of a content are in hand: the answer to {@link
  /// Effect.FetchTransactions}.
  ///
  /// @param transactions bytes whose hashes are those of the content, in its order
  record ProposalCompleted(Hash proposalId, List<Bytes> transactions) implements Input {}

  /// The answer to {@link Effect.Execute}.
  ///
  /// @param proposalId what was executed
  /// @param blockHash hash of the block that came out
  /// @param facts what consensus must know of the block
  record Executed(Hash proposalId, Hash blockHash, BlockFacts facts) implements Input {}

  /// The node's own pool holds a transaction that could be executed now.
  record TransactionsPending() implements Input {}

  /// The node's own pool holds nothing that could be executed now.
  record NothingPending() implements Input {}

  /// The chain was brought further from outside: blocks with certificates that were checked.
  ///
  /// @param chain the chain from now on
  /// @param certificate of its last block; empty exactly at genesis
  record Synced(ChainView chain, Optional<CommitCertificate> certificate) implements Input {}

  /// An operator's word: this node may commit to another block for a proposal than the one it
  /// signed before. The holder of the key needs the same word. Protocol §5.3.
  record OperatorAllowed(Height height, Hash blockHash) implements Input {}
}

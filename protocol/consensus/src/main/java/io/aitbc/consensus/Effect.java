// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.Address;
import io.aitbc.model.BlockContext;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Round;
import java.time.Duration;
import java.util.List;

/// What the runtime must do for {@link Consensus}, in the order of the list. Effects may overlap in
/// time with one exception: nothing that stands behind a {@link Persist} begins before that record
/// is durable. Protocol §5.9.
public sealed interface Effect {
  /// Check signatures. Answered by {@link Input.Verified}, in any order.
  ///
  /// The sum of `signatures` must be what all `keys` together give for `message`: with as many
  /// signatures as keys that is a batch of votes, with one signature it is a certificate. The
  /// runtime adds the signatures up and checks once; how to group and what to try after a failure
  /// is consensus's business.
  record Verify(
      VerificationId id,
      ValidatorMessage message,
      List<BlsPublicKey> keys,
      List<BlsSignature> signatures)
      implements Effect {}

  /// Make a record durable.
  record Persist(LogRecord logRecord) implements Effect {}

  /// Ask the holder of the key for a signature. Answered by {@link Input.Signed} or {@link
  /// Input.SigningRefused}. The holder keeps its own {@link SigningRecord} and makes it durable
  /// before it signs.
  record Sign(SigningRequest request) implements Effect {}

  /// Send a message.
  record Send(Recipients to, ConsensusMessage message) implements Effect {}

  /// Ask the pool for an ordered batch of executable transactions. Answered by {@link
  /// Input.TransactionsGathered}.
  ///
  /// @param countMax most transactions
  /// @param bytesMax most bytes of all transactions together
  record GatherTransactions(Height height, Round round, int countMax, int bytesMax)
      implements Effect {}

  /// Get the bytes of every transaction of a content: from the pool, else from the holders.
  /// Answered by {@link Input.ProposalCompleted}. May be repeated with more holders.
  ///
  /// @param holders who must have them: the sender of the proposal first, then who voted for it
  record FetchTransactions(ProposalContent content, List<Peer> holders) implements Effect {}

  /// Execute a proposal. Answered by {@link Input.Executed}.
  ///
  /// @param hashes of the transactions, as the proposal lists them
  /// @param transactions their encodings, in the same order
  record Execute(Hash proposalId, BlockContext context, List<Hash> hashes, List<Bytes> transactions)
      implements Effect {}

  /// Start a timer. Answered by {@link Input.TimerFired}.
  record StartTimer(Timer timer, Duration delay) implements Effect {}

  /// A block is final: apply and keep it with its certificate. Its execution was answered before.
  ///
  /// @param prepared the prepare certificates of a height that took more than one round, as far as
  ///   this node came to know them, by round; evidence may need them. Protocol §8.1
  record Commit(
      ProposalContent content,
      Hash blockHash,
      CommitCertificate certificate,
      List<PrepareCertificate> prepared)
      implements Effect {
    /// Copies the list.
    public Commit {
      prepared = List.copyOf(prepared);
    }
  }

  /// Evidence against a validator: bring it into the chain.
  record ReportEvidence(Evidence evidence) implements Effect {}

  /// Score a peer down.
  record Blame(Peer peer, Misconduct misconduct) implements Effect {}

  /// A peer is behind: send it the certificate of a final block.
  record AnswerWithCertificate(Peer peer, Height height) implements Effect {}

  /// A peer spoke of a height this node cannot reach by votes: sync. Nothing about it was proven.
  record CatchUp(Peer peer, Height height) implements Effect {}

  /// Pass the pool's executable transactions to the validator that will propose next.
  record ForwardTransactions(Address proposer) implements Effect {}

  /// The network decided another block than this node computed from the same proposal. The node
  /// must stop and save what shows why. Protocol §5.3.
  ///
  /// @param computed the block this node got
  /// @param other the block a quorum committed to, or this node itself signed before
  record StopDiverged(ProposalContent content, Hash computed, Hash other) implements Effect {}
}

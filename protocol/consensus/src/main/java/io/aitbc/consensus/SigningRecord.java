// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.Round;
import java.util.Optional;

/// The whole memory of a validator's key: what it must know so that no two of its signatures are
/// ever evidence against it. Protocol §8.3.
///
/// The rule is pure. Whoever holds the key asks {@link #advanceTo}, makes the successor durable,
/// and only then signs. Asking again for the last thing signed is always allowed, so a restart may
/// repeat itself but never contradict itself. A forgotten lock is refused here, whatever asks.
///
/// @param genesisHash the network the record belongs to
/// @param first the lowest height that may be signed for; above 0 only after a record was lost
///   (Protocol §8.4)
/// @param last the highest envelope or vote signed; empty before the first
/// @param lastCommit the last COMMIT signed; it is the lock as long as its height lasts
/// @param anchor the last anchor signed; empty before the first
public record SigningRecord(
    Hash genesisHash,
    Height first,
    Optional<SignedMark> last,
    Optional<Ballot.Commit> lastCommit,
    Optional<SignedMark> anchor) {

  /// The record of a key that has never signed in this network.
  public static SigningRecord fresh(Hash genesisHash) {
    return afterLoss(genesisHash, Height.GENESIS);
  }

  /// The record of a key whose memory was lost: nothing below `first` is signed again. Protocol
  /// §8.4.
  public static SigningRecord afterLoss(Hash genesisHash, Height first) {
    return new SigningRecord(
        genesisHash, first, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// Whether `request` may be signed in the network of `genesisHash`, and the record from then on.
  public SigningDecision advanceTo(Hash genesisHash, SigningRequest request) {
    if (!genesisHash.equals(this.genesisHash)) {
      return refuse(new SigningRefusal.OtherNetwork(this.genesisHash, genesisHash));
    }
    return switch (request) {
      case SigningRequest.ToRound _, SigningRequest.Randomness _ ->
          new SigningDecision.Advance(this);
      case SigningRequest.ToAnchor anchored -> advanceAnchor(anchored);
      case SigningRequest.Envelope envelope ->
          advance(mark(request, envelope.round(), SignedMark.Step.ENVELOPE));
      case SigningRequest.Vote(Ballot.Prepare ballot) -> advancePrepare(request, ballot);
      case SigningRequest.Vote(Ballot.Commit ballot) -> advanceCommit(request, ballot);
    };
  }

  /// An operator's word: the height's last COMMIT no longer binds the block of its proposal. What
  /// was signed stays signed, so nothing can be contradicted by it. Protocol §5.3.
  public SigningRecord allowing(Height height, Hash blockHash) {
    Optional<Ballot.Commit> allowed =
        lastCommit.map(commit ->
            commit.height().equals(height)
                ? new Ballot.Commit(
                    height, commit.round(), commit.mode(), commit.proposalId(), blockHash)
                : commit);
    return new SigningRecord(genesisHash, first, last, allowed, anchor);
  }

  private SigningDecision advancePrepare(SigningRequest request, Ballot.Prepare ballot) {
    Optional<Ballot.Commit> forgotten =
        lockOf(ballot.height())
            .filter(commit ->
                !LockRule.allows(
                    commit.round(),
                    commit.proposalId(),
                    ballot.proposalId(),
                    ballot.preparedRound()));
    return forgotten.isPresent()
        ? refuse(new SigningRefusal.ForgottenLock(forgotten.get(), ballot))
        : advance(mark(request, ballot.round(), SignedMark.Step.PREPARE));
  }

  private SigningDecision advanceCommit(SigningRequest request, Ballot.Commit ballot) {
    Optional<Ballot.Commit> other =
        lockOf(ballot.height())
            .filter(commit -> commit.proposalId().equals(ballot.proposalId()))
            .filter(commit -> !commit.blockHash().equals(ballot.blockHash()));
    if (other.isPresent()) {
      return refuse(new SigningRefusal.OtherResult(other.get(), ballot));
    }
    return advance(mark(request, ballot.round(), SignedMark.Step.COMMIT))
            instanceof SigningDecision.Refuse refused
        ? refused
        : new SigningDecision.Advance(
            new SigningRecord(
                genesisHash,
                first,
                Optional.of(mark(request, ballot.round(), SignedMark.Step.COMMIT)),
                Optional.of(ballot),
                anchor));
  }

  /// Anchors have a memory of their own: they are signed for final blocks, beside the rounds of
  /// later ones.
  private SigningDecision advanceAnchor(SigningRequest.ToAnchor request) {
    SignedMark next = mark(request, Round.ZERO, SignedMark.Step.ANCHOR);
    Optional<SigningRefusal> refusal = against(anchor, next);
    return refusal.isPresent()
        ? refuse(refusal.get())
        : new SigningDecision.Advance(
            new SigningRecord(genesisHash, first, last, lastCommit, Optional.of(next)));
  }

  private SigningDecision advance(SignedMark next) {
    Optional<SigningRefusal> refusal = against(last, next);
    return refusal.isPresent()
        ? refuse(refusal.get())
        : new SigningDecision.Advance(
            new SigningRecord(genesisHash, first, Optional.of(next), lastCommit, anchor));
  }

  private Optional<SigningRefusal> against(Optional<SignedMark> before, SignedMark next) {
    if (first.isAbove(next.height())) {
      return Optional.of(new SigningRefusal.RecordLost(first, next.height()));
    }
    if (before.isEmpty() || before.get().equals(next)) {
      return Optional.empty();
    }
    int order = next.comparePlace(before.get());
    if (order > 0) {
      return Optional.empty();
    }
    return Optional.of(
        order < 0
            ? new SigningRefusal.Behind(before.get(), next)
            : new SigningRefusal.Contradiction(before.get(), next));
  }

  private Optional<Ballot.Commit> lockOf(Height height) {
    return lastCommit.filter(commit -> commit.height().equals(height));
  }

  private SignedMark mark(SigningRequest request, Round round, SignedMark.Step step) {
    return SignedMark.of(request.height(), round, step, request.message(genesisHash));
  }

  private static SigningDecision refuse(SigningRefusal reason) {
    return new SigningDecision.Refuse(reason);
  }
}

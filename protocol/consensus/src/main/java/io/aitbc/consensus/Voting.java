// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.Round;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What this node has said at one height, and so may still say: once per round and phase, never
/// below a round it voted in, never against its lock, one block for a proposal. The signer holds
/// the same rules once more ({@link SigningRecord}). Protocol §5.5.
final class Voting {
  private Optional<SignedMark> last = Optional.empty();
  private Optional<Lock> lock = Optional.empty();
  private final TreeMap<Hash, Hash> blocks = new TreeMap<>();
  private final TreeSet<Hash> allowed = new TreeSet<>();

  /// The proposal this node last voted to commit.
  record Lock(Round round, Hash proposalId) {}

  /// Takes over what the signer remembers of `height`.
  void recall(SigningRecord signed, Height height) {
    last = signed.last().filter(mark -> mark.height().equals(height));
    signed
        .lastCommit()
        .filter(commit -> commit.height().equals(height))
        .ifPresent(commit -> {
          lock = Optional.of(new Lock(commit.round(), commit.proposalId()));
          blocks.put(commit.proposalId(), commit.blockHash());
        });
  }

  /// Takes over a lock from the log. The vote itself may not have been signed; to keep the lock all
  /// the same costs nothing.
  void recall(LogRecord.Lock logged) {
    Round round = logged.certificate().round();
    if (lock.isEmpty() || !lock.get().round().isAbove(round)) {
      lock = Optional.of(new Lock(round, logged.proposal().content().id()));
    }
    blocks.put(logged.proposal().content().id(), logged.blockHash());
  }

  /// Whether the envelope of `round` may still be signed.
  boolean mayPropose(Round round) {
    return isNotBelow(round, SignedMark.Step.ENVELOPE);
  }

  /// Whether a PREPARE may be signed for a proposal that came with a prepare certificate of round
  /// `prepared`, or with none.
  boolean mayPrepare(Round round, Hash proposalId, Optional<Round> prepared) {
    boolean free =
        lock.isEmpty()
            || LockRule.allows(lock.get().round(), lock.get().proposalId(), proposalId, prepared);
    return free && isNotBelow(round, SignedMark.Step.PREPARE);
  }

  /// Whether a COMMIT may be signed in `round`.
  boolean mayCommit(Round round) {
    return isNotBelow(round, SignedMark.Step.COMMIT);
  }

  private boolean isNotBelow(Round round, SignedMark.Step step) {
    if (last.isEmpty()) {
      return true;
    }
    int order = round.compareTo(last.get().round());
    return order > 0 || (order == 0 && step.code() > last.get().step().code());
  }

  /// The block this node signed for a proposal, if it signed one and it is another than `blockHash`
  /// and no operator allowed that.
  Optional<Hash> otherBlock(Hash proposalId, Hash blockHash) {
    return Optional.ofNullable(blocks.get(proposalId))
        .filter(signed -> !signed.equals(blockHash) && !allowed.contains(blockHash));
  }

  /// An operator's word: this block may be committed to, whatever was signed before.
  void allow(Hash blockHash) {
    allowed.add(blockHash);
  }

  /// Remembers an envelope.
  void proposed(Height height, Round round, Hash proposalId) {
    last = Optional.of(new SignedMark(height, round, SignedMark.Step.ENVELOPE, proposalId));
  }

  /// Remembers a vote, and the lock that a COMMIT makes.
  void voted(Ballot ballot) {
    SignedMark.Step step =
        switch (ballot) {
          case Ballot.Prepare _ -> SignedMark.Step.PREPARE;
          case Ballot.Commit _ -> SignedMark.Step.COMMIT;
        };
    last = Optional.of(new SignedMark(ballot.height(), ballot.round(), step, ballot.proposalId()));
    if (ballot instanceof Ballot.Commit commit) {
      lock = Optional.of(new Lock(commit.round(), commit.proposalId()));
      blocks.put(commit.proposalId(), commit.blockHash());
    }
  }

  /// The lock, if there is one.
  Optional<Lock> lock() {
    return lock;
  }

  /// The last round voted in.
  Round lastRound() {
    return last.map(SignedMark::round).orElse(Round.ZERO);
  }
}

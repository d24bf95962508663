// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Certificate;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import java.util.Optional;

/// The votes this node casts at one height: when it may, what must be durable before, and when it
/// must rather stop. Protocol §5.2, §5.3, §5.5.
final class OwnVotes {
  private final HeightView view;
  private final Height height;
  private final Mode mode;
  private final Surroundings around;
  private final Optional<Validator> self;
  private final Contents contents;
  private final Voting voting;
  private boolean diverged;

  OwnVotes(
      HeightView view,
      Surroundings around,
      Optional<Validator> self,
      Contents contents,
      Voting voting) {
    this.view = view;
    this.around = around;
    this.self = self;
    this.contents = contents;
    this.voting = voting;
    height = view.rules().height();
    mode = view.rules().mode();
  }

  /// Whether this node stopped because it computed another block than was signed or decided.
  boolean isDiverged() {
    return diverged;
  }

  /// A PREPARE for the round's proposal, if it is sound, complete and the lock allows. Says whether
  /// it was cast.
  boolean prepare(Round round, Optional<Proposals.Accepted> accepted) {
    if (accepted.isEmpty() || !mayVote(round) || !accepted.get().timely()) {
      return false;
    }
    Hash proposalId = accepted.get().envelope().proposalId();
    Optional<Round> prepared = accepted.get().envelope().preparedRound();
    boolean ready =
        contents
            .find(proposalId)
            .filter(Contents.Entry::isSound)
            .flatMap(Contents.Entry::transactions)
            .isPresent();
    if (!ready || !voting.mayPrepare(round, proposalId, prepared)) {
      return false;
    }
    cast(new Ballot.Prepare(height, round, mode, proposalId, prepared));
    return true;
  }

  /// A COMMIT on a prepare certificate of the present round, once the result is known. Says whether
  /// it was cast.
  boolean commit(Certificate certificate) {
    if (!mayVote(certificate.round()) || !voting.mayCommit(certificate.round())) {
      return false;
    }
    Optional<Contents.Entry> entry = contents.find(certificate.proposalId());
    Optional<Input.Executed> result = entry.flatMap(Contents.Entry::result);
    if (result.isEmpty()) {
      return false;
    }
    Hash blockHash = result.get().blockHash();
    Optional<Hash> other = voting.otherBlock(certificate.proposalId(), blockHash);
    if (other.isPresent()) {
      diverge(entry.get(), blockHash, other.get());
      return false;
    }
    castCommit(certificate, entry.get(), blockHash);
    return true;
  }

  /// A COMMIT after the decision, where the record still allows it: a slow link is not an absence.
  void commitLate(CommitCertificate certificate, Contents.Entry entry) {
    boolean free = voting.otherBlock(certificate.proposalId(), certificate.blockHash()).isEmpty();
    if (free && mayVote(certificate.round()) && voting.mayCommit(certificate.round())) {
      castCommit(certificate, entry, certificate.blockHash());
    }
  }

  private void castCommit(Certificate certificate, Contents.Entry entry, Hash blockHash) {
    around
        .outbox()
        .add(
            new Effect.Persist(
                new LogRecord.Lock(
                    entry.proposal().orElseThrow(),
                    entry.transactions().orElseThrow(),
                    certificate,
                    blockHash)));
    cast(new Ballot.Commit(height, certificate.round(), mode, certificate.proposalId(), blockHash));
  }

  private boolean mayVote(Round round) {
    return self.isPresent() && view.votes(self.get().account(), round);
  }

  private void cast(Ballot ballot) {
    voting.voted(ballot);
    around.outbox().add(new Effect.Sign(new SigningRequest.Vote(ballot)));
  }

  /// This node computed one block, and another was signed or decided: it must stop.
  void diverge(Contents.Entry entry, Hash computed, Hash other) {
    diverged = true;
    around.outbox().add(new Effect.StopDiverged(entry.content(), computed, other));
  }

  /// An operator's word.
  void allow(Hash blockHash) {
    around.outbox().add(new Effect.Persist(new LogRecord.Allowance(height, blockHash)));
    voting.allow(blockHash);
    diverged = false;
  }
}

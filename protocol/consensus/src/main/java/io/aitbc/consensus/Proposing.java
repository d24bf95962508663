// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.model.CarriedSignatures;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.ModeParameters;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import java.util.Optional;
import java.util.TreeMap;

/// What a proposer does in its round: the highest prepared content again if there is one, else a
/// fresh one, once. A restarted proposer sends what it sent before. Protocol §5.1, §5.6.
final class Proposing {
  /// What a fresh content brings along from the heights before.
  interface Carrying {
    /// This node is about to propose: what was brought by others should be checked by then.
    void collect();

    /// The parent's certificate with every signer known by now; empty for a child of genesis.
    Optional<CommitCertificate> parentCertificate();

    /// Late votes and anchors.
    CarriedSignatures late(Height height);
  }

  private enum Stage {
    IDLE,
    RANDOMNESS,
    GATHERING,
    SIGNING,
    DONE
  }

  private final HeightView view;
  private final Height height;
  private final Surroundings around;
  private final Contents contents;
  private final Voting voting;
  private final Carrying carrying;
  private final TreeMap<Round, LogRecord.OwnProposal> logged = new TreeMap<>();
  private Optional<BlsSignature> randomness = Optional.empty();
  private Round round = Round.ZERO;
  private Stage stage = Stage.IDLE;
  private boolean ready;
  private Optional<ProposalContent> toBeSigned = Optional.empty();
  private Optional<PrepareCertificate> prepared = Optional.empty();

  Proposing(
      HeightView view, Surroundings around, Contents contents, Voting voting, Carrying carrying) {
    this.view = view;
    this.around = around;
    this.contents = contents;
    this.voting = voting;
    this.carrying = carrying;
    height = view.rules().height();
  }

  /// Takes over a proposal from the log.
  void recall(LogRecord.OwnProposal own) {
    logged.put(own.proposal().round(), own);
  }

  /// A round is entered: what was begun for an earlier one is dropped.
  void enter(Round entered) {
    round = entered;
    stage = Stage.IDLE;
  }

  /// Goes on with proposing in the present round as far as it can: again the highest prepared
  /// content if there is one, else, when a block is due, a fresh one. Gives back a proposal that is
  /// to be sent once more, unchanged.
  Optional<Proposal> propose(Optional<PrepareCertificate> highest, boolean due) {
    if (stage != Stage.IDLE || !around.mayPropose()) {
      return Optional.empty();
    }
    if (logged.containsKey(round)) {
      stage = Stage.DONE;
      return Optional.of(logged.get(round).proposal());
    }
    if (!voting.mayPropose(round)) {
      return Optional.empty();
    }
    if (highest.isPresent()) {
      contents
          .find(highest.get().proposalId())
          .filter(entry -> entry.transactions().isPresent())
          .ifPresent(entry -> sign(entry.content(), highest));
    } else if (due) {
      begin();
    }
    return Optional.empty();
  }

  /// Does ahead of time what needs no decision: the proof of randomness, and the checks of what the
  /// content will carry.
  void getReady() {
    if (!ready) {
      ready = true;
      carrying.collect();
      around.outbox().add(new Effect.Sign(new SigningRequest.Randomness(height, view.beacon())));
    }
  }

  private void begin() {
    getReady();
    if (randomness.isEmpty()) {
      stage = Stage.RANDOMNESS;
      return;
    }
    stage = Stage.GATHERING;
    ModeParameters limits = view.limits();
    around
        .outbox()
        .add(
            new Effect.GatherTransactions(
                height, round, limits.transactionsMax(), limits.bytesMax()));
  }

  /// The proof of randomness was made.
  void randomness(BlsSignature proof) {
    randomness = Optional.of(proof);
    if (stage == Stage.RANDOMNESS) {
      begin();
    }
  }

  /// The pool gave its transactions.
  ///
  /// @param emptyIsDue whether a content without any may be proposed
  void gathered(
      Input.TransactionsGathered batch,
      Optional<PrepareCertificate> highest,
      Validator self,
      boolean emptyIsDue) {
    if (stage != Stage.GATHERING || !batch.round().equals(round)) {
      return;
    }
    stage = Stage.IDLE;
    if (highest.isPresent()) {
      return; // A content was prepared meanwhile; it goes first.
    }
    if (batch.hashes().isEmpty() && !emptyIsDue) {
      around.poolHas(false);
      return;
    }
    ProposalContent content =
        new ProposalContent(
            view.parentHash(),
            batch.hashes(),
            Math.max(view.parentTimestampMillis(), around.now().toEpochMilli()),
            round,
            self.account(),
            randomness.orElseThrow(),
            carrying.parentCertificate(),
            carrying.late(height));
    Contents.Entry entry = contents.add(content);
    entry.expectChecks(0);
    entry.complete(batch.transactions());
    sign(content, Optional.empty());
  }

  private void sign(ProposalContent content, Optional<PrepareCertificate> certificate) {
    stage = Stage.SIGNING;
    toBeSigned = Optional.of(content);
    prepared = certificate;
    voting.proposed(height, round, content.id());
    around
        .outbox()
        .add(
            new Effect.Sign(
                new SigningRequest.Envelope(
                    height, round, content.id(), certificate.map(PrepareCertificate::round))));
  }

  /// The envelope was signed: the proposal is made durable, and is to be sent after that. Empty if
  /// the round is over.
  Optional<Proposal> signed(
      SigningRequest.Envelope request, BlsSignature signature, Validator self) {
    boolean expected =
        stage == Stage.SIGNING
            && request.round().equals(round)
            && toBeSigned.map(ProposalContent::id).equals(Optional.of(request.proposalId()));
    if (!expected) {
      return Optional.empty();
    }
    stage = Stage.DONE;
    ProposalContent content = toBeSigned.orElseThrow();
    Proposal proposal =
        new Proposal(
            new ProposalEnvelope(
                height,
                round,
                content.id(),
                prepared.map(PrepareCertificate::round),
                self.account(),
                signature),
            content,
            prepared);
    around
        .outbox()
        .add(
            new Effect.Persist(
                new LogRecord.OwnProposal(
                    proposal,
                    contents.find(content.id()).orElseThrow().transactions().orElseThrow())));
    return Optional.of(proposal);
  }

  /// The key may not sign: nothing is proposed in this round.
  void refused() {
    stage = Stage.DONE;
  }
}

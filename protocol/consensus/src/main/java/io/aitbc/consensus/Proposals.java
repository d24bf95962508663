// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Evidence;
import io.aitbc.model.Height;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.Validator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// The proposals of one height: whose envelope holds, which content it names, how that was judged.
/// Of each round one proposal is accepted, the first whose envelope was checked. Protocol §5.1.
final class Proposals {
  /// The accepted proposal of a round.
  ///
  /// @param timely whether a fresh content was near this node's clock when it came, or no child of
  ///   the parent could be nearer
  record Accepted(ProposalEnvelope envelope, boolean timely) {}

  private final HeightView view;
  private final Height height;
  private final Surroundings around;
  private final Contents contents;
  private final Optional<CommitCertificate> parentCertificate;
  private final Certificates certificates;
  private final TreeMap<Round, Accepted> accepted = new TreeMap<>();
  private final TreeSet<Round> convicted = new TreeSet<>();

  Proposals(
      HeightView view,
      Surroundings around,
      Contents contents,
      Optional<CommitCertificate> parentCertificate,
      Certificates certificates) {
    this.view = view;
    this.around = around;
    this.contents = contents;
    this.parentCertificate = parentCertificate;
    this.certificates = certificates;
    height = view.rules().height();
  }

  /// The accepted proposal of a round.
  Optional<Accepted> accepted(Round round) {
    return Optional.ofNullable(accepted.get(round));
  }

  /// Whether a content was proposed in `given` or a round above.
  boolean isRecent(Hash proposalId, Round given) {
    return accepted.tailMap(given).values().stream()
        .anyMatch(a -> a.envelope().proposalId().equals(proposalId));
  }

  /// Takes a proposal that nobody has checked.
  void offer(Peer from, Proposal proposal) {
    Instant arrival = around.now();
    around.turns().take(from, () -> offer(from, proposal, arrival));
  }

  private void offer(Peer from, Proposal proposal, Instant arrival) {
    ProposalEnvelope envelope = proposal.envelope();
    Validator proposer = view.proposer(proposal.round());
    if (!proposer.account().equals(envelope.proposer())) {
      around.blame(
          from,
          height,
          new Rejection.WrongProposer(proposal.round(), proposer.account(), envelope.proposer()));
      return;
    }
    Accepted before = accepted.get(proposal.round());
    boolean known = before != null && saysTheSame(before.envelope(), envelope);
    if (known) {
      contents.find(envelope.proposalId()).ifPresent(entry -> entry.holders().add(from));
    }
    if (isMissing(proposal) || !(known || convicted.contains(proposal.round()))) {
      around
          .turns()
          .check(
              from,
              height,
              envelope.message(view.genesisHash()),
              List.of(proposer.key()),
              envelope.signature(),
              _ -> envelopeHolds(from, proposal, arrival));
    }
  }

  private static boolean saysTheSame(ProposalEnvelope one, ProposalEnvelope other) {
    return one.proposalId().equals(other.proposalId())
        && one.preparedRound().equals(other.preparedRound());
  }

  /// Whether another proposal of the round was accepted: then the two are evidence.
  private boolean isEquivocation(Proposal proposal) {
    Accepted before = accepted.get(proposal.round());
    if (before == null || saysTheSame(before.envelope(), proposal.envelope())) {
      return false;
    }
    if (convicted.add(proposal.round())) {
      around
          .outbox()
          .add(
              new Effect.ReportEvidence(
                  new Evidence.Equivocation(before.envelope(), proposal.envelope())));
    }
    return true;
  }

  /// Whether a certificate that counts names a content that is not here: it is taken whatever else
  /// was proposed. Its hash proves it; the envelope that it comes in is checked like any other, as
  /// others are served with it and the log keeps it.
  private boolean isMissing(Proposal proposal) {
    Hash proposalId = proposal.content().id();
    return certificates.name(proposalId) && contents.find(proposalId).isEmpty();
  }

  private void envelopeHolds(Peer from, Proposal proposal, Instant arrival) {
    if (isEquivocation(proposal) && !isMissing(proposal)) {
      return;
    }
    if (proposal.prepared().isEmpty()) {
      accept(from, proposal, arrival);
      return;
    }
    certificates.check(
        from,
        proposal.prepared().get(),
        certificate -> {
          certificates.learn(certificate);
          accept(from, proposal, arrival);
        });
  }

  private void accept(Peer from, Proposal proposal, Instant arrival) {
    if (isMissing(proposal)) {
      learn(from, proposal).carriedBy(proposal);
    }
    if (isEquivocation(proposal)) {
      return; // Or the other one was accepted while this one's certificate was checked.
    }
    Contents.Entry entry = learn(from, proposal);
    if (!accepted.containsKey(proposal.round())) {
      accepted.put(
          proposal.round(), new Accepted(proposal.envelope(), isTimely(proposal, arrival)));
    }
    entry.carriedBy(proposal);
  }

  /// Takes this node's own proposal, whose content is complete.
  void acceptOwn(Proposal proposal) {
    contents.find(proposal.content().id()).orElseThrow().carriedBy(proposal);
    accepted.put(proposal.round(), new Accepted(proposal.envelope(), true));
  }

  private Contents.Entry learn(Peer from, Proposal proposal) {
    boolean known = contents.find(proposal.content().id()).isPresent();
    Contents.Entry entry = contents.add(proposal.content());
    entry.holders().add(from);
    if (!known) {
      judge(from, entry);
    }
    return entry;
  }

  private void judge(Peer from, Contents.Entry entry) {
    ProposalContent content = entry.content();
    ContentCheck check = new ContentCheck(view, content);
    Optional<Rejection> rejection = check.reject();
    if (rejection.isPresent()) {
      entry.condemn();
      around.blame(from, height, rejection.get());
      return;
    }
    List<ContentCheck.Claim> claims = check.claims(parentCertificate);
    entry.expectChecks(claims.size());
    for (ContentCheck.Claim claim : claims) {
      around
          .outbox()
          .verify(
              claim.message(),
              claim.keys(),
              List.of(claim.signature()),
              answer -> {
                if (answer.isPresent()) {
                  entry.checkHeld();
                } else {
                  entry.condemn();
                  around.blame(from, height, claim.otherwise());
                }
              });
    }
  }

  /// Only a fresh content is held against the clock: a lock could outlive its only proposal. While
  /// the parent is ahead of the clock, its time is the only one that a child may have: refused, the
  /// chain would stand still until the clock has caught up.
  private boolean isTimely(Proposal proposal, Instant arrival) {
    if (proposal.prepared().isPresent()) {
      return true;
    }
    long stamp = proposal.content().timestampMillis();
    boolean standsStill = stamp == view.parentTimestampMillis() && stamp > arrival.toEpochMilli();
    Duration distance = Duration.between(Instant.ofEpochMilli(stamp), arrival).abs();
    return standsStill || distance.compareTo(Pacemaker.clockTolerance(proposal.round())) <= 0;
  }
}

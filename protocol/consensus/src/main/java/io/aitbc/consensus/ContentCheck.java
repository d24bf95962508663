// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.HeightRules;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Judges a content: what it says by itself, and which signatures in it are still to be checked.
/// The clock is no part of this, so that a content is judged once. Protocol §5.1.
final class ContentCheck {
  /// A signature that the content stands on.
  ///
  /// @param otherwise what is wrong with the content if it does not hold
  record Claim(
      ValidatorMessage message,
      List<BlsPublicKey> keys,
      BlsSignature signature,
      Rejection otherwise) {}

  private final HeightView view;
  private final ProposalContent content;

  ContentCheck(HeightView view, ProposalContent content) {
    this.view = view;
    this.content = content;
  }

  /// Why the content can never be voted for, whatever its signatures; empty if only those are left.
  Optional<Rejection> reject() {
    Validator maker = view.proposer(content.round());
    if (!content.parentHash().equals(view.parentHash())) {
      return Optional.of(new Rejection.WrongParent(view.parentHash(), content.parentHash()));
    }
    if (!maker.account().equals(content.maker())) {
      return Optional.of(
          new Rejection.WrongProposer(content.round(), maker.account(), content.maker()));
    }
    if (content.timestampMillis() < view.parentTimestampMillis()) {
      return Optional.of(
          new Rejection.BeforeParent(view.parentTimestampMillis(), content.timestampMillis()));
    }
    return rejectTransactions().or(this::rejectParentCertificate).or(this::rejectCarried);
  }

  private Optional<Rejection> rejectTransactions() {
    int max = view.limits().transactionsMax();
    if (content.transactions().size() > max) {
      return Optional.of(new Rejection.TooMuch(max, content.transactions().size()));
    }
    TreeSet<Hash> seen = new TreeSet<>();
    return content.transactions().stream()
        .filter(hash -> !seen.add(hash))
        .findFirst()
        .map(Rejection.Twice::new);
  }

  private Optional<Rejection> rejectParentCertificate() {
    if (view.parentRules().isPresent() != content.parentCertificate().isPresent()) {
      return Optional.of(new Rejection.WrongParentCertificate(view.rules().height()));
    }
    return content
        .parentCertificate()
        .flatMap(certificate ->
            CertificateCheck.rejectUnsigned(view.parentRules().orElseThrow(), certificate))
        .map(Rejection.BadCertificate::new);
  }

  private Optional<Rejection> rejectCarried() {
    for (CarriedCommits commits : content.carried().commits()) {
      boolean sound =
          recent(commits)
              .filter(recent -> recent.ballot().equals(commits.ballot()))
              .filter(recent -> namesMembers(recent.rules().set(), commits.aggregate()))
              .isPresent();
      if (!sound) {
        return Optional.of(new Rejection.BadCarried(commits.height()));
      }
    }
    for (CarriedAnchors anchors : content.carried().anchors()) {
      boolean sound =
          view.openAnchors()
              .filter(open -> open.getKey().equals(anchors.height()))
              .flatMap(_ -> view.finalBlock(anchors.height()))
              .filter(block -> block.blockHash().equals(anchors.blockHash()))
              .filter(block -> namesMembers(block.rules().set(), anchors.aggregate()))
              .isPresent();
      if (!sound) {
        return Optional.of(new Rejection.BadCarried(anchors.height()));
      }
    }
    return Optional.empty();
  }

  private Optional<HeightView.Recent> recent(CarriedCommits commits) {
    return commits.height().next().equals(content.height())
        ? content
            .parentCertificate()
            .map(c -> new HeightView.Recent(view.parentRules().orElseThrow(), c.ballot()))
        : view.recent(commits.height());
  }

  private static boolean namesMembers(ValidatorSet set, AggregateSignature aggregate) {
    return CertificateCheck.rejectBitmaps(set, aggregate.signers()).isEmpty();
  }

  /// The signatures to be checked of a content that was not rejected.
  ///
  /// @param held a certificate of the parent that was checked before; the same one is not checked
  ///   again
  List<Claim> claims(Optional<CommitCertificate> held) {
    List<Claim> claims = new ArrayList<>();
    claims.add(
        new Claim(
            ProposalContent.vrfMessage(view.genesisHash(), view.beacon(), view.rules().height()),
            List.of(view.proposer(content.round()).key()),
            content.vrfProof(),
            new Rejection.BadRandomness(content.maker())));
    content
        .parentCertificate()
        .filter(certificate -> !held.equals(Optional.of(certificate)))
        .ifPresent(certificate ->
            claims.add(
                claim(
                    view.parentRules().orElseThrow(),
                    certificate.message(view.genesisHash()),
                    certificate.aggregate(),
                    new Rejection.WrongParentCertificate(content.height()))));
    for (CarriedCommits commits : content.carried().commits()) {
      claims.add(
          claim(
              recent(commits).orElseThrow().rules(),
              commits.ballot().message(view.genesisHash()),
              commits.aggregate(),
              new Rejection.BadCarried(commits.height())));
    }
    for (CarriedAnchors anchors : content.carried().anchors()) {
      claims.add(
          claim(
              view.finalBlock(anchors.height()).orElseThrow().rules(),
              anchors.message(view.genesisHash()),
              anchors.aggregate(),
              new Rejection.BadCarried(anchors.height())));
    }
    return claims;
  }

  private static Claim claim(
      HeightRules rules,
      ValidatorMessage message,
      AggregateSignature aggregate,
      Rejection otherwise) {
    return new Claim(message, keys(rules.set(), aggregate), aggregate.signature(), otherwise);
  }

  /// The keys whose sum checks an aggregate.
  static List<BlsPublicKey> keys(ValidatorSet set, AggregateSignature aggregate) {
    return set.members(aggregate.signers()).stream().map(Validator::key).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.Certificate;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CertificateRejection;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Phase;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.ValidatorSet;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The certificates of one height that count: the highest prepare certificate, and a commit
/// certificate. Protocol §5.4.
final class Certificates {
  /// Prepare certificates kept of one height, the latest ones: a round that ends with one of them
  /// and without a decision is rare, 64 in a row are an attack. Each has less than 400 bytes.
  static final int PREPARED_MAX = 64;

  private final HeightView view;
  private final Surroundings around;
  private final ArrayDeque<PrepareCertificate> prepared = new ArrayDeque<>();
  private Optional<CommitCertificate> decision = Optional.empty();

  Certificates(HeightView view, Surroundings around) {
    this.view = view;
    this.around = around;
  }

  /// The prepare certificate of the highest round.
  Optional<PrepareCertificate> highest() {
    return Optional.ofNullable(prepared.peekLast());
  }

  /// The prepare certificates of this height if it took more than one round, by round: together
  /// with a commit certificate that contradicts them they convict. Protocol §8.1.
  List<PrepareCertificate> ofManyRounds() {
    boolean many =
        decision.filter(commit -> commit.round().number() > 0).isPresent()
            || highest().filter(last -> last.round().number() > 0).isPresent();
    return many ? List.copyOf(prepared) : List.of();
  }

  /// The first commit certificate, of whatever round.
  Optional<CommitCertificate> decision() {
    return decision;
  }

  /// The certificate of a phase that was formed last.
  Certificate of(Phase phase) {
    return switch (phase) {
      case PREPARE -> prepared.getLast();
      case COMMIT -> decision.orElseThrow();
    };
  }

  /// Takes a certificate that was checked.
  void learn(Certificate certificate) {
    if (isNews(certificate.ballot())) {
      switch (certificate) {
        case PrepareCertificate last -> {
          prepared.addLast(last);
          if (prepared.size() > PREPARED_MAX) {
            prepared.removeFirst();
          }
        }
        case CommitCertificate commit -> decision = Optional.of(commit);
      }
    }
  }

  /// Makes a certificate of the signatures of a quorum, and says whether it was needed.
  boolean form(Ballot ballot, SignatureCollector signatures) {
    if (!isNews(ballot)) {
      return false;
    }
    ValidatorSet set = view.rules().set();
    AggregateSignature aggregate = signatures.aggregate(set).orElseThrow();
    learn(
        switch (ballot) {
          case Ballot.Prepare prepare -> new PrepareCertificate(prepare, aggregate);
          case Ballot.Commit commit -> new CommitCertificate(commit, aggregate);
        });
    return true;
  }

  private boolean isNews(Ballot ballot) {
    return switch (ballot) {
      case Ballot.Prepare prepare ->
          highest().isEmpty() || prepare.round().isAbove(prepared.getLast().round());
      case Ballot.Commit _ -> decision.isEmpty();
    };
  }

  /// Takes a certificate that nobody has checked.
  ///
  /// @param held told once it was found to hold; not told about one that is not needed
  void offer(Peer from, Certificate certificate, Consumer<Certificate> held) {
    around
        .turns()
        .take(
            from,
            () -> {
              if (isNews(certificate.ballot())) {
                checkNow(
                    from,
                    certificate,
                    checked -> {
                      learn(checked);
                      held.accept(checked);
                    });
              }
            });
  }

  /// Checks a certificate, whether it is needed or not, and tells `held` if it holds.
  void check(Peer from, Certificate certificate, Consumer<Certificate> held) {
    around.turns().take(from, () -> checkNow(from, certificate, held));
  }

  private void checkNow(Peer from, Certificate certificate, Consumer<Certificate> held) {
    if (certificate instanceof PrepareCertificate && certificate.equals(prepared.peekLast())) {
      held.accept(certificate);
      return;
    }
    Optional<CertificateRejection> rejection =
        CertificateCheck.rejectUnsigned(view.rules(), certificate);
    if (rejection.isPresent()) {
      around.blame(from, certificate.height(), new Rejection.BadCertificate(rejection.get()));
      return;
    }
    around
        .turns()
        .check(
            from,
            certificate.height(),
            certificate.message(view.genesisHash()),
            ContentCheck.keys(view.rules().set(), certificate.aggregate()),
            certificate.aggregate().signature(),
            _ -> held.accept(certificate));
  }

  /// Whether a certificate that counts names the proposal.
  boolean name(Hash proposalId) {
    return highest().filter(c -> c.proposalId().equals(proposalId)).isPresent()
        || decision.filter(c -> c.proposalId().equals(proposalId)).isPresent();
  }
}

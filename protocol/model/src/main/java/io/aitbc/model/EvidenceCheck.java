// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Judges evidence of one network: what the two statements say, who signed both, and the
/// signatures. Consensus and the evidence precompile use this one. Protocol §8.1, §8.2.
///
/// @param genesisHash the network; signatures of another are no evidence
/// @param scheme how signatures are checked
public record EvidenceCheck(Hash genesisHash, SignatureScheme scheme) {
  /// Who signed a statement, and the signature.
  private record Signed(Testimony testimony, List<Validator> signers, BlsSignature signature) {}

  /// Judges `evidence` with the validators of the epoch of its height.
  public EvidenceVerdict judge(Evidence evidence, ValidatorSet set) {
    Optional<EvidenceRejection> harmless = harmless(evidence);
    if (harmless.isPresent()) {
      return new EvidenceVerdict.Rejected(harmless.get());
    }
    Optional<Signed> first = signed(evidence.first(), set);
    if (first.isEmpty()) {
      return rejected(new EvidenceRejection.UnknownSigner(evidence.first()));
    }
    Optional<Signed> second = signed(evidence.second(), set);
    if (second.isEmpty()) {
      return rejected(new EvidenceRejection.UnknownSigner(evidence.second()));
    }
    List<Validator> offenders = new ArrayList<>(first.get().signers);
    offenders.retainAll(second.get().signers);
    if (offenders.isEmpty()) {
      return rejected(new EvidenceRejection.NoCommonSigner());
    }
    for (Signed signed : List.of(first.get(), second.get())) {
      if (!holds(signed)) {
        return rejected(
            new EvidenceRejection.WrongSignature(
                signed.signers.stream().map(Validator::account).toList()));
      }
    }
    return new EvidenceVerdict.Convicted(offenders);
  }

  /// Judges `evidence` of two statements that one validator made alone, by its key. Certificates
  /// need the whole set: {@link #judge(Evidence, ValidatorSet)}.
  public EvidenceVerdict judge(Evidence evidence, Validator validator) {
    return judge(evidence, ValidatorSet.of(List.of(validator)));
  }

  private static EvidenceVerdict rejected(EvidenceRejection reason) {
    return new EvidenceVerdict.Rejected(reason);
  }

  private boolean holds(Signed signed) {
    List<BlsPublicKey> keys = signed.signers.stream().map(Validator::key).toList();
    return scheme.verifyAggregate(keys, signed.testimony.message(genesisHash), signed.signature);
  }

  private static Optional<Signed> signed(Testimony testimony, ValidatorSet set) {
    return switch (testimony) {
      case ProposalEnvelope envelope ->
          single(envelope, envelope.proposer(), envelope.signature(), set);
      case Vote vote -> single(vote, vote.voter(), vote.signature(), set);
      case Anchor anchor -> single(anchor, anchor.staker(), anchor.signature(), set);
      case Certificate certificate -> {
        AggregateSignature aggregate = certificate.aggregate();
        yield set.fits(aggregate.signers()) && !aggregate.signers().isEmpty()
            ? Optional.of(
                new Signed(certificate, set.members(aggregate.signers()), aggregate.signature()))
            : Optional.empty();
      }
    };
  }

  private static Optional<Signed> single(
      Testimony testimony, Address signer, BlsSignature signature, ValidatorSet set) {
    return set.find(signer).map(validator -> new Signed(testimony, List.of(validator), signature));
  }

  /// Why what the statements say is no offence, whoever signed them; empty if it is one.
  public static Optional<EvidenceRejection> harmless(Evidence evidence) {
    Height first = evidence.first().height();
    Height second = evidence.second().height();
    if (!first.equals(second)) {
      return Optional.of(new EvidenceRejection.DifferentHeights(first, second));
    }
    return switch (evidence) {
      case Evidence.Equivocation e -> harmlessPair(e.first(), e.second());
      case Evidence.ForgottenLock e -> harmlessLock(e.first(), e.second());
    };
  }

  private static Optional<EvidenceRejection> harmlessPair(Testimony first, Testimony second) {
    if (first instanceof ProposalEnvelope a && second instanceof ProposalEnvelope b) {
      boolean same =
          a.proposalId().equals(b.proposalId()) && a.preparedRound().equals(b.preparedRound());
      return harmless(a.round(), b.round(), same);
    }
    if (first instanceof Anchor a && second instanceof Anchor b) {
      return harmless(Round.ZERO, Round.ZERO, a.blockHash().equals(b.blockHash()));
    }
    Optional<Ballot> a = ballot(first);
    Optional<Ballot> b = ballot(second);
    if (a.isPresent() && b.isPresent() && a.get().phase() == b.get().phase()) {
      return harmless(a.get().round(), b.get().round(), saysTheSame(a.get(), b.get()));
    }
    return Optional.of(new EvidenceRejection.DifferentKinds());
  }

  private static Optional<EvidenceRejection> harmless(Round first, Round second, boolean same) {
    if (!first.equals(second)) {
      return Optional.of(new EvidenceRejection.DifferentRounds(first, second));
    }
    return same ? Optional.of(new EvidenceRejection.SameStatement()) : Optional.empty();
  }

  private static boolean saysTheSame(Ballot first, Ballot second) {
    if (!first.proposalId().equals(second.proposalId())) {
      return false;
    }
    return switch (first) {
      case Ballot.Prepare a ->
          second instanceof Ballot.Prepare b && a.preparedRound().equals(b.preparedRound());
      case Ballot.Commit a ->
          second instanceof Ballot.Commit b && a.blockHash().equals(b.blockHash());
    };
  }

  private static Optional<EvidenceRejection> harmlessLock(Testimony first, Testimony second) {
    if (!(ballot(first).orElse(null) instanceof Ballot.Commit commit)
        || !(ballot(second).orElse(null) instanceof Ballot.Prepare prepare)) {
      return Optional.of(new EvidenceRejection.DifferentKinds());
    }
    if (commit.proposalId().equals(prepare.proposalId())) {
      return Optional.of(new EvidenceRejection.SameStatement());
    }
    if (!prepare.round().isAbove(commit.round())) {
      return Optional.of(new EvidenceRejection.NotLater(commit.round(), prepare.round()));
    }
    return prepare
        .preparedRound()
        .filter(v -> v.isAbove(commit.round()))
        .map(v -> new EvidenceRejection.GivenUpRightly(commit.round(), v));
  }

  private static Optional<Ballot> ballot(Testimony testimony) {
    return switch (testimony) {
      case Vote vote -> Optional.of(vote.ballot());
      case Certificate certificate -> Optional.of(certificate.ballot());
      case ProposalEnvelope _, Anchor _ -> Optional.empty();
    };
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsPublicKey;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.SignatureScheme;
import io.aitbc.crypto.ValidatorMessage;
import java.util.List;
import java.util.Optional;

/// Judges certificates of one network: structure, bitmaps, quorum and, last, one check of the
/// aggregated signature. Consensus, precompiles, sync and light clients use this one. Protocol
/// §5.4.
///
/// @param genesisHash the network
/// @param scheme how signatures are checked
public record CertificateCheck(Hash genesisHash, SignatureScheme scheme) {
  /// Why `certificate` does not hold at a height with these rules; empty if it does.
  public Optional<CertificateRejection> reject(HeightRules rules, Certificate certificate) {
    Optional<CertificateRejection> unsound = rejectUnsigned(rules, certificate);
    return unsound.isPresent()
        ? unsound
        : rejectSignature(rules.set(), certificate.message(genesisHash), certificate.aggregate());
  }

  /// Why `certificate` does not hold, whatever its signature; empty if only that is left to check.
  public static Optional<CertificateRejection> rejectUnsigned(
      HeightRules rules, Certificate certificate) {
    Ballot ballot = certificate.ballot();
    if (!ballot.height().equals(rules.height())) {
      return Optional.of(new CertificateRejection.WrongHeight(rules.height(), ballot.height()));
    }
    if (ballot.mode() != rules.mode()) {
      return Optional.of(new CertificateRejection.WrongMode(rules.mode(), ballot.mode()));
    }
    Signers signers = certificate.aggregate().signers();
    Optional<CertificateRejection> misfit = rejectBitmaps(rules.set(), signers);
    return misfit.isPresent() ? misfit : rejectWeight(rules, ballot.round(), signers);
  }

  /// Why `signers`, whose bitmaps fit, are no quorum in `round`; empty if they are.
  public static Optional<CertificateRejection> rejectWeight(
      HeightRules rules, Round round, Signers signers) {
    Weight weight = rules.set().weightOf(signers);
    if (rules.isQuorum(round, weight)) {
      return Optional.empty();
    }
    QuorumRule rule = rules.rule(round);
    int needed = rules.quorums().authoritiesNeeded(rule, round, rules.oversight());
    return Optional.of(
        new CertificateRejection.NoQuorum(rule, needed, rules.set().totalStake(), weight));
  }

  /// Why the bitmaps name nobody of `set`; empty if they name somebody.
  public static Optional<CertificateRejection> rejectBitmaps(ValidatorSet set, Signers signers) {
    if (!set.fits(signers)) {
      return Optional.of(new CertificateRejection.WrongBitmaps(set.hash(), signers));
    }
    return signers.isEmpty() ? Optional.of(new CertificateRejection.NoSigners()) : Optional.empty();
  }

  /// Why `aggregate` is not the signature of members of `set` over `message`; empty if it is. No
  /// quorum is asked for: this judges carried votes, anchors and merged round changes too.
  public Optional<CertificateRejection> rejectSignature(
      ValidatorSet set, ValidatorMessage message, AggregateSignature aggregate) {
    Optional<CertificateRejection> misfit = rejectBitmaps(set, aggregate.signers());
    if (misfit.isPresent()) {
      return misfit;
    }
    List<BlsPublicKey> keys =
        set.members(aggregate.signers()).stream().map(Validator::key).toList();
    return scheme.verifyAggregate(keys, message, aggregate.signature())
        ? Optional.empty()
        : Optional.of(new CertificateRejection.WrongSignature(aggregate.signers()));
  }
}

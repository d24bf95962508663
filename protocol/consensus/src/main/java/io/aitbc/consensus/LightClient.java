// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Hash;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.CertificateRejection;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Quorums;
import io.aitbc.model.ValidatorSet;
import io.aitbc.model.VotingPower;
import java.util.List;
import java.util.Optional;

/// Follows the chain by headers and certificates: within an epoch and from one to the next, because
/// each header names the validators of both. Pure; whoever calls keeps what is trusted. Protocol
/// §10.3.
///
/// A header that is followed without those before it says itself in which mode it was decided, so
/// it is as safe as the weakest mode its signers could claim. Whoever needs more, a bridge say,
/// asks for {@link Assurance#STAKE}.
///
/// @param check judges certificates
/// @param assurance what is asked of a certificate besides its own rule
/// @param checkpoints blocks that the chain must contain
public record LightClient(
    CertificateCheck check, Assurance assurance, List<Checkpoint> checkpoints) {
  /// How far a header's time may be ahead of the client's clock, in milliseconds: as far as a
  /// validator's may.
  public static final long AHEAD_MILLIS_MAX = 10_000;

  /// What is asked of a certificate besides its own rule.
  public enum Assurance {
    /// Nothing.
    CLAIMED_MODE,
    /// More than two thirds of the stake, whatever the mode.
    STAKE
  }

  /// Copies the list.
  public LightClient {
    checkpoints = List.copyOf(checkpoints);
  }

  /// Judges what belongs to the block of a checkpoint that is trusted: with it a client begins to
  /// follow. No certificate is needed, for the hash commits to all of it.
  ///
  /// @param checkpoint the block that somebody vouches for, above the genesis block
  /// @param header said to be its header
  /// @param extension said to be its consensus extension
  /// @param set said to be the validators of its epoch
  /// @param nowMillis the time now, in milliseconds since 1970
  public LightVerdict begin(
      Checkpoint checkpoint,
      BlockHeader header,
      ConsensusExtension extension,
      ValidatorSet set,
      long nowMillis) {
    Hash blockHash = header.hash();
    Optional<LightRejection> rejection =
        rejectBeginning(checkpoint, header, blockHash, extension, set)
            .or(() -> rejectCheckpoint(checkpoint.height(), blockHash))
            .or(() -> rejectAge(extension.timestampMillis(), nowMillis));
    return rejection.isPresent()
        ? new LightVerdict.Rejected(rejection.get())
        : new LightVerdict.Accepted(head(checkpoint.height(), blockHash, extension, set));
  }

  private static Optional<LightRejection> rejectBeginning(
      Checkpoint checkpoint,
      BlockHeader header,
      Hash blockHash,
      ConsensusExtension extension,
      ValidatorSet set) {
    if (!checkpoint.blockHash().equals(blockHash)
        || checkpoint.height().number() != header.number()) {
      return Optional.of(new LightRejection.NotOnCheckpoint(checkpoint, blockHash));
    }
    if (!header.extraData().equals(extension.hash().toBytes())) {
      return Optional.of(new LightRejection.WrongExtension(extension.hash()));
    }
    return set.hash().equals(extension.setHash())
        ? Optional.empty()
        : Optional.of(new LightRejection.WrongSet(extension.setHash(), set.hash()));
  }

  /// Judges a header.
  ///
  /// @param trusted what is trusted
  /// @param header a header above it, of the same epoch or the next
  /// @param extension its consensus extension
  /// @param certificate its certificate
  /// @param set the validators of its epoch
  /// @param nowMillis the time now, in milliseconds since 1970
  public LightVerdict judge(
      TrustedHead trusted,
      BlockHeader header,
      ConsensusExtension extension,
      CommitCertificate certificate,
      ValidatorSet set,
      long nowMillis) {
    Hash blockHash = header.hash();
    Optional<LightRejection> rejection =
        rejectTrust(trusted, header, nowMillis)
            .or(() -> rejectParts(header, blockHash, extension, certificate))
            .or(() -> rejectTime(trusted, header, extension, nowMillis))
            .or(() -> rejectSet(trusted, header, extension, set))
            .or(() -> rejectCertificate(extension, certificate, set))
            .or(() -> rejectCheckpoint(certificate.height(), blockHash));
    if (rejection.isPresent()) {
      return new LightVerdict.Rejected(rejection.get());
    }
    return new LightVerdict.Accepted(head(certificate.height(), blockHash, extension, set));
  }

  private static TrustedHead head(
      Height height, Hash blockHash, ConsensusExtension extension, ValidatorSet set) {
    return new TrustedHead(
        height,
        blockHash,
        extension.timestampMillis(),
        extension.epoch(),
        set,
        extension.nextSetHash());
  }

  private static Optional<LightRejection> rejectTrust(
      TrustedHead trusted, BlockHeader header, long nowMillis) {
    Optional<LightRejection> tooOld = rejectAge(trusted.timestampMillis(), nowMillis);
    if (tooOld.isPresent()) {
      return tooOld;
    }
    if (header.number() > Height.NUMBER_MAX || header.number() <= trusted.height().number()) {
      Height given = new Height(Math.min(header.number(), Height.NUMBER_MAX));
      return Optional.of(new LightRejection.NotAbove(trusted.height(), given));
    }
    return Optional.empty();
  }

  private static Optional<LightRejection> rejectAge(long timestampMillis, long nowMillis) {
    return Checkpoint.isYoung(timestampMillis, nowMillis)
        ? Optional.empty()
        : Optional.of(new LightRejection.Expired(timestampMillis, nowMillis));
  }

  private static Optional<LightRejection> rejectParts(
      BlockHeader header,
      Hash blockHash,
      ConsensusExtension extension,
      CommitCertificate certificate) {
    if (!header.extraData().equals(extension.hash().toBytes())) {
      return Optional.of(new LightRejection.WrongExtension(extension.hash()));
    }
    if (!certificate.blockHash().equals(blockHash)) {
      return Optional.of(new LightRejection.WrongBlock(blockHash, certificate.blockHash()));
    }
    if (certificate.height().number() != header.number()) {
      return Optional.of(
          new LightRejection.BadCertificate(
              new CertificateRejection.WrongHeight(
                  new Height(header.number()), certificate.height())));
    }
    long epoch = Epochs.of(new Height(header.number()));
    return extension.epoch() == epoch
        ? Optional.empty()
        : Optional.of(new LightRejection.WrongEpoch(epoch, extension.epoch()));
  }

  private static Optional<LightRejection> rejectTime(
      TrustedHead trusted, BlockHeader header, ConsensusExtension extension, long nowMillis) {
    long given = extension.timestampMillis();
    boolean right =
        given >= trusted.timestampMillis()
            && given <= nowMillis + AHEAD_MILLIS_MAX
            && header.timestampSeconds() == given / 1_000;
    return right
        ? Optional.empty()
        : Optional.of(new LightRejection.WrongTime(trusted.timestampMillis(), given, nowMillis));
  }

  private static Optional<LightRejection> rejectSet(
      TrustedHead trusted, BlockHeader header, ConsensusExtension extension, ValidatorSet set) {
    long epoch = Epochs.of(new Height(header.number()));
    if (epoch > trusted.epoch() + 1) {
      return Optional.of(new LightRejection.SkippedEpochs(trusted.epoch(), epoch));
    }
    Hash expected = epoch == trusted.epoch() ? trusted.set().hash() : trusted.nextSetHash();
    boolean known = set.hash().equals(expected) && extension.setHash().equals(expected);
    return known
        ? Optional.empty()
        : Optional.of(new LightRejection.WrongSet(expected, set.hash()));
  }

  private Optional<LightRejection> rejectCertificate(
      ConsensusExtension extension, CommitCertificate certificate, ValidatorSet set) {
    Mode mode = extension.mode().quorumMode();
    if (!Quorums.of(set, extension.fallback()).carries(mode)) {
      return Optional.of(new LightRejection.ImpossibleMode(mode));
    }
    Optional<CertificateRejection> rejection =
        check.reject(extension.rules(certificate.height(), set), certificate);
    if (rejection.isPresent()) {
      return rejection.map(LightRejection.BadCertificate::new);
    }
    VotingPower signed = set.weightOf(certificate.aggregate().signers()).stake();
    return switch (assurance) {
      case CLAIMED_MODE -> Optional.empty();
      case STAKE ->
          signed.isQuorumOf(set.totalStake())
              ? Optional.empty()
              : Optional.of(new LightRejection.StakeMissing(signed, set.totalStake()));
    };
  }

  private Optional<LightRejection> rejectCheckpoint(Height height, Hash blockHash) {
    return checkpoints.stream()
        .filter(checkpoint -> checkpoint.contradicts(height, blockHash))
        .findFirst()
        .map(checkpoint -> new LightRejection.NotOnCheckpoint(checkpoint, blockHash));
  }
}

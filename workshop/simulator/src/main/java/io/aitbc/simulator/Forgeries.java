// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.Certificate;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalEnvelope;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.model.Vote;
import io.aitbc.testkit.Seed;
import java.util.Arrays;
import java.util.Optional;

/// Messages that nobody has signed as they are: made of one that somebody has. Those made of
/// certificates pass off what holds for one ballot, height or set as something of another.
final class Forgeries {
  private static final int KINDS = 14;
  private static final int CERTIFICATE_KINDS = 10;

  private Forgeries() {}

  /// A forgery of a vote.
  ///
  /// @param other any hash, to stand where another belongs
  static PeerMessage of(Seed seed, Hash other, Vote vote) {
    Ballot ballot = vote.ballot();
    return switch (seed.below(KINDS)) {
      case 0 -> new Vote(mode(ballot), vote.voter(), vote.signature());
      case 1 -> new Vote(round(ballot), vote.voter(), vote.signature());
      case 2 -> new Vote(height(ballot), vote.voter(), vote.signature());
      case 3 -> new Vote(proposal(ballot, other), vote.voter(), vote.signature());
      case 4 -> new Vote(phase(ballot, other), vote.voter(), vote.signature());
      case 5 -> new Vote(ballot, vote.voter(), broken(seed, vote.signature()));
      case 6 -> new Vote(ballot, vote.voter(), new BlsSignature(Bytes.wrap(new byte[96])));
      case 7 -> certificate(ballot, other, signers(seed, 1), vote.signature());
      case 8 -> certificate(ballot, other, signers(seed, 1), broken(seed, vote.signature()));
      case 9 -> certificate(mode(ballot), other, signers(seed, 1), vote.signature());
      case 10 -> certificate(height(ballot), other, signers(seed, 1), vote.signature());
      case 11 -> certificate(ballot, other, signers(seed, 3), vote.signature());
      case 12 ->
          certificate(
              ballot,
              other,
              new Signers(new SignerBitmap(Bytes.EMPTY), new SignerBitmap(Bytes.EMPTY)),
              vote.signature());
      default -> certificate(proposal(ballot, other), other, signers(seed, 1), vote.signature());
    };
  }

  /// A forgery of a certificate that holds.
  ///
  /// @param other any hash, to stand where another belongs
  static Certificate of(Seed seed, Hash other, Certificate genuine) {
    Ballot ballot = genuine.ballot();
    AggregateSignature aggregate = genuine.aggregate();
    Signers signers = aggregate.signers();
    return switch (seed.below(CERTIFICATE_KINDS)) {
      case 0 -> certified(mode(ballot), aggregate);
      case 1 -> certified(round(ballot), aggregate);
      case 2 -> certified(height(ballot), aggregate);
      case 3 -> certified(proposal(ballot, other), aggregate);
      case 4 -> certified(phase(ballot, other), aggregate);
      case 5 -> certified(ballot, signed(flipped(seed, signers), aggregate));
      case 6 -> certified(ballot, signed(exchanged(signers), aggregate));
      case 7 -> certified(ballot, signed(longer(signers), aggregate));
      case 8 ->
          certified(ballot, new AggregateSignature(signers, broken(seed, aggregate.signature())));
      default -> certified(height(ballot), signed(flipped(seed, signers), aggregate));
    };
  }

  /// A proposal in an envelope, or beside a certificate, that nobody has signed.
  static Proposal of(Seed seed, Proposal genuine) {
    ProposalEnvelope envelope = genuine.envelope();
    Optional<PrepareCertificate> prepared = genuine.prepared();
    if (prepared.isPresent() && seed.chance(1, 2)) {
      AggregateSignature aggregate = prepared.get().aggregate();
      return new Proposal(
          envelope,
          genuine.content(),
          Optional.of(
              new PrepareCertificate(
                  prepared.get().ballot(),
                  new AggregateSignature(
                      aggregate.signers(), broken(seed, aggregate.signature())))));
    }
    return new Proposal(
        new ProposalEnvelope(
            envelope.height(),
            envelope.round(),
            envelope.proposalId(),
            envelope.preparedRound(),
            envelope.proposer(),
            broken(seed, envelope.signature())),
        genuine.content(),
        prepared);
  }

  /// The same certificate in the name of a different group.
  static Certificate bySomeoneElse(Seed seed, Certificate genuine) {
    Signers signers = genuine.aggregate().signers();
    return certified(genuine.ballot(), signed(flipped(seed, signers), genuine.aggregate()));
  }

  private static Certificate certified(Ballot ballot, AggregateSignature aggregate) {
    return switch (ballot) {
      case Ballot.Prepare prepare -> new PrepareCertificate(prepare, aggregate);
      case Ballot.Commit commit -> new CommitCertificate(commit, aggregate);
    };
  }

  private static AggregateSignature signed(Signers signers, AggregateSignature aggregate) {
    return new AggregateSignature(signers, aggregate.signature());
  }

  /// One more signer or one fewer.
  private static Signers flipped(Seed seed, Signers signers) {
    boolean authority =
        signers.stakers().bits().isEmpty()
            || (!signers.authorities().bits().isEmpty() && seed.chance(1, 2));
    return authority
        ? new Signers(flipped(seed, signers.authorities()), signers.stakers())
        : new Signers(signers.authorities(), flipped(seed, signers.stakers()));
  }

  private static SignerBitmap flipped(Seed seed, SignerBitmap bitmap) {
    byte[] bits = bitmap.bits().toArray();
    bits[seed.below(bits.length)] ^= (byte) (1 << seed.below(Byte.SIZE));
    return new SignerBitmap(Bytes.of(bits));
  }

  /// Authorities as stakers, and the other way round.
  private static Signers exchanged(Signers signers) {
    return new Signers(/* authorities= */ signers.stakers(), /* stakers= */ signers.authorities());
  }

  /// As of a larger set.
  private static Signers longer(Signers signers) {
    byte[] bits = Arrays.copyOf(signers.stakers().bits().toArray(), SignerBitmap.BYTES_MAX);
    return new Signers(signers.authorities(), new SignerBitmap(Bytes.of(bits)));
  }

  private static BlsSignature broken(Seed seed, BlsSignature signature) {
    byte[] bytes = signature.bytes().toArray();
    bytes[seed.below(bytes.length)] ^= 1;
    return new BlsSignature(Bytes.of(bytes));
  }

  private static Signers signers(Seed seed, int bytes) {
    return new Signers(
        new SignerBitmap(Bytes.of(seed.bytes(bytes))), new SignerBitmap(Bytes.of(seed.bytes(1))));
  }

  private static PeerMessage certificate(
      Ballot ballot, Hash blockHash, Signers signers, BlsSignature signature) {
    AggregateSignature aggregate = new AggregateSignature(signers, signature);
    return switch (ballot) {
      case Ballot.Prepare prepare -> new PrepareCertificate(prepare, aggregate);
      case Ballot.Commit commit ->
          new CommitCertificate(
              new Ballot.Commit(
                  commit.height(), commit.round(), commit.mode(), commit.proposalId(), blockHash),
              aggregate);
    };
  }

  /// The same ballot in another mode.
  static Ballot mode(Ballot ballot) {
    Mode mode = ballot.mode() == Mode.FAST ? Mode.SECURE : Mode.FAST;
    return with(ballot, ballot.height(), ballot.round(), mode, ballot.proposalId());
  }

  private static Ballot round(Ballot ballot) {
    return with(ballot, ballot.height(), ballot.round().next(), ballot.mode(), ballot.proposalId());
  }

  private static Ballot height(Ballot ballot) {
    Height next = ballot.height().next();
    return with(ballot, next, ballot.round(), ballot.mode(), ballot.proposalId());
  }

  /// The same ballot for another proposal.
  static Ballot proposal(Ballot ballot, Hash proposalId) {
    return with(ballot, ballot.height(), ballot.round(), ballot.mode(), proposalId);
  }

  private static Ballot phase(Ballot ballot, Hash blockHash) {
    Height height = ballot.height();
    Round round = ballot.round();
    return switch (ballot) {
      case Ballot.Prepare prepare ->
          new Ballot.Commit(height, round, prepare.mode(), prepare.proposalId(), blockHash);
      case Ballot.Commit commit ->
          new Ballot.Prepare(height, round, commit.mode(), commit.proposalId(), Optional.empty());
    };
  }

  private static Ballot with(
      Ballot ballot, Height height, Round round, Mode mode, Hash proposalId) {
    return switch (ballot) {
      case Ballot.Prepare prepare ->
          new Ballot.Prepare(height, round, mode, proposalId, prepare.preparedRound());
      case Ballot.Commit commit ->
          new Ballot.Commit(height, round, mode, proposalId, commit.blockHash());
    };
  }
}

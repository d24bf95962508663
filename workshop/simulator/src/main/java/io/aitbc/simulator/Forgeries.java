// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.AggregateSignature;
import io.aitbc.model.Ballot;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Round;
import io.aitbc.model.SignerBitmap;
import io.aitbc.model.Signers;
import io.aitbc.model.Vote;
import io.aitbc.testkit.Seed;
import java.util.Optional;

/// Messages that nobody has signed as they are: made of one that somebody has.
final class Forgeries {
  private static final int KINDS = 14;

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

  private static Ballot mode(Ballot ballot) {
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

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import java.util.Optional;

/// What a vote says and its voter signs; what a certificate proves that a quorum said. Protocol
/// §5.2, §5.3, §11.6.
public sealed interface Ballot extends Encodable {
  /// The height voted on.
  Height height();

  /// The round voted in.
  Round round();

  /// The mode whose quorum decides the height ({@link ModeSetting#quorumMode}).
  Mode mode();

  /// The hash of the content voted for.
  Hash proposalId();

  /// Which of the two votes this is.
  Phase phase();

  /// What a voter's key signs, on the network with this genesis block.
  ValidatorMessage message(Hash genesisHash);

  /// For an order of transactions.
  ///
  /// @param preparedRound the round v of the prepare certificate that came with a content proposed
  ///   again, below `round`; absent for a fresh content
  record Prepare(
      Height height, Round round, Mode mode, Hash proposalId, Optional<Round> preparedRound)
      implements Ballot {
    /// @throws IllegalArgumentException if `preparedRound` is not below `round`
    public Prepare {
      if (preparedRound.isPresent() && !round.isAbove(preparedRound.get())) {
        throw new IllegalArgumentException(
            "prepared in round " + preparedRound.get() + ", proposed again in " + round);
      }
    }

    @Override
    public Phase phase() {
      return Phase.PREPARE;
    }

    @Override
    public ValidatorMessage message(Hash genesisHash) {
      RlpWriter fields = new RlpWriter(64).begin();
      Ballot.writeShared(this, fields);
      Round.writeOptional(fields, preparedRound);
      return new ValidatorMessage(
          ValidatorMessage.Purpose.PREPARE, genesisHash, fields.end().toBytes());
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(phase().code());
      Ballot.writeShared(this, writer);
      Round.writeOptional(writer, preparedRound);
      writer.end();
    }

    /// The PREPARE ballot at the reader's position.
    public static Prepare readFrom(RlpReader reader) throws MalformedException {
      if (Ballot.readFrom(reader) instanceof Prepare prepare) {
        return prepare;
      }
      throw reader.refuse("phase", Phase.COMMIT);
    }
  }

  /// For the block that comes of it.
  ///
  /// @param blockHash hash of the block's header
  record Commit(Height height, Round round, Mode mode, Hash proposalId, Hash blockHash)
      implements Ballot {
    @Override
    public Phase phase() {
      return Phase.COMMIT;
    }

    @Override
    public ValidatorMessage message(Hash genesisHash) {
      RlpWriter fields = new RlpWriter(96).begin();
      Ballot.writeShared(this, fields);
      return new ValidatorMessage(
          ValidatorMessage.Purpose.COMMIT, genesisHash, fields.hash(blockHash).end().toBytes());
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(phase().code());
      Ballot.writeShared(this, writer);
      writer.hash(blockHash).end();
    }

    /// The COMMIT ballot at the reader's position.
    public static Commit readFrom(RlpReader reader) throws MalformedException {
      if (Ballot.readFrom(reader) instanceof Commit commit) {
        return commit;
      }
      throw reader.refuse("phase", Phase.PREPARE);
    }
  }

  /// Writes the fields that both ballots have.
  private static void writeShared(Ballot ballot, RlpWriter writer) {
    writer.number(ballot.height().number()).number(ballot.round().number());
    writer.number(ballot.mode().code()).hash(ballot.proposalId());
  }

  /// The ballot at the reader's position.
  static Ballot readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Phase phase = Phase.readFrom(fields);
    Height height = Height.readFrom(fields);
    Round round = Round.readFrom(fields);
    Mode mode = Mode.readFrom(fields);
    Hash proposalId = fields.hash();
    Ballot ballot =
        switch (phase) {
          case PREPARE -> {
            Optional<Round> prepared = Round.readOptional(fields);
            if (prepared.isPresent() && !round.isAbove(prepared.get())) {
              throw fields.refuse("prepared round", prepared.get());
            }
            yield new Prepare(height, round, mode, proposalId, prepared);
          }
          case COMMIT -> new Commit(height, round, mode, proposalId, fields.hash());
        };
    fields.finish();
    return ballot;
  }
}

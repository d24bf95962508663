// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import java.util.Optional;

/// What the proposer of a round signs around a content. Protocol §5.1, Protocol §11.6.
///
/// @param height the height
/// @param round the round
/// @param proposalId hash of the content
/// @param preparedRound the round v, below `round`, of the prepare certificate that comes along
///   when a content is proposed again; absent for a fresh content
/// @param proposer the account of the proposer of (height, round)
/// @param signature over {@link #message}
public record ProposalEnvelope(
    Height height,
    Round round,
    Hash proposalId,
    Optional<Round> preparedRound,
    Address proposer,
    BlsSignature signature)
    implements Testimony {
  /// @throws IllegalArgumentException if `preparedRound` is not below `round`
  public ProposalEnvelope {
    if (preparedRound.isPresent() && !round.isAbove(preparedRound.get())) {
      throw new IllegalArgumentException(
          "prepared in round " + preparedRound.get() + ", proposed again in " + round);
    }
  }

  /// What a proposer's key signs, on the network with this genesis block.
  public static ValidatorMessage message(
      Hash genesisHash,
      Height height,
      Round round,
      Hash proposalId,
      Optional<Round> preparedRound) {
    RlpWriter fields = new RlpWriter(64).begin().number(height.number()).number(round.number());
    Round.writeOptional(fields.hash(proposalId), preparedRound);
    return new ValidatorMessage(
        ValidatorMessage.Purpose.ENVELOPE, genesisHash, fields.end().toBytes());
  }

  @Override
  public ValidatorMessage message(Hash genesisHash) {
    return message(genesisHash, height, round, proposalId, preparedRound);
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(height.number()).number(round.number()).hash(proposalId);
    Round.writeOptional(writer, preparedRound);
    writer.address(proposer).string(signature.bytes()).end();
  }

  /// The envelope at the reader's position.
  public static ProposalEnvelope readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Height height = Height.readFrom(fields);
    Round round = Round.readFrom(fields);
    Hash proposalId = fields.hash();
    Optional<Round> prepared = Round.readOptional(fields);
    Address proposer = fields.address();
    BlsSignature signature = AggregateSignature.readSignature(fields);
    fields.finish();
    if (prepared.isPresent() && !round.isAbove(prepared.get())) {
      throw fields.refuse("prepared round", prepared.get());
    }
    return new ProposalEnvelope(height, round, proposalId, prepared, proposer, signature);
  }
}

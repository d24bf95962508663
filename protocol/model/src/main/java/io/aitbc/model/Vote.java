// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;

/// A validator's PREPARE or COMMIT. Protocol §5.2, §5.3, Protocol §11.6.
///
/// @param ballot what is said
/// @param voter the account of the validator
/// @param signature over {@link Ballot#message}; checked by whoever uses the vote
public record Vote(Ballot ballot, Address voter, BlsSignature signature)
    implements ConsensusMessage, Testimony {
  /// Which of the two votes this is.
  public Phase phase() {
    return ballot.phase();
  }

  @Override
  public Height height() {
    return ballot.height();
  }

  /// The round voted in.
  public Round round() {
    return ballot.round();
  }

  @Override
  public ValidatorMessage message(Hash genesisHash) {
    return ballot.message(genesisHash);
  }

  @Override
  public FrameType frameType() {
    return FrameType.VOTE;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin();
    ballot.writeTo(writer);
    writer.address(voter).string(signature.bytes()).end();
  }

  /// The vote at the reader's position.
  public static Vote readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Ballot ballot = Ballot.readFrom(fields);
    Address voter = fields.address();
    BlsSignature signature = AggregateSignature.readSignature(fields);
    fields.finish();
    return new Vote(ballot, voter, signature);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import java.util.Optional;

/// A validator's word that it has left every round below `round`. The certificate beside it proves
/// itself and is not signed, so that round changes aggregate like votes. Protocol §5.6, Protocol
/// §11.6.
///
/// @param height the height
/// @param round the round that is entered, above 0
/// @param validator the account of the validator
/// @param signature over {@link #message}
/// @param highest the highest prepare certificate of this height that it knows, of a round below
///   `round`
public record RoundChange(
    Height height,
    Round round,
    Address validator,
    BlsSignature signature,
    Optional<PrepareCertificate> highest)
    implements ConsensusMessage {
  /// @throws IllegalArgumentException if the round is 0 or the certificate is of another height or
  ///   of no earlier round
  public RoundChange {
    if (!fits(height, round, highest)) {
      throw new IllegalArgumentException("round change to " + round + " with " + highest);
    }
  }

  static boolean fits(Height height, Round round, Optional<PrepareCertificate> highest) {
    return round.number() > 0
        && highest.stream().allMatch(c -> c.height().equals(height) && round.isAbove(c.round()));
  }

  /// What a validator's key signs, on the network with this genesis block.
  public static ValidatorMessage message(Hash genesisHash, Height height, Round round) {
    RlpWriter fields = new RlpWriter(16).begin().number(height.number()).number(round.number());
    return new ValidatorMessage(
        ValidatorMessage.Purpose.ROUND_CHANGE, genesisHash, fields.end().toBytes());
  }

  /// What was signed.
  public ValidatorMessage message(Hash genesisHash) {
    return message(genesisHash, height, round);
  }

  @Override
  public FrameType frameType() {
    return FrameType.ROUND_CHANGE;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(height.number()).number(round.number()).address(validator);
    writer.string(signature.bytes());
    writer.list(highest.stream().toList(), (w, certificate) -> certificate.writeTo(w)).end();
  }

  /// The message at the reader's position.
  public static RoundChange readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Height height = Height.readFrom(fields);
    Round round = Round.readFrom(fields);
    Address validator = fields.address();
    BlsSignature signature = AggregateSignature.readSignature(fields);
    Optional<PrepareCertificate> highest =
        fields.list(1, PrepareCertificate::readFrom).stream().findFirst();
    fields.finish();
    if (!fits(height, round, highest)) {
      throw fields.refuse("round change", round);
    }
    return new RoundChange(height, round, validator, signature, highest);
  }
}

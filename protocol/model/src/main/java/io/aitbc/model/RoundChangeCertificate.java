// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.ValidatorMessage;
import java.util.Optional;

/// Round changes of several validators, merged by an aggregator; a quorum of them or less. Protocol
/// §5.6, §11.7.
///
/// @param height the height
/// @param round the round that is entered, above 0
/// @param aggregate who enters it, over {@link RoundChange#message(Hash, Height, Round)}
/// @param highest the highest prepare certificate that came with them
public record RoundChangeCertificate(
    Height height, Round round, AggregateSignature aggregate, Optional<PrepareCertificate> highest)
    implements ConsensusMessage {
  /// @throws IllegalArgumentException if the round is 0 or the certificate is of another height or
  ///   of no earlier round
  public RoundChangeCertificate {
    if (!RoundChange.fits(height, round, highest)) {
      throw new IllegalArgumentException("round changes to " + round + " with " + highest);
    }
  }

  /// What was signed.
  public ValidatorMessage message(Hash genesisHash) {
    return RoundChange.message(genesisHash, height, round);
  }

  @Override
  public FrameType frameType() {
    return FrameType.ROUND_CHANGE_CERTIFICATE;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(height.number()).number(round.number());
    aggregate.writeTo(writer);
    writer.list(highest.stream().toList(), (w, certificate) -> certificate.writeTo(w)).end();
  }

  /// The message at the reader's position.
  public static RoundChangeCertificate readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Height height = Height.readFrom(fields);
    Round round = Round.readFrom(fields);
    AggregateSignature aggregate = AggregateSignature.readFrom(fields);
    Optional<PrepareCertificate> highest =
        fields.list(1, PrepareCertificate::readFrom).stream().findFirst();
    fields.finish();
    if (!RoundChange.fits(height, round, highest)) {
      throw fields.refuse("round change", round);
    }
    return new RoundChangeCertificate(height, round, aggregate, highest);
  }
}

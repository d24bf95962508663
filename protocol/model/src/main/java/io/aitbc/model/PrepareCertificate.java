// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// Proof that a quorum prepared a content: the order is agreed. Protocol §5.4, Protocol §11.7.
///
/// @param ballot what was said
/// @param aggregate who said it
public record PrepareCertificate(Ballot.Prepare ballot, AggregateSignature aggregate)
    implements Certificate {
  @Override
  public FrameType frameType() {
    return FrameType.PREPARE_CERTIFICATE;
  }

  /// The certificate at the reader's position.
  public static PrepareCertificate readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Ballot.Prepare ballot = Ballot.Prepare.readFrom(fields);
    AggregateSignature aggregate = AggregateSignature.readFrom(fields);
    fields.finish();
    return new PrepareCertificate(ballot, aggregate);
  }
}

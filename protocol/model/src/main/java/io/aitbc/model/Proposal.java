// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import java.util.Optional;

/// PROPOSAL: an envelope, the content it names and, for a content proposed again, the prepare
/// certificate that makes it so. Protocol §5.1, Protocol §11.6.
///
/// @param envelope signed by the proposer of the round
/// @param content what is proposed
/// @param prepared the certificate of the content in round v, present exactly if the envelope names
///   a v
public record Proposal(
    ProposalEnvelope envelope, ProposalContent content, Optional<PrepareCertificate> prepared)
    implements ConsensusMessage {
  /// @throws IllegalArgumentException if the parts do not belong together
  public Proposal {
    String fault = fault(envelope, content, prepared);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException(fault);
    }
  }

  /// What keeps the parts from belonging together; empty if they do.
  private static String fault(
      ProposalEnvelope envelope, ProposalContent content, Optional<PrepareCertificate> prepared) {
    if (!envelope.height().equals(content.height())) {
      return "content of height " + content.height();
    }
    if (!envelope.proposalId().equals(content.id())) {
      return "content " + content.id();
    }
    if (!envelope.preparedRound().equals(prepared.map(PrepareCertificate::round))) {
      return "certificate of round " + prepared.map(PrepareCertificate::round);
    }
    boolean same =
        prepared.stream()
            .allMatch(certificate ->
                certificate.height().equals(envelope.height())
                    && certificate.proposalId().equals(envelope.proposalId()));
    if (!same) {
      return "certificate of another content";
    }
    boolean fresh =
        content.round().equals(envelope.round()) && content.maker().equals(envelope.proposer());
    return prepared.isPresent() || fresh ? "" : "content made in round " + content.round();
  }

  @Override
  public Height height() {
    return envelope.height();
  }

  /// The round it is proposed in.
  public Round round() {
    return envelope.round();
  }

  @Override
  public FrameType frameType() {
    return FrameType.PROPOSAL;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin();
    envelope.writeTo(writer);
    content.writeTo(writer);
    writer.list(prepared.stream().toList(), (w, certificate) -> certificate.writeTo(w)).end();
  }

  /// The proposal at the reader's position.
  public static Proposal readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    ProposalEnvelope envelope = ProposalEnvelope.readFrom(fields);
    ProposalContent content = ProposalContent.readFrom(fields);
    Optional<PrepareCertificate> prepared =
        fields.list(1, PrepareCertificate::readFrom).stream().findFirst();
    fields.finish();
    String fault = fault(envelope, content, prepared);
    if (!fault.isEmpty()) {
      throw fields.refuse("proposal", fault);
    }
    return new Proposal(envelope, content, prepared);
  }
}

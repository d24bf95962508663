// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;

/// Asks for a content of which only the id is known, say from a certificate. The answer is a {@link
/// Proposal}. Protocol §11.10.
///
/// @param height the height it was proposed for
/// @param proposalId its hash
public record ProposalRequest(Height height, Hash proposalId) implements ConsensusMessage {
  @Override
  public FrameType frameType() {
    return FrameType.PROPOSAL_REQUEST;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(height.number()).hash(proposalId).end();
  }

  /// The request at the reader's position.
  public static ProposalRequest readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    ProposalRequest request = new ProposalRequest(Height.readFrom(fields), fields.hash());
    fields.finish();
    return request;
  }
}

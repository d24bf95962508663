// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// A message that the round machine takes and sends. Protocol §5, §11.6.
public sealed interface ConsensusMessage extends PeerMessage
    permits Proposal,
        Vote,
        Certificate,
        RoundChange,
        RoundChangeCertificate,
        Anchor,
        Evidence,
        ProposalRequest,
        TransactionsAhead {
  /// The height it speaks of.
  Height height();
}

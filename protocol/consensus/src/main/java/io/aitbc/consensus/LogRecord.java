// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Certificate;
import io.aitbc.model.Height;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import java.util.List;

/// What consensus must find again after a crash. Records are durable before any later effect of the
/// same list is begun; those of heights below the last final block may be forgotten. Protocol §8.3.
public sealed interface LogRecord {
  /// The height it belongs to.
  Height height();

  /// This node's proposal of a round, signed and not yet sent. After a restart the same one is sent
  /// again, never a new one.
  ///
  /// @param proposal what is sent
  /// @param transactions the bytes of its transactions, in order
  record OwnProposal(Proposal proposal, List<Bytes> transactions) implements LogRecord {
    @Override
    public Height height() {
      return proposal.height();
    }
  }

  /// A lock, before the COMMIT that makes it is signed.
  ///
  /// @param content what was prepared
  /// @param transactions the bytes of its transactions, in order
  /// @param certificate the prepare certificate; or a commit certificate, which stands in for it
  ///   when the vote comes late
  /// @param blockHash the block that execution gave; the only one this node will ever commit to for
  ///   this proposal
  record Lock(
      ProposalContent content, List<Bytes> transactions, Certificate certificate, Hash blockHash)
      implements LogRecord {
    @Override
    public Height height() {
      return content.height();
    }
  }

  /// An operator's word that another block than the one signed before may be committed to.
  ///
  /// @param height the height it is for
  /// @param proposalId the proposal
  /// @param blockHash the block that may be signed for it from now on
  record Allowance(Height height, Hash proposalId, Hash blockHash) implements LogRecord {}
}

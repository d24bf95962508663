// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import java.util.List;

/// The transactions that a proposer means to propose next, sent while the block before is still
/// being decided, so that others can fetch them. Binds nobody. Protocol §5.6, Protocol §11.10.
///
/// @param height the height they are meant for
/// @param transactions their hashes, at most {@link ProposalContent#TRANSACTIONS_MAX}
public record TransactionsAhead(Height height, List<Hash> transactions)
    implements ConsensusMessage {
  /// @throws IllegalArgumentException if there are too many
  public TransactionsAhead {
    transactions = List.copyOf(transactions);
    if (transactions.size() > ProposalContent.TRANSACTIONS_MAX) {
      throw new IllegalArgumentException(transactions.size() + " transactions");
    }
  }

  @Override
  public FrameType frameType() {
    return FrameType.TRANSACTIONS_AHEAD;
  }

  @Override
  public void writeTo(RlpWriter writer) {
    writer.begin().number(height.number()).list(transactions, RlpWriter::hash).end();
  }

  /// The message at the reader's position.
  public static TransactionsAhead readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Height height = Height.readFrom(fields);
    var transactions = fields.list(ProposalContent.TRANSACTIONS_MAX, RlpReader::hash);
    fields.finish();
    return new TransactionsAhead(height, transactions);
  }
}

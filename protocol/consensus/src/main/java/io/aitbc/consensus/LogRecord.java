// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Certificate;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Encodable;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import java.util.List;

/// What consensus must find again after a crash. Records are durable before any later effect of the
/// same list is begun; those of heights below the last final block may be forgotten. Protocol §8.3.
public sealed interface LogRecord extends Encodable {
  /// The height it belongs to.
  Height height();

  /// This node's proposal of a round, signed and not yet sent. After a restart the same one is sent
  /// again, never a new one.
  ///
  /// @param proposal what is sent
  /// @param transactions the bytes of its transactions, in order
  record OwnProposal(Proposal proposal, List<Bytes> transactions) implements LogRecord {
    /// Copies the list.
    public OwnProposal {
      transactions = List.copyOf(transactions);
    }

    @Override
    public Height height() {
      return proposal.height();
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(1);
      proposal.writeTo(writer);
      writer.list(transactions, RlpWriter::string).end();
    }
  }

  /// A lock, before the COMMIT that makes it is signed.
  ///
  /// @param proposal what was prepared, as it was last proposed; others may need it from this node
  /// @param transactions the bytes of its transactions, in order
  /// @param certificate the prepare certificate; or a commit certificate, which stands in for it
  ///   when the vote comes late
  /// @param blockHash the block that execution gave; the only one this node will ever commit to for
  ///   this proposal
  record Lock(Proposal proposal, List<Bytes> transactions, Certificate certificate, Hash blockHash)
      implements LogRecord {
    /// Copies the list.
    public Lock {
      transactions = List.copyOf(transactions);
    }

    @Override
    public Height height() {
      return proposal.height();
    }

    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(2);
      proposal.writeTo(writer);
      writer.list(transactions, RlpWriter::string);
      int kind =
          switch (certificate) {
            case PrepareCertificate _ -> 1;
            case CommitCertificate _ -> 2;
          };
      writer.number(kind);
      certificate.writeTo(writer);
      writer.hash(blockHash).end();
    }
  }

  /// An operator's word that another block than the one signed before may be committed to.
  ///
  /// @param height the height it is for
  /// @param blockHash the block that may be signed from now on
  record Allowance(Height height, Hash blockHash) implements LogRecord {
    @Override
    public void writeTo(RlpWriter writer) {
      writer.begin().number(3).number(height.number()).hash(blockHash).end();
    }
  }

  /// The record at the reader's position.
  static LogRecord readFrom(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    int kind = fields.number(3);
    LogRecord read =
        switch (kind) {
          case 1 -> new OwnProposal(Proposal.readFrom(fields), readTransactions(fields));
          case 2 -> readLock(fields);
          case 3 -> new Allowance(readHeight(fields), fields.hash());
          default -> throw fields.refuse("log record", kind);
        };
    fields.finish();
    return read;
  }

  private static Lock readLock(RlpReader fields) throws MalformedException {
    Proposal proposal = Proposal.readFrom(fields);
    List<Bytes> transactions = readTransactions(fields);
    int kind = fields.number(2);
    Certificate certificate =
        switch (kind) {
          case 1 -> PrepareCertificate.readFrom(fields);
          case 2 -> CommitCertificate.readFrom(fields);
          default -> throw fields.refuse("certificate", kind);
        };
    return new Lock(proposal, transactions, certificate, fields.hash());
  }

  private static Height readHeight(RlpReader fields) throws MalformedException {
    long number = fields.number();
    if (number > Height.NUMBER_MAX) {
      throw fields.refuse("height", number);
    }
    return new Height(number);
  }

  private static List<Bytes> readTransactions(RlpReader fields) throws MalformedException {
    return fields.list(
        ProposalContent.TRANSACTIONS_MAX,
        reader -> reader.string(0, PeerMessage.TRANSACTION_BYTES_MAX));
  }
}

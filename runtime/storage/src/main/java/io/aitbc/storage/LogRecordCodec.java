// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.consensus.LogRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.Certificate;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import java.util.List;

/// How records of consensus are written into the write-ahead log. Protocol §8.3.
final class LogRecordCodec {
  private static final int OWN_PROPOSAL = 1;
  private static final int LOCK = 2;
  private static final int ALLOWANCE = 3;

  private static final int PREPARED = 1;
  private static final int COMMITTED = 2;

  private LogRecordCodec() {}

  static byte[] encode(LogRecord logRecord) {
    RlpWriter writer = new RlpWriter(1024).begin();
    switch (logRecord) {
      case LogRecord.OwnProposal(var proposal, var transactions) -> {
        writer.number(OWN_PROPOSAL);
        proposal.writeTo(writer);
        writer.list(transactions, RlpWriter::string);
      }
      case LogRecord.Lock(var content, var transactions, var certificate, var blockHash) -> {
        writer.number(LOCK);
        content.writeTo(writer);
        writer.list(transactions, RlpWriter::string);
        writer.number(
            switch (certificate) {
              case PrepareCertificate _ -> PREPARED;
              case CommitCertificate _ -> COMMITTED;
            });
        certificate.writeTo(writer);
        writer.hash(blockHash);
      }
      case LogRecord.Allowance(var height, var proposalId, var blockHash) ->
          writer.number(ALLOWANCE).number(height.number()).hash(proposalId).hash(blockHash);
    }
    return writer.end().toArray();
  }

  static LogRecord decode(byte[] encoding) throws MalformedException {
    RlpReader reader = RlpReader.of(encoding);
    RlpReader fields = reader.list();
    reader.finish();
    int kind = fields.number(ALLOWANCE);
    LogRecord logRecord =
        switch (kind) {
          case OWN_PROPOSAL ->
              new LogRecord.OwnProposal(Proposal.readFrom(fields), transactions(fields));
          case LOCK ->
              new LogRecord.Lock(
                  ProposalContent.readFrom(fields),
                  transactions(fields),
                  certificate(fields),
                  fields.hash());
          case ALLOWANCE -> new LogRecord.Allowance(height(fields), fields.hash(), fields.hash());
          default -> throw fields.refuse("kind of record", kind);
        };
    fields.finish();
    return logRecord;
  }

  private static List<Bytes> transactions(RlpReader reader) throws MalformedException {
    return reader.list(Integer.MAX_VALUE, RlpReader::string);
  }

  private static Certificate certificate(RlpReader reader) throws MalformedException {
    int phase = reader.number(COMMITTED);
    return switch (phase) {
      case PREPARED -> PrepareCertificate.readFrom(reader);
      case COMMITTED -> CommitCertificate.readFrom(reader);
      default -> throw reader.refuse("kind of certificate", phase);
    };
  }

  private static Height height(RlpReader reader) throws MalformedException {
    long number = reader.number();
    if (number > Height.NUMBER_MAX) {
      throw reader.refuse("height", number);
    }
    return new Height(number);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Ballot;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Round;
import java.util.Optional;

/// How a {@link SigningRecord} is written into a slot. Protocol §8.3.
final class SigningRecordCodec {
  private SigningRecordCodec() {}

  /// The encoding, at most 240 bytes.
  static Bytes encode(SigningRecord record) {
    RlpWriter writer = new RlpWriter();
    write(writer, record);
    return writer.toBytes();
  }

  static void write(RlpWriter writer, SigningRecord record) {
    writer.begin().hash(record.genesisHash()).number(record.first().number());
    writer.list(record.last().stream().toList(), SigningRecordCodec::writeMark);
    writer.list(record.lastCommit().stream().toList(), (to, commit) -> commit.writeTo(to));
    writer.list(record.anchor().stream().toList(), SigningRecordCodec::writeMark);
    RlpWriter _ = writer.end();
  }

  static SigningRecord read(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Hash genesisHash = fields.hash();
    Height first = Height.readFrom(fields);
    Optional<SignedMark> last = fields.list(1, SigningRecordCodec::mark).stream().findFirst();
    Optional<Ballot.Commit> commit = fields.list(1, Ballot.Commit::readFrom).stream().findFirst();
    Optional<SignedMark> anchor = fields.list(1, SigningRecordCodec::mark).stream().findFirst();
    fields.finish();
    return new SigningRecord(genesisHash, first, last, commit, anchor);
  }

  static void writeMark(RlpWriter writer, SignedMark mark) {
    writer.begin().number(mark.height().number()).number(mark.round().number());
    writer.number(mark.step().code()).hash(mark.hash()).end();
  }

  static SignedMark mark(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    Height height = Height.readFrom(fields);
    Round round = new Round(fields.number(Round.NUMBER_MAX));
    int step = fields.number(SignedMark.Step.ANCHOR.code());
    SignedMark mark = new SignedMark(height, round, SignedMark.Step.of(step), fields.hash());
    fields.finish();
    return mark;
  }
}

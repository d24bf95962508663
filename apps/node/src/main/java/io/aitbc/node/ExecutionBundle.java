// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Absences;
import io.aitbc.model.BlockContext;
import io.aitbc.model.CommitCertificate;
import io.aitbc.model.ConsensusExtension;
import io.aitbc.model.ConsensusParameters;
import io.aitbc.model.EpochReport;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Height;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import io.aitbc.model.RlpWriter;
import io.aitbc.model.Role;
import io.aitbc.model.ValidatorClass;
import io.aitbc.model.ValidatorReport;
import io.aitbc.model.VotingPower;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What repeats an execution that must not have happened: one that broke an invariant of the chain,
/// or whose result is not the one that a quorum signed. The node stops with it in its data folder,
/// where the state that it ran on is the head of the chain. Protocol §14.5.
///
/// @param genesisHash the network
/// @param fault what was wrong, at most {@link #FAULT_BYTES_MAX} bytes are kept
/// @param expected hash of the block that a quorum signed, if one did
/// @param context what consensus told about the block
/// @param transactions encodings of the proposal's transactions, in its order
record ExecutionBundle(
    Hash genesisHash,
    String fault,
    Optional<Hash> expected,
    BlockContext context,
    List<Bytes> transactions) {
  /// Most bytes of a bundle that are read: the largest proposal, 16 MiB, and as much again for the
  /// report of an epoch with the largest sets.
  static final int BYTES_MAX = 32 << 20;

  static final int FAULT_BYTES_MAX = 4_096;

  private static final int VERSION = 3;
  private static final int TRANSACTIONS_MAX = 1 << 20;
  private static final int VALIDATORS_MAX = 1 << 16;

  ExecutionBundle {
    transactions = List.copyOf(transactions);
  }

  /// Writes it to a file of its own in `folder`, over one of the same proposal.
  ///
  /// @return the file
  /// @throws IOException if it cannot be written
  Path writeTo(Path folder) throws IOException {
    String name =
        "failed-execution-%d-%s.rlp"
            .formatted(
                context.height().number(), context.proposalId().toBytes().toHex().substring(2, 18));
    Path file = folder.resolve(name);
    return Files.write(file, encoded().toArray());
  }

  /// Reads a file.
  ///
  /// @throws ConfigurationException if it is no bundle
  /// @throws IOException if it cannot be read
  static ExecutionBundle read(Path file) throws IOException, ConfigurationException {
    if (Files.size(file) > BYTES_MAX) {
      throw new ConfigurationException(file + " is longer than a bundle");
    }
    try {
      return decode(Bytes.wrap(Files.readAllBytes(file)));
    } catch (MalformedException malformed) {
      throw new ConfigurationException(file + " is no bundle: " + malformed.getMessage());
    }
  }

  Bytes encoded() {
    RlpWriter writer = new RlpWriter();
    var _ = writer.begin().number(VERSION).hash(genesisHash);
    byte[] text = fault.getBytes(StandardCharsets.UTF_8);
    var _ = writer.string(text, 0, Math.min(text.length, FAULT_BYTES_MAX));
    var _ = writer.list(expected.stream().toList(), RlpWriter::hash);
    var _ = writer.number(context.height().number());
    var _ = writer.hash(context.parentHash()).hash(context.proposalId()).hash(context.beacon());
    var _ = writer.list(context.parentCertificate().stream().toList(), (w, it) -> it.writeTo(w));
    context.extension().writeTo(writer);
    var _ = writer.list(context.epochReport().stream().toList(), ExecutionBundle::writeReport);
    var _ = writer.list(transactions, RlpWriter::string);
    return writer.end().toBytes();
  }

  static ExecutionBundle decode(Bytes encoding) throws MalformedException {
    RlpReader reader = RlpReader.of(encoding);
    RlpReader fields = reader.list();
    int version = fields.number(Integer.MAX_VALUE);
    if (version != VERSION) {
      throw fields.refuse("version", version);
    }
    Hash genesisHash = fields.hash();
    String fault = new String(fields.string(0, FAULT_BYTES_MAX).toArray(), StandardCharsets.UTF_8);
    Optional<Hash> expected = fields.list(1, RlpReader::hash).stream().findFirst();
    BlockContext context =
        new BlockContext(
            Height.readFrom(fields),
            fields.hash(),
            fields.hash(),
            fields.hash(),
            fields.list(1, CommitCertificate::readFrom).stream().findFirst(),
            ConsensusExtension.readFrom(fields),
            fields.list(1, ExecutionBundle::readReport).stream().findFirst());
    List<Bytes> transactions = fields.list(TRANSACTIONS_MAX, RlpReader::string);
    fields.finish();
    reader.finish();
    return new ExecutionBundle(genesisHash, fault, expected, context, transactions);
  }

  private static void writeReport(RlpWriter writer, EpochReport report) {
    var _ = writer.begin().number(report.epoch());
    var _ = writer.list(report.validators(), ExecutionBundle::writeValidator);
    Absences absences = report.absences();
    var _ = writer.number(absences.members()).number(absences.away());
    var _ = writer.list(absences.jailed(), RlpWriter::address).hash(report.nextSetHash());
    report.parameters().writeTo(writer);
    var _ = writer.number(report.workShareMillionths()).end();
  }

  private static EpochReport readReport(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    EpochReport report =
        new EpochReport(
            fields.number(),
            fields.list(VALIDATORS_MAX, ExecutionBundle::readValidator),
            readAbsences(fields),
            fields.hash(),
            ConsensusParameters.readFrom(fields),
            fields.number(EpochSnapshot.MILLIONTHS));
    fields.finish();
    return report;
  }

  private static Absences readAbsences(RlpReader fields) throws MalformedException {
    try {
      return new Absences(
          fields.number(VALIDATORS_MAX),
          fields.number(VALIDATORS_MAX),
          fields.list(EpochReport.UNAVAILABLE_MAX, RlpReader::address));
    } catch (IllegalArgumentException contradiction) {
      throw fields.refuse("absences", String.valueOf(contradiction.getMessage()));
    }
  }

  private static void writeValidator(RlpWriter writer, ValidatorReport validator) {
    var _ =
        writer
            .begin()
            .address(validator.account())
            .number(validator.validatorClass().code())
            .number(validator.role().code())
            .number(validator.stake().units())
            .number(validator.expected())
            .number(validator.credited())
            .number(validator.authoritiesBrought())
            .number(validator.stakeBrought())
            .number(validator.misses())
            .number(validator.reputation())
            .end();
  }

  private static ValidatorReport readValidator(RlpReader reader) throws MalformedException {
    RlpReader fields = reader.list();
    try {
      ValidatorReport validator =
          new ValidatorReport(
              fields.address(),
              classOf(fields),
              roleOf(fields),
              VotingPower.readFrom(fields),
              fields.number(),
              fields.number(),
              fields.number(),
              fields.number(),
              fields.number(),
              fields.number(ValidatorReport.REPUTATION_MAX));
      fields.finish();
      return validator;
    } catch (IllegalArgumentException contradiction) {
      throw fields.refuse("report", String.valueOf(contradiction.getMessage()));
    }
  }

  private static ValidatorClass classOf(RlpReader fields) throws MalformedException {
    int code = fields.number(Integer.MAX_VALUE);
    for (ValidatorClass each : ValidatorClass.values()) {
      if (each.code() == code) {
        return each;
      }
    }
    throw fields.refuse("class", code);
  }

  private static Role roleOf(RlpReader fields) throws MalformedException {
    int code = fields.number(Integer.MAX_VALUE);
    Optional<Role> role = Role.ofCode(code);
    if (role.isEmpty()) {
      throw fields.refuse("role", code);
    }
    return role.get();
  }
}

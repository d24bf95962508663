// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.CommandProvider;
import io.aitbc.consensus.SignedMark;
import io.aitbc.consensus.SigningRecord;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.RecordText;
import io.aitbc.node.StoppedValidator;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.RecordOpening;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `aitbc signing-record`: what an operator decides about the record of a validator's key, while
/// its node is stopped. Protocol §8.3.1, §8.4.
@Command(
    name = "signing-record",
    description = {
      "Shows a validator's signing record and says how its key goes on. Stop the node, or its",
      "signer, first.",
      "docs/operator.md says which command to use when; a wrong one can get the stake slashed."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done; the last line says what",
      "1:refused, nothing was changed; the last line says why",
      "2:wrong usage or configuration"
    })
final class SigningRecordCommand implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "The configuration of the node, or of its signer: a TOML file with a [validator].")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path config;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Print JSON: also of a refusal, beside exit status 1.")
  private boolean json;

  /// What is done with a validator whose node is stopped.
  @FunctionalInterface
  private interface Action {
    RecordOpening on(StoppedValidator validator) throws KeyFileException, ConfigurationException;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "show",
      description = "Prints what the key signed last, and whether it may sign.",
      mixinStandardHelpOptions = true)
  int show() throws IOException, KeyFileException, ConfigurationException {
    return carryOut(StoppedValidator::record, "the key signs when its node is started");
  }

  @Command(
      name = "begin",
      description = "Begins the record of a key that has never signed in this network.",
      mixinStandardHelpOptions = true)
  int begin() throws IOException, KeyFileException, ConfigurationException {
    return carryOut(StoppedValidator::begin, "the record begins: the key has never signed");
  }

  @Command(
      name = "export",
      description = "Writes what the key signed to a new file, to be imported elsewhere.",
      mixinStandardHelpOptions = true)
  int export(@Parameters(paramLabel = "FILE", description = "The file to make.") Path file)
      throws IOException, KeyFileException, ConfigurationException {
    return carryOut(
        validator -> validator.exportTo(file),
        "written to " + file + "; do not start this node again: what it signs is not in the file");
  }

  @Command(
      name = "import",
      description = "Goes on from a history that was exported where the key signed before.",
      mixinStandardHelpOptions = true)
  int importHistory(
      @Parameters(paramLabel = "FILE", description = "The exported history.") Path file)
      throws IOException, KeyFileException, ConfigurationException {
    return carryOut(validator -> validator.importFrom(file), "the key goes on from " + file);
  }

  @Command(
      name = "moved",
      description = {
        "Says that the record's file and the data folder were moved here as a whole,",
        "and that the node at the old place has stopped for good."
      },
      mixinStandardHelpOptions = true)
  int moved() throws IOException, KeyFileException, ConfigurationException {
    return carryOut(StoppedValidator::moved, "the record is this place's from now on");
  }

  @Command(
      name = "after-loss",
      description = "Goes on without a usable record, with votes from a height on.",
      mixinStandardHelpOptions = true)
  int afterLoss(
      @Option(
              names = "--first",
              required = true,
              paramLabel = "HEIGHT",
              description = "Three above the highest final block of the other validators, or more.")
          long first)
      throws IOException, KeyFileException, ConfigurationException {
    if (first < 1 || first > Height.NUMBER_MAX) {
      throw new ParameterException(spec.commandLine(), "--first is no height: " + first);
    }
    return carryOut(
        validator -> validator.afterLoss(new Height(first)),
        "the key signs nothing below the height shown as first");
  }

  @Command(
      name = "allow",
      description = {
        "Lifts the promise of one block for one proposal, at the height that is being decided:",
        "for validators that committed to a block which a faulty version of the software computed."
      },
      mixinStandardHelpOptions = true)
  int allow(
      @Option(
              names = "--height",
              required = true,
              paramLabel = "HEIGHT",
              description = "The height that is being decided.")
          long height,
      @Option(
              names = "--block",
              required = true,
              paramLabel = "HASH",
              description = "The block that the mended version computes.")
          String block)
      throws IOException, KeyFileException, ConfigurationException {
    if (height < 1 || height > Height.NUMBER_MAX) {
      throw new ParameterException(spec.commandLine(), "--height is no height: " + height);
    }
    Hash hash;
    try {
      hash = Hash.fromHex(block);
    } catch (IllegalArgumentException noHash) {
      throw new ParameterException(spec.commandLine(), "--block is no hash: " + block, noHash);
    }
    Height open = new Height(height);
    if (StoppedValidator.allowBesideSigner(config, open, hash)) {
      String done = "the node's log says so; say it with the signer's configuration too";
      spec.commandLine().getOut().println(json ? JSON.createObjectNode().put("done", done) : done);
      return 0;
    }
    return carryOut(
        validator -> validator.allow(open, hash), "the key may commit to " + block + " too");
  }

  private int carryOut(Action action, String done)
      throws IOException, KeyFileException, ConfigurationException {
    try (StoppedValidator validator = StoppedValidator.open(config)) {
      return json ? asJson(validator, action, done) : asText(validator, action, done);
    }
  }

  private int asText(StoppedValidator validator, Action action, String done)
      throws KeyFileException, ConfigurationException {
    PrintWriter out = spec.commandLine().getOut();
    out.println("key          " + validator.publicKey().bytes());
    validator.head().ifPresent(head -> out.println("chain        height " + head.number()));
    validator
        .witnessed()
        .vote()
        .ifPresent(mark -> out.println("seen         " + RecordText.of(mark)));
    RecordOpening opening = action.on(validator);
    if (opening instanceof RecordOpening.Ready ready) {
      print(out, ready.signer().record());
      out.println(RecordText.of(opening) + "; " + done);
      return 0;
    }
    spec.commandLine().getErr().println("aitbc signing-record: " + RecordText.of(opening));
    return 1;
  }

  private int asJson(StoppedValidator validator, Action action, String done)
      throws KeyFileException, ConfigurationException {
    ObjectNode root = JSON.createObjectNode().put("key", validator.publicKey().bytes().toHex());
    validator.head().ifPresent(head -> root.put("chainHeight", head.number()));
    put(root, "seen", validator.witnessed().vote());
    RecordOpening opening = action.on(validator);
    int status = 1;
    if (opening instanceof RecordOpening.Ready ready) {
      SigningRecord record = ready.signer().record();
      root.put("first", record.first().number());
      put(root, "lastVote", record.last());
      put(root, "lastCommit", lastCommit(record));
      record
          .lastCommit()
          .ifPresent(commit -> {
            ObjectNode _ =
                root.withObjectProperty("lastCommit")
                    .put("proposal", commit.proposalId().toHex())
                    .put("block", commit.blockHash().toHex());
          });
      put(root, "lastAnchor", record.anchor());
      root.put("done", RecordText.of(opening) + "; " + done);
      status = 0;
    } else {
      root.put("refused", RecordText.of(opening));
    }
    spec.commandLine().getOut().println(root);
    return status;
  }

  private static void put(ObjectNode root, String name, Optional<SignedMark> mark) {
    mark.ifPresent(signed -> {
      ObjectNode _ =
          root.putObject(name)
              .put("step", signed.step().name())
              .put("height", signed.height().number())
              .put("round", signed.round().number())
              .put("hash", signed.hash().toHex());
    });
  }

  private static Optional<SignedMark> lastCommit(SigningRecord record) {
    return record.lastCommit().map(commit -> SignedMark.of(record.genesisHash(), commit));
  }

  private static void print(PrintWriter out, SigningRecord record) {
    out.println("first        " + record.first().number());
    out.println("last vote    " + record.last().map(RecordText::of).orElse("none"));
    out.println("last commit  " + lastCommit(record).map(RecordText::of).orElse("none"));
    record.lastCommit().ifPresent(commit -> out.println("its block    " + commit.blockHash()));
    out.println("last anchor  " + record.anchor().map(RecordText::of).orElse("none"));
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new SigningRecordCommand();
    }
  }
}

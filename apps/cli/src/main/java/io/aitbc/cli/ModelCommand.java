// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.aitbc.client.CommandProvider;
import io.aitbc.client.ModelClient;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.node.ConfigurationException;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import io.aitbc.referee.glyphs.GlyphTraining;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc model`: the models that jobs may name. Protocol §17.11.
@Command(
    name = "model",
    description =
        "Registers models for AI work, lists and closes them, and makes one to begin with.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done",
      "1:node or contract refuse or do not answer, or a file cannot be used",
      "2:wrong usage"
    })
final class ModelCommand implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Characters of an id that a line shows.
  private static final int NAME_COLUMNS = 24;

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "register",
      description = {
        "Registers a model with the least deposit, which comes back when the model is closed and its",
        "jobs are over. Prints its id."
      },
      mixinStandardHelpOptions = true)
  int register(
      @Parameters(paramLabel = "MODEL", description = "The model's file; ONNX if it ends so.")
          Path file,
      @Option(
              names = "--name",
              defaultValue = "",
              paramLabel = "TEXT",
              description = "For people, at most 128 bytes.")
          String name,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    Model model = ModelFiles.model(file);
    return work.sending(chain -> print(work, new ModelClient(chain).register(model, name)));
  }

  @Command(
      name = "calibrate",
      description = {
        "Records how far outputs of the account's model under an execution profile may be from the",
        "referee's, so that jobs of class TOLERANCE may name the profile. Prints the profile's id."
      },
      mixinStandardHelpOptions = true)
  int calibrate(
      @Parameters(paramLabel = "ID", description = "The model's id.") String id,
      @Option(
              names = "--profile",
              required = true,
              paramLabel = "NAME",
              description = "Engine, version and kind of numbers, at most 128 bytes.")
          String profile,
      @Option(
              names = "--tolerance",
              required = true,
              paramLabel = "BILLIONTHS",
              description =
                  "Relative L2, as measured over inputs like those of jobs; 0 for no more jobs.")
          long tolerance,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    Hash model = id(id);
    if (tolerance < 0) {
      throw new ParameterException(spec.commandLine(), "--tolerance is 0 or more");
    }
    return work.sending(chain -> {
      Hash profileId = new ModelClient(chain).calibrate(model, profile, tolerance);
      work.out()
          .println(
              work.json()
                  ? JSON.createObjectNode()
                      .put("model", model.toHex())
                      .put("profile", profileId.toHex())
                      .put("tolerance", tolerance)
                      .toString()
                  : "profile      " + profileId.toHex());
      return 0;
    });
  }

  @Command(
      name = "close",
      description = "Closes the account's model: open jobs go on, no other may name it.",
      mixinStandardHelpOptions = true)
  int close(
      @Parameters(paramLabel = "ID", description = "The model's id.") String id,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    Hash model = id(id);
    return work.sending(chain -> {
      new ModelClient(chain).close(model);
      return print(work, model);
    });
  }

  @Command(
      name = "withdraw",
      description = "Draws the deposit of the account's model some time after it was closed.",
      mixinStandardHelpOptions = true)
  int withdraw(
      @Parameters(paramLabel = "ID", description = "The model's id.") String id,
      @Mixin WorkOptions work)
      throws IOException, RpcException, KeyFileException, ConfigurationException {
    Hash model = id(id);
    return work.sending(chain -> {
      new ModelClient(chain).withdrawDeposit(model);
      return print(work, model);
    });
  }

  private Hash id(String text) {
    if (!text.matches("0x[0-9a-fA-F]{64}")) {
      throw new ParameterException(
          spec.commandLine(), "\"" + text + "\" is no id of a model: 0x and 64 digits");
    }
    return Hash.fromHex(text);
  }

  private static int print(WorkOptions work, Hash model) {
    work.out()
        .println(
            work.json()
                ? JSON.createObjectNode().put("model", model.toHex()).toString()
                : "model        " + model.toHex());
    return 0;
  }

  @Command(
      name = "list",
      description = "Prints the models of the chain, in the order of their registration.",
      mixinStandardHelpOptions = true)
  int list(@Mixin WorkOptions work) throws IOException, RpcException {
    long head = Long.decode(work.ask("eth_blockNumber").asText());
    JsonNode page = work.ask("aitbc_models");
    if (page.isNull()) {
      throw new IOException("this network has no contracts for AI work");
    }
    for (long seen = -1; seen < page.path("seenTo").asLong() && seen < head; ) {
      seen = page.path("seenTo").asLong(); // The node goes through its logs, some at each call.
      page = work.ask("aitbc_models");
    }
    ArrayNode all = JSON.createArrayNode();
    while (!page.path("models").isEmpty()) {
      page.path("models").forEach(all::add);
      page = work.ask("aitbc_models", all.size());
    }
    PrintWriter out = work.out();
    if (work.json()) {
      out.println(all);
      return 0;
    }
    for (JsonNode each : all) {
      out.println(
          "%s %-9s %-*s %d bytes in, %d open jobs"
              .replace("*", Integer.toString(NAME_COLUMNS))
              .formatted(
                  each.path("model").asText(),
                  each.path("state").asText().toLowerCase(Locale.ROOT),
                  each.path("name").asText(),
                  each.path("inputBytes").asLong(),
                  each.path("openJobs").asLong()));
    }
    return 0;
  }

  @Command(
      name = "demo",
      description = {
        "Trains the project's own reader of digits on pictures that it draws, and writes it as a",
        "model of int8 numbers, with pictures that it has never seen if that is asked for. The same",
        "on every machine; some seconds. With --trained it takes what a job of",
        "`aitbc model demo-training` has trained instead."
      },
      mixinStandardHelpOptions = true)
  int demo(
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "The model.")
          Path out,
      @Option(names = "--onnx", paramLabel = "FILE", description = "The same as ONNX.")
          @Nullable Path onnx,
      @Option(
              names = "--trained",
              paramLabel = "FILE",
              description = "A trained state, as `aitbc job result JOB --out FILE` writes it.")
          @Nullable Path trained,
      @Option(
              names = "--inputs",
              defaultValue = "1000",
              paramLabel = "N",
              description = "Pictures to draw (default: ${DEFAULT-VALUE}).")
          int count,
      @Option(names = "--out-inputs", paramLabel = "FILE", description = "Pictures, as items.")
          @Nullable Path inputs,
      @Option(
              names = "--out-labels",
              paramLabel = "FILE",
              description = "What they show: a digit per line.")
          @Nullable Path labels,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    if (count < 1 || count > DemoModel.PICTURES_MAX) {
      throw new ParameterException(
          spec.commandLine(), "--inputs is 1 to " + DemoModel.PICTURES_MAX);
    }
    DemoModel demo =
        trained == null
            ? DemoModel.train()
            : DemoModel.trained(ModelFiles.bytes(trained))
                .orElseThrow(() -> new IOException(trained + " is no state of this training"));
    demo.write(out, onnx);
    demo.draw(count, inputs, labels);
    double right = demo.accuracy(count);
    PrintWriter print = spec.commandLine().getOut();
    if (json) {
      print.println(
          JSON.createObjectNode()
              .put("model", demo.model().id().toHex())
              .put("inputBytes", demo.model().header().inputBytes())
              .put("pictures", count)
              .put("right", right));
    } else {
      print.println("model        " + demo.model().id().toHex());
      print.println("reads        %.1f %% of %d new pictures".formatted(100 * right, count));
    }
    return 0;
  }

  @Command(
      name = "demo-training",
      description = {
        "Writes the training of the reader of digits as work to be ordered: a model that trains, its",
        "pictures, and its first state, for `aitbc job submit --train`. Prints how many steps make it",
        "whole; any trained state may be the first state of another job."
      },
      mixinStandardHelpOptions = true)
  int demoTraining(
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "The model.")
          Path out,
      @Option(
              names = "--out-data",
              required = true,
              paramLabel = "FILE",
              description = "The data set.")
          Path data,
      @Option(
              names = "--out-first-state",
              required = true,
              paramLabel = "FILE",
              description = "The state to begin with.")
          Path firstState,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    GlyphTraining training = DemoModel.training();
    Model model = training.prepared().model();
    Path _ = Files.write(out, model.encoded());
    Path _ = Files.write(data, training.data());
    Path _ = Files.write(firstState, TrainingState.encoded(training.prepared().initial()));
    PrintWriter print = spec.commandLine().getOut();
    if (json) {
      print.println(
          JSON.createObjectNode().put("model", model.id().toHex()).put("steps", DemoModel.STEPS));
    } else {
      print.println("model        " + model.id().toHex());
      print.println("steps        %d make it whole".formatted(DemoModel.STEPS));
    }
    return 0;
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new ModelCommand();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.CommandProvider;
import io.aitbc.client.RpcException;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.node.AttesterSettings;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.EngineSettings;
import io.aitbc.node.ServiceMetrics;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `aitbc worker`: does AI work for a bond and a fee. Protocol §17.10 to §17.14.
@Command(
    name = "worker",
    description = "Does AI work: takes claims, runs models, commits, reveals, is paid.")
final class WorkerCommand extends ServiceCommand {
  private static final String ADDRESS_HELP =
      "Where others reach the worker's files, such as http://HOST:PORT.";

  WorkerCommand() {
    super(ServiceRole.WORKER);
  }

  /// What runs models.
  static final class EngineOptions {
    @Option(
        names = "--engine",
        defaultValue = "referee",
        paramLabel = "NAME",
        description =
            "referee, process, openai, open-inference-protocol or, with --engine-profile alone,"
                + " onnxruntime (default: ${DEFAULT-VALUE}). A claim of class EXACT is right only if"
                + " every bit is the referee's.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String engine;

    @Option(
        names = "--engine-command",
        split = " ",
        paramLabel = "WORDS",
        description = "For process: program and arguments, separated by spaces.")
    private List<String> command = List.of();

    @Option(
        names = "--engine-url",
        paramLabel = "URL",
        description = "For openai and open-inference-protocol: the server.")
    private @Nullable String url;

    @Option(
        names = "--engine-model",
        paramLabel = "NAME",
        description = "For both: the server's name of the model.")
    private @Nullable String model;

    @Option(
        names = "--engine-tokens",
        paramLabel = "N",
        description = "For openai: tokens of an answer.")
    private @Nullable String tokens;

    @Option(
        names = "--engine-input",
        paramLabel = "NAME:TYPE:COLUMNS",
        description = "For open-inference-protocol: the model's input there.")
    private @Nullable String input;

    @Option(
        names = "--engine-output",
        paramLabel = "NAME:TYPE:COLUMNS",
        description = "For open-inference-protocol: the output that counts.")
    private @Nullable String output;

    @Option(
        names = "--engine-profile",
        paramLabel = "NAME",
        description =
            "Serve class TOLERANCE with this engine, under this execution profile; the referee does"
                + " the rest.")
    private @Nullable String profile;

    @Option(
        names = "--engine-library",
        paramLabel = "FILE",
        description = "For onnxruntime: its jar for Java.")
    private @Nullable String library;

    @Option(
        names = "--engine-models",
        paramLabel = "DIR",
        description = "For onnxruntime: a folder with a file ID.onnx of each model.")
    private @Nullable String models;

    EngineSettings settings() {
      Map<String, String> values = new LinkedHashMap<>();
      put(values, "engine", engine);
      put(values, "engine_url", url);
      put(values, "engine_model", model);
      put(values, "engine_tokens", tokens);
      put(values, "engine_input", input);
      put(values, "engine_output", output);
      put(values, EngineSettings.PROFILE, profile);
      put(values, EngineSettings.LIBRARY, library);
      put(values, EngineSettings.MODELS, models);
      return new EngineSettings(values, command, ServiceCommand::refusal);
    }

    private static void put(Map<String, String> values, String key, @Nullable String value) {
      if (value != null) {
        String _ = values.put(key, value);
      }
    }
  }

  /// What vouches for claims of class ATTESTED.
  static final class AttesterOptions {
    @Option(
        names = "--attester",
        paramLabel = "NAME",
        description =
            "Let hardware vouch for claims, so that those of class ATTESTED are taken too: process, a"
                + " program that asks it, or what else this program has.")
    private @Nullable String name;

    @Option(
        names = "--attester-setting",
        paramLabel = "NAME=VALUE",
        description = "For the attester; may be given more than once.")
    private List<String> settings = List.of();

    @Option(
        names = "--attester-collateral",
        split = ",",
        paramLabel = "SUBJECT",
        description =
            "What its evidence is judged against, in order: as `aitbc attestation submit` printed.")
    private List<String> collateral = List.of();

    AttesterSettings settings() {
      return new AttesterSettings(
          Optional.ofNullable(name), settings, collateral, AttesterOptions::refusal);
    }

    /// Options that may be repeated are in the singular.
    private static ConfigurationException refusal(String key, String problem) {
      String option = key.equals(AttesterSettings.SETTINGS) ? "attester_setting" : key;
      return ServiceCommand.refusal(option, problem);
    }
  }

  @Command(
      name = "start",
      description = {
        "Runs a worker beside a node that it trusts, until it gets SIGTERM or SIGINT: prints a"
            + " line",
        "for what it sends. Killed at any moment, it goes on when it is started again."
      },
      mixinStandardHelpOptions = true)
  int start(
      @Mixin RunningAccount account,
      @Option(
              names = "--data",
              required = true,
              paramLabel = "DIR",
              description = "The worker's own folder: its secret, results and files of jobs.")
          Path data,
      @Option(
              names = "--listen",
              required = true,
              paramLabel = "HOST:PORT",
              description = "Where it serves files.")
          String listen,
      @Option(names = "--address", required = true, paramLabel = "URL", description = ADDRESS_HELP)
          String address,
      @Option(
              names = "--bond",
              paramLabel = "AITBC",
              description = "Register with this bond if it is not registered.")
          @Nullable Amount bond,
      @Mixin MetricsOption metrics,
      @Mixin EngineOptions engine,
      @Mixin AttesterOptions attester)
      throws IOException, KeyFileException, ConfigurationException, InterruptedException {
    ServicesConfiguration.Worker worker =
        new ServicesConfiguration.Worker(
            account.file(),
            data,
            ServiceAccounts.listen("--listen", listen),
            ServicesConfiguration.address("address", address, ServiceCommand::refusal),
            engine.settings().choice(),
            attester.settings().choice());
    Optional<ServiceMetrics> page = metrics.serve(role());
    try {
      return await(WorkServices.worker(account.node(), worker, Optional.ofNullable(bond), page));
    } finally {
      page.ifPresent(ServiceMetrics::close);
    }
  }

  @Command(
      name = "register",
      description = "Registers an account as a worker.",
      mixinStandardHelpOptions = true)
  int register(
      @Parameters(paramLabel = "FILE", description = KEYSTORE_HELP) Path file,
      @Option(names = "--bond", required = true, paramLabel = "AITBC", description = "Its bond.")
          Amount bond,
      @Option(names = "--address", required = true, paramLabel = "URL", description = ADDRESS_HELP)
          String address,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    URI checked = ServicesConfiguration.address("address", address, ServiceCommand::refusal);
    sending.send(
        file,
        (_, _, _) ->
            WorkCall.registerService(ServiceRole.WORKER, WorkJob.EXACT, checked.toString(), bond));
    return 0;
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new WorkerCommand();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.client.CommandProvider;
import io.aitbc.client.gateway.GatewayKeys;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.signer.KeyFileException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc gateway`: serves models to programs, and has strangers run them. docs/ai-work.md.
@Command(
    name = "gateway",
    description =
        "Serves models over the Open Inference Protocol and OpenAI's API: orders jobs, answers with"
            + " receipts.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done, or stopped as asked",
      "1:the node refuses or does not answer, or a file cannot be used",
      "2:wrong usage"
    })
final class GatewayCommand implements Runnable {
  private static final int KEY_BYTES = 32;

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static ConfigurationException refusal(String key, String problem) {
    return new ConfigurationException("--" + key.replace('_', '-') + " " + problem);
  }

  @Command(
      name = "start",
      description =
          "Runs a gateway beside a node that it trusts, until it gets SIGTERM or SIGINT. Requests"
              + " for a model are put together to claims, ordered for the account's money, and"
              + " answered when a worker has revealed the outputs. Killed at any moment, it finds"
              + " its open jobs again.",
      mixinStandardHelpOptions = true)
  int start(
      @Mixin RunningAccount account,
      @Option(
              names = "--data",
              required = true,
              paramLabel = "DIR",
              description = "The gateway's own folder: receipts, and files of jobs.")
          Path data,
      @Option(
              names = "--listen",
              paramLabel = "HOST:PORT",
              defaultValue = "127.0.0.1:8090",
              description =
                  "Where it serves (default: ${DEFAULT-VALUE}). Without keys this machine alone.")
          String listen,
      @Option(
              names = "--model",
              required = true,
              paramLabel = "NAME:AITBC:FILE",
              description =
                  "A registered model, and what is paid for an item of it; may be repeated.")
          List<String> models,
      @Option(
              names = "--code",
              paramLabel = "HASH",
              description =
                  "Order work of class ATTESTED: the approved code for which workers' hardware must"
                      + " vouch (default: class EXACT).")
          @Nullable String code,
      @Option(
              names = "--profile",
              paramLabel = "NAME",
              description =
                  "Order work of class TOLERANCE: the execution profile under which workers'"
                      + " engines run the models, as in `aitbc model calibrate`.")
          @Nullable String profile,
      @Option(
              names = "--keys",
              paramLabel = "FILE",
              description = "Who may ask, and for how much: lines of `aitbc gateway key`.")
          @Nullable Path keys,
      @Option(
              names = "--batch-items",
              paramLabel = "N",
              defaultValue = "4096",
              description =
                  "Order a claim at once when so many items wait; also the most of a request"
                      + " (default: ${DEFAULT-VALUE}).")
          int batchItems,
      @Option(
              names = "--wait-millis",
              paramLabel = "N",
              defaultValue = "500",
              description =
                  "Order it when its first request has waited so long (default: ${DEFAULT-VALUE}).")
          int waitMillis,
      @Option(
              names = "--timeout-seconds",
              paramLabel = "N",
              defaultValue = "120",
              description = "How long a request waits for outputs (default: ${DEFAULT-VALUE}).")
          int timeoutSeconds,
      @Option(
              names = "--work-seconds",
              paramLabel = "N",
              defaultValue = "60",
              description =
                  "A worker's time, in seconds of the chain's active time (default: ${DEFAULT-VALUE}).")
          int workSeconds,
      @Option(
              names = "--work-blocks",
              paramLabel = "N",
              defaultValue = "60",
              description =
                  "And in blocks; late is who has passed both (default: ${DEFAULT-VALUE}).")
          int workBlocks,
      @Option(
              names = "--reach",
              paramLabel = "WHERE",
              defaultValue = "public",
              description =
                  "Where addresses of workers may lead: public, or any, for networks on one machine"
                      + " (default: ${DEFAULT-VALUE}).")
          String reach)
      throws KeyFileException, ConfigurationException, InterruptedException {
    List<ServicesConfiguration.ServedFile> served = new ArrayList<>();
    for (String each : models) {
      served.add(
          ServicesConfiguration.servedFile("model", each, Path.of(""), GatewayCommand::refusal));
    }
    ServicesConfiguration.GatewayTimes times =
        new ServicesConfiguration.GatewayTimes(
            batchItems, waitMillis, timeoutSeconds, workSeconds, workBlocks);
    Optional<Hash> approved =
        code == null
            ? Optional.empty()
            : Optional.of(ServicesConfiguration.code("code", code, GatewayCommand::refusal));
    Optional<String> tolerant =
        profile == null
            ? Optional.empty()
            : Optional.of(
                ServicesConfiguration.profile(
                    "profile", profile, approved, GatewayCommand::refusal));
    ServiceLoop loop =
        GatewayService.start(
            account.node(),
            new ServicesConfiguration.Gateway(
                account.file(),
                data,
                ServiceAccounts.listen("--listen", listen),
                served,
                approved,
                tolerant,
                Optional.ofNullable(keys),
                times.checked(GatewayCommand::refusal),
                ServicesConfiguration.reach("reach", reach, GatewayCommand::refusal)));
    Runtime.getRuntime().addShutdownHook(new Thread(loop::close, "shutdown"));
    return loop.awaitEnd() ? 0 : 1;
  }

  @Command(
      name = "key",
      description =
          "Makes a key for a program: prints it, and the line for the file of --keys, which knows"
              + " its hash alone. The key is shown this once.",
      mixinStandardHelpOptions = true)
  int key(
      @Parameters(paramLabel = "NAME", description = "Of the program, for receipts.") String name,
      @Option(
              names = "--limit",
              required = true,
              paramLabel = "AITBC",
              description = "What all its requests may cost.")
          Amount limit,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    byte[] secret = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(secret);
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    PrintWriter out = spec.commandLine().getOut();
    try {
      String line = GatewayKeys.line(name, limit, key);
      if (json) {
        out.println(new ObjectMapper().createObjectNode().put("key", key).put("line", line));
      } else {
        out.println("key          " + key);
        out.println("line         " + line);
      }
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()));
    }
    return 0;
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new GatewayCommand();
    }
  }
}

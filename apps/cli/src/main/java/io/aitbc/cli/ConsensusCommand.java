// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.CommandProvider;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `aitbc consensus`: how blocks are decided, and what is missing when they are not. Protocol §3,
/// §6.
@Command(
    name = "consensus",
    description = "Shows how blocks are decided, and what they wait for.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = ReceiptCommand.class,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done; of why-stalled: nothing is missing",
      "1:the node refuses or does not answer",
      "2:wrong usage",
      "3:of why-stalled: something is missing"
    })
final class ConsensusCommand implements Runnable {
  /// Something is missing.
  static final int WAITS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "status",
      description = "Prints height, mode with what it follows from, epoch, and yield of stake.",
      mixinStandardHelpOptions = true)
  int status(
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      ObjectNode all = JSON.createObjectNode();
      all.set("status", rpc.call("aitbc_status"));
      all.set("mode", rpc.call("aitbc_mode"));
      all.set("epoch", rpc.call("aitbc_epoch"));
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(all);
      } else {
        print(out, all);
      }
    }
    return 0;
  }

  private static void print(PrintWriter out, ObjectNode all) {
    JsonNode status = all.path("status");
    out.println(
        "height       %d final, round %d of the next, %d peers%s"
            .formatted(
                status.path("height").asLong(),
                status.path("round").asInt(),
                status.path("peers").asInt(),
                status.path("syncing").asBoolean() ? ", fetches blocks" : ""));
    JsonNode mode = all.path("mode");
    if (!mode.isObject()) {
      out.println("mode         " + status.path("mode").asText());
      return;
    }
    boolean changes = mode.path("step").asInt() > 0;
    out.println(
        "mode         %s by %s%s, a block every %d ms"
            .formatted(
                mode.path("quorum").asText(),
                mode.path("policy").asText(),
                changes ? ", " + ModeText.of(mode) : "",
                mode.path("blockIntervalMillis").asLong()));
    if (mode.path("inputs").isObject()) {
      out.println("measured     " + ModeText.measured(mode));
    }
    out.println("headroom     " + mode.path("headroom"));
    JsonNode epoch = all.path("epoch");
    out.println(
        "epoch        %d, blocks %d to %d, %d authorities, %d stakers"
            .formatted(
                epoch.path("epoch").asLong(),
                epoch.path("firstHeight").asLong(),
                epoch.path("lastHeight").asLong(),
                epoch.path("authorities").asInt(),
                epoch.path("stakers").asInt()));
    JsonNode yearly = epoch.path("yield");
    if (yearly.isObject()) {
      out.println(
          "yield        %s a year of stake in this mode, meant to be %s to %s"
              .formatted(
                  ModeText.percent(yearly.path("millionths")),
                  ModeText.percent(yearly.path("meantFrom")),
                  ModeText.percent(yearly.path("meantTo"))));
    }
  }

  @Command(
      name = "why-stalled",
      description = "Prints what is missing to decide the next block, a line each.",
      mixinStandardHelpOptions = true)
  int whyStalled(
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      JsonNode missing = rpc.call("aitbc_whyStalled");
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(missing);
      } else if (missing.isEmpty()) {
        out.println("nothing is missing");
      } else {
        missing.forEach(line -> out.println(line.asText()));
      }
      return missing.isEmpty() ? 0 : WAITS;
    }
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new ConsensusCommand();
    }
  }
}

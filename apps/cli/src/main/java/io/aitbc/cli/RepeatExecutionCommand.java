// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.CommandProvider;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.ExecutionRepeat;
import io.aitbc.node.NodeConfiguration;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc repeat-execution`: executes again what a node stopped for. Protocol §14.5.
@Command(
    name = "repeat-execution",
    description = {
      "Executes again what a node stopped for, on the data folder that it left. Changes nothing.",
      "The bundle is the file failed-execution-*.rlp in that folder."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:it fails or diverges again; the last line says how",
      "1:this time it does not, or a file cannot be read",
      "2:wrong usage or configuration"
    })
final class RepeatExecutionCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The node's configuration, a TOML file.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path config;

  @Parameters(paramLabel = "BUNDLE", description = "What the node left.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path bundle;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, ConfigurationException {
    PrintWriter out = spec.commandLine().getOut();
    ExecutionRepeat.Outcome outcome = ExecutionRepeat.of(NodeConfiguration.read(config), bundle);
    if (json) {
      ObjectNode told = new ObjectMapper().createObjectNode();
      out.println(
          switch (outcome) {
            case ExecutionRepeat.Outcome.Failed(RuntimeException broken) ->
                told.put("outcome", "FAILED").put("reason", String.valueOf(broken));
            case ExecutionRepeat.Outcome.Diverged(var blockHash, var signed) ->
                told.put("outcome", "DIVERGED")
                    .put("block", blockHash.toString())
                    .put("signed", signed.toString());
            case ExecutionRepeat.Outcome.Succeeded(var blockHash) ->
                told.put("outcome", "SUCCEEDED").put("block", blockHash.toString());
          });
      return outcome instanceof ExecutionRepeat.Outcome.Succeeded ? 1 : 0;
    }
    return switch (outcome) {
      case ExecutionRepeat.Outcome.Failed(RuntimeException broken) -> {
        broken.printStackTrace(out);
        out.println("it fails again: " + broken.getMessage());
        yield 0;
      }
      case ExecutionRepeat.Outcome.Diverged(var blockHash, var signed) -> {
        out.println("it diverges again: executed to " + blockHash + ", signed is " + signed);
        yield 0;
      }
      case ExecutionRepeat.Outcome.Succeeded(var blockHash) -> {
        out.println("this time it gives block " + blockHash);
        yield 1;
      }
    };
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new RepeatExecutionCommand();
    }
  }
}

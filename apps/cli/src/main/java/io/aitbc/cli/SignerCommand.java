// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.CommandProvider;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.NodeEnd;
import io.aitbc.node.SignerConfiguration;
import io.aitbc.node.SignerService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `aitbc signer`: holds a validator's key and signing record for a node elsewhere. Protocol
/// §8.3.3.
@Command(
    name = "signer",
    description = {
      "Holds a validator's key and signing record, and signs for one node, until it gets SIGTERM",
      "or SIGINT."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:stopped as asked",
      "1:stopped by itself; the last line says why",
      "2:wrong usage or configuration",
      "4:did not start: the address or a file cannot be used; start it again"
    })
final class SignerCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The signer's configuration, a TOML file.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path config;

  @Override
  public Integer call() throws IOException, InterruptedException, ConfigurationException {
    SignerConfiguration configuration = SignerConfiguration.read(config);
    SignerService signer;
    try {
      signer = SignerService.start(configuration);
    } catch (IOException failed) {
      spec.commandLine().getErr().println("the signer did not start: " + failed.getMessage());
      return NodeEnd.NOT_STARTED.status();
    }
    Runtime.getRuntime().addShutdownHook(new Thread(signer::close, "shutdown"));
    return signer.awaitEnd() ? 0 : 1;
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new SignerCommand();
    }
  }
}

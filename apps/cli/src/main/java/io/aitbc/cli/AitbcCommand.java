// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.CommandProvider;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.Comparator;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command `aitbc`, which does nothing without a subcommand.
@Command(
    name = "aitbc",
    description = "A blockchain node for AI workloads.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    version = "aitbc 0.1.0")
public final class AitbcCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  /// The command line with every subcommand that is on the class path, in the order of their names.
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new AitbcCommand());
    ServiceLoader.load(CommandProvider.class).stream()
        .map(provider -> new CommandLine(provider.get().command()))
        .sorted(Comparator.comparing(CommandLine::getCommandName))
        .forEach(line::addSubcommand);
    return line.registerConverter(Address.class, Address::fromHex)
        .registerConverter(Hash.class, Hash::fromHex)
        .registerConverter(Amount.class, new AitbcAmount())
        .setExecutionExceptionHandler(new Failures());
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}

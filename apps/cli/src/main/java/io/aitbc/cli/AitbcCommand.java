// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static java.util.Objects.requireNonNull;

import io.aitbc.client.CommandProvider;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
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

  /// The command line for these arguments: with the subcommand that the first of them names, else
  /// with every one that is on the class path, in the order of their names. What a subcommand takes
  /// is read from its classes, and of all of them that is a good part of a start.
  public static CommandLine commandLine(String... arguments) {
    return of(
        ServiceLoader.load(CommandProvider.class).stream()
            .map(provider -> provider.get().command()),
        arguments);
  }

  /// The same, of these subcommands.
  static CommandLine of(Stream<Object> commands, String... arguments) {
    List<Object> all = commands.toList();
    List<Object> named =
        all.stream()
            .filter(each -> arguments.length > 0 && name(each).equals(arguments[0]))
            .toList();
    CommandLine line = new CommandLine(new AitbcCommand());
    (named.isEmpty() ? all : named)
        .stream().sorted(Comparator.comparing(AitbcCommand::name)).forEach(line::addSubcommand);
    return line.registerConverter(Address.class, Address::fromHex)
        .registerConverter(Hash.class, Hash::fromHex)
        .registerConverter(Amount.class, new AitbcAmount())
        .setExecutionExceptionHandler(new Failures());
  }

  private static String name(Object command) {
    return requireNonNull(command.getClass().getAnnotation(Command.class)).name();
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.ServiceMetrics;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// What the commands of workers, auditors and evaluators have in common: bonds, earnings, status.
/// Protocol §17.10.
@Command(
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done, or stopped as asked",
      "1:the node refuses or does not answer, or a file cannot be used",
      "2:wrong usage"
    })
abstract sealed class ServiceCommand implements Runnable permits WorkerCommand, CheckerCommand {
  static final String KEYSTORE_HELP = "The service's account, a web3 keystore.";

  /// Of commands that send from the account of a service that may run.
  private static final String STOPPED_HELP =
      KEYSTORE_HELP
          + " Stop the service first: both would send from it, and what is sent twice under a nonce"
          + " may be lost.";

  private final ServiceRole role;

  /// Where a service shows what it measures.
  static final class MetricsOption {
    @Option(
        names = "--metrics",
        paramLabel = "HOST:PORT",
        description = "Count the calls that it sends, for Prometheus, at /metrics there.")
    private @Nullable String listen;

    /// Opens the page, if one is wanted.
    ///
    /// @throws IOException if the address cannot be listened at
    Optional<ServiceMetrics> serve(ServiceRole role) throws IOException, ConfigurationException {
      return listen == null
          ? Optional.empty()
          : Optional.of(ServiceMetrics.serve(role, ServiceAccounts.listen("--metrics", listen)));
    }
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  ServiceCommand(ServiceRole role) {
    this.role = role;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  ServiceRole role() {
    return role;
  }

  static ConfigurationException refusal(String key, String problem) {
    return new ConfigurationException("--" + key.replace('_', '-') + " " + problem);
  }

  /// Runs a service until it ends, or the process is told to stop.
  ///
  /// @return the command's exit status
  static int await(ServiceLoop loop) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(loop::close, "shutdown"));
    return loop.awaitEnd() ? 0 : 1;
  }

  @Command(
      name = "add-bond",
      description = "Adds to a service's bond.",
      mixinStandardHelpOptions = true)
  int addBond(
      @Parameters(paramLabel = "FILE", description = STOPPED_HELP) Path file,
      @Option(names = "--amount", required = true, paramLabel = "AITBC", description = "How much.")
          Amount amount,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> WorkCall.addBond(role, amount));
    return 0;
  }

  @Command(
      name = "unbond",
      description = {
        "Takes an amount out of the bond. It can be withdrawn after the unbonding time and the"
            + " last",
        "duty; all of it means that the service is drawn no more."
      },
      mixinStandardHelpOptions = true)
  int unbond(
      @Parameters(paramLabel = "FILE", description = STOPPED_HELP) Path file,
      @Option(names = "--amount", required = true, paramLabel = "AITBC", description = "How much.")
          Amount amount,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> WorkCall.unbond(role, amount));
    return 0;
  }

  @Command(
      name = "withdraw-bond",
      description = "Draws what left the bond and has waited long enough.",
      mixinStandardHelpOptions = true)
  int withdraw(
      @Parameters(paramLabel = "FILE", description = STOPPED_HELP) Path file,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> WorkCall.withdrawBond(role));
    return 0;
  }

  @Command(
      name = "withdraw-credit",
      description = "Draws what the account has earned, in all of its roles.",
      mixinStandardHelpOptions = true)
  int withdrawCredit(
      @Parameters(paramLabel = "FILE", description = STOPPED_HELP) Path file,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> WorkCall.withdrawCredit());
    return 0;
  }

  @Command(
      name = "status",
      description = "Prints bond, duties and earnings of a service, and how it is reached.",
      mixinStandardHelpOptions = true)
  int status(
      @Parameters(paramLabel = "ADDRESS", description = "The account.") Address account,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      return ServiceAccounts.show(spec.commandLine().getOut(), rpc, role, account, json);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.blobs.Reach;
import io.aitbc.client.RpcException;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkJob;
import io.aitbc.model.Amount;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.NodeConfiguration.AccountFile;
import io.aitbc.node.ServiceMetrics;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the commands of auditors and evaluators have in common: both look at claims of others.
@Command
abstract sealed class CheckerCommand extends ServiceCommand
    permits AuditorCommand, EvaluatorCommand {
  CheckerCommand(ServiceRole role) {
    super(role);
  }

  /// Starts the service.
  ///
  /// @param data its folder
  /// @param reach where addresses of workers may lead
  /// @param bond with which it registers if it is not
  /// @param metrics counts what it sends, if somebody watches
  abstract ServiceLoop start(
      URI node,
      AccountFile account,
      Path data,
      Reach reach,
      Optional<Amount> bond,
      Optional<ServiceMetrics> metrics)
      throws KeyFileException;

  @Command(
      name = "start",
      description = {
        "Runs the service beside a node that it trusts, until it gets SIGTERM or SIGINT: prints a"
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
              description = "The service's own folder: its secret and files of jobs.")
          Path data,
      @Option(
              names = "--reach",
              paramLabel = "WHERE",
              defaultValue = "public",
              description =
                  "Where addresses of workers may lead: public, or any, for networks on one machine"
                      + " (default: ${DEFAULT-VALUE}).")
          String reach,
      @Option(
              names = "--bond",
              paramLabel = "AITBC",
              description = "Register with this bond if it is not registered.")
          @Nullable Amount bond,
      @Mixin MetricsOption metrics)
      throws IOException, KeyFileException, ConfigurationException, InterruptedException {
    Reach allowed = ServicesConfiguration.reach("reach", reach, ServiceCommand::refusal);
    Optional<ServiceMetrics> page = metrics.serve(role());
    try {
      return await(
          start(account.node(), account.file(), data, allowed, Optional.ofNullable(bond), page));
    } finally {
      page.ifPresent(ServiceMetrics::close);
    }
  }

  @Command(
      name = "register",
      description = "Registers an account for this service.",
      mixinStandardHelpOptions = true)
  int register(
      @Parameters(paramLabel = "FILE", description = KEYSTORE_HELP) Path file,
      @Option(names = "--bond", required = true, paramLabel = "AITBC", description = "Its bond.")
          Amount bond,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> WorkCall.registerService(role(), WorkJob.EXACT, "", bond));
    return 0;
  }
}

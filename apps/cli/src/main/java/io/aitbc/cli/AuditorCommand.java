// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.CommandProvider;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.NodeConfiguration.AccountFile;
import io.aitbc.node.ServicesConfiguration;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.net.URI;
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

/// `aitbc auditor`: checks AI work for a bond and a fee. Protocol §17.10 to §17.14.
@Command(
    name = "auditor",
    description =
        "Checks AI work: runs drawn leaves again, reports, challenges what is wrong, is paid.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done, or stopped as asked",
      "1:the node refuses or does not answer, or a file cannot be used",
      "2:wrong usage"
    })
final class AuditorCommand implements Runnable {
  private static final String KEYSTORE_HELP = "The auditor's account, a web3 keystore.";

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
      description = {
        "Runs an auditor beside a node that it trusts, until it gets SIGTERM or SIGINT: prints a"
            + " line",
        "for what it sends. Killed at any moment, it goes on when it is started again."
      },
      mixinStandardHelpOptions = true)
  int start(
      @Option(
              names = "--rpc",
              paramLabel = "URL",
              defaultValue = "http://127.0.0.1:8545",
              description = "JSON-RPC of the node (default: ${DEFAULT-VALUE}).")
          URI node,
      @Option(
              names = "--account",
              required = true,
              paramLabel = "FILE",
              description = KEYSTORE_HELP + " Nothing else may send from it meanwhile.")
          Path account,
      @Option(
              names = "--password-file",
              required = true,
              paramLabel = "FILE",
              description = "A file of mode 0600 with its password in the first line.")
          Path password,
      @Option(
              names = "--data",
              required = true,
              paramLabel = "DIR",
              description = "The auditor's own folder: its secret and files of jobs.")
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
          @Nullable Amount bond)
      throws KeyFileException, ConfigurationException, InterruptedException {
    ServicesConfiguration.Auditor auditor =
        new ServicesConfiguration.Auditor(
            new AccountFile(account, password),
            data,
            ServicesConfiguration.reach("reach", reach, AuditorCommand::refusal));
    ServiceLoop loop = WorkServices.auditor(node, auditor, Optional.ofNullable(bond));
    Runtime.getRuntime().addShutdownHook(new Thread(loop::close, "shutdown"));
    return loop.awaitEnd() ? 0 : 1;
  }

  @Command(
      name = "register",
      description = "Registers an account as an auditor.",
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
    sending.send(
        file,
        (_, _, _) -> WorkCall.registerService(ServiceRole.AUDITOR, WorkServices.CLASSES, "", bond));
    return 0;
  }

  @Command(
      name = "add-bond",
      description = "Adds to an auditor's bond.",
      mixinStandardHelpOptions = true)
  int addBond(
      @Parameters(paramLabel = "FILE", description = KEYSTORE_HELP) Path file,
      @Option(names = "--amount", required = true, paramLabel = "AITBC", description = "How much.")
          Amount amount,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> WorkCall.addBond(ServiceRole.AUDITOR, amount));
    return 0;
  }

  @Command(
      name = "unbond",
      description = {
        "Takes an amount out of the bond. It can be withdrawn after the unbonding time and the"
            + " last",
        "seat; all of it means that the auditor is drawn no more."
      },
      mixinStandardHelpOptions = true)
  int unbond(
      @Parameters(paramLabel = "FILE", description = KEYSTORE_HELP) Path file,
      @Option(names = "--amount", required = true, paramLabel = "AITBC", description = "How much.")
          Amount amount,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> WorkCall.unbond(ServiceRole.AUDITOR, amount));
    return 0;
  }

  @Command(
      name = "withdraw-bond",
      description = "Draws what left the bond and has waited long enough.",
      mixinStandardHelpOptions = true)
  int withdraw(
      @Parameters(paramLabel = "FILE", description = KEYSTORE_HELP) Path file,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    sending.send(file, (_, _, _) -> WorkCall.withdrawBond(ServiceRole.AUDITOR));
    return 0;
  }

  @Command(
      name = "withdraw-credit",
      description = "Draws what the auditor has earned.",
      mixinStandardHelpOptions = true)
  int withdrawCredit(
      @Parameters(paramLabel = "FILE", description = KEYSTORE_HELP) Path file,
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
      description = "Prints bond, duties, earnings and secrets of an auditor.",
      mixinStandardHelpOptions = true)
  int status(
      @Parameters(paramLabel = "ADDRESS", description = "The account.") Address account,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      return ServiceAccounts.show(
          spec.commandLine().getOut(), rpc, ServiceRole.AUDITOR, account, json);
    }
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new AuditorCommand();
    }
  }
}

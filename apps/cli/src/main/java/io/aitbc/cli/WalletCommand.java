// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.client.ChainClient;
import io.aitbc.client.CommandProvider;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.ConfigurationException;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.KeystoreCost;
import io.aitbc.signer.Password;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc wallet`: accounts in web3 keystores, and their money.
@Command(
    name = "wallet",
    description = "Makes accounts, shows what they hold, and sends money.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done",
      "1:the node refuses or does not answer, or a file cannot be used",
      "2:wrong usage"
    })
final class WalletCommand implements Runnable {
  private static final Duration ANSWER_TIME = Duration.ofSeconds(10);

  /// Base fees may double in some blocks before a transfer gets its turn.
  private static final int PRICE_FACTOR = 2;

  private static final String JSON_HELP = "Print JSON.";
  private static final ObjectMapper JSON = new ObjectMapper();

  /// How hard the passwords of the keystores are to guess that it makes.
  private final KeystoreCost cost;

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  WalletCommand(KeystoreCost cost) {
    this.cost = cost;
  }

  /// Which node is asked.
  static final class NodeOption {
    @Option(
        names = "--rpc",
        paramLabel = "URL",
        defaultValue = "http://127.0.0.1:8545",
        description = "JSON-RPC of a node (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private URI url;

    URI url() {
      return url;
    }

    JsonRpc open() {
      return new JsonRpc(url, ANSWER_TIME);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "create",
      description = "Makes a new account in a new keystore file and prints its address.",
      mixinStandardHelpOptions = true)
  int create(
      @Parameters(paramLabel = "FILE", description = "The keystore to make.") Path file,
      @Mixin PasswordOption password,
      @Option(names = "--json", description = JSON_HELP) boolean json)
      throws KeyFileException, ConfigurationException {
    try (AccountSigner account = AccountSigner.generate(new SecureRandom())) {
      keep(file, account, password, json);
    }
    return 0;
  }

  @Command(
      name = "import",
      description = "Puts a private key into a new keystore file and prints its address.",
      mixinStandardHelpOptions = true)
  int importKey(
      @Parameters(paramLabel = "FILE", description = "The keystore to make.") Path file,
      @Option(
              names = "--secret-file",
              required = true,
              paramLabel = "FILE",
              description = "A file of mode 0600 with the key: 64 hexadecimal digits.")
          Path secret,
      @Mixin PasswordOption password,
      @Option(names = "--json", description = JSON_HELP) boolean json)
      throws KeyFileException, ConfigurationException {
    try (AccountSigner account = AccountSigner.readSecret(secret)) {
      keep(file, account, password, json);
    }
    return 0;
  }

  private void keep(Path file, AccountSigner account, PasswordOption password, boolean json)
      throws KeyFileException, ConfigurationException {
    try (Password chosen = password.chosen()) {
      AccountKeystore.create(file, account, chosen, cost, new SecureRandom());
    }
    String address = account.address().toString();
    spec.commandLine()
        .getOut()
        .println(
            json
                ? JSON.createObjectNode().put("account", address).put("file", file.toString())
                : address);
  }

  @Command(
      name = "balance",
      description = "Prints what an account holds after the last block, in AITBC.",
      mixinStandardHelpOptions = true)
  int balance(
      @Parameters(paramLabel = "ADDRESS", description = "The account.") Address account,
      @Mixin NodeOption node,
      @Option(names = "--json", description = JSON_HELP) boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      Amount held = new ChainClient(rpc).balance(account);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(
            JSON.createObjectNode()
                .put("account", account.toString())
                .put("wei", held.wei().toString()));
      } else {
        out.println(AitbcAmount.text(held) + " AITBC");
      }
    }
    return 0;
  }

  @Command(
      name = "send",
      description = {
        "Sends money and waits until the transfer is in a block. A node of a network with votes",
        "knows final blocks alone."
      },
      mixinStandardHelpOptions = true)
  int send(
      @Parameters(paramLabel = "FILE", description = "The sender's keystore.") Path file,
      @Option(names = "--to", required = true, paramLabel = "ADDRESS", description = "Who gets it.")
          Address to,
      @Option(names = "--amount", required = true, paramLabel = "AITBC", description = "How much.")
          Amount amount,
      @Option(
              names = "--wait",
              defaultValue = "60",
              paramLabel = "SECONDS",
              description = "How long to wait for the block (default: ${DEFAULT-VALUE}).")
          int waitSeconds,
      @Mixin NodeOption node,
      @Mixin PasswordOption password,
      @Option(names = "--json", description = JSON_HELP) boolean json)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    try (Password existing = password.existing();
        AccountSigner account = AccountKeystore.open(file, existing);
        JsonRpc rpc = node.open()) {
      ChainClient chain = new ChainClient(rpc);
      Hash hash =
          chain.send(
              ChainClient.transfer(
                  account,
                  chain.chainId(),
                  chain.nextNonce(account.address()),
                  to,
                  amount,
                  chain.gasPrice().times(PRICE_FACTOR)));
      PrintWriter out = spec.commandLine().getOut();
      if (!json) {
        out.println("sent         " + hash);
        out.flush();
      }
      JsonNode receipt = chain.awaitReceipt(hash, 1_000L * waitSeconds);
      long height = Long.decode(receipt.path("blockNumber").asText());
      if (json) {
        out.println(
            JSON.createObjectNode()
                .put("transaction", hash.toHex())
                .put("height", height)
                .put("block", receipt.path("blockHash").asText()));
      } else {
        out.println("in block     " + height + " " + receipt.path("blockHash").asText());
      }
    }
    return 0;
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new WalletCommand(KeystoreCost.STRONG);
    }
  }
}

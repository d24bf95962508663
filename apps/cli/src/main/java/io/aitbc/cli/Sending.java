// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.ContractErrors;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.EconomyCall;
import io.aitbc.model.Address;
import io.aitbc.node.ConfigurationException;
import io.aitbc.signer.AccountKeystore;
import io.aitbc.signer.AccountSigner;
import io.aitbc.signer.KeyFileException;
import io.aitbc.signer.Password;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// How a transaction of an account gets to the chain's contracts: tried first, so that a refusal is
/// named and costs nothing, then sent, and its block awaited.
final class Sending {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private WalletCommand.NodeOption node;

  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private PasswordOption password;

  @Option(
      names = "--wait",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How long to wait for the block (default: ${DEFAULT-VALUE}).")
  private int waitSeconds;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /// What an account does with a node.
  @FunctionalInterface
  interface Work {
    /// What it sends.
    EconomyCall call(ChainClient chain, JsonRpc rpc, AccountSigner account)
        throws IOException, RpcException;
  }

  /// What is told of a transaction beside its block.
  @FunctionalInterface
  interface Told {
    /// More of it, by name.
    ///
    /// @param receipt of the transaction, which succeeded
    ObjectNode of(JsonNode receipt) throws IOException;
  }

  /// The password of the files.
  Password password() throws KeyFileException, ConfigurationException {
    return password.existing();
  }

  /// Whether JSON is printed.
  boolean isJson() {
    return json;
  }

  /// The node.
  JsonRpc open() {
    return node.open();
  }

  /// Sends what `work` makes, from the account in a keystore.
  void send(Path file, Work work)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    send(file, work, _ -> JSON.createObjectNode());
  }

  /// The same, and tells more of it.
  void send(Path file, Work work, Told told)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    try (Password existing = password();
        AccountSigner account = AccountKeystore.open(file, existing);
        JsonRpc rpc = open()) {
      ChainClient chain = new ChainClient(rpc);
      send(chain, account, work.call(chain, rpc, account), told);
    }
  }

  /// Prints a call for a wallet that holds the account elsewhere.
  void print(Address from, EconomyCall call) {
    String to = call.contract().address().toString();
    String data = call.input().toHex();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          JSON.createObjectNode()
              .put("from", from.toString())
              .put("to", to)
              .put("value", call.money().wei().toHex())
              .put("data", data));
    } else {
      out.println("from         " + from);
      out.println("to           " + to);
      out.println("value        " + AitbcAmount.text(call.money()) + " AITBC");
      out.println("data         " + data);
    }
  }

  /// Sends a call that would succeed, and waits for its block.
  void send(ChainClient chain, AccountSigner account, EconomyCall call)
      throws IOException, RpcException, InterruptedException {
    send(chain, account, call, _ -> JSON.createObjectNode());
  }

  private void send(ChainClient chain, AccountSigner account, EconomyCall call, Told told)
      throws IOException, RpcException, InterruptedException {
    Hash hash = sent(chain, account, call);
    PrintWriter out = spec.commandLine().getOut();
    if (!json) {
      out.println("sent         " + hash);
      out.flush();
    }
    JsonNode receipt = chain.awaitReceipt(hash, 1_000L * waitSeconds);
    long height = Long.decode(receipt.path("blockNumber").asText());
    if (!receipt.path("status").asText().equals("0x1")) {
      throw new IOException(
          "%s failed in block %d: others' transactions came before it".formatted(hash, height));
    }
    ObjectNode more = told.of(receipt);
    if (json) {
      ObjectNode all =
          JSON.createObjectNode()
              .put("transaction", hash.toHex())
              .put("height", height)
              .put("block", receipt.path("blockHash").asText());
      out.println(all.<ObjectNode>setAll(more));
    } else {
      out.println("in block     " + height + " " + receipt.path("blockHash").asText());
      more.properties()
          .forEach(
              each -> out.println("%-12s %s".formatted(each.getKey(), each.getValue().asText())));
    }
  }

  /// Sends a call that would succeed after the last block, signed by `account`.
  ///
  /// @return the transaction's hash
  /// @throws IOException also if the contract refuses the call, with the name of its error
  static Hash sent(ChainClient chain, AccountSigner account, EconomyCall call)
      throws IOException, RpcException {
    Address contract = call.contract().address();
    long gas;
    try {
      gas = chain.estimateGas(account.address(), contract, call.money(), call.input());
    } catch (RpcException refused) {
      throw new IOException(
          "%s refuses: %s"
              .formatted(
                  call.contract().artifact(),
                  ContractErrors.signature(call.contract(), refused.data())
                      .orElse(String.valueOf(refused.getMessage()))),
          refused);
    }
    return chain.send(
        ChainClient.call(
            account,
            chain.chainId(),
            chain.nextNonce(account.address()),
            contract,
            call.money(),
            call.input(),
            gas + gas / 4, // Others' transactions may come before it.
            chain.gasPrice().times(2)));
  }
}

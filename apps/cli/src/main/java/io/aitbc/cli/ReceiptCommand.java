// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.LightChain;
import io.aitbc.client.LightReceipt;
import io.aitbc.client.RpcException;
import io.aitbc.consensus.Checkpoint;
import io.aitbc.consensus.ConsensusGenesis;
import io.aitbc.consensus.LightClient;
import io.aitbc.consensus.LightRejection;
import io.aitbc.consensus.LightVerdict;
import io.aitbc.consensus.TrustedHead;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.Genesis;
import io.aitbc.model.CertificateCheck;
import io.aitbc.model.Log;
import io.aitbc.model.NetworkKind;
import io.aitbc.model.Receipt;
import io.aitbc.node.ConfigurationException;
import io.aitbc.node.GenesisFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc consensus receipt`: what came of a transaction, proven as to a light client. Protocol
/// §10.3, §13.3.
@Command(
    name = "receipt",
    description = {
      "Proves what came of a transaction. The node that is asked need not be trusted: headers are",
      "followed by their certificates from the genesis file or a checkpoint on, and transaction",
      "and receipt are proven under the header of their block."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:proven, whether the transaction succeeded or failed",
      "1:not proven, or the node refuses or does not answer",
      "2:wrong usage or genesis file"
    })
final class ReceiptCommand implements Callable<Integer> {
  /// Nothing is proven.
  private static final int NOT_PROVEN = 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Parameters(paramLabel = "HASH", description = "The transaction.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Hash transaction;

  @Option(
      names = "--genesis",
      required = true,
      paramLabel = "FILE",
      description = "The network's genesis file.")
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private Path genesis;

  @Option(
      names = "--checkpoint",
      paramLabel = "HEIGHT:HASH",
      description = {
        "A block below the transaction's that is trusted. Needed when the genesis block is older",
        "than 14 days; near blocks are followed sooner."
      })
  private String checkpoint = "";

  @Option(
      names = "--stake",
      description =
          "Ask each certificate for more than two thirds of the stake, whatever the mode.")
  private boolean stake;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Mixin
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private WalletCommand.NodeOption node;

  @Override
  public Integer call() throws IOException, RpcException, ConfigurationException {
    GenesisFile read = GenesisFile.read(genesis);
    Genesis file = read.genesis();
    if (!(file.kind() instanceof NetworkKind.Hybrid)) {
      throw new ConfigurationException(
          genesis + " is of a network without votes: nothing in it is ever final");
    }
    ConsensusGenesis begin =
        new ConsensusGenesis(read.state().hash(), file.timestampMillis(), file.snapshot());
    LightClient client =
        new LightClient(
            new CertificateCheck(begin.genesisHash(), new BlsScheme()),
            stake ? LightClient.Assurance.STAKE : LightClient.Assurance.CLAIMED_MODE,
            List.of());
    try (JsonRpc rpc = node.open()) {
      return checkpoint.isEmpty()
          ? find(rpc, client, TrustedHead.genesis(begin))
          : find(rpc, client, given());
    }
  }

  private Checkpoint given() throws ConfigurationException {
    return Checkpoint.parse(checkpoint)
        .orElseThrow(() ->
            new ConfigurationException(
                "--checkpoint is \"" + checkpoint + "\", which is no HEIGHT:HASH"));
  }

  private int find(JsonRpc rpc, LightClient client, Checkpoint from)
      throws IOException, RpcException {
    return switch (LightChain.begin(rpc, client, from, InstantSource.system())) {
      case LightVerdict.Accepted(var head) -> find(rpc, client, head);
      case LightVerdict.Rejected(var reason) ->
          refuse("the node does not have the checkpoint: " + text(reason));
    };
  }

  private int find(JsonRpc rpc, LightClient client, TrustedHead from)
      throws IOException, RpcException {
    LightChain chain = new LightChain(rpc, client, from, InstantSource.system());
    return switch (chain.receipt(transaction)) {
      case LightReceipt.Proven proven -> {
        print(proven, from);
        yield 0;
      }
      case LightReceipt.Unknown() -> refuse("the node knows no block with " + transaction);
      case LightReceipt.NotFollowed(var height, var reason) ->
          refuse("block " + height + " is not followed: " + text(reason));
      case LightReceipt.NotProven(var reason) ->
          refuse("the node's proof does not hold: " + reason);
    };
  }

  private int refuse(String reason) {
    spec.commandLine().getErr().println(spec.qualifiedName() + ": " + reason);
    return NOT_PROVEN;
  }

  private static String text(LightRejection reason) {
    return switch (reason) {
      case LightRejection.Expired _ ->
          "what is trusted is older than 14 days; a --checkpoint that is younger is needed";
      case LightRejection.NotAbove(var trusted, _) ->
          "it is not above block " + trusted + ", which is trusted; name an earlier --checkpoint";
      default -> reason.toString();
    };
  }

  private void print(LightReceipt.Proven proven, TrustedHead from) {
    PrintWriter out = spec.commandLine().getOut();
    Receipt receipt = proven.receipt();
    boolean succeeded = receipt.outcome() == Receipt.Outcome.SUCCEEDED;
    if (json) {
      ObjectNode shown =
          JSON.createObjectNode()
              .put("transaction", transaction.toHex())
              .put("height", proven.block().height().number())
              .put("block", proven.block().blockHash().toHex())
              .put("position", proven.position())
              .put("succeeded", succeeded)
              .put("trustedHeight", from.height().number())
              .put("trustedBlock", from.blockHash().toHex());
      ArrayNode logs = shown.putArray("logs");
      receipt.logs().forEach(log -> addLog(logs, log));
      out.println(shown);
      return;
    }
    out.println("transaction  " + transaction + (succeeded ? " succeeded" : " failed"));
    out.println(
        "in block     %s %s at position %d"
            .formatted(proven.block().height(), proven.block().blockHash(), proven.position()));
    out.println(
        "proven       by certificates from block %s %s on"
            .formatted(from.height(), from.blockHash()));
    for (Log log : receipt.logs()) {
      out.println("log          of %s %s %s".formatted(log.address(), log.topics(), log.data()));
    }
  }

  private static void addLog(ArrayNode logs, Log log) {
    ObjectNode shown = logs.addObject().put("address", log.address().toString());
    ArrayNode topics = shown.putArray("topics");
    log.topics().forEach(topic -> topics.add(topic.toHex()));
    shown.put("data", log.data().toHex());
  }
}

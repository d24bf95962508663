// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.CommandProvider;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.EconomyContract;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc governance`: what is proposed, and what it would do.
@Command(
    name = "governance",
    description = "Shows what a proposal would do.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done, and nothing would fail",
      "1:the node refuses or does not answer, or there is no such proposal",
      "2:wrong usage",
      "3:something would fail if the proposal were executed"
    })
final class GovernanceCommand implements Runnable {
  /// Something would fail.
  static final int HARMFUL = 3;

  private static final Hash PROPOSED =
      Keccak256.hash(Bytes.wrap(ProposedCalls.EVENT.getBytes(StandardCharsets.US_ASCII)));

  @Spec
  @SuppressWarnings("NullAway.Init") // Set by picocli.
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  @Command(
      name = "dry-run",
      description = {
        "Tries a proposal on a copy of the state after the last block: its calls, the ends of two",
        "epochs, another proposal and its execution. Advice: by then the state may be another."
      },
      mixinStandardHelpOptions = true)
  int dryRun(
      @Parameters(paramLabel = "ID", description = "The proposal's number, from 1 on.") long id,
      @Option(
              names = "--from-block",
              defaultValue = "0",
              paramLabel = "HEIGHT",
              description = "Where to stop looking back for it (default: ${DEFAULT-VALUE}).")
          long fromBlock,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    if (id < 1 || fromBlock < 0) {
      throw new ParameterException(
          spec.commandLine(), "proposals have numbers from 1 on, and blocks from 0 on");
    }
    try (JsonRpc rpc = node.open()) {
      ProposedCalls calls = calls(new ChainClient(rpc), id, fromBlock);
      JsonNode outcome =
          rpc.call(
              "aitbc_dryRunProposal",
              "0x" + Long.toHexString(id),
              calls.targets().stream().map(Object::toString).toList(),
              calls.datas().stream().map(Bytes::toHex).toList());
      if (!(outcome instanceof ObjectNode found)) {
        throw new IOException(rpc.endpoint() + ": this network has no contract Governor");
      }
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(found);
      } else {
        print(out, calls, found);
      }
      return found.path("harmless").asBoolean() ? 0 : HARMFUL;
    }
  }

  /// What the proposal consists of: the chain keeps its hash alone, the log has all.
  private static ProposedCalls calls(ChainClient chain, long id, long fromBlock)
      throws IOException, RpcException {
    Optional<JsonNode> log =
        chain.lastLog(
            EconomyContract.GOVERNOR.address(),
            List.of(PROPOSED, Hash.of(UInt256.of(id).toArray())),
            fromBlock);
    if (log.isEmpty()) {
      throw new IOException(
          "no proposal %d in the blocks that this node has from %d on".formatted(id, fromBlock));
    }
    String data = log.get().path("data").asText();
    return (data.matches("0x(?:[0-9a-f]{2})*")
            ? ProposedCalls.of(Bytes.fromHex(data))
            : Optional.<ProposedCalls>empty())
        .orElseThrow(() -> new IOException("no log of the contract Governor: " + log.get()));
  }

  private static void print(PrintWriter out, ProposedCalls calls, JsonNode outcome) {
    out.println("after block    " + Long.decode(outcome.path("height").asText()));
    for (int i = 0; i < calls.targets().size(); i++) {
      out.println("call           %s %s".formatted(calls.targets().get(i), calls.datas().get(i)));
    }
    out.println("calls          " + outcome.path("calls").asText());
    for (JsonNode epoch : outcome.path("epochs")) {
      JsonNode failed = epoch.path("failed");
      out.println(
          "epoch's end    %s, %d authorities, %d stakers"
              .formatted(
                  failed.isEmpty() ? "success" : "fails: " + failed,
                  epoch.path("authorities").asInt(),
                  epoch.path("stakers").asInt()));
    }
    printIfTried(out, "next proposal  ", outcome.path("nextProposal"));
    printIfTried(out, "next execution ", outcome.path("nextExecution"));
    out.println(
        "outcome        "
            + (outcome.path("harmless").asBoolean() ? "nothing fails" : "something fails"));
  }

  private static void printIfTried(PrintWriter out, String what, JsonNode result) {
    if (!result.isMissingNode()) {
      out.println(what + result.asText());
    }
  }

  /// Brings the command to `aitbc`.
  public static final class Provider implements CommandProvider {
    @Override
    public Object command() {
      return new GovernanceCommand();
    }
  }
}

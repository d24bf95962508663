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
import io.aitbc.execution.ChainParameter;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.node.ConfigurationException;
import io.aitbc.signer.KeyFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `aitbc governance`: what is proposed, votes, and what a proposal does or would do. Protocol
/// §16.11, §16.12.
@Command(
    name = "governance",
    description = "Proposes, votes and executes, and shows what a proposal would do.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:done; of dry-run: nothing would fail",
      "1:node or contract refuse or do not answer, or there is no such proposal",
      "2:wrong usage",
      "3:of dry-run: something would fail if the proposal were executed"
    })
final class GovernanceCommand implements Runnable {
  /// Something would fail.
  static final int HARMFUL = 3;

  private static final String ACCOUNT_HELP = "The account's keystore.";
  private static final String ID_HELP = "The proposal's number, from 1 on.";
  private static final String FROM_HELP =
      "Where to stop looking back for it (default: ${DEFAULT-VALUE}).";

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
      name = "list",
      description = "Prints the latest proposals, the latest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(
              names = "--from",
              paramLabel = "ID",
              description = "The highest number to print (default: the latest).")
          @Nullable Long from,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    try (JsonRpc rpc = node.open()) {
      JsonNode found = found(rpc, from);
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(found);
        return 0;
      }
      long now = found.path("now").asLong();
      for (JsonNode each : found.path("proposals")) {
        JsonNode votes = each.path("votes");
        out.println(
            "%d %s %s by %s: ends in %d s; for %s, against %s, abstain %s of %s AITBC; seats: %d for, %d to hold of %d"
                .formatted(
                    each.path("id").asLong(),
                    each.path("state").asText(),
                    each.path("kind").asText(),
                    each.path("proposer").asText(),
                    Math.max(0, each.path("ends").asLong() - now),
                    aitbc(votes.path("for")),
                    aitbc(votes.path("against")),
                    aitbc(votes.path("abstain")),
                    aitbc(each.path("stake")),
                    each.path("seats").path("for").asInt(),
                    each.path("seats").path("toHold").asInt(),
                    each.path("seats").path("all").asInt()));
      }
    }
    return 0;
  }

  private static JsonNode found(JsonRpc rpc, @Nullable Long from) throws IOException, RpcException {
    JsonNode found =
        from == null
            ? rpc.call("aitbc_proposals")
            : rpc.call("aitbc_proposals", "0x" + Long.toHexString(from));
    if (!found.isObject()) {
      throw new IOException(rpc.endpoint() + ": this network has no contract Governor");
    }
    return found;
  }

  private static String aitbc(JsonNode wei) {
    return AitbcAmount.text(new Amount(UInt256.parse(wei.asText())));
  }

  @Command(
      name = "propose",
      description = {
        "Proposes changes of parameters, or any calls of the Timelock, and deposits what the",
        "parameter PROPOSAL_DEPOSIT says."
      },
      mixinStandardHelpOptions = true)
  int propose(
      @Parameters(paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Option(
              names = "--set",
              paramLabel = "NAME=VALUE",
              description =
                  "A parameter and its new value: wei, milliseconds, millionths or a code. All of"
                      + " them are one call.")
          @Nullable Map<String, BigInteger> settings,
      @Option(
              names = "--call",
              paramLabel = "ADDRESS=DATA",
              description = "A contract and what to call it with, hexadecimal.")
          @Nullable List<String> calls,
      @Mixin HardwareActions hardware,
      @Option(
              names = "--description",
              defaultValue = "",
              paramLabel = "TEXT",
              description = "For those who vote.")
          String description,
      @Option(
              names = "--emergency",
              description = "Executed at once when two thirds of both classes are for it.")
          boolean emergency,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    List<EconomyCall.Action> actions = new ArrayList<>();
    for (String each : calls == null ? List.<String>of() : calls) {
      actions.add(action(each));
    }
    actions.addAll(hardware.actions());
    if (settings == null && actions.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "nothing is proposed: --set, --call, --approve-code, …");
    }
    sending.send(
        file,
        (_, rpc, _) -> {
          Map<String, ChainParameter> parameters = parameters(rpc);
          if (settings != null) {
            actions.addFirst(EconomyCall.set(settings(settings, parameters)));
          }
          Amount deposit =
              new Amount(named(EconomyParameter.PROPOSAL_DEPOSIT.name(), parameters).value());
          return emergency
              ? EconomyCall.proposeEmergency(actions, description, deposit)
              : EconomyCall.propose(actions, description, deposit);
        });
    return 0;
  }

  private EconomyCall.Action action(String text) {
    if (!text.matches("0x[0-9a-fA-F]{40}=0x(?:[0-9a-fA-F]{2})*")) {
      throw new ParameterException(spec.commandLine(), "no ADDRESS=DATA: " + text);
    }
    int equals = text.indexOf('=');
    return new EconomyCall.Action(
        Address.fromHex(text.substring(0, equals)), Bytes.fromHex(text.substring(equals + 1)));
  }

  private List<EconomyCall.Setting> settings(
      Map<String, BigInteger> wanted, Map<String, ChainParameter> parameters) {
    List<EconomyCall.Setting> settings = new ArrayList<>();
    wanted.forEach((name, value) -> {
      if (value.signum() < 0 || value.bitLength() > UInt256.BYTES * Byte.SIZE) {
        throw new ParameterException(spec.commandLine(), "no value of a parameter: " + value);
      }
      settings.add(new EconomyCall.Setting(named(name, parameters).number(), UInt256.of(value)));
    });
    return settings;
  }

  private ChainParameter named(String name, Map<String, ChainParameter> parameters) {
    ChainParameter found = parameters.get(name);
    if (found == null) {
      throw new ParameterException(
          spec.commandLine(),
          "no parameter %s; there are %s".formatted(name, String.join(", ", parameters.keySet())));
    }
    return found;
  }

  private static Map<String, ChainParameter> parameters(JsonRpc rpc)
      throws IOException, RpcException {
    Map<String, ChainParameter> parameters = new LinkedHashMap<>();
    for (JsonNode each : rpc.call("aitbc_parameters")) {
      String name = each.path("name").asText();
      ChainParameter _ =
          parameters.put(
              name,
              new ChainParameter(
                  each.path("number").asInt(), name, UInt256.parse(each.path("value").asText())));
    }
    return parameters;
  }

  @Command(
      name = "vote",
      description = "Votes with an account's stake, or with its seat as an authority.",
      mixinStandardHelpOptions = true)
  int vote(
      @Parameters(index = "0", paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Parameters(index = "1", paramLabel = "ID", description = ID_HELP) long id,
      @Option(names = "--support", required = true, description = "${COMPLETION-CANDIDATES}.")
          EconomyCall.Support support,
      @Option(
              names = "--pool",
              paramLabel = "ADDRESS",
              description =
                  "Where its stake is; may be given more than once (default: its own pool).")
          @Nullable List<Address> pools,
      @Option(names = "--seat", description = "With the account's seat instead of stake.")
          boolean seat,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    requireNumber(id, 0);
    sending.send(
        file,
        (_, _, account) ->
            seat
                ? EconomyCall.voteAsAuthority(UInt256.of(id), support)
                : EconomyCall.vote(
                    UInt256.of(id),
                    support,
                    pools == null ? List.of(account.address()) : pools,
                    account.address()));
    return 0;
  }

  @Command(
      name = "execute",
      description = {
        "Takes a proposal that passed a step further: hands it to the Timelock, or, when it waited",
        "there or is an emergency, has its calls made. Anybody may."
      },
      mixinStandardHelpOptions = true)
  int execute(
      @Parameters(index = "0", paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Parameters(index = "1", paramLabel = "ID", description = ID_HELP) long id,
      @Option(
              names = "--from-block",
              defaultValue = "0",
              paramLabel = "HEIGHT",
              description = FROM_HELP)
          long fromBlock,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    requireNumber(id, fromBlock);
    sending.send(
        file,
        (chain, rpc, _) -> {
          JsonNode proposal = found(rpc, id).path("proposals").path(0);
          if (proposal.path("id").asLong() != id) {
            throw new IOException("no proposal " + id);
          }
          boolean passed = proposal.path("state").asText().equals("SUCCEEDED");
          if (passed && !proposal.path("kind").asText().equals("EMERGENCY")) {
            return EconomyCall.queue(UInt256.of(id));
          }
          ProposedCalls calls = calls(chain, id, fromBlock);
          List<EconomyCall.Action> actions = new ArrayList<>();
          for (int i = 0; i < calls.targets().size(); i++) {
            actions.add(new EconomyCall.Action(calls.targets().get(i), calls.datas().get(i)));
          }
          return EconomyCall.execute(UInt256.of(id), actions);
        });
    return 0;
  }

  @Command(
      name = "hold-back",
      description = {
        "Asks with the account's seat as an authority to hold a protected proposal back. When more than",
        "half of the seats do, it waits, and then needs two thirds of all stake in a second vote."
      },
      mixinStandardHelpOptions = true)
  int holdBack(
      @Parameters(index = "0", paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Parameters(index = "1", paramLabel = "ID", description = ID_HELP) long id,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    requireNumber(id, 0);
    sending.send(file, (_, _, _) -> EconomyCall.holdBack(UInt256.of(id)));
    return 0;
  }

  @Command(
      name = "second-vote",
      description = "Begins the second vote on a proposal that was held back. Anybody may.",
      mixinStandardHelpOptions = true)
  int secondVote(
      @Parameters(index = "0", paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Parameters(index = "1", paramLabel = "ID", description = ID_HELP) long id,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    requireNumber(id, 0);
    sending.send(file, (_, _, _) -> EconomyCall.openSecondVote(UInt256.of(id)));
    return 0;
  }

  @Command(
      name = "settle-deposit",
      description = {
        "After the vote, gives a proposal's deposit back if there was a quorum or it passed, else to the",
        "Treasury. Anybody may."
      },
      mixinStandardHelpOptions = true)
  int settleDeposit(
      @Parameters(index = "0", paramLabel = "FILE", description = ACCOUNT_HELP) Path file,
      @Parameters(index = "1", paramLabel = "ID", description = ID_HELP) long id,
      @Mixin Sending sending)
      throws IOException,
          RpcException,
          KeyFileException,
          ConfigurationException,
          InterruptedException {
    requireNumber(id, 0);
    sending.send(file, (_, _, _) -> EconomyCall.settleDeposit(UInt256.of(id)));
    return 0;
  }

  private void requireNumber(long id, long fromBlock) {
    if (id < 1 || fromBlock < 0) {
      throw new ParameterException(
          spec.commandLine(), "proposals have numbers from 1 on, and blocks from 0 on");
    }
  }

  @Command(
      name = "dry-run",
      description = {
        "Tries a proposal on a copy of the state after the last block: its calls, the ends of two",
        "epochs, another proposal and its execution. Advice: by then the state may be another."
      },
      mixinStandardHelpOptions = true)
  int dryRun(
      @Parameters(paramLabel = "ID", description = ID_HELP) long id,
      @Option(
              names = "--from-block",
              defaultValue = "0",
              paramLabel = "HEIGHT",
              description = FROM_HELP)
          long fromBlock,
      @Mixin WalletCommand.NodeOption node,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException, RpcException {
    requireNumber(id, fromBlock);
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

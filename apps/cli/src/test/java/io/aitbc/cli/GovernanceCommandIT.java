// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.CallData;
import io.aitbc.execution.EconomyContract;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The command over HTTP, with a server that answers as a node does, and as no honest one would.
/// Protocol §16.12.
class GovernanceCommandIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Address PARAMS = EconomyContract.PARAMS.address();

  private static final Bytes SET =
      CallData.of("set(uint256,uint256)").number(42).number(1).toBytes();

  /// What the contract writes of a proposal with two calls.
  static final Bytes LOG =
      CallData.ofConstructor()
          .number(0)
          .number(0)
          .number(1_000)
          .addresses(List.of(PARAMS, EconomyContract.TREASURY.address()))
          .byteStrings(List.of(SET, Bytes.EMPTY))
          .bytes(Bytes.wrap("why".getBytes(StandardCharsets.US_ASCII)))
          .toBytes();

  private static final String OUTCOME =
      """
      {"height":"0x61a8","harmless":%s,"calls":"success","epochs":[
       {"failed":[],"authorities":4,"stakers":5},{"failed":["Rewards"],"authorities":4,"stakers":5}],
       "nextProposal":"success","nextExecution":"success"}
      """;

  private static final String PROPOSALS =
      """
      {"now":100,"proposals":[{"id":3,"state":"OPEN","kind":"PROTECTED","deciders":"BOTH",
       "proposer":"0x1212121212121212121212121212121212121212","ends":160,"heldUntil":0,
       "stake":"0x8ac7230489e80000","votes":{"for":"0xde0b6b3a7640000","against":"0x0","abstain":"0x0"},
       "seats":{"all":4,"for":0,"toHold":1}}]}
      """;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private PretendedServer server;

  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private volatile String logData = LOG.toHex();
  private volatile String outcome = OUTCOME.formatted(true);

  private final StringWriter printed = new StringWriter();

  @BeforeEach
  void aServer() throws IOException {
    server =
        PretendedNode.start(call -> {
          asked.add(call);
          return "\"result\":" + result(call);
        });
  }

  @AfterEach
  void theEnd() {
    server.close();
  }

  /// The proposal was made in block 4,000 of 25,000.
  private String result(JsonNode request) {
    return switch (request.path("method").asText()) {
      case "eth_blockNumber" -> "\"0x61a8\"";
      case "eth_getLogs" ->
          Long.decode(request.path("params").path(0).path("fromBlock").asText()) <= 4_000
              ? "[{\"data\":\"" + logData + "\"}]"
              : "[]";
      case "aitbc_proposals" -> PROPOSALS;
      default -> outcome;
    };
  }

  private int execute(String... arguments) {
    return run("dry-run", arguments);
  }

  private int run(String command, String... arguments) {
    String[] all = new String[arguments.length + 4];
    all[0] = "governance";
    all[1] = command;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    all[all.length - 2] = "--rpc";
    all[all.length - 1] = server.address().toString();
    return AitbcCommand.commandLine(all)
        .setErr(new PrintWriter(printed, true))
        .setOut(new PrintWriter(printed, true))
        .execute(all);
  }

  @Test // Protocol §16.12
  void theCallsAreFoundInTheLogAndTried() {
    assertEquals(0, execute("3"));
    assertTrue(printed.toString().contains("after block    25000"), printed.toString());
    assertTrue(printed.toString().contains("nothing fails"), printed.toString());
    JsonNode filter = asked.get(1).path("params").path(0);
    assertEquals(EconomyContract.GOVERNOR.address().toString(), filter.path("address").asText());
    assertEquals(
        "0x" + "0".repeat(63) + "3", filter.path("topics").path(1).asText(), filter.toString());
    JsonNode tried = asked.getLast().path("params");
    assertEquals(
        "[\"0x3\",[\"%s\",\"%s\"],[\"%s\",\"0x\"]]"
            .formatted(PARAMS, EconomyContract.TREASURY.address(), SET.toHex()),
        tried.toString());
    assertEquals(5, asked.size(), "three ranges of logs");
  }

  @Test // Protocol §16.12
  void whatWouldFailIsAStatusOfItsOwn() throws IOException {
    outcome = OUTCOME.formatted(false);
    assertEquals(GovernanceCommand.HARMFUL, execute("3"));
    assertTrue(printed.toString().contains("fails: [\"Rewards\"]"), printed.toString());
    printed.getBuffer().setLength(0);
    assertEquals(GovernanceCommand.HARMFUL, execute("3", "--json"));
    assertEquals(JSON.readTree(outcome), JSON.readTree(printed.toString()));
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertEquals(1, execute("3", "--from-block", "20000"));
    assertTrue(printed.toString().contains("no proposal 3"), printed.toString());
    assertEquals(2, execute("0"));
    outcome = "null";
    assertEquals(1, execute("3"));
    assertTrue(printed.toString().contains("no contract Governor"), printed.toString());
  }

  @Test
  void aLogThatTheContractDidNotWriteIsRefused() {
    for (int length = 0; length < LOG.length() - 2 * UInt256.BYTES; length += 16) {
      assertEquals(Optional.empty(), ProposedCalls.of(LOG.slice(0, length)), length + " bytes");
    }
    byte[] huge = LOG.toArray();
    huge[3 * UInt256.BYTES] = 1;
    assertEquals(Optional.empty(), ProposedCalls.of(Bytes.wrap(huge)));
    logData = "0x12";
    assertEquals(1, execute("3"));
    assertTrue(printed.toString().contains("no log of the contract"), printed.toString());
  }

  @Test // Protocol §16.11
  void proposalsAreListedWithTheirVotes() throws IOException {
    assertEquals(0, run("list"));
    assertTrue(
        printed
            .toString()
            .contains(
                "3 OPEN PROTECTED by 0x1212121212121212121212121212121212121212: ends in 60 s; for"
                    + " 1, against 0, abstain 0 of 10 AITBC; seats: 0 for, 1 to hold of 4"),
        printed.toString());
    printed.getBuffer().setLength(0);
    assertEquals(0, run("list", "--from", "3", "--json"));
    assertEquals(JSON.readTree(PROPOSALS), JSON.readTree(printed.toString()));
    assertEquals("[\"0x3\"]", asked.getLast().path("params").toString());
  }
}

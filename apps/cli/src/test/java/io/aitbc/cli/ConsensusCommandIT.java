// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the command prints, from a server that answers as a node does. Protocol §3, §6.
class ConsensusCommandIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODE =
      """
      {"height":8,"policy":"OPERATIONAL","quorum":"BALANCED","from":"FAST","to":"SECURE","step":4,
       "blockIntervalMillis":860,"inputs":{"loadMillionths":120000,"availabilityMillionths":785000,
       "participationMillionths":1000000,"valueMoved":"0x0","convictedAuthorities":0,
       "convictedStakeMillionths":0},"headroom":{"FAST":-1,"BALANCED":1,"SECURE":3}}
      """;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private PretendedServer server;

  private final StringWriter printed = new StringWriter();
  private volatile String missing = "[]";
  private volatile String mode = MODE;

  @BeforeEach
  void aServer() throws IOException {
    server = PretendedNode.start(call -> "\"result\":" + result(call.path("method").asText()));
  }

  @AfterEach
  void theEnd() {
    server.close();
  }

  private String result(String method) {
    return switch (method) {
      case "aitbc_status" -> "{\"height\":7,\"round\":1,\"peers\":3,\"mode\":\"poa\"}";
      case "aitbc_mode" -> mode;
      case "aitbc_epoch" ->
          "{\"epoch\":0,\"firstHeight\":1,\"lastHeight\":100,\"authorities\":4,\"stakers\":2,"
              + "\"yield\":{\"millionths\":71200,\"meantFrom\":50000,\"meantTo\":150000}}";
      default -> missing;
    };
  }

  private int consensus(String... arguments) {
    printed.getBuffer().setLength(0);
    String[] all = new String[arguments.length + 3];
    all[0] = "consensus";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "--rpc";
    all[all.length - 1] = server.address().toString();
    return AitbcCommand.commandLine(all)
        .setErr(new PrintWriter(printed, true))
        .setOut(new PrintWriter(printed, true))
        .execute(all);
  }

  @Test // Protocol §3
  void theStatusSaysTheModeAndWhatItFollowsFrom() throws IOException {
    assertEquals(0, consensus("status"), printed.toString());
    for (String part :
        new String[] {
          "7 final, round 1 of the next, 3 peers",
          "BALANCED by OPERATIONAL, FAST to SECURE, step 4 of 10, a block every 860 ms",
          "load 12.0 %, availability 78.5 %, participation 100.0 %",
          "epoch        0, blocks 1 to 100, 4 authorities, 2 stakers",
          "yield        7.1 % a year of stake in this mode, meant to be 5.0 % to 15.0 %"
        }) {
      assertTrue(printed.toString().contains(part), printed.toString());
    }
    assertEquals(0, consensus("status", "--json"));
    assertEquals(JSON.readTree(MODE), JSON.readTree(printed.toString()).path("mode"));
    mode = "null";
    assertEquals(0, consensus("status"));
    assertTrue(printed.toString().contains("mode         poa"), printed.toString());
  }

  @Test // Protocol §6
  void whatIsMissingIsAStatusOfItsOwn() {
    assertEquals(0, consensus("why-stalled"));
    assertTrue(printed.toString().contains("nothing is missing"), printed.toString());
    missing = "[\"missing: 2 authorities\"]";
    assertEquals(ConsensusCommand.WAITS, consensus("why-stalled"));
    assertEquals("missing: 2 authorities", printed.toString().strip());
    assertEquals(ConsensusCommand.WAITS, consensus("why-stalled", "--json"));
    assertEquals(missing, printed.toString().strip());
  }
}

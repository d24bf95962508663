// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.execution.EconomyContract;
import io.aitbc.model.Address;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Logs of more bytes than a node gives in one answer: its answers about few blocks are long too.
class LongLogsIT {
  /// Blocks whose logs were given, in order.
  private final List<Long> given = new ArrayList<>();

  private long blocksMax = 3;

  /// Blocks that have logs.
  private List<Long> withLogs = List.of();

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private PretendedServer server;

  @SuppressWarnings("NullAway.Init") // Set before each test.
  private JsonRpc rpc;

  @BeforeEach
  void start() throws IOException {
    server = PretendedNode.start(this::answer);
    rpc = new JsonRpc(server.address(), Duration.ofSeconds(60));
  }

  @AfterEach
  void stop() {
    rpc.close();
    server.close();
  }

  private void answer(JsonNode request, ObjectNode answer) {
    if (request.path("method").asText().equals("eth_blockNumber")) {
      answer.put("result", "0x3c");
      return;
    }
    JsonNode filter = request.path("params").path(0);
    long from = Long.decode(filter.path("fromBlock").asText());
    long to = Long.decode(filter.path("toBlock").asText());
    if (to - from >= blocksMax) {
      ObjectNode _ =
          answer
              .putObject("error")
              .put("code", RpcException.LIMIT_EXCEEDED)
              .put("message", "an answer has at most 26214400 bytes");
    } else {
      LongStream.rangeClosed(from, to).forEach(given::add);
      ArrayNode logs = answer.putArray("result");
      LongStream.rangeClosed(from, to)
          .filter(withLogs::contains)
          .forEach(each -> logs.addObject().put("blockNumber", each));
    }
  }

  @Test
  void theyAreAskedForInParts() throws Exception {
    ChainClient client = new ChainClient(rpc);
    List<EconomyContract> contracts = List.of(EconomyContract.DISPUTES);
    assertEquals(List.of(), client.workEvents(contracts, List.of(), 10, 60));
    assertEquals(LongStream.rangeClosed(10, 60).boxed().toList(), given);
    blocksMax = 0;
    assertEquals(
        RpcException.LIMIT_EXCEEDED,
        assertThrows(RpcException.class, () -> client.workEvents(contracts, List.of(), 10, 60))
            .code());
  }

  @Test
  void theLastIsFoundInParts() throws Exception {
    ChainClient client = new ChainClient(rpc);
    withLogs = List.of(17L, 18L, 40L);
    Address contract = EconomyContract.SERVICE_REGISTRY.address();
    assertEquals(
        40, client.lastLog(contract, List.of(), 0).orElseThrow().path("blockNumber").asLong());
    assertTrue(given.stream().allMatch(each -> each > 30), "no earlier ones: " + given);
    assertTrue(client.lastLog(contract, List.of(), 41).isEmpty());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.JsonRpc;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Mode;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What `bench network` counts, and that it reports nothing of a network that lost something; the
/// nodes are pretended.
class NetworkRunTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER_TIME = Duration.ofSeconds(20);

  /// The hashes of the transfers that the node was handed, in order.
  private final List<Hash> handed = Collections.synchronizedList(new ArrayList<>());

  /// One transfer of each sender, as fast as they are taken.
  private final NetworkLoad load =
      NetworkLoad.signed(
          1, new NetworkLoad.Pace(0, 0, Duration.ZERO), Duration.ofSeconds(1), 1, 7_000);

  /// Of a watch that is told of blocks by the test: it asks nobody.
  private final JsonRpc nobody = new JsonRpc(URI.create("http://127.0.0.1:1"), ANSWER_TIME);

  @AfterEach
  void close() {
    nobody.close();
  }

  /// Answers a batch as a node does that takes all but the transfer of this number.
  private Optional<byte[]> taken(byte[] request, int refused) throws IOException {
    ArrayNode answers = JSON.createArrayNode();
    for (JsonNode call : JSON.readTree(request)) {
      ObjectNode answer = answers.addObject().put("jsonrpc", "2.0");
      answer.set("id", call.path("id"));
      if (handed.size() == refused) {
        ObjectNode _ = answer.putObject("error").put("code", -32_000).put("message", "no");
      } else {
        Hash hash = Keccak256.hash(Bytes.fromHex(call.path("params").path(0).asText()));
        ObjectNode _ = answer.put("result", hash.toHex());
        boolean _ = handed.add(hash);
      }
    }
    return Optional.of(JSON.writeValueAsBytes(answers));
  }

  private static ObjectNode block(List<Hash> hashes) {
    ObjectNode block = JSON.createObjectNode();
    ArrayNode transactions = block.putArray("transactions");
    hashes.forEach(each -> transactions.add(each.toHex()));
    return block;
  }

  /// A watch of a node that took the whole load.
  private FinalityWatch loaded() throws Exception {
    try (PretendedServer node = PretendedServer.start(request -> taken(request, -1))) {
      assertEquals(NetworkLoad.SENDERS, load.send(0, node.address()));
      assertEquals(NetworkLoad.SENDERS, handed.size());
      assertEquals(NetworkLoad.SENDERS, load.outstanding());
      return new FinalityWatch(nobody, load);
    }
  }

  @Test
  void aTransferThatIsInNoBlockIsALossOfWhichNothingIsReported() throws Exception {
    FinalityWatch watch = loaded();
    int lost = 321;
    List<Hash> others = new ArrayList<>(handed);
    others.set(lost, Keccak256.hash(new byte[] {1})); // One that is not the load's.
    watch.note(block(others), System.nanoTime());
    assertEquals(NetworkLoad.SENDERS - 1, watch.seen().size());
    IOException failed =
        assertThrows(IOException.class, () -> NetworkRun.awaitAll(load, List.of(), 1));
    assertEquals(
        "1 transfers that nodes took are in no block: nothing is reported", failed.getMessage());
    watch.note(block(List.of(handed.get(lost), handed.getFirst())), System.nanoTime());
    assertEquals(NetworkLoad.SENDERS, watch.seen().size(), "each counts once");
    NetworkRun.awaitAll(load, List.of(), 1);
  }

  @Test
  void aTransferThatANodeRefusesEndsTheRun() throws Exception {
    try (PretendedServer node = PretendedServer.start(request -> taken(request, 300))) {
      IOException failed =
          assertThrows(
              IOException.class,
              () -> {
                int _ = load.send(0, node.address());
              });
      assertTrue(String.valueOf(failed.getMessage()).startsWith("a node refuses: "));
    }
  }

  /// A node with blocks up to a height, of which that at height 5 has this hash.
  private static PretendedServer node(long height, Hash fifth) throws IOException {
    return PretendedServer.start(request -> {
      JsonNode call = JSON.readTree(request);
      ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
      answer.set("id", call.path("id"));
      switch (call.path("method").asText()) {
        case "eth_blockNumber" -> answer.put("result", "0x" + Long.toHexString(height));
        case "eth_getBlockByNumber" -> {
          assertEquals("0x5", call.path("params").path(0).asText());
          ObjectNode _ = answer.putObject("result").put("hash", fifth.toHex());
        }
        default -> throw new IOException("not asked by anybody: " + call);
      }
      return Optional.of(JSON.writeValueAsBytes(answer));
    });
  }

  private static void requireOneChain(Hash first, Hash second) throws Exception {
    try (PretendedServer ahead = node(9, first);
        PretendedServer behind = node(5, second);
        JsonRpc toAhead = new JsonRpc(ahead.address(), ANSWER_TIME);
        JsonRpc toBehind = new JsonRpc(behind.address(), ANSWER_TIME)) {
      NetworkRun.requireOneChain(List.of(toAhead, toBehind));
    }
  }

  @Test
  void ofNodesWithDifferentBlocksNothingIsReported() throws Exception {
    Hash one = Keccak256.hash(new byte[] {1});
    Hash other = Keccak256.hash(new byte[] {2});
    requireOneChain(one, one);
    IOException failed = assertThrows(IOException.class, () -> requireOneChain(one, other));
    assertEquals(
        "nodes have different blocks at height 5: nothing is reported", failed.getMessage());
  }

  @Test
  void whatIsFinalInTheMeasuredSecondsCountsAsCommitted() throws Exception {
    FinalityWatch watch = loaded();
    long from = System.nanoTime();
    long to = from + 400_000_000_000L;
    watch.note(block(handed.subList(0, 100)), from - 1);
    watch.note(block(handed.subList(100, 300)), from);
    watch.note(block(handed.subList(300, 500)), to - 1);
    watch.note(block(handed.subList(500, 1_000)), to);
    NetworkReport report =
        NetworkReport.of(
            new NetworkRun(1, 1, 4, 0, 0, 0, Mode.FAST, 3_000, Duration.ZERO, 1),
            2,
            1_000,
            watch,
            from,
            to,
            List.of(),
            List.of());
    assertEquals(1, report.committedPerSecond());
    assertEquals(2.5, report.offeredPerSecond());
    assertEquals(0.5, report.ratio());
    assertEquals(200_000, report.blockMillis());
    assertEquals(400, report.finalMillis().size());
    // Half of them came with the first block, the others 400 s later, however long the offer took.
    assertTrue(report.percentile(25) + 100_000 < report.percentile(50));
    assertEquals(report.percentile(99), report.finalMillis().getLast());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// eth_simulateV1 answers what the recorded conversations of the execution-apis answer.
class SimulateMethodsTest {
  /// The block that the recorded simulations begin with.
  private static final long THEIR_HEIGHT = 0x36;

  private static final long THEIR_TIME = 540;

  /// Simulations that end otherwise here: their answers hold hashes, chain id or accounts of the
  /// other chain; their chain steps by 12 s and ours by one; there are no blobs; a transaction has
  /// at most 2^24 gas; a precompile that is overridden is not warm; and the code for two
  /// precompiles at one address is the specification's.
  private static final Set<String> OTHERWISE =
      new TreeSet<>(
          List.of(
              "add-more-non-defined-BlockStateCalls-than-fit-but-now-with-fit",
              "blobs",
              "block-timestamp-auto-increment",
              "blockhash-complex",
              "blockhash-simple",
              "blockhash-start-before-head",
              "empty-with-block-num-set-minusone",
              "extcodehash-precompile",
              "fee-recipient-receiving-funds",
              "make-call-with-future-block",
              "move-two-accounts-to-same-38023",
              "overflow-nonce-validation",
              "override-all-in-BlockStateCalls",
              "override-ecrecover",
              "overwrite-existing-contract",
              "self-destructing-state-override",
              "self-destructive-contract-produces-logs",
              "use-as-many-features-as-possible"));

  private final Rpc rpc = new Rpc();

  @Test
  void recordedSimulationsEndAsRecorded() throws IOException {
    Set<String> different = new TreeSet<>();
    int compared = 0;
    for (Map.Entry<String, String> file : ExecutionApis.files().entrySet()) {
      if (file.getKey().contains("tests/eth_simulateV1/")) {
        List<String> lines = file.getValue().lines().toList();
        JsonNode request = Rpc.parse(lines.get(1).substring(3).replace("'", ""));
        JsonNode theirs = Rpc.parse(lines.get(2).substring(3).replace("'", ""));
        String ours = ends(rpc.answer(moved(request).toString()));
        compared++;
        if (!ours.equals(ends(theirs))) {
          different.add(file.getKey().replaceAll(".*ethSimulate-|\\.io", ""));
        }
      }
    }
    assertTrue(compared > 50, "only " + compared);
    assertEquals(OTHERWISE, different);
  }

  @Test
  void refusalsHaveTheirCodes() {
    String block = "{'blockStateCalls':[{%s}],'validation':%s}";
    String receiver = "'from':'" + TestChain.RECEIVER + "','to':'" + TestChain.ECHO + "'";
    String sender = "'from':'" + TestChain.SENDER + "','to':'" + TestChain.ECHO + "'";
    String free = "'blockOverrides':{'baseFeePerGas':'0x0'},";
    assertEquals(
        "-38010", code(block.formatted(free + "'calls':[{" + sender + ",'nonce':'0x1'}]", "true")));
    assertEquals(
        "-38011", code(block.formatted(free + "'calls':[{" + sender + ",'nonce':'0x9'}]", "true")));
    assertEquals("-38012", code(block.formatted("'calls':[{" + sender + "}]", "true")));
    assertEquals(
        "-38024",
        code(block.formatted(free + "'calls':[{'from':'" + TestChain.ECHO + "'}]", "true")));
    assertEquals(
        "-38025",
        code(block.formatted("'calls':[{'input':'0x" + "00".repeat(49_153) + "'}]", "false")));
    assertEquals(
        "-38015",
        code(block.formatted("'calls':[{" + receiver + ",'gas':'0xfffffffff'}]", "false")));
  }

  @Test
  void allCallsTogetherHaveABoundOfGas() {
    // The loop takes all gas of a block of 30 million; the second one gets what is left.
    String loop = "{'calls':[{'to':'" + TestChain.LOOP + "'}]}";
    JsonNode two = rpc.result("eth_simulateV1", "{'blockStateCalls':[" + loop + "," + loop + "]}");
    assertEquals("0x1c9c380", two.get(0).get("gasUsed").asText());
    assertEquals("0x1312d00", two.get(1).get("gasUsed").asText());
    assertEquals("-38026", code("{'blockStateCalls':[" + loop + "," + loop + "," + loop + "]}"));
  }

  private String code(String simulation) {
    return rpc.error("eth_simulateV1", simulation).split(" ", 2)[0];
  }

  /// The request with numbers and times as far above our last block as they were above theirs.
  private JsonNode moved(JsonNode request) {
    JsonNode header = rpc.result("eth_getBlockByNumber", "'latest',false");
    long height = Long.decode(header.get("number").asText());
    long time = Long.decode(header.get("timestamp").asText());
    for (JsonNode block : request.get("params").get(0).path("blockStateCalls")) {
      move(block.path("blockOverrides"), "number", height - THEIR_HEIGHT);
      move(block.path("blockOverrides"), "time", time - THEIR_TIME);
    }
    return request;
  }

  private static void move(JsonNode overrides, String field, long by) {
    if (overrides.has(field)) {
      long moved = Long.decode(overrides.get(field).asText()) + by;
      ((ObjectNode) overrides).put(field, "0x" + Long.toHexString(moved));
    }
  }

  /// The error's code, or of each block its gas and of each call how it ended.
  private static String ends(JsonNode answer) {
    if (answer.has("error")) {
      return answer.get("error").get("code").asText();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode block : answer.get("result")) {
      text.append(block.get("gasUsed").asText()).append('[');
      for (JsonNode call : block.get("calls")) {
        text.append(call.get("status").asText())
            .append(' ')
            .append(call.get("gasUsed").asText())
            .append(' ')
            .append(call.get("maxUsedGas").asText())
            .append(' ')
            .append(call.get("returnData").asText())
            .append(' ')
            .append(call.path("error").path("code").asText())
            .append(call.path("error").path("data").asText());
        for (JsonNode log : call.get("logs")) {
          text.append(log.get("address")).append(log.get("topics")).append(log.get("data"));
        }
        text.append(';');
      }
      text.append(']');
    }
    return text.toString();
  }
}

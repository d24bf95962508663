// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Holds our answers to the shapes of those that the execution-apis suite recorded from another
/// client: the same fields, each of the same kind. The chains differ, so values are not compared.
class ExecutionApisTest {
  /// Fields that tell the chains apart, not the clients: the recorded legacy transactions name no
  /// chain, and the recorded receipts of type 0 are older than the status.
  private static final Set<String> NOT_COMPARED =
      new TreeSet<>(List.of("chainId", "root", "status"));

  private static final Map<String, List<JsonNode>> RECORDED = new TreeMap<>();
  private final Rpc rpc = new Rpc();

  @BeforeAll
  static void read() throws IOException {
    ExecutionApis.files()
        .forEach((name, content) -> {
          if (name.endsWith(".io")) {
            record(content);
          }
        });
    assertTrue(RECORDED.size() > 20, "too few recorded methods: " + RECORDED.keySet());
  }

  @Test
  void transactionsOfEveryTypeHaveTheRecordedFields() {
    for (int i = 0; i < 4; i++) {
      String type = "0x" + List.of(0, 1, 2, 4).get(i);
      JsonNode ours =
          rpc.result("eth_getTransactionByHash", "'" + rpc.transactionHash(i).toHex() + "'");
      sameFields("eth_getTransactionByHash", type, ours);
    }
  }

  @Test
  void receiptsOfEveryTypeHaveTheRecordedFields() {
    for (int i = 0; i < 4; i++) {
      String type = "0x" + List.of(0, 1, 2, 4).get(i);
      JsonNode ours =
          rpc.result("eth_getTransactionReceipt", "'" + rpc.transactionHash(i).toHex() + "'");
      sameFields("eth_getTransactionReceipt", type, ours);
    }
  }

  @Test
  void blocksHaveTheRecordedFields() {
    JsonNode ours = rpc.result("eth_getBlockByNumber", "'0x1',true");
    JsonNode theirs = null;
    for (JsonNode each : results("eth_getBlockByNumber")) {
      theirs = each.has("requestsHash") ? each : theirs;
    }
    assertTrue(theirs != null, "no recorded block of Prague");
    assertEquals(shape(theirs), shape(ours));
  }

  @Test
  void logsHaveTheRecordedFields() {
    JsonNode ours = rpc.result("eth_getLogs", "{'fromBlock':'0x1'}").get(0);
    List<JsonNode> theirs =
        results("eth_getLogs").stream().filter(each -> !each.isEmpty()).toList();
    assertEquals(shape(theirs.getFirst().get(0)), shape(ours));
  }

  @Test
  void proofsHaveTheRecordedFields() {
    JsonNode ours = rpc.result("eth_getProof", "'" + TestChain.STORE + "',['0x0'],'latest'");
    assertEquals(shape(results("eth_getProof").getFirst()), shape(ours));
  }

  @Test
  void simpleResultsAreOfTheRecordedKind() {
    Map<String, String> calls = new TreeMap<>();
    calls.put("eth_blockNumber", "");
    calls.put("eth_chainId", "");
    calls.put("eth_getBalance", "'" + TestChain.SENDER + "','latest'");
    calls.put("eth_getCode", "'" + TestChain.ECHO + "','latest'");
    calls.put("eth_getStorageAt", "'" + TestChain.STORE + "','0x0','latest'");
    calls.put("eth_getTransactionCount", "'" + TestChain.SENDER + "','latest'");
    calls.put("eth_getBlockTransactionCountByNumber", "'0x1'");
    calls.put("eth_sendRawTransaction", "'" + Rpc.raw(4).toHex() + "'");
    calls.put("eth_syncing", "");
    calls.put("eth_blobBaseFee", "");
    calls.put("net_version", "");
    List<String> different = new ArrayList<>();
    calls.forEach((method, parameters) -> {
      Set<String> kinds = new TreeSet<>();
      results(method).forEach(each -> kinds.add(kind(each)));
      String ours = kind(rpc.result(method, parameters));
      if (!kinds.contains(ours)) {
        different.add(method + ": " + ours + " not in " + kinds);
      }
    });
    assertEquals(List.of(), different);
  }

  @Test
  void revertsHaveTheRecordedCodeAndData() {
    List<JsonNode> errors =
        RECORDED.getOrDefault("eth_call", List.of()).stream()
            .map(each -> each.path("error"))
            .filter(each -> each.path("code").asInt() == 3)
            .toList();
    assertTrue(!errors.isEmpty(), "no recorded revert");
    JsonNode ours =
        rpc.call("eth_call", "{'to':'" + TestChain.REVERT + "','input':'0x01'}").get("error");
    assertEquals(shape(errors.getFirst()).keySet(), shape(ours).keySet());
  }

  /// Compares with the recorded object of a transaction type, if there is one.
  private static void sameFields(String method, String type, JsonNode ours) {
    Optional<JsonNode> theirs =
        results(method).stream()
            .filter(each -> each.path("type").asText().equals(type))
            .findFirst();
    if (theirs.isPresent()) {
      assertEquals(shape(theirs.get()), shape(ours), method + " of type " + type);
    }
    assertEquals(type, ours.get("type").asText());
  }

  private static List<JsonNode> results(String method) {
    List<JsonNode> results = new ArrayList<>();
    for (JsonNode each : RECORDED.getOrDefault(method, List.of())) {
      if (each.has("result") && !each.get("result").isNull()) {
        results.add(each.get("result"));
      }
    }
    if (results.isEmpty()) {
      throw new AssertionError("nothing recorded for " + method);
    }
    return results;
  }

  /// The fields of an object and the kind of each.
  private static Map<String, String> shape(JsonNode object) {
    Map<String, String> shape = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : object.properties()) {
      if (!NOT_COMPARED.contains(each.getKey())) {
        shape.put(each.getKey(), kind(each.getKey(), each.getValue()));
      }
    }
    return shape;
  }

  private static String kind(String field, JsonNode value) {
    // Null or an address, as the transaction has it.
    boolean open = Set.of("to", "contractAddress").contains(field);
    return open ? "address or null" : kind(value);
  }

  private static String kind(JsonNode value) {
    if (value.isTextual()) {
      String text = value.asText();
      if (text.matches("0x([0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{512})")) {
        return text.length() > 66 ? "bloom" : "data or large quantity";
      }
      if (text.matches("0x(0|[1-9a-f][0-9a-f]*)")) {
        return "data or large quantity";
      }
      return text.matches("0x([0-9a-f]{2})*") ? "data or large quantity" : "text";
    }
    return value.getNodeType().toString();
  }

  private static void record(String conversation) {
    String method = "";
    for (String line : conversation.lines().toList()) {
      if (line.startsWith(">> ")) {
        method = Rpc.parse(line.substring(3)).path("method").asText();
      } else if (line.startsWith("<< ")) {
        RECORDED.computeIfAbsent(method, _ -> new ArrayList<>()).add(Rpc.parse(line.substring(3)));
      }
    }
  }

  /// Kept so that a change of the suite's form is noticed: an object of our own has all kinds.
  @Test
  void kindsAreTold() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("a", "0x1").put("b", "x").put("c", true).putNull("d");
    Set<String> kinds = new LinkedHashSet<>(shape(object).values());
    assertEquals(Set.of("data or large quantity", "text", "BOOLEAN", "NULL"), kinds);
  }
}

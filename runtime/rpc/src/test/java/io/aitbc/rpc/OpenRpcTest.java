// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Every answer of a method that Ethereum's execution-apis describe fits the description.
class OpenRpcTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Map<String, Schema> RESULTS = new TreeMap<>();

  /// An empty list fits two descriptions, of which one and only one must be fitted.
  private static final List<String> NO_NEWS = List.of("eth_getFilterChanges");

  /// The methods whose example is compared with a description, in order.
  private static final List<String> COMPARED =
      List.of(
          "debug_getRawBlock",
          "debug_getRawHeader",
          "debug_getRawReceipts",
          "debug_getRawTransaction",
          "debug_traceBlockByHash",
          "debug_traceBlockByNumber",
          "debug_traceTransaction",
          "eth_accounts",
          "eth_baseFee",
          "eth_blobBaseFee",
          "eth_blockNumber",
          "eth_call",
          "eth_capabilities",
          "eth_chainId",
          "eth_coinbase",
          "eth_config",
          "eth_createAccessList",
          "eth_estimateGas",
          "eth_feeHistory",
          "eth_fillTransaction",
          "eth_gasPrice",
          "eth_getBalance",
          "eth_getBlockByHash",
          "eth_getBlockByNumber",
          "eth_getBlockReceipts",
          "eth_getBlockTransactionCountByHash",
          "eth_getBlockTransactionCountByNumber",
          "eth_getCode",
          "eth_getFilterLogs",
          "eth_getLogs",
          "eth_getProof",
          "eth_getStorageAt",
          "eth_getStorageValues",
          "eth_getTransactionByBlockHashAndIndex",
          "eth_getTransactionByBlockNumberAndIndex",
          "eth_getTransactionByHash",
          "eth_getTransactionCount",
          "eth_getTransactionReceipt",
          "eth_maxPriorityFeePerGas",
          "eth_newBlockFilter",
          "eth_newFilter",
          "eth_newPendingTransactionFilter",
          "eth_sendRawTransaction",
          "eth_simulateV1",
          "eth_syncing",
          "eth_uninstallFilter",
          "net_version",
          "txpool_content",
          "txpool_contentFrom",
          "txpool_status");

  /// The methods of eth, debug and txpool that nobody describes, in order.
  private static final List<String> NOT_DESCRIBED =
      List.of(
          "debug_storageRangeAt",
          "debug_traceCall",
          "eth_getRawTransactionByHash",
          "eth_getTransactionBySenderAndNonce",
          "eth_getUncleByBlockHashAndIndex",
          "eth_getUncleByBlockNumberAndIndex",
          "eth_getUncleCountByBlockHash",
          "eth_getUncleCountByBlockNumber",
          "eth_sendRawTransactionSync",
          "txpool_inspect");

  private final Rpc rpc = new Rpc();
  private final List<String> problems = new ArrayList<>();

  @BeforeAll
  static void read() throws IOException {
    ObjectNode schemas = NODES.objectNode();
    Map<String, JsonNode> results = new TreeMap<>();
    for (Map.Entry<String, String> file : ExecutionApis.files().entrySet()) {
      if (file.getKey().startsWith("src/schemas/")) {
        YAML.readTree(file.getValue())
            .properties()
            .forEach(each -> schemas.set(each.getKey(), each.getValue()));
      } else if (file.getKey().matches("src/(eth|debug|txpool)/.*\\.yaml")) {
        YAML.readTree(file.getValue())
            .forEach(method -> {
              if (method.path("result").has("schema")) {
                results.put(method.path("name").asText(), method.path("result").path("schema"));
              }
            });
      }
    }
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2019_09);
    results.forEach((method, schema) -> {
      ObjectNode whole = NODES.objectNode();
      whole.putObject("components").set("schemas", schemas);
      whole.putArray("allOf").add(schema);
      RESULTS.put(method, registry.getSchema(whole));
    });
  }

  @Test
  void theExampleOfEveryMethodFits() {
    List<String> compared = new ArrayList<>();
    List<String> notDescribed = new ArrayList<>();
    for (Map.Entry<String, MethodExamples.Entry> each : MethodExamples.of(rpc).entrySet()) {
      String method = each.getKey();
      if (RESULTS.containsKey(method) && !NO_NEWS.contains(method)) {
        boolean _ = compared.add(method);
        fits(method, each.getValue().parameters());
      } else if (!RESULTS.containsKey(method) && method.matches("(eth|debug|txpool)_.*")) {
        boolean _ = notDescribed.add(method);
      }
    }
    assertEquals(List.of(), problems);
    assertEquals(COMPARED, compared);
    assertEquals(NOT_DESCRIBED, notDescribed);
  }

  @Test
  void blocksTransactionsAndReceiptsOfEveryTypeFit() {
    for (String height : List.of("0x0", "0x1", "0x2")) {
      fits("eth_getBlockByNumber", "'" + height + "',true");
      fits("eth_getBlockByNumber", "'" + height + "',false");
      fits("eth_getBlockReceipts", "'" + height + "'");
      fits("debug_getRawReceipts", "'" + height + "'");
    }
    for (int i = 0; i < 4; i++) {
      String hash = "'" + rpc.transactionHash(i).toHex() + "'";
      fits("eth_getTransactionByHash", hash);
      fits("eth_getTransactionReceipt", hash);
      fits("debug_traceTransaction", hash);
      fits("debug_traceTransaction", hash + ",{'enableMemory':true,'enableReturnData':true}");
    }
    fits("debug_traceBlockByNumber", "'0x1'");
    assertEquals(List.of(), problems);
  }

  @Test
  void newsOfFiltersFit() {
    String blocks = rpc.result("eth_newBlockFilter", "").asText();
    String logs = rpc.result("eth_newFilter", "{}").asText();
    rpc.chain.growLikeTheFirst();
    fits("eth_getFilterChanges", "'" + blocks + "'");
    fits("eth_getFilterChanges", "'" + logs + "'");
    assertEquals(List.of(), problems);
  }

  @Test
  void whatIsNotThereFits() {
    String nobody = "'0x" + "ab".repeat(32) + "'";
    fits("eth_getBlockByHash", nobody + ",false");
    fits("eth_getBlockByNumber", "'0x99',false");
    fits("eth_getTransactionByHash", nobody);
    fits("eth_getTransactionReceipt", nobody);
    fits("eth_getTransactionByBlockNumberAndIndex", "'0x1','0x63'");
    assertEquals(List.of(), problems);
  }

  @Test
  void waitingTransactionsFit() {
    String sent = rpc.result("eth_sendRawTransaction", "'" + Rpc.raw(4).toHex() + "'").asText();
    String later = rpc.result("eth_sendRawTransaction", "'" + Rpc.raw(6).toHex() + "'").asText();
    // eth_getTransactionByHash is described for final ones alone; what waits has no place, as with
    // Ethereum's clients.
    for (String hash : List.of(sent, later)) {
      JsonNode waiting = rpc.result("eth_getTransactionByHash", "'" + hash + "'");
      assertTrue(waiting.get("blockHash").isNull());
    }
    fits("txpool_content", "");
    fits("txpool_contentFrom", "'" + TestChain.SENDER + "'");
    fits("txpool_status", "");
    assertEquals(List.of(), problems);
  }

  @Test
  void aFailedCallsAccessListAndTraceFit() {
    fits("eth_createAccessList", "{'to':'" + TestChain.REVERT + "','input':'0x01'}");
    fits("eth_createAccessList", "{'to':'" + TestChain.STORE + "','input':'0x01'}");
    assertEquals(List.of(), problems);
  }

  @Test
  void anAnswerThatDoesNotFitIsNoticed() {
    Schema schema = RESULTS.get("eth_blockNumber");
    assertTrue(schema != null && !schema.validate(NODES.textNode("12")).isEmpty());
  }

  private void fits(String method, String parameters) {
    Schema schema = RESULTS.get(method);
    if (schema == null) {
      problems.add(method + " is not described");
      return;
    }
    JsonNode answer = rpc.call(method, parameters);
    if (answer.has("error")) {
      problems.add(method + " " + parameters + ": " + answer);
      return;
    }
    schema
        .validate(answer.get("result"))
        .forEach(error -> problems.add(method + " " + parameters + ": " + error));
  }
}

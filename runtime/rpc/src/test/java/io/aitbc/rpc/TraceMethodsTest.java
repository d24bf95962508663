// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.model.Address;
import org.junit.jupiter.api.Test;

class TraceMethodsTest {
  private final Rpc rpc = new Rpc();

  @Test
  void theInstructionsOfATransactionAreThoseThatRan() {
    JsonNode trace = rpc.result("debug_traceTransaction", hash(1));
    assertTrue(trace.get("failed").asBoolean());
    assertEquals(60_000, trace.get("gas").asLong());
    assertEquals(1, trace.get("structLogs").size());
    JsonNode step = trace.get("structLogs").get(0);
    assertEquals("INVALID", step.get("op").asText());
    assertEquals(1, step.get("depth").asInt());
    assertEquals("invalid opcode", step.get("error").asText());
  }

  @Test
  void aTransferHasNoInstructions() {
    JsonNode trace = rpc.result("debug_traceTransaction", hash(0));
    assertFalse(trace.get("failed").asBoolean());
    assertEquals(21_000, trace.get("gas").asLong());
    assertEquals(0, trace.get("structLogs").size());
  }

  @Test
  void theCallOfATransferIsTold() {
    JsonNode call = rpc.result("debug_traceTransaction", hash(0) + ",{'tracer':'callTracer'}");
    assertEquals("CALL", call.get("type").asText());
    assertEquals(TestChain.SENDER.toString(), call.get("from").asText());
    assertEquals(TestChain.RECEIVER.toString(), call.get("to").asText());
    assertEquals("0x7", call.get("value").asText());
    assertEquals("0x5208", call.get("gas").asText());
    assertEquals("0x5208", call.get("gasUsed").asText());
  }

  @Test
  void aBlockIsTracedTransactionByTransaction() {
    JsonNode traces = rpc.result("debug_traceBlockByNumber", "'0x1',{'tracer':'callTracer'}");
    assertEquals(4, traces.size());
    for (int i = 0; i < 4; i++) {
      assertEquals(rpc.transactionHash(i).toHex(), traces.get(i).get("txHash").asText());
    }
    assertEquals("CREATE", traces.get(1).get("result").get("type").asText());
    assertEquals(
        traces, rpc.result("debug_traceBlockByHash", block() + ",{'tracer':'callTracer'}"));
  }

  @Test
  void slotsAreToldWhereTheyAreTouched() {
    JsonNode trace = call(TestChain.STORE, "0x" + Rpc.word(9), "{'enableMemory':true}");
    JsonNode last = null;
    for (JsonNode step : trace.get("structLogs")) {
      assertEquals(step.get("op").asText().equals("SSTORE"), step.has("storage"));
      last = step.has("storage") ? step.get("storage") : last;
    }
    assertTrue(last != null);
    assertEquals("0x" + Rpc.word(9), last.get("0x" + Rpc.word(0)).asText());
  }

  @Test
  void partsAreToldAsAskedFor() {
    String input = "0x" + Rpc.word(1);
    JsonNode all = call(TestChain.ECHO, input, "{'enableMemory':true,'enableReturnData':true}");
    JsonNode last = all.get("structLogs").get(all.get("structLogs").size() - 1);
    assertEquals("RETURN", last.get("op").asText());
    assertEquals("0x" + Rpc.word(1), last.get("memory").get(0).asText());
    assertEquals("0x", last.get("returnData").asText());
    assertEquals(input, all.get("returnValue").asText());
    JsonNode few = call(TestChain.ECHO, input, "{'disableStack':true,'limit':2}");
    assertEquals(2, few.get("structLogs").size());
    assertFalse(few.get("structLogs").get(0).has("stack"));
    assertFalse(few.get("structLogs").get(0).has("memory"));
  }

  @Test
  void tooManyStepsAreRefused() {
    String loop = "{'to':'" + TestChain.LOOP + "'},'latest'";
    assertEquals(
        "-32005 more than 50000 steps: ask for the first ones (limit) or for callTracer",
        rpc.error("debug_traceCall", loop));
    assertEquals(3, rpc.result("debug_traceCall", loop + ",{'limit':3}").get("structLogs").size());
  }

  @Test
  void aRevertedCallSaysWhy() {
    JsonNode call =
        rpc.result(
            "debug_traceCall",
            "{'to':'" + TestChain.REVERT + "','input':'0x01'},'latest',{'tracer':'callTracer'}");
    assertEquals("execution reverted", call.get("error").asText());
    assertEquals("0x01", call.get("output").asText());
  }

  @Test
  void whatCannotBeTracedIsRefused() {
    String nobody = "'0x" + "ab".repeat(32) + "'";
    assertEquals("-32000 transaction not found", rpc.error("debug_traceTransaction", nobody));
    assertEquals("-32000 genesis is not traceable", rpc.error("debug_traceBlockByNumber", "'0x0'"));
    assertEquals(
        "-32602 no tracer \"x\": there are callTracer and, if none is named, instructions",
        rpc.error("debug_traceTransaction", hash(0) + ",{'tracer':'x'}"));
    assertEquals(
        "-32602 argument 1 must be an object",
        rpc.error("debug_traceTransaction", hash(0) + ",'callTracer'"));
  }

  private JsonNode call(Address to, String input, String configuration) {
    return rpc.result(
        "debug_traceCall",
        "{'to':'%s','input':'%s'},'latest',%s".formatted(to, input, configuration));
  }

  private String hash(int index) {
    return "'" + rpc.transactionHash(index).toHex() + "'";
  }

  private String block() {
    return "'" + rpc.blockHash(1).toHex() + "'";
  }
}

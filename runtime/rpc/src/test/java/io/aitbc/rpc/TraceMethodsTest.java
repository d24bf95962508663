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
  void stepsThatTakeTooMuchMemoryAreRefused() {
    // Uses a MiB of memory, then loops.
    String code = "'stateOverrides':{'" + TestChain.LOOP + "':{'code':'0x6210000051505b600656'}}";
    String loop = "{'to':'" + TestChain.LOOP + "'},'latest',{'enableMemory':true," + code;
    assertEquals(
        "-32005 steps of more than 52428800 bytes: ask for the first ones (limit), without stack"
            + " and memory, or for callTracer",
        rpc.error("debug_traceCall", loop + "}"));
    JsonNode logs = rpc.result("debug_traceCall", loop + ",'limit':4}").get("structLogs");
    assertEquals(1 << 15, logs.get(3).get("memory").size() - 1);
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
  void whatATransactionTouchesIsToldAsItWasBefore() {
    JsonNode before =
        rpc.result("debug_traceTransaction", hash(2) + ",{'tracer':'prestateTracer'}");
    // Two transactions of the block ran before, and their fees are paid.
    JsonNode sender = before.get(TestChain.SENDER.toString());
    assertEquals(2, sender.get("nonce").asLong());
    assertEquals("0x7", before.get(TestChain.RECEIVER.toString()).get("balance").asText());
    assertEquals(2, before.size());
  }

  @Test
  void whatATransactionChangesIsToldBeforeAndAfter() {
    JsonNode told =
        rpc.result(
            "debug_traceTransaction",
            hash(2) + ",{'tracer':'prestateTracer','tracerConfig':{'diffMode':true}}");
    String sender = TestChain.SENDER.toString();
    String receiver = TestChain.RECEIVER.toString();
    assertEquals(2, told.get("pre").get(sender).get("nonce").asLong());
    assertEquals(3, told.get("post").get(sender).get("nonce").asLong());
    assertEquals("0x7", told.get("pre").get(receiver).get("balance").asText());
    assertEquals("{\"balance\":\"0x8\"}", told.get("post").get(receiver).toString());
  }

  @Test
  void slotsAndCodeAreToldOfAnAccountThatIsCalled() {
    String zero = "0x" + Rpc.word(0);
    String store = TestChain.STORE.toString();
    String input = "0x" + Rpc.word(9);
    JsonNode before = call(TestChain.STORE, input, "{'tracer':'prestateTracer'}").get(store);
    assertEquals("0x5f355f5500", before.get("code").asText());
    assertEquals("0x" + Rpc.word(5), before.get("storage").get(zero).asText());
    JsonNode difference =
        call(
            TestChain.STORE, input, "{'tracer':'prestateTracer','tracerConfig':{'diffMode':true}}");
    assertEquals(before, difference.get("pre").get(store));
    assertEquals(
        "{'storage':{'%s':'0x%s'}}".formatted(zero, Rpc.word(9)).replace('\'', '"'),
        difference.get("post").get(store).toString());
    // A slot that becomes 0 is only told before; one that stays is not told.
    JsonNode cleared =
        call(
            TestChain.STORE,
            "0x" + Rpc.word(0),
            "{'tracer':'prestateTracer','tracerConfig':{'diffMode':true,'disableCode':true}}");
    assertEquals("{}", cleared.get("post").get(store).toString());
    assertFalse(cleared.get("pre").get(store).has("code"));
    JsonNode same =
        call(
            TestChain.STORE,
            "0x" + Rpc.word(5),
            "{'tracer':'prestateTracer','tracerConfig':{'diffMode':true}}");
    assertFalse(same.get("pre").has(store));
  }

  @Test
  void aContractThatIsCreatedIsToldAfterwardsAlone() {
    // Returns one byte of code, 00.
    String create = "{'input':'0x60015ff3'},'latest',{'tracer':'prestateTracer',";
    JsonNode told = rpc.result("debug_traceCall", create + "'tracerConfig':{'diffMode':true}}");
    String contract = null;
    for (var each : told.get("post").properties()) {
      contract = each.getValue().has("code") ? each.getKey() : contract;
    }
    assertTrue(contract != null, told.toString());
    assertEquals("0x00", told.get("post").get(contract).get("code").asText());
    assertEquals(1, told.get("post").get(contract).get("nonce").asLong());
    assertFalse(told.get("pre").has(contract));
    JsonNode withEmpty =
        rpc.result("debug_traceCall", create + "'tracerConfig':{'includeEmpty':true}}");
    assertEquals("{\"balance\":\"0x0\"}", withEmpty.get(contract).toString());
  }

  @Test
  void selectorsAreCountedWithTheLengthOfTheirArguments() {
    JsonNode counts = call(TestChain.ECHO, "0x1122334455", "{'tracer':'4byteTracer'}");
    assertEquals("{\"0x11223344-1\":1}", counts.toString());
    assertEquals("{}", call(TestChain.ECHO, "0x112233", "{'tracer':'4byteTracer'}").toString());
    // Precompiles have no functions.
    Address identity = Address.fromHex("0x0000000000000000000000000000000000000004");
    assertEquals("{}", call(identity, "0x1122334455", "{'tracer':'4byteTracer'}").toString());
    assertEquals("{}", call(TestChain.ECHO, "0x", "{'tracer':'noopTracer'}").toString());
  }

  @Test
  void callsAreToldAsAList() {
    JsonNode flat = rpc.result("debug_traceTransaction", hash(0) + ",{'tracer':'flatCallTracer'}");
    assertEquals(1, flat.size());
    JsonNode call = flat.get(0);
    assertEquals("call", call.get("action").get("callType").asText());
    assertEquals("0x5208", call.get("action").get("gas").asText());
    assertEquals(rpc.transactionHash(0).toHex(), call.get("transactionHash").asText());
    assertEquals(0, call.get("subtraces").asInt());
    // What a transaction costs at all is not a matter of its call.
    JsonNode alone = rpc.result("trace_transaction", hash(0)).get(0);
    assertEquals("0x0", alone.get("action").get("gas").asText());
    assertEquals("0x0", alone.get("result").get("gasUsed").asText());
    assertTrue(rpc.result("trace_transaction", "'0x" + "ab".repeat(32) + "'").isNull());
  }

  @Test
  void theCallsOfABlockAreToldAndFound() {
    JsonNode block = rpc.result("trace_block", "'0x1'");
    assertEquals(4, block.size());
    assertEquals("create", block.get(1).get("type").asText());
    assertEquals("invalid opcode", block.get(1).get("error").asText());
    assertTrue(block.get(1).get("result").isNull());
    JsonNode replayed = rpc.result("trace_replayBlockTransactions", "'0x1',['trace']");
    assertEquals("call", replayed.get(0).get("trace").get(0).get("type").asText());
    assertFalse(replayed.get(0).get("trace").get(0).has("blockHash"));
    assertEquals(
        "-32602 no replay of kind \"vmTrace\": there is trace, and debug_trace… for others",
        rpc.error("trace_replayBlockTransactions", "'0x1',['vmTrace']"));
    String range = "{'fromBlock':'0x0','toBlock':'latest'";
    assertEquals(block, rpc.result("trace_filter", range + "}"));
    String received = ",'toAddress':['" + TestChain.RECEIVER + "']";
    assertEquals(3, rpc.result("trace_filter", range + received + "}").size());
    JsonNode second = rpc.result("trace_filter", range + received + ",'after':1,'count':1}");
    assertEquals(1, second.size());
    assertEquals(block.get(2), second.get(0));
    String nobody = ",'fromAddress':['" + TestChain.RECEIVER + "']}";
    assertEquals(0, rpc.result("trace_filter", range + nobody).size());
    assertEquals(
        "-32602 invalid block range params",
        rpc.error("trace_filter", "{'fromBlock':'0x2','toBlock':'0x1'}"));
  }

  @Test
  void whatCannotBeTracedIsRefused() {
    String nobody = "'0x" + "ab".repeat(32) + "'";
    assertEquals("-32000 transaction not found", rpc.error("debug_traceTransaction", nobody));
    assertEquals("-32000 genesis is not traceable", rpc.error("debug_traceBlockByNumber", "'0x0'"));
    assertEquals(
        "-32602 no tracer \"x\": there are callTracer, flatCallTracer, prestateTracer, 4byteTracer,"
            + " noopTracer and, if none is named, instructions",
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

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.evm.CallKind;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.CallTrace;
import io.aitbc.evm.Opcode;
import io.aitbc.evm.StructLog;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.UInt256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Traces as JSON: instructions in the shape of the execution-apis specification (opcode-tracer),
/// calls in that of go-ethereum's callTracer, which explorers read.
final class TraceJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private TraceJson() {}

  /// Which parts of a step a caller wants.
  ///
  /// @param stack the stack
  /// @param memory the memory
  /// @param returnData what the last call returned
  /// @param storage the slots touched so far, at instructions that touch one
  record Parts(boolean stack, boolean memory, boolean returnData, boolean storage) {}

  /// The instructions of a transaction.
  static ObjectNode instructions(
      TransactionOutcome.Executed outcome, List<StructLog> steps, Parts parts) {
    ObjectNode json = NODES.objectNode();
    json.put("gas", outcome.gasUsed());
    json.put("failed", !outcome.succeeded());
    json.put("returnValue", outcome.result().output().toHex());
    ArrayNode list = json.putArray("structLogs");
    Map<Integer, Map<UInt256, UInt256>> slotsByDepth = new HashMap<>();
    int depthBefore = 0;
    for (StructLog step : steps) {
      if (step.depth() > depthBefore) {
        var _ = slotsByDepth.remove(step.depth()); // Another frame than the last one this deep.
      }
      depthBefore = step.depth();
      list.add(step(step, parts, slotsByDepth.computeIfAbsent(depthBefore, _ -> new TreeMap<>())));
    }
    return json;
  }

  private static ObjectNode step(StructLog step, Parts parts, Map<UInt256, UInt256> slots) {
    ObjectNode json = NODES.objectNode();
    json.put("pc", step.programCounter());
    json.put("op", Opcode.name(step.opcode()));
    json.put("gas", step.gas());
    json.put("gasCost", step.gasCost());
    json.put("depth", step.depth() + 1);
    json.put("refund", step.refund());
    step.halt().ifPresent(reason -> json.put("error", CallMethods.text(reason)));
    if (parts.stack()) {
      ArrayNode words = json.putArray("stack");
      step.stack().forEach(word -> words.add(word.toHex()));
    }
    if (parts.memory()) {
      ArrayNode words = json.putArray("memory");
      for (int at = 0; at < step.memory().length(); at += UInt256.BYTES) {
        words.add(step.memory().slice(at, UInt256.BYTES).toHex());
      }
    }
    if (parts.returnData()) {
      json.put("returnData", step.returnData().toHex());
    }
    step.slot()
        .ifPresent(access -> {
          slots.put(access.key(), access.value());
          if (parts.storage()) {
            ObjectNode storage = json.putObject("storage");
            slots.forEach((key, value) -> storage.put(word(key), word(value)));
          }
        });
    return json;
  }

  /// The calls of a transaction.
  ///
  /// @param gasLimit of the transaction: of the outermost call more is told than the machine gave
  ///   it, as what the transaction costs at all is charged before
  /// @param calls whether the calls below the outermost are wanted
  /// @param logs whether logs are wanted
  static ObjectNode calls(
      CallTrace root,
      TransactionOutcome.Executed outcome,
      long gasLimit,
      boolean calls,
      boolean logs) {
    return call(root, gasLimit, outcome.gasUsed(), calls, logs);
  }

  private static ObjectNode call(
      CallTrace trace, long gas, long gasUsed, boolean calls, boolean logs) {
    CallKind kind = trace.entered().kind();
    ObjectNode json = NODES.objectNode();
    json.put("from", trace.entered().from().toString());
    json.put("gas", EthereumJson.quantity(gas));
    json.put("gasUsed", EthereumJson.quantity(gasUsed));
    json.put("to", trace.entered().to().toString());
    json.put("input", trace.entered().input().toHex());
    Bytes output = trace.result().output();
    if (!output.isEmpty()) {
      json.put("output", output.toHex());
    }
    switch (trace.result()) {
      case CallResult.Success _ -> {}
      case CallResult.Revert _ -> {
        json.put("error", "execution reverted");
        String reason = CallMethods.reason(output);
        if (!reason.isEmpty()) {
          json.put("revertReason", reason.substring(2));
        }
      }
      case CallResult.Halt(var reason) -> json.put("error", CallMethods.text(reason));
    }
    // What a failed call wrote is void, and what calls below it wrote.
    boolean logsStand = logs && trace.result() instanceof CallResult.Success;
    if (calls && !trace.calls().isEmpty()) {
      ArrayNode list = json.putArray("calls");
      for (CallTrace inner : trace.calls()) {
        list.add(call(inner, inner.entered().gas(), inner.gasUsed(), true, logsStand));
      }
    }
    if (logsStand && !trace.logs().isEmpty()) {
      ArrayNode list = json.putArray("logs");
      trace
          .logs()
          .forEach(placed -> {
            ObjectNode log = list.addObject().put("address", placed.log().address().toString());
            ArrayNode topics = log.putArray("topics");
            placed.log().topics().forEach(topic -> topics.add(topic.toHex()));
            log.put("data", placed.log().data().toHex());
            log.put("position", EthereumJson.quantity(placed.callsBefore()));
          });
    }
    if (kind != CallKind.STATICCALL) {
      json.put("value", EthereumJson.amount(trace.entered().value()));
    }
    json.put("type", kind.name());
    return json;
  }

  private static String word(UInt256 value) {
    return Bytes.of(value.toArray()).toHex();
  }
}

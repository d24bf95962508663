// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.evm.AccessTracer;
import io.aitbc.evm.CallTrace;
import io.aitbc.evm.CallTracer;
import io.aitbc.evm.Precompiles;
import io.aitbc.evm.StructLogTracer;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.Calls;
import io.aitbc.model.Address;
import io.aitbc.state.Overlay;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// How one transaction is watched, and what is told of it: one of go-ethereum's tracers.
sealed interface TraceWatch extends Calls.Watcher {
  /// Steps of one answer: with their stacks some 20 MB of JSON.
  int STEPS_MAX = 50_000;

  /// Bytes of memory for the steps of one answer, of a block together: stacks of 25 words each.
  long STEP_BYTES_MAX = 2L * Dispatcher.ANSWER_BYTES_MAX;

  /// What is told of the transaction, which ended.
  ///
  /// @param gasLimit of the transaction
  JsonNode told(TransactionOutcome.Executed outcome, long gasLimit);

  /// What is known of a transaction before it runs.
  ///
  /// @param place in the chain; empty for a call
  /// @param coinbase who gets the block's fees
  /// @param authorities who delegate in it
  /// @param precompiles of the block
  record Subject(
      Optional<FlatTraceJson.Place> place,
      Address coinbase,
      List<Address> authorities,
      Precompiles precompiles) {}

  /// A fresh watch, as a caller configured it.
  ///
  /// @param room for the steps of the answer
  static TraceWatch of(JsonNode configuration, Subject subject, StructLogTracer.Room room)
      throws RpcError {
    String tracer = configuration.path("tracer").asText("");
    JsonNode own = configuration.path("tracerConfig");
    return switch (tracer) {
      case "" -> instructions(configuration, room);
      case "callTracer" ->
          new CallTree(new CallTracer(), !is(own, "onlyTopCall"), is(own, "withLog"));
      case "flatCallTracer" ->
          new FlatCalls(new CallTracer(), subject, is(own, "includePrecompiles"));
      case "prestateTracer" ->
          new Prestate(
              new AccessTracer(),
              new PrestateJson(
                  subject,
                  is(own, "diffMode"),
                  !is(own, "disableCode"),
                  !is(own, "disableStorage"),
                  is(own, "includeEmpty")));
      case "4byteTracer" -> new Selectors(new CallTracer(), subject.precompiles());
      case "noopTracer" -> new Nothing(new CallTracer());
      default ->
          throw Parameters.invalid(
              ("no tracer \"%s\": there are callTracer, flatCallTracer, prestateTracer,"
                      + " 4byteTracer, noopTracer and, if none is named, instructions")
                  .formatted(tracer));
    };
  }

  private static boolean is(JsonNode configuration, String flag) {
    return configuration.path(flag).asBoolean(false);
  }

  private static TraceWatch instructions(JsonNode configuration, StructLogTracer.Room room) {
    TraceJson.Parts parts =
        new TraceJson.Parts(
            !is(configuration, "disableStack"),
            is(configuration, "enableMemory"),
            is(configuration, "enableReturnData"),
            !is(configuration, "disableStorage"));
    int limit = configuration.path("limit").asInt(0);
    // One step more is recorded, which tells that there are too many.
    int most = limit > 0 && limit <= STEPS_MAX ? limit : STEPS_MAX + 1;
    return new Instructions(
        new StructLogTracer(
            new StructLogTracer.Options(parts.stack(), parts.memory(), parts.returnData(), most),
            room),
        parts);
  }

  /// Every instruction.
  record Instructions(StructLogTracer tracer, TraceJson.Parts parts) implements TraceWatch {
    @Override
    public JsonNode told(TransactionOutcome.Executed outcome, long gasLimit) {
      return TraceJson.instructions(outcome, tracer.entries(), parts);
    }
  }

  /// Every call, as a tree.
  record CallTree(CallTracer tracer, boolean below, boolean logs) implements TraceWatch {
    @Override
    public JsonNode told(TransactionOutcome.Executed outcome, long gasLimit) {
      return TraceJson.calls(tracer.root().orElseThrow(), outcome, gasLimit, below, logs);
    }
  }

  /// Every call, as a list.
  record FlatCalls(CallTracer tracer, Subject subject, boolean withPrecompiles)
      implements TraceWatch {
    @Override
    public JsonNode told(TransactionOutcome.Executed outcome, long gasLimit) {
      FlatTraceJson flat =
          new FlatTraceJson(
              subject.place(), withPrecompiles ? Precompiles.NONE : subject.precompiles());
      return flat.calls(tracer.root().orElseThrow(), gasLimit, outcome.gasUsed());
    }
  }

  /// The accounts and slots that were touched, as they were before, or as they changed.
  final class Prestate implements TraceWatch {
    private final AccessTracer tracer;
    private final PrestateJson json;
    private ObjectNode told = JsonNodeFactory.instance.objectNode();

    Prestate(AccessTracer tracer, PrestateJson json) {
      this.tracer = tracer;
      this.json = json;
    }

    @Override
    public AccessTracer tracer() {
      return tracer;
    }

    @Override
    public void ended(Overlay changes) {
      told = json.of(tracer, changes);
    }

    @Override
    public JsonNode told(TransactionOutcome.Executed outcome, long gasLimit) {
      return told;
    }
  }

  /// How often which function was called, by its selector and the length of its arguments.
  record Selectors(CallTracer tracer, Precompiles precompiles) implements TraceWatch {
    private static final int SELECTOR_BYTES = 4;

    @Override
    public JsonNode told(TransactionOutcome.Executed outcome, long gasLimit) {
      TreeMap<String, Integer> counts = new TreeMap<>();
      count(tracer.root().orElseThrow(), counts);
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      counts.forEach(json::put);
      return json;
    }

    private void count(CallTrace trace, TreeMap<String, Integer> counts) {
      Bytes input = trace.entered().input();
      boolean isCall =
          switch (trace.entered().kind()) {
            case CALL, CALLCODE, DELEGATECALL, STATICCALL -> true;
            case CREATE, CREATE2, SELFDESTRUCT -> false;
          };
      if (isCall
          && input.length() >= SELECTOR_BYTES
          && !precompiles.functions().containsKey(trace.entered().to())) {
        String selector = input.slice(0, SELECTOR_BYTES).toHex();
        var _ = counts.merge(selector + "-" + (input.length() - SELECTOR_BYTES), 1, Integer::sum);
      }
      trace.calls().forEach(inner -> count(inner, counts));
    }
  }

  /// Nothing: that it runs at all is what is asked.
  record Nothing(CallTracer tracer) implements TraceWatch {
    @Override
    public JsonNode told(TransactionOutcome.Executed outcome, long gasLimit) {
      return JsonNodeFactory.instance.objectNode();
    }
  }
}

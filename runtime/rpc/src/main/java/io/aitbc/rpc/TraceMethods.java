// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.CallTracer;
import io.aitbc.evm.StructLogTracer;
import io.aitbc.evm.Tracer;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Block;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What happens inside of transactions: debug_traceTransaction, debug_traceBlockBy… and
/// debug_traceCall, by instruction or by call. Blocks are executed again on the state after their
/// parent, which must still be kept.
final class TraceMethods {
  /// Steps of one answer: with their stacks some 20 MB of JSON.
  static final int STEPS_MAX = 50_000;

  private final ChainView chain;
  private final Simulation simulation;
  private final CallMethods calls;

  TraceMethods(ChainView chain, Simulation simulation, CallMethods calls) {
    this.chain = chain;
    this.simulation = simulation;
    this.calls = calls;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("debug_traceTransaction", this::traceTransaction);
    methods.put("debug_traceBlockByNumber", p -> traceBlock(chain.height(p.block(0)), p));
    methods.put(
        "debug_traceBlockByHash",
        p -> traceBlock(chain.height(new Parameters.BlockTag.ByHash(p.hash(0))), p));
    methods.put("debug_traceCall", this::traceCall);
  }

  /// How one transaction is watched, and what is told of it.
  private sealed interface Watch {
    Tracer tracer();

    /// @param gasLimit of the transaction
    JsonNode told(TransactionOutcome.Executed outcome, long gasLimit);

    /// Every instruction.
    record Instructions(StructLogTracer tracer, TraceJson.Parts parts) implements Watch {
      @Override
      public JsonNode told(TransactionOutcome.Executed outcome, long gasLimit) {
        return TraceJson.instructions(outcome, tracer.entries(), parts);
      }
    }

    /// Every call.
    record Calls(CallTracer tracer, boolean below, boolean logs) implements Watch {
      @Override
      public JsonNode told(TransactionOutcome.Executed outcome, long gasLimit) {
        return TraceJson.calls(tracer.root().orElseThrow(), outcome, gasLimit, below, logs);
      }
    }
  }

  /// A fresh watch, as the caller configured it.
  private static Watch watch(JsonNode configuration) throws RpcError {
    String tracer = configuration.path("tracer").asText("");
    JsonNode own = configuration.path("tracerConfig");
    return switch (tracer) {
      case "" -> instructions(configuration);
      case "callTracer" ->
          new Watch.Calls(
              new CallTracer(),
              !own.path("onlyTopCall").asBoolean(false),
              own.path("withLog").asBoolean(false));
      default ->
          throw Parameters.invalid(
              "no tracer \"%s\": there are callTracer and, if none is named, instructions"
                  .formatted(tracer));
    };
  }

  private static Watch instructions(JsonNode configuration) {
    TraceJson.Parts parts =
        new TraceJson.Parts(
            !configuration.path("disableStack").asBoolean(false),
            configuration.path("enableMemory").asBoolean(false),
            configuration.path("enableReturnData").asBoolean(false),
            !configuration.path("disableStorage").asBoolean(false));
    int limit = configuration.path("limit").asInt(0);
    // One step more is recorded, which tells that there are too many.
    int most = limit > 0 && limit <= STEPS_MAX ? limit : STEPS_MAX + 1;
    return new Watch.Instructions(
        new StructLogTracer(
            new StructLogTracer.Options(parts.stack(), parts.memory(), parts.returnData(), most)),
        parts);
  }

  private JsonNode traceTransaction(Parameters p) throws RpcError {
    Optional<ChainReader.Place> place = chain.reader().place(p.hash(0));
    if (place.isEmpty()) {
      throw new RpcError(RpcError.Code.REFUSED, "transaction not found");
    }
    int index = place.get().index();
    Watch watch = watch(configuration(p, 1));
    Block block = chain.block(place.get().height());
    List<TransactionOutcome> outcomes =
        replay(block, index + 1, i -> i == index ? Optional.of(watch.tracer()) : Optional.empty());
    return told(watch, outcomes.get(index), block.transactions().get(index).gasLimit());
  }

  private JsonNode traceBlock(long height, Parameters p) throws RpcError {
    Block block = chain.block(height);
    List<Watch> watches = new ArrayList<>();
    for (int i = 0; i < block.transactions().size(); i++) {
      watches.add(watch(configuration(p, 1)));
    }
    List<TransactionOutcome> outcomes =
        replay(block, watches.size(), i -> Optional.of(watches.get(i).tracer()));
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    int steps = 0;
    for (int i = 0; i < watches.size(); i++) {
      Transaction transaction = block.transactions().get(i);
      JsonNode told = told(watches.get(i), outcomes.get(i), transaction.gasLimit());
      steps += told.path("structLogs").size();
      requireFewSteps(steps);
      list.addObject().put("txHash", transaction.hash().toHex()).set("result", told);
    }
    return list;
  }

  private JsonNode traceCall(Parameters p) throws RpcError {
    CallRequest request = CallRequest.of(p.value(0));
    JsonNode configuration = configuration(p, 2);
    long gas = Math.min(request.gas().orElse(Simulation.GAS_MAX), Simulation.GAS_MAX);
    Watch watch = watch(configuration);
    Simulation.Place place = calls.place(p.block(1), configuration.path("stateOverrides"));
    return told(watch, simulation.watchedCall(request, gas, place, watch.tracer()), gas);
  }

  private static JsonNode configuration(Parameters p, int index) throws RpcError {
    JsonNode given = p.has(index) ? p.value(index) : JsonNodeFactory.instance.objectNode();
    if (!given.isObject()) {
      throw Parameters.invalid("argument " + index + " must be an object");
    }
    return given;
  }

  /// Who watches the transaction at an index.
  @FunctionalInterface
  private interface Watchers {
    Optional<Tracer> of(int index);
  }

  private List<TransactionOutcome> replay(Block block, int count, Watchers watchers)
      throws RpcError {
    long height = block.header().number();
    if (height == 0) {
      throw new RpcError(RpcError.Code.REFUSED, "genesis is not traceable");
    }
    List<RecoveredTransaction> transactions = new ArrayList<>();
    for (Transaction each : block.transactions().subList(0, count)) {
      transactions.add(RecoveredTransaction.of(each, Secp256k1.chosen()).orElseThrow());
    }
    List<TransactionOutcome> outcomes =
        simulation.replay(
            new Simulation.Place(block.header(), chain.state(height)),
            chain.state(height - 1),
            transactions,
            watchers::of);
    requireAsRecorded(outcomes, chain.receipts(height));
    return outcomes;
  }

  /// A trace that is not of what happened would mislead: the gas must be what the receipts say.
  private static void requireAsRecorded(List<TransactionOutcome> outcomes, List<Receipt> receipts)
      throws RpcError {
    long gasUsed = 0;
    for (int i = 0; i < outcomes.size(); i++) {
      gasUsed += CallMethods.executed(outcomes.get(i)).gasUsed();
      if (gasUsed != receipts.get(i).cumulativeGasUsed()) {
        throw new IllegalStateException(
            "transaction %d used %d gas so far, not %d"
                .formatted(i, gasUsed, receipts.get(i).cumulativeGasUsed()));
      }
    }
  }

  private static JsonNode told(Watch watch, TransactionOutcome outcome, long gasLimit)
      throws RpcError {
    JsonNode told = watch.told(CallMethods.executed(outcome), gasLimit);
    requireFewSteps(told.path("structLogs").size());
    return told;
  }

  private static void requireFewSteps(int steps) throws RpcError {
    if (steps > STEPS_MAX) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED,
          "more than " + STEPS_MAX + " steps: ask for the first ones (limit) or for callTracer");
    }
  }
}

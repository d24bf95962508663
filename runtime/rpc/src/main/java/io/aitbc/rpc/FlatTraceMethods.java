// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.evm.CallTrace;
import io.aitbc.evm.CallTracer;
import io.aitbc.evm.Precompiles;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.model.Address;
import io.aitbc.model.Block;
import io.aitbc.model.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What indexers ask of calls: trace_block, trace_transaction, trace_filter and
/// trace_replayBlockTransactions, in the shape of {@link FlatTraceJson}. Blocks are executed again,
/// as for debug_trace….
final class FlatTraceMethods {
  /// Blocks that one trace_filter looks at: each is executed again.
  static final int FILTERED_BLOCKS_MAX = 100;

  /// Traces of one answer of trace_filter: some 5 MB.
  static final int FILTERED_MAX = 10_000;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;
  private final Simulation simulation;
  private final TraceMethods traces;

  FlatTraceMethods(ChainView chain, Simulation simulation, TraceMethods traces) {
    this.chain = chain;
    this.simulation = simulation;
    this.traces = traces;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("trace_block", p -> flat(traced(chain.height(p.block(0)))));
    methods.put("trace_transaction", this::transaction);
    methods.put("trace_filter", this::filter);
    methods.put("trace_replayBlockTransactions", this::replayed);
  }

  /// A block and what was called in each of its transactions.
  private record Traced(
      Block block, List<CallTrace> roots, List<TransactionOutcome> outcomes, Precompiles omitted) {
    ArrayNode calls(int index, boolean placed) {
      Transaction transaction = block.transactions().get(index);
      FlatTraceJson.Place place =
          new FlatTraceJson.Place(
              block.header().hash(), block.header().number(), transaction.hash(), index);
      CallTrace root = roots.get(index);
      return new FlatTraceJson(placed ? Optional.of(place) : Optional.empty(), omitted)
          .calls(root, root.entered().gas(), root.gasUsed());
    }
  }

  private Traced traced(long height) throws RpcError {
    Block block = chain.block(height);
    int count = block.transactions().size();
    List<CallTracer> tracers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tracers.add(new CallTracer());
    }
    List<TransactionOutcome> outcomes =
        count == 0
            ? List.of()
            : traces.replay(block, count, i -> Optional.of(() -> tracers.get(i)));
    List<CallTrace> roots = tracers.stream().map(each -> each.root().orElseThrow()).toList();
    return new Traced(block, roots, outcomes, simulation.precompiles(block.header()));
  }

  private static ArrayNode flat(Traced traced) {
    ArrayNode all = NODES.arrayNode();
    for (int i = 0; i < traced.roots().size(); i++) {
      all.addAll(traced.calls(i, true));
    }
    return all;
  }

  private JsonNode transaction(Parameters p) throws RpcError {
    Optional<ChainReader.Place> place = chain.reader().place(p.hash(0));
    return place.isEmpty()
        ? NODES.nullNode()
        : traced(place.get().height()).calls(place.get().index(), true);
  }

  private JsonNode replayed(Parameters p) throws RpcError {
    for (JsonNode kind : p.has(1) ? p.value(1) : NODES.arrayNode()) {
      if (!kind.asText().equals("trace")) {
        throw Parameters.invalid(
            "no replay of kind \"%s\": there is trace, and debug_trace… for others"
                .formatted(kind.asText()));
      }
    }
    Traced traced = traced(chain.height(p.block(0)));
    ArrayNode all = NODES.arrayNode();
    for (int i = 0; i < traced.roots().size(); i++) {
      ObjectNode json = all.addObject();
      json.put("output", CallMethods.executed(traced.outcomes().get(i)).result().output().toHex());
      json.putNull("stateDiff");
      json.set("trace", traced.calls(i, false));
      json.put("transactionHash", traced.block().transactions().get(i).hash().toHex());
      json.putNull("vmTrace");
    }
    return all;
  }

  private JsonNode filter(Parameters p) throws RpcError {
    JsonNode asked = p.value(0);
    long last = height(asked.path("toBlock"), chain.reader().height());
    long first = height(asked.path("fromBlock"), last);
    if (first > last) {
      throw Parameters.invalid("invalid block range params");
    }
    if (last - first >= FILTERED_BLOCKS_MAX) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED, "more than " + FILTERED_BLOCKS_MAX + " blocks");
    }
    Set<Address> from = addresses(asked.path("fromAddress"));
    Set<Address> to = addresses(asked.path("toAddress"));
    long skipped = number(asked.path("after"), 0);
    long most = Math.min(FILTERED_MAX, number(asked.path("count"), FILTERED_MAX));
    ArrayNode found = NODES.arrayNode();
    for (long height = Math.max(1, first); height <= last && found.size() < most; height++) {
      for (JsonNode call : flat(traced(height))) {
        if (names(from, sender(call)) && names(to, receiver(call))) {
          if (skipped > 0) {
            skipped--;
          } else if (found.size() < most) {
            found.add(call);
          }
        }
      }
    }
    return found;
  }

  private static boolean names(Set<Address> wanted, JsonNode address) throws RpcError {
    return wanted.isEmpty()
        || (address.isTextual() && wanted.contains(Parameters.address(address.asText())));
  }

  private static JsonNode sender(JsonNode call) {
    JsonNode action = call.path("action");
    return action.path(call.path("type").asText().equals("suicide") ? "address" : "from");
  }

  private static JsonNode receiver(JsonNode call) {
    return switch (call.path("type").asText()) {
      case "suicide" -> call.path("action").path("refundAddress");
      case "create" -> call.path("result").path("address");
      default -> call.path("action").path("to");
    };
  }

  private long height(JsonNode tag, long otherwise) throws RpcError {
    return tag.isMissingNode() || tag.isNull()
        ? otherwise
        : chain.height(new Parameters(NODES.arrayNode().add(tag)).block(0));
  }

  private static long number(JsonNode value, long otherwise) throws RpcError {
    return value.isMissingNode() || value.isNull()
        ? otherwise
        : new Parameters(NODES.arrayNode().add(value)).number(0, Long.MAX_VALUE);
  }

  private static Set<Address> addresses(JsonNode list) throws RpcError {
    Set<Address> addresses = new TreeSet<>();
    for (JsonNode each : list) {
      boolean _ = addresses.add(Parameters.address(each.asText()));
    }
    return addresses;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.StructLogTracer;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.execution.Calls;
import io.aitbc.model.Address;
import io.aitbc.model.Authorization;
import io.aitbc.model.Block;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Receipt;
import io.aitbc.model.RecoveredTransaction;
import io.aitbc.model.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What happens inside of transactions: debug_traceTransaction, debug_traceBlockBy… and
/// debug_traceCall, by instruction, by call or by what they change. Blocks are executed again on
/// the state after their parent, which must still be kept.
final class TraceMethods {
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

  private JsonNode traceTransaction(Parameters p) throws RpcError {
    Optional<ChainReader.Place> place = chain.reader().place(p.hash(0));
    if (place.isEmpty()) {
      throw new RpcError(RpcError.Code.REFUSED, "transaction not found");
    }
    int index = place.get().index();
    Block block = chain.block(place.get().height());
    StructLogTracer.Room room = room();
    TraceWatch watch = TraceWatch.of(configuration(p, 1), subject(block, index), room);
    List<TransactionOutcome> outcomes =
        replay(block, index + 1, i -> i == index ? Optional.of(watch) : Optional.empty());
    return told(watch, outcomes.get(index), block.transactions().get(index).gasLimit(), room);
  }

  private JsonNode traceBlock(long height, Parameters p) throws RpcError {
    Block block = chain.block(height);
    StructLogTracer.Room room = room();
    List<TraceWatch> watches = new ArrayList<>();
    for (int i = 0; i < block.transactions().size(); i++) {
      watches.add(TraceWatch.of(configuration(p, 1), subject(block, i), room));
    }
    List<TransactionOutcome> outcomes =
        replay(block, watches.size(), i -> Optional.of(watches.get(i)));
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    int steps = 0;
    for (int i = 0; i < watches.size(); i++) {
      Transaction transaction = block.transactions().get(i);
      JsonNode told = told(watches.get(i), outcomes.get(i), transaction.gasLimit(), room);
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
    Simulation.Place place = calls.place(p.block(1), configuration.path("stateOverrides"));
    StructLogTracer.Room room = room();
    TraceWatch watch =
        TraceWatch.of(
            configuration,
            new TraceWatch.Subject(
                Optional.empty(),
                place.header().beneficiary(),
                List.of(),
                simulation.precompiles(place.header())),
            room);
    return told(watch, simulation.watchedCall(request, gas, place, watch), gas, room);
  }

  private TraceWatch.Subject subject(Block block, int index) throws RpcError {
    BlockHeader header = block.header();
    Transaction transaction = block.transactions().get(index);
    return new TraceWatch.Subject(
        Optional.of(
            new FlatTraceJson.Place(header.hash(), header.number(), transaction.hash(), index)),
        header.beneficiary(),
        authorities(transaction.unsigned().authorizations()),
        simulation.precompiles(header));
  }

  private static List<Address> authorities(List<Authorization> authorizations) {
    return authorizations.stream()
        .flatMap(each -> each.authority(Secp256k1.chosen()).stream())
        .toList();
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
  interface Watchers {
    Optional<Calls.Watcher> of(int index);
  }

  /// Executes the first transactions of a block again.
  List<TransactionOutcome> replay(Block block, int count, Watchers watchers) throws RpcError {
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

  private static StructLogTracer.Room room() {
    return new StructLogTracer.Room(TraceWatch.STEP_BYTES_MAX);
  }

  private static JsonNode told(
      TraceWatch watch, TransactionOutcome outcome, long gasLimit, StructLogTracer.Room room)
      throws RpcError {
    if (room.isFull()) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED,
          "steps of more than %d bytes: ask for the first ones (limit), without stack and memory,"
                  .formatted(TraceWatch.STEP_BYTES_MAX)
              + " or for callTracer");
    }
    JsonNode told = watch.told(CallMethods.executed(outcome), gasLimit);
    requireFewSteps(told.path("structLogs").size());
    return told;
  }

  private static void requireFewSteps(int steps) throws RpcError {
    if (steps > TraceWatch.STEPS_MAX) {
      throw new RpcError(
          RpcError.Code.LIMIT_EXCEEDED,
          "more than "
              + TraceWatch.STEPS_MAX
              + " steps: ask for the first ones (limit) or for callTracer");
    }
  }
}

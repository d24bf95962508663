// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.evm.CallResult;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Log;
import io.aitbc.model.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// eth_simulateV1: blocks of calls behind a block, none of which is kept.
final class SimulateMethods {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ChainView chain;
  private final Simulation simulation;

  SimulateMethods(ChainView chain, Simulation simulation) {
    this.chain = chain;
    this.simulation = simulation;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("eth_simulateV1", this::simulate);
  }

  private JsonNode simulate(Parameters p) throws RpcError {
    JsonNode asked = p.value(0);
    BlockHeader base = chain.header(chain.height(p.block(1)));
    List<BlockRequest> blocks = BlockRequest.all(asked.path("blockStateCalls"), base);
    BlockSimulation.Options options =
        new BlockSimulation.Options(flag(asked, "validation"), flag(asked, "traceTransfers"));
    EthereumJson.Transactions shown =
        flag(asked, "returnFullTransactions")
            ? EthereumJson.Transactions.FULL
            : EthereumJson.Transactions.HASHES;
    return simulation.withMachine(machine -> {
      BlockSimulation run =
          new BlockSimulation(chain, simulation.genesis(), machine, options, base);
      ArrayNode list = NODES.arrayNode();
      try {
        for (BlockRequest each : blocks) {
          list.add(text(run.next(each), shown));
        }
      } catch (ArithmeticException overflow) {
        // Only overrides bring balances and fees that high.
        throw new RpcError(RpcError.Code.REFUSED, "an amount reaches 2^256 wei");
      }
      return list;
    });
  }

  private static boolean flag(JsonNode asked, String name) throws RpcError {
    JsonNode flag = asked.path(name);
    if (!flag.isMissingNode() && !flag.isNull() && !flag.isBoolean()) {
      throw Parameters.invalid(name + " must be true or false");
    }
    return flag.asBoolean(false);
  }

  private static ObjectNode text(
      BlockSimulation.Made made, EthereumJson.Transactions transactions) {
    ObjectNode json = EthereumJson.block(made.block(), EthereumJson.Transactions.HASHES);
    BlockHeader header = made.block().header();
    if (transactions == EthereumJson.Transactions.FULL) {
      ArrayNode list = json.putArray("transactions");
      for (int i = 0; i < made.calls().size(); i++) {
        list.add(
            EthereumJson.transaction(
                made.block().transactions().get(i),
                made.calls().get(i).sender().toString(),
                Optional.of(new EthereumJson.Position(header, i))));
      }
    }
    ArrayNode calls = json.putArray("calls");
    int logs = 0;
    for (int i = 0; i < made.calls().size(); i++) {
      BlockSimulation.Call call = made.calls().get(i);
      ObjectNode shown = calls.addObject();
      shown.put("returnData", returned(call.result()));
      ArrayNode list = shown.putArray("logs");
      Transaction transaction = made.block().transactions().get(i);
      for (Log log : call.logs()) {
        list.add(EthereumJson.log(log, transaction, new EthereumJson.Position(header, i), logs++));
      }
      shown.put("gasUsed", EthereumJson.quantity(call.gasUsed()));
      shown.put("maxUsedGas", EthereumJson.quantity(call.gasUsedBeforeRefund()));
      boolean succeeded = call.result() instanceof CallResult.Success;
      shown.put("status", succeeded ? "0x1" : "0x0");
      if (!succeeded) {
        shown.set("error", error(call.result()));
      }
    }
    return json;
  }

  /// What a call returned; what it reverted with is in its error, as with go-ethereum.
  private static String returned(CallResult result) {
    return result instanceof CallResult.Success ? result.output().toHex() : "0x";
  }

  private static JsonNode error(CallResult result) {
    return switch (result) {
      case CallResult.Halt(var reason) ->
          new RpcError(RpcError.Code.CALL_HALTED, "vm execution error: " + CallMethods.text(reason))
              .toJson();
      case CallResult.Success _, CallResult.Revert _ -> CallMethods.failure(result).toJson();
    };
  }
}

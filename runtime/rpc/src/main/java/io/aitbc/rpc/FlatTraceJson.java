// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Hash;
import io.aitbc.evm.CallKind;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.CallTrace;
import io.aitbc.evm.Precompiles;
import io.aitbc.model.Address;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The calls of a transaction as a list, outermost first, each with its place in the tree: the
/// shape of the trace_ methods and of go-ethereum's flatCallTracer.
///
/// @param place of the transaction; empty for a call
/// @param omitted whose CALLs and STATICCALLs below the outermost are left out
record FlatTraceJson(Optional<Place> place, Precompiles omitted) {
  /// Where a transaction is.
  ///
  /// @param block hash of the block
  /// @param height of the block
  /// @param transaction its hash
  /// @param index in the block
  record Place(Hash block, long height, Hash transaction, int index) {}

  /// The calls below and with `root`.
  ///
  /// @param gas that the outermost was given, and used: what the transaction costs included
  ArrayNode calls(CallTrace root, long gas, long gasUsed) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    add(root, gas, gasUsed, new int[0], list);
    return list;
  }

  private void add(CallTrace trace, long gas, long gasUsed, int[] at, ArrayNode list) {
    ObjectNode json = list.addObject();
    CallKind kind = trace.entered().kind();
    List<CallTrace> below = trace.calls().stream().filter(each -> !isOmitted(each)).toList();
    switch (kind) {
      case CALL, CALLCODE, DELEGATECALL, STATICCALL -> call(json, trace, gas, gasUsed);
      case CREATE, CREATE2 -> creation(json, trace, gas, gasUsed);
      case SELFDESTRUCT -> {
        ObjectNode action = json.putObject("action");
        action.put("address", trace.entered().from().toString());
        action.put("balance", EthereumJson.amount(trace.entered().value()));
        action.put("refundAddress", trace.entered().to().toString());
        json.putNull("result");
      }
    }
    json.put("subtraces", below.size());
    ArrayNode address = json.putArray("traceAddress");
    for (int index : at) {
      address.add(index);
    }
    place.ifPresent(known -> {
      json.put("blockHash", known.block().toHex());
      json.put("blockNumber", known.height());
      json.put("transactionHash", known.transaction().toHex());
      json.put("transactionPosition", known.index());
    });
    json.put("type", type(kind));
    for (int i = 0; i < below.size(); i++) {
      CallTrace inner = below.get(i);
      int[] under = Arrays.copyOf(at, at.length + 1);
      under[at.length] = i;
      add(inner, inner.entered().gas(), inner.gasUsed(), under, list);
    }
  }

  private boolean isOmitted(CallTrace trace) {
    CallKind kind = trace.entered().kind();
    Address to = trace.entered().to();
    return (kind == CallKind.CALL || kind == CallKind.STATICCALL)
        && omitted.functions().containsKey(to);
  }

  private static String type(CallKind kind) {
    return switch (kind) {
      case CALL, CALLCODE, DELEGATECALL, STATICCALL -> "call";
      case CREATE, CREATE2 -> "create";
      case SELFDESTRUCT -> "suicide";
    };
  }

  private static void call(ObjectNode json, CallTrace trace, long gas, long gasUsed) {
    ObjectNode action = json.putObject("action");
    action.put("callType", trace.entered().kind().name().toLowerCase(Locale.ROOT));
    action.put("from", trace.entered().from().toString());
    action.put("gas", EthereumJson.quantity(gas));
    action.put("input", trace.entered().input().toHex());
    action.put("to", trace.entered().to().toString());
    action.put("value", EthereumJson.amount(trace.entered().value()));
    if (ended(json, trace)) {
      ObjectNode result = json.putObject("result");
      result.put("gasUsed", EthereumJson.quantity(gasUsed));
      result.put("output", trace.result().output().toHex());
    }
  }

  private static void creation(ObjectNode json, CallTrace trace, long gas, long gasUsed) {
    ObjectNode action = json.putObject("action");
    action.put("creationMethod", trace.entered().kind().name().toLowerCase(Locale.ROOT));
    action.put("from", trace.entered().from().toString());
    action.put("gas", EthereumJson.quantity(gas));
    action.put("init", trace.entered().input().toHex());
    action.put("value", EthereumJson.amount(trace.entered().value()));
    if (ended(json, trace)) {
      ObjectNode result = json.putObject("result");
      result.put("address", trace.entered().to().toString());
      result.put("code", trace.result().output().toHex());
      result.put("gasUsed", EthereumJson.quantity(gasUsed));
    }
  }

  /// Tells why a call failed. Whether there is a result to tell: a revert has one, its data.
  private static boolean ended(ObjectNode json, CallTrace trace) {
    return switch (trace.result()) {
      case CallResult.Success _ -> true;
      case CallResult.Revert _ -> {
        json.put("error", "execution reverted");
        yield true;
      }
      case CallResult.Halt(var reason) -> {
        json.put("error", CallMethods.text(reason));
        json.putNull("result");
        yield false;
      }
    };
  }
}

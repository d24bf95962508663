// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import io.aitbc.evm.AccessTracer;
import io.aitbc.evm.CallResult;
import io.aitbc.evm.HaltReason;
import io.aitbc.evm.TransactionOutcome;
import io.aitbc.evm.TransactionRefusal;
import io.aitbc.execution.Calls;
import io.aitbc.model.AccessListEntry;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.TransactionRules;
import io.aitbc.model.UInt256;
import io.aitbc.state.StateView;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// eth_call, eth_estimateGas and eth_createAccessList: what a transaction would do.
final class CallMethods {
  /// Selector of Error(string), by which Solidity gives a reason.
  private static final Bytes ERROR_SELECTOR = Bytes.fromHex("0x08c379a0");

  /// Selector of Panic(uint256), by which Solidity tells of broken assertions.
  private static final Bytes PANIC_SELECTOR = Bytes.fromHex("0x4e487b71");

  private static final int SELECTOR_BYTES = 4;

  /// Runs of one call in search of its access list: two are enough unless it looks at its gas.
  private static final int ACCESS_LIST_RUNS_MAX = 8;

  private final ChainView chain;
  private final Simulation simulation;

  CallMethods(ChainView chain, Simulation simulation) {
    this.chain = chain;
    this.simulation = simulation;
  }

  void register(Map<String, Dispatcher.Method> methods) {
    methods.put("eth_call", this::call);
    methods.put("eth_estimateGas", this::estimateGas);
    methods.put("eth_createAccessList", this::accessList);
  }

  private JsonNode call(Parameters p) throws RpcError {
    CallRequest request = CallRequest.of(p.value(0));
    long gas = Math.min(request.gas().orElse(Simulation.GAS_MAX), Simulation.GAS_MAX);
    CallResult result = executed(simulation.call(request, gas, place(p))).result();
    if (result instanceof CallResult.Success(long _, Bytes output)) {
      return JsonNodeFactory.instance.textNode(output.toHex());
    }
    throw failure(result);
  }

  private JsonNode estimateGas(Parameters p) throws RpcError {
    return JsonNodeFactory.instance.textNode(
        EthereumJson.quantity(enoughGas(CallRequest.of(p.value(0)), place(p))));
  }

  /// A gas limit with which a transaction succeeds behind the last block.
  long enoughGas(CallRequest request) throws RpcError {
    return enoughGas(
        request, place(new Parameters.BlockTag.Latest(), JsonNodeFactory.instance.objectNode()));
  }

  private long enoughGas(CallRequest request, Simulation.Place place) throws RpcError {
    long most = gasMax(request, place);
    return switch (simulation.estimateGas(request, most, place)) {
      case Calls.Estimate.Enough(long gasLimit) -> gasLimit;
      case Calls.Estimate.GasTooLow _ -> throw allowanceExceeded(most);
      case Calls.Estimate.Failed(TransactionOutcome outcome) -> {
        CallResult result = executed(outcome).result();
        throw result instanceof CallResult.Halt(HaltReason reason)
                && reason == HaltReason.OUT_OF_GAS
            ? allowanceExceeded(most)
            : failure(result);
      }
    };
  }

  private static RpcError allowanceExceeded(long most) {
    return new RpcError(RpcError.Code.REFUSED, "gas required exceeds allowance (" + most + ")");
  }

  /// The most gas that the caller allows, a block and a transaction hold, and the sender can pay.
  private static long gasMax(CallRequest request, Simulation.Place place) throws RpcError {
    long most = Math.min(TransactionRules.TRANSACTION_GAS_MAX, place.header().gasLimit());
    most = Math.min(most, request.gas().orElse(most));
    if (request.maxFeePerGas().isZero()) {
      return most;
    }
    Amount balance = place.state().account(request.from()).balance();
    if (balance.compareTo(request.value()) < 0) {
      throw new RpcError(RpcError.Code.REFUSED, "insufficient funds for transfer");
    }
    Amount left = balance.minus(request.value());
    UInt256 affordable = left.wei().dividedBy(request.maxFeePerGas().wei());
    return affordable.fitsLong() ? Math.min(most, affordable.low()) : most;
  }

  private Simulation.Place place(Parameters p) throws RpcError {
    return place(p.block(1), p.has(2) ? p.value(2) : JsonNodeFactory.instance.objectNode());
  }

  /// Behind the block that a caller means, with what it wants to be otherwise.
  Simulation.Place place(Parameters.BlockTag tag, JsonNode overrides) throws RpcError {
    long height = chain.height(tag);
    BlockHeader header = chain.header(height);
    StateView state = new StateOverrides(overrides).of(chain.state(height));
    return new Simulation.Place(header, state);
  }

  /// The accounts and slots that a call touches, found by running it until announcing them changes
  /// them no more.
  private JsonNode accessList(Parameters p) throws RpcError {
    CallRequest request = CallRequest.of(p.value(0));
    Simulation.Place place = place(p.block(1), JsonNodeFactory.instance.objectNode());
    long gas = Math.min(request.gas().orElse(Simulation.GAS_MAX), Simulation.GAS_MAX);
    List<Address> warm = new ArrayList<>(List.of(request.from(), place.header().beneficiary()));
    request.to().ifPresent(warm::add);
    for (int i = 0; i < ACCESS_LIST_RUNS_MAX; i++) {
      AccessTracer tracer = new AccessTracer();
      TransactionOutcome.Executed outcome =
          executed(simulation.watchedCall(request, gas, place, () -> tracer));
      List<AccessListEntry> touched = tracer.accessList(warm);
      if (touched.equals(request.accessList())) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        EthereumJson.accessList(json.putArray("accessList"), touched);
        if (!outcome.succeeded()) {
          json.put("error", failure(outcome.result()).getMessage());
        }
        return json.put("gasUsed", EthereumJson.quantity(outcome.gasUsed()));
      }
      request = request.withAccessList(touched);
    }
    throw new RpcError(RpcError.Code.REFUSED, "what the call touches depends on what it announces");
  }

  static TransactionOutcome.Executed executed(TransactionOutcome outcome) throws RpcError {
    return switch (outcome) {
      case TransactionOutcome.Executed executed -> executed;
      case TransactionOutcome.Refused(TransactionRefusal.BalanceTooLow(var needed, var held)) ->
          throw new RpcError(
              RpcError.Code.REFUSED,
              "insufficient funds for gas * price + value: have %s want %s"
                  .formatted(held.wei(), needed.wei()));
      case TransactionOutcome.Refused(TransactionRefusal reason) ->
          throw new RpcError(RpcError.Code.REFUSED, reason.toString());
    };
  }

  static RpcError failure(CallResult result) {
    return switch (result) {
      case CallResult.Success _ -> throw new IllegalArgumentException("no failure");
      case CallResult.Revert(long _, Bytes output) ->
          new RpcError(
              RpcError.Code.REVERTED, "execution reverted" + reason(output), output.toHex());
      case CallResult.Halt(HaltReason reason) -> new RpcError(RpcError.Code.REFUSED, text(reason));
    };
  }

  /// What Solidity's two kinds of revert data say, behind a colon.
  static String reason(Bytes output) {
    if (output.length() < SELECTOR_BYTES) {
      return "";
    }
    Bytes selector = output.slice(0, SELECTOR_BYTES);
    Bytes arguments = output.slice(SELECTOR_BYTES, output.length() - SELECTOR_BYTES);
    if (selector.equals(PANIC_SELECTOR) && arguments.length() == UInt256.BYTES) {
      BigInteger code = new BigInteger(1, arguments.toArray());
      return code.equals(BigInteger.ONE)
          ? ": assert(false)"
          : ": panic code 0x" + code.toString(16);
    }
    if (selector.equals(ERROR_SELECTOR) && arguments.length() >= 2 * UInt256.BYTES) {
      UInt256 length = UInt256.of(arguments.toArray(), UInt256.BYTES, UInt256.BYTES);
      int left = arguments.length() - 2 * UInt256.BYTES;
      if (length.fitsLong() && length.low() <= left) {
        return ": "
            + new String(
                arguments.slice(2 * UInt256.BYTES, (int) length.low()).toArray(),
                StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  /// In the words of Ethereum's clients.
  static String text(HaltReason reason) {
    return switch (reason) {
      case OUT_OF_GAS -> "out of gas";
      case STACK_UNDERFLOW -> "stack underflow";
      case STACK_OVERFLOW -> "stack limit reached 1024";
      case INVALID_INSTRUCTION -> "invalid opcode";
      case INVALID_JUMP -> "invalid jump destination";
      case WRITE_IN_STATIC_CALL -> "write protection";
      case RETURN_DATA_OUT_OF_BOUNDS -> "return data out of bounds";
      case INIT_CODE_TOO_LARGE -> "max initcode size exceeded";
      case CODE_TOO_LARGE -> "max code size exceeded";
      case CODE_PREFIX_RESERVED -> "invalid code: must not begin with 0xef";
      case CODE_STORAGE_OUT_OF_GAS -> "contract creation code storage out of gas";
      case ADDRESS_OCCUPIED -> "contract address collision";
      case PRECOMPILE_FAILED -> "precompile failed";
    };
  }
}

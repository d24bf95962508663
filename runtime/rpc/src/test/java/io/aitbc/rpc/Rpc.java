// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1;
import io.aitbc.execution.ExecutionParameters;
import io.aitbc.execution.Machines;
import io.aitbc.model.NetworkKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// JSON-RPC over a {@link TestChain}, without a server.
final class Rpc {
  static final ObjectMapper JSON = new ObjectMapper();
  final TestChain chain = new TestChain();
  final TestNode node = new TestNode(chain);
  final Methods methods;

  /// The paths of the older platform over the same methods.
  final RestPaths rest;

  private static final byte[] NOTHING = {'n', 'u', 'l', 'l'};

  /// What a call's watch was told, a line each.
  final List<String> calls = new CopyOnWriteArrayList<>();

  private final CallWatch watched = (method, outcome, _) -> calls.add(method + " " + outcome);
  private final Dispatcher dispatcher;
  private final Simulation simulation;

  Rpc() {
    this(new NetworkKind.Hybrid());
  }

  Rpc(NetworkKind kind) {
    simulation =
        new Simulation(
            ExecutionParameters.of(TestChain.CHAIN_ID),
            new Machines(chain.header(0).orElseThrow().hash(), Secp256k1.chosen(), new BlsScheme())
                ::another,
            1);
    methods = new Methods(kind, TestChain.CHAIN_ID, chain, node, simulation);
    dispatcher = new Dispatcher(methods.all(), kind, watched);
    rest = new RestPaths(dispatcher, kind);
  }

  /// The whole answer to a request.
  JsonNode answer(String request) {
    return parse(dispatcher.answer(request.getBytes(StandardCharsets.UTF_8)).orElse(NOTHING));
  }

  /// The answer to a call with parameters written as JSON, single quotes for double ones.
  JsonNode call(String method, String parameters) {
    return answer(request(method, parameters));
  }

  JsonNode result(String method, String parameters) {
    JsonNode answer = call(method, parameters);
    if (!answer.has("result")) {
      throw new AssertionError(answer.toString());
    }
    return answer.get("result");
  }

  /// The result while another call keeps the only machine.
  JsonNode resultWhileBusy(String method, String parameters) throws RpcError {
    return simulation.withMachine(_ -> result(method, parameters));
  }

  /// The error while another call keeps the only machine.
  String errorWhileBusy(String method, String parameters) throws RpcError {
    return simulation.withMachine(_ -> error(method, parameters));
  }

  /// The code and the message of the error that a call gives.
  String error(String method, String parameters) {
    JsonNode error = call(method, parameters).path("error");
    return error.path("code").asText() + " " + error.path("message").asText();
  }

  static String request(String method, String parameters) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":[%s]}"
        .formatted(method, parameters.replace('\'', '"'));
  }

  static JsonNode parse(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  static JsonNode parse(String json) {
    return parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  Hash transactionHash(int index) {
    return chain.block(1).orElseThrow().transactions().get(index).hash();
  }

  Hash blockHash(long height) {
    return chain.block(height).orElseThrow().header().hash();
  }

  static String word(long value) {
    return "%064x".formatted(value);
  }

  static Bytes raw(long nonce) {
    return TestChain.transfer(nonce).encoded();
  }
}

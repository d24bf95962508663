// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes JSON-RPC requests apart, calls the methods and puts the answers together.
final class Dispatcher {
  /// Calls in one batch. Load generators send hundreds; more would let one request hold a thread
  /// for seconds.
  static final int BATCH_CALLS_MAX = 1_000;

  /// Nesting of a request: parameters are at most objects in lists in objects.
  private static final int DEPTH_MAX = 32;

  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private final Map<String, Method> methods;

  /// A method of the interface.
  @FunctionalInterface
  interface Method {
    /// The result.
    JsonNode call(Parameters parameters) throws RpcError;
  }

  Dispatcher(Map<String, Method> methods) {
    this.methods = new TreeMap<>(methods);
  }

  /// The answer to a request body.
  byte[] answer(byte[] body) {
    try {
      return JSON.writeValueAsBytes(answerTo(body));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private JsonNode answerTo(byte[] body) {
    JsonNode request;
    try {
      request = JSON.readTree(body);
    } catch (IOException malformed) {
      return failure(NODES.nullNode(), new RpcError(RpcError.Code.PARSE, "parse error"));
    }
    if (!request.isArray()) {
      return single(request);
    }
    if (request.isEmpty() || request.size() > BATCH_CALLS_MAX) {
      return failure(
          NODES.nullNode(),
          new RpcError(
              request.isEmpty() ? RpcError.Code.INVALID_REQUEST : RpcError.Code.LIMIT_EXCEEDED,
              "a batch holds 1 to " + BATCH_CALLS_MAX + " calls, not " + request.size()));
    }
    ArrayNode answers = NODES.arrayNode(request.size());
    request.forEach(call -> answers.add(single(call)));
    return answers;
  }

  private JsonNode single(JsonNode request) {
    JsonNode id = request.path("id");
    JsonNode idShown = id.isTextual() || id.isNumber() ? id : NODES.nullNode();
    try {
      return success(idShown, result(request));
    } catch (RpcError error) {
      return failure(idShown, error);
    } catch (RuntimeException broken) {
      LOG.atError()
          .addKeyValue("method", request.path("method").asText())
          .setCause(broken)
          .log("a call failed inside of the node");
      return failure(idShown, new RpcError(RpcError.Code.INTERNAL, "internal error"));
    }
  }

  private JsonNode result(JsonNode request) throws RpcError {
    JsonNode name = request.path("method");
    JsonNode parameters = request.path("params");
    if (!name.isTextual() || !(parameters.isMissingNode() || parameters.isArray())) {
      throw new RpcError(RpcError.Code.INVALID_REQUEST, "invalid request");
    }
    Method method = methods.get(name.asText());
    if (method == null) {
      throw new RpcError(
          RpcError.Code.METHOD_NOT_FOUND,
          "the method " + name.asText() + " does not exist/is not available");
    }
    return method.call(new Parameters(parameters));
  }

  private static ObjectNode success(JsonNode id, JsonNode result) {
    ObjectNode answer = NODES.objectNode().put("jsonrpc", "2.0");
    answer.set("id", id);
    answer.set("result", result);
    return answer;
  }

  private static ObjectNode failure(JsonNode id, RpcError error) {
    ObjectNode answer = NODES.objectNode().put("jsonrpc", "2.0");
    answer.set("id", id);
    answer.set("error", error.toJson());
    return answer;
  }
}

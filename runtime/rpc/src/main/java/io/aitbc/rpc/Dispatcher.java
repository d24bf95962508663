// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.model.NetworkKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes JSON-RPC requests apart, calls the methods and puts the answers together.
final class Dispatcher {
  /// Calls in one batch. Load generators send hundreds; more would let one request hold a thread
  /// for seconds.
  static final int BATCH_CALLS_MAX = 1_000;

  /// Bytes of an answer: a full block of 10,000 transfers takes about 8 MB. Of a batch, the calls
  /// beyond it are refused one by one.
  static final int ANSWER_BYTES_MAX = 25 << 20;

  /// How long the calls of a batch are worked on: it has one of the places of all callers
  /// meanwhile. What is left is told to come back.
  static final long BATCH_NANOS_MAX = 30_000_000_000L;

  /// Nesting of a request: parameters are at most objects in lists in objects.
  private static final int DEPTH_MAX = 32;

  /// Nesting of an answer: a trace of 1,024 calls in each other (Yellow Paper §9.1), each an object
  /// in a list.
  private static final int ANSWER_DEPTH_MAX = 2 * 1_024 + 32;

  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(ANSWER_DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  /// The member that every message has where no block is ever final. JSON-RPC's own members stay as
  /// they are.
  private static final String FINALITY = "finality";

  private final Map<String, Method> methods;
  private final NetworkKind kind;
  private final CallWatch watch;
  private final LongSupplier nanoTime;

  /// A method of the interface.
  @FunctionalInterface
  interface Method {
    /// The result.
    JsonNode call(Parameters parameters) throws RpcError;
  }

  /// @param kind whether what is answered is final
  /// @param watch is told of every call
  Dispatcher(Map<String, Method> methods, NetworkKind kind, CallWatch watch) {
    this(methods, kind, watch, System::nanoTime);
  }

  /// @param nanoTime a clock like `System.nanoTime`
  Dispatcher(
      Map<String, Method> methods, NetworkKind kind, CallWatch watch, LongSupplier nanoTime) {
    this.methods = new TreeMap<>(methods);
    this.kind = kind;
    this.watch = watch;
    this.nanoTime = nanoTime;
  }

  /// Begins a message; in a network whose blocks are never final it says so. Protocol §10.4.
  static ObjectNode message(NetworkKind kind) {
    ObjectNode message = NODES.objectNode().put("jsonrpc", "2.0");
    putFinality(message, kind);
    return message;
  }

  /// Says in an answer of a network whose blocks are never final that it is one.
  static void putFinality(ObjectNode answer, NetworkKind kind) {
    if (kind instanceof NetworkKind.Poa) {
      answer.put(FINALITY, "not final");
    }
  }

  /// The answer to a request body; empty if nothing is to be answered, because every call in it was
  /// a notification.
  Optional<byte[]> answer(byte[] body) {
    long began = nanoTime.getAsLong();
    JsonNode request;
    try {
      request = parsed(body);
    } catch (RpcError malformed) {
      return Optional.of(noCall(malformed, began));
    }
    if (!request.isArray()) {
      return single(request);
    }
    if (request.isEmpty() || request.size() > BATCH_CALLS_MAX) {
      RpcError.Code code =
          request.isEmpty() ? RpcError.Code.INVALID_REQUEST : RpcError.Code.LIMIT_EXCEEDED;
      String text =
          "a batch holds 1 to %d calls, not %d".formatted(BATCH_CALLS_MAX, request.size());
      return Optional.of(noCall(new RpcError(code, text), began));
    }
    return batch(request, began);
  }

  /// The JSON in the body of a request.
  static JsonNode parsed(byte[] body) throws RpcError {
    try {
      return JSON.readTree(body);
    } catch (IOException malformed) {
      throw new RpcError(RpcError.Code.PARSE, "parse error");
    }
  }

  /// What a method gives to another part of the server; the watch is told of it as of any call.
  ///
  /// @param parameters a list
  JsonNode result(String name, JsonNode parameters) throws RpcError {
    long began = nanoTime.getAsLong();
    CallWatch.Outcome outcome = CallWatch.Outcome.OK;
    try {
      return result(name, new Parameters(parameters));
    } catch (RpcError error) {
      outcome = CallWatch.outcomeOf(error.code());
      throw error;
    } catch (RuntimeException broken) {
      outcome = CallWatch.Outcome.FAILED;
      throw internal(name, broken);
    } finally {
      told(name, outcome, began);
    }
  }

  /// A request was turned away before anybody looked into it.
  void turnedAway() {
    watch.answered(CallWatch.OTHER, CallWatch.Outcome.BUSY, 0);
  }

  /// The answer to what is no call.
  private byte[] noCall(RpcError error, long began) {
    byte[] answer = bytes(failure(NODES.nullNode(), error));
    told(CallWatch.OTHER, CallWatch.outcomeOf(error.code()), began);
    return answer;
  }

  /// Answers call by call, so that no more than one answer beyond the limit is ever in memory. Once
  /// there is no room or time left, each call is refused.
  private Optional<byte[]> batch(JsonNode calls, long began) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (JsonNode call : calls) {
      Optional<byte[]> answer;
      if (out.size() >= ANSWER_BYTES_MAX) {
        answer = refusal(call, tooLarge());
      } else if (nanoTime.getAsLong() - began > BATCH_NANOS_MAX) {
        answer = refusal(call, new RpcError(RpcError.Code.BUSY, "the batch takes too long"));
      } else {
        answer = single(call);
      }
      if (answer.isPresent()) {
        out.write(out.size() == 0 ? '[' : ',');
        out.writeBytes(answer.get());
      }
    }
    if (out.size() == 0) {
      return Optional.empty();
    }
    out.write(']');
    return Optional.of(out.toByteArray());
  }

  private static byte[] bounded(ObjectNode answer) throws RpcError {
    byte[] bytes = bytes(answer);
    if (bytes.length > ANSWER_BYTES_MAX) {
      throw tooLarge();
    }
    return bytes;
  }

  private static RpcError tooLarge() {
    return new RpcError(
        RpcError.Code.LIMIT_EXCEEDED, "an answer has at most " + ANSWER_BYTES_MAX + " bytes");
  }

  static byte[] bytes(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static JsonNode shown(JsonNode id) {
    return id.isTextual() || id.isNumber() ? id : NODES.nullNode();
  }

  /// The answer to one call; empty for a notification, which is a call without an id.
  private Optional<byte[]> single(JsonNode request) {
    long began = nanoTime.getAsLong();
    JsonNode id = shown(request.path("id"));
    CallWatch.Outcome outcome = CallWatch.Outcome.OK;
    byte[] answer;
    try {
      answer = bounded(success(id, result(request)));
    } catch (RpcError error) {
      outcome = CallWatch.outcomeOf(error.code());
      answer = bytes(failure(id, error));
    } catch (RuntimeException broken) {
      outcome = CallWatch.Outcome.FAILED;
      answer = bytes(failure(id, internal(request.path("method").asText(), broken)));
    }
    return answered(request, outcome, began, answer);
  }

  /// Refuses a call that nobody looks into.
  private Optional<byte[]> refusal(JsonNode request, RpcError error) {
    byte[] answer = bytes(failure(shown(request.path("id")), error));
    return answered(request, CallWatch.outcomeOf(error.code()), nanoTime.getAsLong(), answer);
  }

  private Optional<byte[]> answered(
      JsonNode request, CallWatch.Outcome outcome, long began, byte[] answer) {
    told(request.path("method").asText(), outcome, began);
    boolean isNotification =
        request.isObject() && request.path("method").isTextual() && !request.has("id");
    return isNotification ? Optional.empty() : Optional.of(answer);
  }

  private JsonNode result(JsonNode request) throws RpcError {
    JsonNode name = request.path("method");
    JsonNode parameters = request.path("params");
    JsonNode version = request.path("jsonrpc");
    if (!version.isMissingNode() && !version.asText().equals("2.0")) {
      throw new RpcError(RpcError.Code.INVALID_REQUEST, "jsonrpc must be \"2.0\"");
    }
    if (!name.isTextual() || !(parameters.isMissingNode() || parameters.isArray())) {
      throw new RpcError(RpcError.Code.INVALID_REQUEST, "invalid request");
    }
    return result(name.asText(), new Parameters(parameters));
  }

  private JsonNode result(String name, Parameters parameters) throws RpcError {
    Method method = methods.get(name);
    if (method == null) {
      throw new RpcError(
          RpcError.Code.METHOD_NOT_FOUND,
          "the method " + name + " does not exist/is not available");
    }
    return method.call(parameters);
  }

  private void told(String name, CallWatch.Outcome outcome, long began) {
    watch.answered(
        methods.containsKey(name) ? name : CallWatch.OTHER, outcome, nanoTime.getAsLong() - began);
  }

  /// Notes what broke inside of the node, of which the caller learns nothing.
  ///
  /// @param name what was called
  static RpcError internal(String name, RuntimeException broken) {
    LOG.atError()
        .addKeyValue("method", name)
        .setCause(broken)
        .log("a call failed inside of the node");
    return new RpcError(RpcError.Code.INTERNAL, "internal error");
  }

  private ObjectNode success(JsonNode id, JsonNode result) {
    ObjectNode answer = message(kind);
    answer.set("id", id);
    answer.set("result", result);
    return answer;
  }

  private ObjectNode failure(JsonNode id, RpcError error) {
    ObjectNode answer = message(kind);
    answer.set("id", id);
    answer.set("error", error.toJson());
    return answer;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// JSON-RPC 2.0 over HTTP. A node that has too much to do is asked again, for as long as an answer
/// is waited for. Safe for use by several threads.
public final class JsonRpc implements AutoCloseable {
  /// Greatest answer that is read.
  public static final int ANSWER_BYTES_MAX = 64 << 20;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /// The pauses before a busy node is asked again: the first, doubled up to the longest.
  private static final long PAUSE_MILLIS = 100;

  private static final long PAUSE_MILLIS_MAX = 1_600;

  private static final int HTTP_OK = 200;

  /// The status of a node with no place for another request.
  private static final int HTTP_BUSY = 503;

  /// Of what a server says with another status.
  private static final int TOLD_CHARACTERS_MAX = 200;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI endpoint;
  private final Duration timeout;
  private final HttpClient http;
  private final AtomicLong ids = new AtomicLong();
  private final JoinedBatches joined = new JoinedBatches(this::once);

  /// A client of the node at `endpoint`, whose answers are waited for as long as `timeout`.
  public JsonRpc(URI endpoint, Duration timeout) {
    this.endpoint = endpoint;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
  }

  /// The node's address.
  public URI endpoint() {
    return endpoint;
  }

  /// Calls `method` and returns its result, which may be JSON's null.
  ///
  /// @param parameters strings, numbers, booleans, {@link JsonNode}s or lists of those
  /// @throws RpcException if the node answers with an error
  /// @throws IOException if there is no answer, or none that is JSON-RPC
  public JsonNode call(String method, Object... parameters) throws IOException, RpcException {
    Patience patience = new Patience();
    while (true) {
      try {
        return result(post(Request.of(ids.incrementAndGet(), method, List.of(parameters))));
      } catch (RpcException refused) {
        if (refused.code() != RpcException.BUSY || !patience.pause()) {
          throw refused;
        }
      }
    }
  }

  /// Sends many calls as one batch and returns their results in order.
  ///
  /// @throws RpcException with the first error among them
  /// @throws IOException if there is no answer, or none that is JSON-RPC
  public List<JsonNode> batch(List<Call> calls) throws IOException, RpcException {
    List<JsonNode> results = new ArrayList<>();
    for (Answer<JsonNode> each : each(calls)) {
      results.add(each.get());
    }
    return results;
  }

  /// Sends many calls as one batch and returns what came of each, in order.
  ///
  /// @throws IOException if there is no answer, or none that is JSON-RPC
  public List<Answer<JsonNode>> each(List<Call> calls) throws IOException {
    return each(calls, this::once);
  }

  /// The same, for calls that hurry less: those of several threads are joined to one batch while
  /// another one is on its way.
  ///
  /// @throws IOException if there is no answer, or none that is JSON-RPC
  public List<Answer<JsonNode>> together(List<Call> calls) throws IOException {
    return each(calls, joined::send);
  }

  private List<Answer<JsonNode>> each(List<Call> calls, JoinedBatches.Sending sending)
      throws IOException {
    Patience patience = new Patience();
    List<Answer<JsonNode>> answers = new ArrayList<>(sending.send(calls));
    List<Integer> busy = busy(answers);
    while (!busy.isEmpty() && patience.pause()) {
      List<Answer<JsonNode>> again = sending.send(busy.stream().map(calls::get).toList());
      for (int i = 0; i < busy.size(); i++) {
        answers.set(busy.get(i), again.get(i));
      }
      busy = busy(answers);
    }
    return List.copyOf(answers);
  }

  /// Which of `answers` say that the node has too much to do.
  private static List<Integer> busy(List<Answer<JsonNode>> answers) {
    return IntStream.range(0, answers.size())
        .filter(i ->
            answers.get(i) instanceof Answer.Refusal<JsonNode>(RpcException reason)
                && reason.code() == RpcException.BUSY)
        .boxed()
        .toList();
  }

  private List<Answer<JsonNode>> once(List<Call> calls) throws IOException {
    List<Request> batch = new ArrayList<>();
    long first = ids.getAndAdd(calls.size()) + 1;
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      boolean _ = batch.add(Request.of(first + i, call.method(), call.parameters()));
    }
    JsonNode answers;
    try {
      answers = post(batch);
    } catch (RpcException busy) {
      return Collections.nCopies(calls.size(), new Answer.Refusal<>(busy));
    }
    if (!answers.isArray() || answers.size() != calls.size()) {
      throw new IOException(endpoint + " answered a batch of " + calls.size() + " with " + answers);
    }
    TreeMap<Long, Answer<JsonNode>> all = new TreeMap<>();
    for (JsonNode answer : answers) {
      long index = answer.path("id").asLong(-1) - first;
      if (index < 0
          || index >= calls.size()
          || all.putIfAbsent(index, Answer.of(() -> result(answer))) != null) {
        throw new IOException(endpoint + " answered with an unknown or repeated id: " + answer);
      }
    }
    return List.copyOf(all.values());
  }

  /// What came of a call of a batch: a result, or the node's refusal.
  ///
  /// @param <T> the result
  public sealed interface Answer<T> {
    /// The node's result.
    record Result<T>(T value) implements Answer<T> {}

    /// The node refuses.
    record Refusal<T>(RpcException reason) implements Answer<T> {}

    /// Something that may be refused.
    ///
    /// @param <T> what comes of it
    @FunctionalInterface
    interface Asked<T> {
      /// Asks.
      ///
      /// @throws IOException if there is no answer
      /// @throws RpcException if the node refuses
      T get() throws IOException, RpcException;
    }

    /// What came of `asked`.
    ///
    /// @throws IOException if there is no answer
    static <T> Answer<T> of(Asked<T> asked) throws IOException {
      try {
        return new Result<>(asked.get());
      } catch (RpcException refused) {
        return new Refusal<>(refused);
      }
    }

    /// The result.
    ///
    /// @throws RpcException the refusal, if it is one
    default T get() throws RpcException {
      return switch (this) {
        case Result<T>(T value) -> value;
        case Refusal<T>(RpcException reason) -> throw reason;
      };
    }
  }

  @Override
  public void close() {
    http.close();
  }

  /// How long a busy node is asked again.
  private final class Patience {
    private final long end = System.nanoTime() + timeout.toNanos();
    private long millis = PAUSE_MILLIS;

    /// Waits a while; false at once if there is no time left for it.
    boolean pause() throws IOException {
      if (System.nanoTime() + Duration.ofMillis(millis).toNanos() - end > 0) {
        return false;
      }
      try {
        Thread.sleep(millis);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for " + endpoint, interrupted);
      }
      millis = Math.min(2 * millis, PAUSE_MILLIS_MAX);
      return true;
    }
  }

  /// A request as it is written: without a tree of it, which takes longer than its text.
  private record Request(String jsonrpc, long id, String method, List<Object> params) {
    static Request of(long id, String method, List<Object> parameters) {
      return new Request("2.0", id, method, parameters);
    }
  }

  /// @param body a request, or a list of them
  /// @throws RpcException if the node has so much to do that it did not look into the request
  private JsonNode post(Object body) throws IOException, RpcException {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build();
    try {
      HttpResponse<byte[]> response =
          http.send(
              request,
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
      if (response.statusCode() == HTTP_BUSY) {
        throw new RpcException(RpcException.BUSY, endpoint + " has too much to do", "");
      } else if (response.statusCode() != HTTP_OK) {
        throw new IOException(
            "%s answered with HTTP status %d: %s"
                .formatted(endpoint, response.statusCode(), told(response.body())));
      }
      return JSON.readTree(response.body());
    } catch (JsonProcessingException malformed) {
      throw new IOException(endpoint + " did not answer with JSON", malformed);
    } catch (ConnectException nobody) { // It has no message of its own.
      throw new IOException("no node answers at " + endpoint, nobody);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + endpoint, interrupted);
    }
  }

  /// The beginning of a text, which may be anybody's.
  private static String told(byte[] body) {
    String text = new String(body, StandardCharsets.US_ASCII).replaceAll("[^ -~]", "");
    return text.substring(0, Math.min(TOLD_CHARACTERS_MAX, text.length()));
  }

  private JsonNode result(JsonNode answer) throws IOException, RpcException {
    JsonNode error = answer.get("error");
    if (error != null && !error.isNull()) {
      throw new RpcException(
          error.path("code").asInt(), error.path("message").asText(), error.path("data").asText());
    }
    JsonNode result = answer.get("result");
    if (result == null) {
      throw new IOException(endpoint + " answered without a result: " + answer);
    }
    return result;
  }

  /// One call of a batch.
  ///
  /// @param method its name
  /// @param parameters as in {@link #call}
  public record Call(String method, List<Object> parameters) {
    /// A call of `method` with `parameters`.
    public static Call of(String method, Object... parameters) {
      return new Call(method, List.of(parameters));
    }
  }
}

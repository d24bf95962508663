// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A node's heads as it tells its subscribers of them, so that nobody has to ask again and again.
final class NewHeads implements AutoCloseable, WebSocket.Listener {
  private static final Duration CONNECT_TIME = Duration.ofSeconds(20);
  private static final String SUBSCRIBE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_subscribe\",\"params\":[\"newHeads\"]}";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final StringBuilder text = new StringBuilder();
  private volatile @Nullable Throwable failure;

  /// A block of which the node has told.
  ///
  /// @param nanos when, by {@link System#nanoTime}
  record Told(long height, long nanos) {}

  /// Subscribes at the node whose JSON-RPC is at `endpoint`.
  NewHeads(URI endpoint) throws IOException {
    try {
      WebSocket socket =
          http.newWebSocketBuilder()
              .connectTimeout(CONNECT_TIME)
              .buildAsync(URI.create("ws://" + endpoint.getHost() + ":" + endpoint.getPort()), this)
              .join();
      var _ = socket.sendText(SUBSCRIBE, true).join();
    } catch (CompletionException refused) {
      http.shutdownNow();
      throw new IOException("no subscription at " + endpoint, refused);
    }
  }

  /// The next block that was told of; empty if there is none for so long.
  ///
  /// @throws IOException if the node tells no more
  Optional<Told> next(long millisMax) throws IOException, InterruptedException {
    Throwable thrown = failure;
    if (thrown != null) {
      throw new IOException("the subscription ended", thrown);
    }
    return Optional.ofNullable(told.poll(millisMax, TimeUnit.MILLISECONDS));
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
    long now = System.nanoTime();
    text.append(part);
    if (last) {
      try {
        JsonNode number = JSON.readTree(text.toString()).at("/params/result/number");
        if (number.isTextual()) {
          boolean _ = told.add(new Told(Long.decode(number.asText()), now));
        }
      } catch (JsonProcessingException malformed) {
        failure = malformed;
      }
      text.setLength(0);
    }
    socket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
    failure = new IOException("closed by the node: " + status + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    failure = error;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.execution.EconomyContract;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What a node tells by itself over a WebSocket (eth_subscribe): each final block, and what
/// contracts of AI work wrote in it. It saves asking again and again, and nothing else: while there
/// is no connection nothing is told, and whoever uses it asks. Belongs to one thread.
public final class BlockFeed implements AutoCloseable {
  /// Blocks that wait; a feed that is read more slowly is given up.
  private static final int MESSAGES_MAX = 1_000;

  private static final int MESSAGE_CHARACTERS_MAX = 8 << 20;
  private static final Duration CONNECT_TIME_MAX = Duration.ofSeconds(3);

  /// Between two attempts to connect: each may hold its user up.
  static final long RETRY_NANOS = 10_000_000_000L;

  private static final String REQUEST = "1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI endpoint;
  private final List<EconomyContract> contracts;
  private final HttpClient http;
  private final ArrayDeque<String> taken = new ArrayDeque<>();
  private @Nullable Connection connection;
  private final LongSupplier nanos;
  private long triedNanos;

  /// A final block.
  ///
  /// @param events of the contracts, in order
  public record Heard(long height, List<DatedEvent> events) {
    /// Copies the list.
    public Heard {
      events = List.copyOf(events);
    }
  }

  /// One connection, which other threads fill.
  private static final class Connection implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>(MESSAGES_MAX);
    private final StringBuilder partial = new StringBuilder();
    private volatile boolean broken;
    private @Nullable WebSocket socket;
    private String blocks = "";

    boolean isSubscribed() {
      return !blocks.isEmpty();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      partial.append(text);
      if (partial.length() > MESSAGE_CHARACTERS_MAX) {
        broken = true;
      }
      if (last) {
        broken |= !messages.offer(partial.toString());
        partial.setLength(0);
      }
      if (broken) {
        from.abort();
      } else {
        from.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      broken = true;
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      broken = true;
    }

    void close() {
      WebSocket open = socket;
      if (open != null) {
        open.abort();
      }
    }
  }

  /// A feed that is not connected yet.
  ///
  /// @param node its JSON-RPC, of HTTP
  /// @param contracts whose events are told
  public BlockFeed(URI node, List<EconomyContract> contracts) {
    this(node, contracts, System::nanoTime);
  }

  /// A feed that is not connected yet.
  ///
  /// @param nanos the clock of what is not tried again at once, as {@link System#nanoTime}
  BlockFeed(URI node, List<EconomyContract> contracts, LongSupplier nanos) {
    this.endpoint = URI.create(node.toString().replaceFirst("^http", "ws"));
    this.contracts = List.copyOf(contracts);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIME_MAX)
            .build();
    this.nanos = nanos;
    this.triedNanos = nanos.getAsLong() - RETRY_NANOS;
  }

  /// Whether blocks are told: all that become final from now on.
  public boolean isOpen() {
    Connection now = connection;
    return now != null && !now.broken && now.isSubscribed();
  }

  /// Connects, unless it is connected or was tried just now.
  ///
  /// @return whether it has been opened: what was before it is to be asked for
  public boolean open() throws InterruptedException {
    if (isOpen() || nanos.getAsLong() - triedNanos < RETRY_NANOS) {
      return false;
    }
    drop();
    triedNanos = nanos.getAsLong();
    Connection fresh = new Connection();
    try {
      WebSocket socket =
          http.newWebSocketBuilder()
              .connectTimeout(CONNECT_TIME_MAX)
              .buildAsync(endpoint, fresh)
              .get(CONNECT_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
      fresh.socket = socket;
      connection = fresh;
      Map<String, Object> filter =
          Map.of("address", contracts.stream().map(each -> each.address().toString()).toList());
      subscribe(socket, List.of("aitbc_blocks", filter));
      long end = System.nanoTime() + CONNECT_TIME_MAX.toNanos();
      while (!fresh.isSubscribed() && !fresh.broken && System.nanoTime() < end) {
        String message = fresh.messages.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (message != null) {
          Optional<Heard> _ = heard(fresh, message); // What is told meanwhile will be asked for.
        }
      }
    } catch (ExecutionException | TimeoutException | IOException _) {
      fresh.broken = true;
    }
    if (!isOpen()) {
      drop();
    }
    return isOpen();
  }

  private static void subscribe(WebSocket socket, List<Object> parameters)
      throws IOException, ExecutionException, TimeoutException, InterruptedException {
    String request =
        JSON.writeValueAsString(
            Map.of(
                "jsonrpc", "2.0", "id", REQUEST, "method", "eth_subscribe", "params", parameters));
    var _ = socket.sendText(request, true).get(CONNECT_TIME_MAX.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Waits until something is told.
  ///
  /// @return whether it was
  public boolean await(Duration timeMax) throws InterruptedException {
    Connection now = connection;
    if (!taken.isEmpty()) {
      return true;
    }
    if (now == null || now.broken) {
      Thread.sleep(timeMax);
      return false;
    }
    String message = now.messages.poll(timeMax.toNanos(), TimeUnit.NANOSECONDS);
    if (message != null) {
      taken.add(message);
    }
    return message != null;
  }

  /// The blocks that were told since the last call, ascending. When the connection ends, or what is
  /// told makes no sense, it is not open any more.
  public List<Heard> heard() {
    List<Heard> blocks = new ArrayList<>();
    Connection now = connection;
    if (now == null) {
      return blocks;
    }
    try {
      String message = taken.isEmpty() ? now.messages.poll() : taken.poll();
      while (message != null) {
        heard(now, message).ifPresent(blocks::add);
        message = taken.isEmpty() ? now.messages.poll() : taken.poll();
      }
    } catch (IOException malformed) {
      now.broken = true;
    }
    if (now.broken) {
      drop();
    }
    return blocks;
  }

  private static Optional<Heard> heard(Connection from, String message) throws IOException {
    JsonNode json = JSON.readTree(message);
    if (json.path("id").asText().equals(REQUEST)) {
      from.blocks = json.path("result").asText();
    }
    JsonNode parameters = json.path("params");
    if (!from.isSubscribed() || !parameters.path("subscription").asText().equals(from.blocks)) {
      return Optional.empty();
    }
    JsonNode block = parameters.path("result");
    return Optional.of(new Heard(height(block), ChainClient.workEvents(block.path("logs"))));
  }

  private static long height(JsonNode head) throws IOException {
    try {
      return Long.decode(head.path("number").asText());
    } catch (NumberFormatException malformed) {
      throw new IOException("no block: " + head, malformed);
    }
  }

  /// Ends the connection; {@link #open} makes another one.
  public void drop() {
    Connection now = connection;
    if (now != null) {
      now.close();
    }
    connection = null;
    taken.clear();
  }

  @Override
  public void close() {
    drop();
    http.shutdownNow();
  }
}

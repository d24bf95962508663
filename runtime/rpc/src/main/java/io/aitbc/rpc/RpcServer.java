// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.Hash;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Serves JSON-RPC over HTTP and, at the same port, WebSocket with subscriptions, and the paths of
/// the older platform if that is wished ({@link RestPaths}). Event loops read requests within their
/// limits; calls run on virtual threads, because they read disks.
public final class RpcServer implements AutoCloseable {
  /// Bytes of a request: a batch of 1,000 transfers takes 300 KiB, one transaction of the greatest
  /// size 256 KiB.
  public static final int REQUEST_BYTES_MAX = 5 << 20;

  /// Bytes of each request that are taken whatever others send: so much of each connection is less
  /// than the bound of all together.
  static final int REQUEST_BYTES_FREE = 64 << 10;

  /// Bytes beyond these of all requests that are read or worked on; more are told to come back.
  static final long LARGE_BYTES_MAX = 64L << 20;

  /// Bytes of a message over WebSocket, of which each connection may hold several: twice what the
  /// greatest transaction takes. Larger requests go over HTTP.
  static final int MESSAGE_BYTES_MAX = 512 << 10;

  /// Requests that are worked on at one time; more are told to come back.
  public static final int REQUESTS_MAX = 256;

  /// Connections at one time, both kinds together.
  public static final int CONNECTIONS_MAX = 1_024;

  /// Bytes that may wait for one connection beside an answer: some 500 heads. Who reads more slowly
  /// is cut off.
  static final int OUTBOX_BYTES_MAX = 1 << 20;

  /// For the body of a request: 175 kB/s of the longest.
  static final long READ_MILLIS_MAX = 30_000;

  /// How long a connection may send nothing; a WebSocket is asked for a sign of life before.
  private static final int IDLE_SECONDS_MAX = 60;

  /// How often a WebSocket is asked for a sign of life in that time: subscribers to what happens
  /// rarely have nothing to say.
  private static final int PINGS = 3;

  private static final int START_SECONDS_MAX = 10;

  private final Vertx vertx;
  private final HttpServer server;
  private final ExecutorService calls;
  private final Subscriptions subscriptions;
  private final Methods methods;

  private RpcServer(
      Vertx vertx,
      HttpServer server,
      ExecutorService calls,
      Subscriptions subscriptions,
      Methods methods) {
    this.vertx = vertx;
    this.server = server;
    this.calls = calls;
    this.subscriptions = subscriptions;
    this.methods = methods;
  }

  /// Who may call.
  ///
  /// @param hosts names that requests may give as their host; a page in a browser that was led to
  ///   this address under another name is refused
  /// @param origins origins of web pages that may send requests and read answers; `*` for any
  /// @param namespaces whose methods are served, of {@link Methods#NAMESPACES}
  /// @param servesRest whether the paths of the older platform are served beside JSON-RPC, as far
  ///   as the methods behind them are
  public record Access(
      List<String> hosts, List<String> origins, List<String> namespaces, boolean servesRest) {
    /// This machine's own names, no web page, every method.
    public static final Access LOCAL =
        new Access(List.of("localhost", "127.0.0.1", "[::1]"), List.of(), Methods.NAMESPACES);

    /// As `chrome-extension://` and `moz-extension://`: no web page has such an origin.
    private static final Pattern EXTENSION = Pattern.compile("[a-z-]+-extension://.*");

    private static final Pattern PORT = Pattern.compile(":\\d+$");

    /// JSON-RPC alone.
    public Access(List<String> hosts, List<String> origins, List<String> namespaces) {
      this(hosts, origins, namespaces, false);
    }

    /// Copies the lists.
    public Access {
      hosts = List.copyOf(hosts);
      origins = List.copyOf(origins);
      namespaces = List.copyOf(namespaces);
    }

    boolean allowsHost(@Nullable String host) {
      return host != null
          && (hosts.contains("*")
              || hosts.stream()
                  .map(Access::uniform)
                  .anyMatch(uniform(PORT.matcher(host).replaceFirst(""))::equals));
    }

    /// Small letters, and an address of IPv6 in one of the ways in which it may be written.
    private static String uniform(String host) {
      String small = host.toLowerCase(Locale.ROOT);
      if (!small.startsWith("[") || !small.endsWith("]")) {
        return small;
      }
      try {
        return Inet6Address.ofLiteral(small.substring(1, small.length() - 1)).getHostAddress();
      } catch (IllegalArgumentException noAddress) {
        return small;
      }
    }

    boolean allowsOrigin(String origin) {
      return origins.contains("*") || origins.contains(origin);
    }

    /// Whether a browser asks for a web page that is not allowed. For extensions it decides itself
    /// to which hosts they may speak.
    boolean isForeignPage(@Nullable String origin) {
      return origin != null && !allowsOrigin(origin) && !EXTENSION.matcher(origin).matches();
    }
  }

  /// Starts to serve.
  ///
  /// @param watch is told of every call
  /// @throws IOException if nothing can listen at `address`
  public static RpcServer start(
      InetSocketAddress address, Access access, Methods methods, CallWatch watch)
      throws IOException {
    return start(address, access, methods, watch, IDLE_SECONDS_MAX);
  }

  /// @param idleSecondsMax how long a connection may send nothing
  static RpcServer start(
      InetSocketAddress address,
      Access access,
      Methods methods,
      CallWatch watch,
      int idleSecondsMax)
      throws IOException {
    Dispatcher dispatcher = new Dispatcher(methods.of(access.namespaces()), methods.kind(), watch);
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    ExecutorService calls =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rpc-", 0).factory());
    HttpServer server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(address.getHostString())
                .setPort(address.getPort())
                .setReadIdleTimeout(idleSecondsMax)
                // Over plain TCP it brings nothing but more ways to keep a server busy.
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(true)
                .setMaxWebSocketFrameSize(MESSAGE_BYTES_MAX)
                .setMaxWebSocketMessageSize(MESSAGE_BYTES_MAX));
    Semaphore places = new Semaphore(REQUESTS_MAX);
    Optional<RestPaths> rest =
        access.servesRest()
            ? Optional.of(new RestPaths(dispatcher, methods.kind()))
            : Optional.empty();
    Requests requests = new Requests(vertx, dispatcher, rest, access, calls, places);
    Subscriptions subscriptions =
        new Subscriptions(methods.chain(), methods.live(), methods.kind(), calls);
    WebSockets webSockets = new WebSockets(methods, access, calls, places, subscriptions, watch);
    long pingMillis = TimeUnit.SECONDS.toMillis(idleSecondsMax) / PINGS;
    server
        .connectionHandler(requests::admit)
        .webSocketHandshakeHandler(webSockets::judge)
        .webSocketHandler(socket -> {
          webSockets.open(socket);
          long _ = vertx.setPeriodic(pingMillis, timer -> ping(socket, vertx, timer));
        })
        .requestHandler(requests::handle);
    RpcServer started = new RpcServer(vertx, server, calls, subscriptions, methods);
    try {
      HttpServer _ =
          server
              .listen()
              .toCompletionStage()
              .toCompletableFuture()
              .get(START_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      started.close();
      throw new IOException("cannot listen at " + address + ": " + failed.getMessage(), failed);
    } catch (InterruptedException interrupted) {
      started.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
    return started;
  }

  private static void ping(ServerWebSocket socket, Vertx vertx, long timer) {
    if (!WebSockets.ping(socket)) {
      boolean _ = vertx.cancelTimer(timer);
    }
  }

  /// Tells subscribers that the chain's head is another one. Does not block.
  public void headChanged() {
    subscriptions.headChanged();
  }

  /// Tells subscribers and filters of a transaction that was taken into the pool. Does not block.
  public void pendingAdded(Hash transaction) {
    methods.pendingAdded(transaction);
    subscriptions.pendingAdded(transaction);
  }

  /// The port it listens at.
  public int port() {
    return server.actualPort();
  }

  @Override
  public void close() {
    var _ = vertx.close();
    calls.shutdownNow();
  }
}

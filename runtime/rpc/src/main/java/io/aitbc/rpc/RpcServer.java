// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.aitbc.crypto.Hash;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Serves JSON-RPC over HTTP and, at the same port, WebSocket with subscriptions. Event loops read
/// requests within their limits; calls run on virtual threads, because they read disks.
public final class RpcServer implements AutoCloseable {
  /// Bytes of a request: a batch of 1,000 transfers takes 300 KiB, one transaction of the greatest
  /// size 256 KiB.
  public static final int REQUEST_BYTES_MAX = 5 << 20;

  /// Requests that are worked on at one time; more are told to come back.
  public static final int REQUESTS_MAX = 256;

  /// Connections at one time, both kinds together.
  public static final int CONNECTIONS_MAX = 1_024;

  /// Bytes of subscriptions that may wait for one connection: some 500 heads. Who reads more slowly
  /// is cut off.
  static final int OUTBOX_BYTES_MAX = 1 << 20;

  private static final int IDLE_SECONDS_MAX = 60;
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
  public record Access(List<String> hosts, List<String> origins, List<String> namespaces) {
    /// This machine's own names, no web page, every method.
    public static final Access LOCAL =
        new Access(List.of("localhost", "127.0.0.1", "[::1]"), List.of(), Methods.NAMESPACES);

    /// As `chrome-extension://` and `moz-extension://`: no web page has such an origin.
    private static final Pattern EXTENSION = Pattern.compile("[a-z-]+-extension://.*");

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
                  .anyMatch(uniform(host.replaceFirst(":\\d+$", ""))::equals));
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
  /// @throws IOException if nothing can listen at `address`
  public static RpcServer start(InetSocketAddress address, Access access, Methods methods)
      throws IOException {
    Dispatcher dispatcher = new Dispatcher(methods.of(access.namespaces()), methods.kind());
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    ExecutorService calls =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rpc-", 0).factory());
    HttpServer server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(address.getHostString())
                .setPort(address.getPort())
                .setIdleTimeout(IDLE_SECONDS_MAX)
                // Over plain TCP it brings nothing but more ways to keep a server busy.
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(true)
                .setMaxWebSocketFrameSize(REQUEST_BYTES_MAX)
                .setMaxWebSocketMessageSize(REQUEST_BYTES_MAX));
    Requests requests = new Requests(dispatcher, access, calls);
    Subscriptions subscriptions =
        new Subscriptions(methods.chain(), methods.live(), methods.kind(), calls);
    WebSockets webSockets = new WebSockets(methods, access, calls, subscriptions);
    AtomicInteger connections = new AtomicInteger();
    server
        .connectionHandler(connection -> admit(connection, connections))
        .webSocketHandshakeHandler(webSockets::judge)
        .webSocketHandler(webSockets::open)
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

  private static void admit(HttpConnection connection, AtomicInteger connections) {
    int _ = connections.incrementAndGet();
    connection.closeHandler(_ -> {
      int _ = connections.decrementAndGet();
    });
    if (connections.get() > CONNECTIONS_MAX) {
      var _ = connection.close();
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

  /// Judges and answers HTTP requests.
  private static final class Requests {
    private final Dispatcher dispatcher;
    private final Access access;
    private final ExecutorService calls;
    private static final byte[] NOTHING = {};
    private final Semaphore places = new Semaphore(REQUESTS_MAX);

    Requests(Dispatcher dispatcher, Access access, ExecutorService calls) {
      this.dispatcher = dispatcher;
      this.access = access;
      this.calls = calls;
    }

    void handle(HttpServerRequest request) {
      allowOrigin(request);
      if (!access.allowsHost(request.getHeader("Host"))) {
        refuse(request, 403, "host not allowed");
      } else if (access.isForeignPage(request.getHeader("Origin"))) {
        // Browsers send simple requests without asking first, and only keep the answer.
        refuse(request, 403, "origin not allowed");
      } else if (request.method().equals(HttpMethod.OPTIONS)) {
        refuse(request, 204, "");
      } else if (!request.method().equals(HttpMethod.POST)) {
        refuse(request, 405, "POST a JSON-RPC request");
      } else {
        read(request);
      }
    }

    private void read(HttpServerRequest request) {
      Buffer body = Buffer.buffer();
      request.handler(part -> {
        if (body.length() + part.length() > REQUEST_BYTES_MAX) {
          request.pause();
          refuse(request, 413, "a request has at most " + REQUEST_BYTES_MAX + " bytes");
          var _ = request.connection().close();
        } else {
          body.appendBuffer(part);
        }
      });
      request.endHandler(_ -> answer(request, body.getBytes()));
    }

    private void answer(HttpServerRequest request, byte[] body) {
      if (!places.tryAcquire()) {
        refuse(request, 503, "busy");
        return;
      }
      calls.execute(() -> {
        try {
          byte[] answer = dispatcher.answer(body).orElse(NOTHING);
          HttpServerResponse response = request.response();
          if (!response.ended()) {
            var _ =
                response.putHeader("Content-Type", "application/json").end(Buffer.buffer(answer));
          }
        } finally {
          places.release();
        }
      });
    }

    private static void refuse(HttpServerRequest request, int status, String text) {
      if (!request.response().ended()) {
        var _ = request.response().setStatusCode(status).end(text);
      }
    }

    private void allowOrigin(HttpServerRequest request) {
      String origin = request.getHeader("Origin");
      if (origin != null && access.allowsOrigin(origin)) {
        request
            .response()
            .putHeader("Access-Control-Allow-Origin", origin)
            .putHeader("Access-Control-Allow-Methods", "POST, OPTIONS")
            .putHeader("Access-Control-Allow-Headers", "Content-Type")
            .putHeader("Vary", "Origin");
      }
    }
  }
}

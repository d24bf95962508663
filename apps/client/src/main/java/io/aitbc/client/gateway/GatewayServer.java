// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import io.aitbc.crypto.Bytes;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves a gateway over HTTP/1.1. Event loops read requests within their limits; each then waits
/// for its outputs on a virtual thread.
public final class GatewayServer implements AutoCloseable {
  /// Bytes of a request: 4,096 items of 784 numbers of up to four digits, and a comma behind each.
  public static final int REQUEST_BYTES_MAX = 16 << 20;

  /// Requests that are read, wait or are answered at one time.
  public static final int REQUESTS_MAX = 1_024;

  /// Bytes of all requests that are read at one time or wait for outputs.
  static final long BYTES_MAX = 16L * REQUEST_BYTES_MAX;

  /// Connections at one time: each request that waits has one.
  public static final int CONNECTIONS_MAX = 2_048;

  private static final long READ_MILLIS_MAX = 60_000;
  private static final int IDLE_SECONDS_MAX = 60;
  private static final int START_SECONDS_MAX = 10;
  private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

  private final Vertx vertx;
  private final HttpServer server;
  private final ExecutorService calls;

  private GatewayServer(Vertx vertx, HttpServer server, ExecutorService calls) {
    this.vertx = vertx;
    this.server = server;
    this.calls = calls;
  }

  /// Starts to serve. Whoever reaches a gateway without keys spends its operator's money, so it
  /// listens on this machine's own address alone.
  ///
  /// @throws IOException if nothing can listen at `address`, or there are no keys and others reach
  ///   it
  public static GatewayServer start(
      InetSocketAddress address, Gateway gateway, GatewayKeys keys, InstantSource clock)
      throws IOException {
    if (!keys.areNeeded()
        && (address.getAddress() == null || !address.getAddress().isLoopbackAddress())) {
      throw new IOException("without keys a gateway listens on 127.0.0.1 alone, not on " + address);
    }
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    ExecutorService calls =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("gateway-http-", 0).factory());
    int waitSeconds = Math.toIntExact(gateway.limits().timeMax().toSeconds());
    HttpServer server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(address.getHostString())
                .setPort(address.getPort())
                .setIdleTimeout(waitSeconds + IDLE_SECONDS_MAX)
                .setHandle100ContinueAutomatically(true)
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(true));
    GatewayRoutes routes = new GatewayRoutes(gateway, clock.instant().getEpochSecond());
    Requests requests = new Requests(vertx, routes, keys, calls);
    AtomicInteger connections = new AtomicInteger();
    server
        .connectionHandler(connection -> admit(connection, connections))
        .requestHandler(requests::handle);
    GatewayServer started = new GatewayServer(vertx, server, calls);
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

  /// The port it listens at.
  public int port() {
    return server.actualPort();
  }

  @Override
  public void close() {
    var _ = vertx.close();
    var _ = calls.shutdownNow();
  }

  /// Reads requests and has them answered.
  private static final class Requests {
    private final Vertx vertx;
    private final GatewayRoutes routes;
    private final GatewayKeys keys;
    private final ExecutorService calls;
    private final Semaphore places = new Semaphore(REQUESTS_MAX);
    private final AtomicLong bytes = new AtomicLong();

    Requests(Vertx vertx, GatewayRoutes routes, GatewayKeys keys, ExecutorService calls) {
      this.vertx = vertx;
      this.routes = routes;
      this.keys = keys;
      this.calls = calls;
    }

    /// A request that has a place; gives it back once.
    private final class Place {
      private final HttpServerRequest request;
      private final Buffer body = Buffer.buffer();
      private boolean done;

      Place(HttpServerRequest request) {
        this.request = request;
      }

      /// On the event loop.
      void read(Buffer part) {
        if (done) {
          return;
        }
        if (body.length() + part.length() > REQUEST_BYTES_MAX) {
          refuse(
              new GatewayRefusal.TooMuch(
                  "bytes of a request", body.length() + (long) part.length(), REQUEST_BYTES_MAX));
          return;
        }
        body.appendBuffer(part);
        if (bytes.addAndGet(part.length()) > BYTES_MAX) {
          refuse(new GatewayRefusal.Busy("bytes of requests", BYTES_MAX));
        }
      }

      void refuse(GatewayRefusal refusal) {
        if (!done) {
          var _ = request.pause();
          // The rest of the body is not read, so nothing can be asked here any more.
          var _ = request.response().putHeader("Connection", "close");
          end(request, GatewayRoutes.refusal(path(request), refusal));
          leave();
          var _ = request.connection().close();
        }
      }

      void leave() {
        if (!done) {
          done = true;
          long _ = bytes.addAndGet(-body.length());
          places.release();
        }
      }
    }

    void handle(HttpServerRequest request) {
      GatewayRequest head = read(request, Bytes.EMPTY);
      Optional<GatewayRefusal> refusal = routes.refused(head);
      if (refusal.isPresent()) {
        end(request, GatewayRoutes.refusal(head.path(), refusal.get()));
        return;
      }
      if (!places.tryAcquire()) {
        GatewayRefusal busy = new GatewayRefusal.Busy("places of requests", REQUESTS_MAX);
        end(request, GatewayRoutes.refusal(path(request), busy));
        return;
      }
      Place place = new Place(request);
      long timer = vertx.setTimer(READ_MILLIS_MAX, _ -> place.refuse(slow()));
      request
          .exceptionHandler(_ -> {
            boolean _ = vertx.cancelTimer(timer);
            place.leave();
          })
          .handler(place::read)
          .endHandler(_ -> {
            boolean _ = vertx.cancelTimer(timer);
            if (!place.done) {
              answer(place);
            }
          });
    }

    private static GatewayRefusal slow() {
      return new GatewayRefusal.Malformed(
          "the body took longer than %d s".formatted(READ_MILLIS_MAX / 1_000));
    }

    private void answer(Place place) {
      HttpServerRequest request = place.request;
      GatewayRequest read = read(request, Bytes.wrap(place.body.getBytes()));
      // From here on the request is answered once, also if its connection breaks meanwhile.
      var _ = request.exceptionHandler(_ -> {});
      calls.execute(() -> {
        try {
          end(request, routes.answer(read));
        } catch (RuntimeException fault) {
          LOG.atError().setCause(fault).log("a request broke");
          end(request, Reply.of(500, out -> out.writeStringField("error", "internal error")));
        } finally {
          vertx.runOnContext(_ -> place.leave());
        }
      });
    }

    private GatewayRequest read(HttpServerRequest request, Bytes body) {
      return new GatewayRequest(
          request.method().name(),
          path(request),
          header(request, "Host"),
          header(request, "Content-Type"),
          header(request, "Authorization"),
          keys,
          body);
    }

    private static String header(HttpServerRequest request, String name) {
      String value = request.getHeader(name);
      return value == null ? "" : value;
    }

    private static String path(HttpServerRequest request) {
      String path = request.path();
      return path == null ? "" : path;
    }

    private static void end(HttpServerRequest request, Reply reply) {
      HttpServerResponse response = request.response();
      if (!response.ended() && !response.closed()) {
        reply
            .headers()
            .forEach((name, value) -> {
              var _ = response.putHeader(name, value);
            });
        var _ =
            response
                .setStatusCode(reply.status())
                .putHeader("Content-Type", "application/json")
                .end(Buffer.buffer(reply.body().toArray()));
      }
    }
  }
}

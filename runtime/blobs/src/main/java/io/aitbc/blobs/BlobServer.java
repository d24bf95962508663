// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.blobs;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Serves a store over HTTP/1.1: uploads by tus 1.0, downloads with ranges. Event loops move bytes;
/// each request has a virtual thread that hashes and reads disks.
public final class BlobServer implements AutoCloseable {
  /// Requests that are worked on at one time; more are told to come back. Each may hold 6 MiB.
  public static final int REQUESTS_MAX = 64;

  /// Requests that bring content among these: a slow sender keeps its place, and readers have the
  /// others.
  public static final int UPLOADING_MAX = REQUESTS_MAX / 2;

  /// Requests of one owner that bring content.
  public static final int OWNER_UPLOADING_MAX = 4;

  /// Connections at one time.
  public static final int CONNECTIONS_MAX = 512;

  /// Connections of one public address, of IPv6 of one network.
  public static final int ADDRESS_CONNECTIONS_MAX = 32;

  private static final int IDLE_SECONDS_MAX = 60;
  private static final int START_SECONDS_MAX = 10;

  private final Vertx vertx;
  private final HttpServer server;
  private final ExecutorService calls;

  private BlobServer(Vertx vertx, HttpServer server, ExecutorService calls) {
    this.vertx = vertx;
    this.server = server;
    this.calls = calls;
  }

  /// Starts to serve.
  ///
  /// @throws IOException if nothing can listen at `address`
  public static BlobServer start(InetSocketAddress address, BlobStore store, BlobAccess access)
      throws IOException {
    return start(address, store, access, Pages.NONE);
  }

  /// Starts to serve a store, and pages beside it.
  ///
  /// @throws IOException if nothing can listen at `address`
  public static BlobServer start(
      InetSocketAddress address, BlobStore store, BlobAccess access, Pages pages)
      throws IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    ExecutorService calls =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("blobs-", 0).factory());
    HttpServer server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(address.getHostString())
                .setPort(address.getPort())
                .setIdleTimeout(IDLE_SECONDS_MAX)
                .setMaxChunkSize(RequestBody.PIECE_BYTES_MAX)
                .setHandle100ContinueAutomatically(true)
                .setHttp2ClearTextEnabled(false));
    BlobRoutes routes = new BlobRoutes(store, access, pages);
    Connections connections = new Connections(CONNECTIONS_MAX, ADDRESS_CONNECTIONS_MAX);
    Semaphore places = new Semaphore(REQUESTS_MAX);
    server
        .connectionHandler(connections::admit)
        .requestHandler(
            request -> handle(request, vertx.getOrCreateContext(), routes, places, calls));
    BlobServer started = new BlobServer(vertx, server, calls);
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

  private static void handle(
      HttpServerRequest request,
      Context context,
      BlobRoutes routes,
      Semaphore places,
      ExecutorService calls) {
    if (!places.tryAcquire()) {
      HttpServerResponse _ = request.response().putHeader(BoundedHttp.RETRY_AFTER, "1");
      BlobRoutes.end(request, 503, "busy");
      return;
    }
    HttpServerRequest paused = request.pause();
    calls.execute(() -> {
      try {
        routes.answer(paused, context);
      } finally {
        places.release();
      }
    });
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

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// Judges and answers HTTP requests.
final class Requests {
  private static final byte[] NOTHING = {};

  private final Vertx vertx;
  private final Dispatcher dispatcher;
  private final Optional<RestPaths> rest;
  private final RpcServer.Access access;
  private final ExecutorService calls;
  private final Semaphore places;

  /// By connection, the bytes of its answers that are not on their way.
  private final Map<HttpConnection, AtomicLong> unsent = new ConcurrentHashMap<>();

  /// Bytes of all requests beyond what each has for itself.
  private final AtomicLong large = new AtomicLong();

  /// @param rest the paths of the older platform, if they are served
  /// @param places of what is worked on at one time
  Requests(
      Vertx vertx,
      Dispatcher dispatcher,
      Optional<RestPaths> rest,
      RpcServer.Access access,
      ExecutorService calls,
      Semaphore places) {
    this.vertx = vertx;
    this.dispatcher = dispatcher;
    this.rest = rest;
    this.access = access;
    this.calls = calls;
    this.places = places;
  }

  /// Takes a connection, or closes it.
  void admit(HttpConnection connection) {
    unsent.put(connection, new AtomicLong());
    connection.closeHandler(_ -> {
      var _ = unsent.remove(connection);
    });
    if (unsent.size() > RpcServer.CONNECTIONS_MAX) {
      var _ = connection.close();
    }
  }

  void handle(HttpServerRequest request) {
    if (unsent(request).get() > RpcServer.OUTBOX_BYTES_MAX) {
      // It asks on without reading the answers. Unanswered, this request is also its last.
      var _ = request.pause();
      var _ = request.connection().close();
      return;
    }
    allowOrigin(request);
    if (!access.allowsHost(request.getHeader("Host"))) {
      refuse(request, 403, "host not allowed");
    } else if (access.isForeignPage(request.getHeader("Origin"))) {
      // Browsers send simple requests without asking first, and only keep the answer.
      refuse(request, 403, "origin not allowed");
    } else if (request.method().equals(HttpMethod.OPTIONS)) {
      refuse(request, 204, "");
    } else if (!request.method().equals(HttpMethod.POST)
        && !(isRest(request) && request.method().equals(HttpMethod.GET))) {
      refuse(request, 405, "POST a JSON-RPC request");
    } else {
      read(request);
    }
  }

  private boolean isRest(HttpServerRequest request) {
    return rest.isPresent() && request.uri().startsWith(RestPaths.PREFIX);
  }

  /// A connection that is gone by now sends nothing.
  private AtomicLong unsent(HttpServerRequest request) {
    return unsent.getOrDefault(request.connection(), new AtomicLong());
  }

  /// The body of a request, until it is answered. Its methods run on the event loop.
  private final class Body {
    private final HttpServerRequest request;
    private final Buffer bytes = Buffer.buffer();
    private long counted;
    private boolean gone;

    Body(HttpServerRequest request) {
      this.request = request;
    }

    void read(Buffer part) {
      if (gone) {
        return;
      }
      if (bytes.length() + part.length() > RpcServer.REQUEST_BYTES_MAX) {
        refuseRest(413, "a request has at most " + RpcServer.REQUEST_BYTES_MAX + " bytes");
        return;
      }
      bytes.appendBuffer(part);
      long beyond = Math.max(0, bytes.length() - RpcServer.REQUEST_BYTES_FREE);
      long all = large.addAndGet(beyond - counted);
      counted = beyond;
      if (beyond > 0 && all > RpcServer.LARGE_BYTES_MAX) {
        dispatcher.turnedAway();
        refuseRest(503, "busy");
      }
    }

    /// Answers before the rest of the body has come, so nothing can be asked here any more.
    void refuseRest(int status, String text) {
      if (!gone) {
        var _ = request.pause();
        refuse(request, status, text);
        leave();
        var _ = request.connection().close();
      }
    }

    void leave() {
      if (!gone) {
        gone = true;
        long _ = large.addAndGet(-counted);
      }
    }
  }

  private void read(HttpServerRequest request) {
    Body body = new Body(request);
    long timer =
        vertx.setTimer(
            RpcServer.READ_MILLIS_MAX, _ -> body.refuseRest(408, "the request comes too slowly"));
    request
        .exceptionHandler(_ -> {
          boolean _ = vertx.cancelTimer(timer);
          body.leave();
        })
        .handler(body::read)
        .endHandler(_ -> {
          boolean _ = vertx.cancelTimer(timer);
          if (!body.gone) {
            answer(body);
          }
        });
  }

  private void answer(Body body) {
    HttpServerRequest request = body.request;
    if (!places.tryAcquire()) {
      dispatcher.turnedAway();
      refuse(request, 503, "busy");
      body.leave();
      return;
    }
    // From here on the body is given up once, also if its connection breaks meanwhile.
    var _ = request.exceptionHandler(_ -> {});
    calls.execute(() -> {
      try {
        send(request, body.bytes.getBytes());
      } finally {
        places.release();
        vertx.runOnContext(_ -> body.leave());
      }
    });
  }

  private void send(HttpServerRequest request, byte[] body) {
    if (isRest(request)) {
      RestPaths.Answer answer =
          request.method().equals(HttpMethod.GET)
              ? rest.orElseThrow().get(request.uri())
              : rest.orElseThrow().post(request.uri(), body);
      send(request, answer.status(), answer.body().toArray());
    } else {
      send(request, 200, dispatcher.answer(body).orElse(NOTHING));
    }
  }

  private void send(HttpServerRequest request, int status, byte[] answer) {
    if (request.response().ended()) {
      return;
    }
    AtomicLong waiting = unsent(request);
    long _ = waiting.addAndGet(answer.length);
    var _ =
        request
            .response()
            .setStatusCode(status)
            .putHeader("Content-Type", "application/json")
            .end(Buffer.buffer(answer))
            .onComplete(_ -> {
              long _ = waiting.addAndGet(-answer.length);
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
          .putHeader(
              "Access-Control-Allow-Methods",
              rest.isPresent() ? "GET, POST, OPTIONS" : "POST, OPTIONS")
          .putHeader("Access-Control-Allow-Headers", "Content-Type")
          .putHeader("Vary", "Origin");
    }
  }
}

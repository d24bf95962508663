// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// WebSocket connections: the same methods, and subscriptions. A connection's calls are answered
/// one after another; it is not read before the caller has taken the answer of the last one.
final class WebSockets {
  /// Connections at one time; more are refused.
  static final int CONNECTIONS_MAX = 256;

  private static final int FORBIDDEN = 403;
  private static final int BUSY = 503;

  /// RFC 6455 §7.4.1: the other side broke a rule.
  private static final short POLICY_VIOLATION = 1008;

  private final Methods methods;
  private final RpcServer.Access access;
  private final ExecutorService calls;
  private final Semaphore places;
  private final Subscriptions subscriptions;
  private final CallWatch watch;

  /// @param places of what is worked on at one time
  /// @param watch is told of every call
  WebSockets(
      Methods methods,
      RpcServer.Access access,
      ExecutorService calls,
      Semaphore places,
      Subscriptions subscriptions,
      CallWatch watch) {
    this.methods = methods;
    this.access = access;
    this.calls = calls;
    this.places = places;
    this.subscriptions = subscriptions;
    this.watch = watch;
  }

  /// Decides about a handshake. Browsers let any page open a WebSocket, so the origin is judged
  /// here.
  void judge(ServerWebSocketHandshake handshake) {
    String origin = handshake.headers().get("Origin");
    boolean allowed =
        access.allowsHost(handshake.headers().get("Host"))
            && (origin == null || access.allowsOrigin(origin));
    if (!allowed) {
      var _ = handshake.reject(FORBIDDEN);
    } else if (subscriptions.connections() >= CONNECTIONS_MAX) {
      var _ = handshake.reject(BUSY);
    } else {
      var _ = handshake.accept();
    }
  }

  /// Serves a connection.
  void open(ServerWebSocket socket) {
    AtomicLong waiting = new AtomicLong();
    Subscriptions.Session session = subscriptions.open(text -> tell(socket, text, waiting));
    Map<String, Dispatcher.Method> open = methods.of(access.namespaces());
    if (access.namespaces().contains("eth")) { // Subscriptions are of it too.
      open.putAll(session.methods());
    }
    Dispatcher dispatcher = new Dispatcher(open, methods.kind(), watch);
    socket
        .closeHandler(_ -> subscriptions.close(session))
        .exceptionHandler(_ -> subscriptions.close(session))
        .textMessageHandler(text -> answer(socket, dispatcher, text));
  }

  /// Asks for a sign of life, which every client gives by itself (RFC 6455 §5.5.2). Who gives none
  /// is closed like any connection that sends nothing.
  ///
  /// @return whether the connection is still there
  static boolean ping(ServerWebSocket socket) {
    if (socket.isClosed()) {
      return false;
    }
    var _ = socket.writePing(Buffer.buffer());
    return true;
  }

  private void answer(ServerWebSocket socket, Dispatcher dispatcher, String text) {
    var _ = socket.pause();
    calls.execute(() -> {
      Optional<byte[]> answer = Optional.empty();
      try {
        places.acquire();
        try {
          answer = dispatcher.answer(text.getBytes(StandardCharsets.UTF_8));
        } finally {
          places.release();
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } finally {
        // Who does not take this answer gets no other one.
        var _ =
            answer
                .filter(_ -> !socket.isClosed())
                .map(each -> socket.writeTextMessage(new String(each, StandardCharsets.UTF_8)))
                .orElseGet(Future::succeededFuture)
                .onComplete(_ -> {
                  var _ = socket.resume();
                });
      }
    });
  }

  /// Counts what was handed over and is not on its way: the socket's own mark for a full queue
  /// rises long before a subscriber is slow.
  private static void tell(ServerWebSocket socket, String text, AtomicLong waiting) {
    if (socket.isClosed()) {
      return;
    }
    if (waiting.addAndGet(text.length()) > RpcServer.OUTBOX_BYTES_MAX) {
      var _ = socket.close(POLICY_VIOLATION, "reads too slowly");
      return;
    }
    var _ =
        socket
            .writeTextMessage(text)
            .onComplete(_ -> {
              long _ = waiting.addAndGet(-text.length());
            });
  }
}

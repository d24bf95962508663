// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A server of a test's own at a port of this machine: it answers what is sent to it over HTTP, one
/// request at a time.
public final class PretendedServer implements AutoCloseable {
  private final HttpServer server;
  private final Answers answers;
  private final AtomicInteger requests = new AtomicInteger();

  /// What is answered.
  @FunctionalInterface
  public interface Answers {
    /// The body of the answer to a body; empty to break off.
    ///
    /// @throws IOException if the request makes no sense: then it is broken off
    Optional<byte[]> to(byte[] request) throws IOException;
  }

  private PretendedServer(HttpServer server, Answers answers) {
    this.server = server;
    this.answers = answers;
  }

  /// A server that listens.
  ///
  /// @throws IOException if no port is free
  public static PretendedServer start(Answers answers) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    PretendedServer pretended = new PretendedServer(server, answers);
    server.createContext("/", pretended::answer);
    server.start();
    return pretended;
  }

  private void answer(HttpExchange exchange) throws IOException {
    int _ = requests.incrementAndGet();
    try (exchange) {
      Optional<byte[]> body = answers.to(exchange.getRequestBody().readAllBytes());
      if (body.isPresent()) {
        exchange.sendResponseHeaders(200, body.get().length);
        exchange.getResponseBody().write(body.get());
      }
    }
  }

  /// Where it is.
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Requests that came until now.
  public int requests() {
    return requests.get();
  }

  /// Ends it, with the requests that it answers.
  @Override
  public void close() {
    server.stop(0);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.aitbc.rpc.LiveNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Answers `GET /health` for load balancers and supervisors: 200 while the node follows a chain
/// that goes on, 503 while it fetches old blocks or a height takes too long, and JSON that says
/// which.
final class HealthPage implements HttpHandler {
  private static final String PATH = "/health";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  private final LiveView node;
  private final ObjectMapper mapper = new ObjectMapper();

  HealthPage(LiveView node) {
    this.node = node;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(PATH)) {
        answer(exchange, NOT_FOUND, mapper.createObjectNode().put("error", "/metrics or " + PATH));
      } else if (!exchange.getRequestMethod().equals("GET")) {
        answer(exchange, NOT_ALLOWED, mapper.createObjectNode().put("error", "GET only"));
      } else {
        LiveNode.Status status = node.status();
        boolean healthy = !status.isSyncing() && !node.isStalled();
        ObjectNode body =
            mapper
                .createObjectNode()
                .put("status", healthy ? "ok" : node.isStalled() ? "stalled" : "syncing")
                .put("height", status.height())
                .put("round", status.round())
                .put("peers", status.peers());
        if (node.isStalled()) {
          node.whyStalled().forEach(body.putArray("missing")::add);
        }
        answer(exchange, healthy ? OK : UNAVAILABLE, body);
      }
    }
  }

  private static void answer(HttpExchange exchange, int code, ObjectNode body) throws IOException {
    byte[] text = (body + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, text.length);
    exchange.getResponseBody().write(text);
  }
}

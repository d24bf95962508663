// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/// Servers that answer single calls by JSON-RPC as a node does. For tests.
final class PretendedNode {
  private static final ObjectMapper JSON = new ObjectMapper();

  private PretendedNode() {}

  /// A server that listens.
  ///
  /// @param answer to a call: the member `result` or `error`, as JSON
  static PretendedServer start(Function<JsonNode, String> answer) throws IOException {
    return PretendedServer.start(body -> {
      JsonNode call = JSON.readTree(body);
      String text =
          "{\"jsonrpc\":\"2.0\",\"id\":%s,%s}".formatted(call.path("id"), answer.apply(call));
      return Optional.of(text.getBytes(StandardCharsets.UTF_8));
    });
  }
}

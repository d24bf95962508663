// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.testkit.PretendedServer;
import java.io.IOException;
import java.util.Optional;

/// Servers that answer by JSON-RPC as a node does, single calls and batches. For tests.
final class PretendedNode {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What is answered.
  @FunctionalInterface
  interface Answers {
    /// Answers a call.
    ///
    /// @param answer gets the member `result` or `error`
    void to(JsonNode call, ObjectNode answer) throws IOException;
  }

  private PretendedNode() {}

  /// A server that listens.
  static PretendedServer start(Answers answers) throws IOException {
    return PretendedServer.start(body -> {
      JsonNode request = JSON.readTree(body);
      if (!request.isArray()) {
        return Optional.of(JSON.writeValueAsBytes(answer(answers, request)));
      }
      ArrayNode all = JSON.createArrayNode();
      for (JsonNode each : request) {
        all.add(answer(answers, each));
      }
      return Optional.of(JSON.writeValueAsBytes(all));
    });
  }

  private static ObjectNode answer(Answers answers, JsonNode call) throws IOException {
    ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
    answer.set("id", call.path("id"));
    answers.to(call, answer);
    return answer;
  }
}

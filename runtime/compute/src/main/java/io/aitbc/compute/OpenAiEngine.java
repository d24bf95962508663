// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.crypto.Bytes;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A server that speaks the chat completions of OpenAI's API, such as vLLM, SGLang or llama.cpp: an
/// item is a prompt, its output the answer's text, both UTF-8. Temperature 0 and a fixed seed.
public final class OpenAiEngine implements Engine {
  private final HttpEngine http;
  private final String model;
  private final int tokensMax;

  /// An engine that asks a server.
  ///
  /// @param base where it serves, such as `http://host:port`
  /// @param authorization the Authorization header to send; empty for none
  /// @param model the server's name of the model
  /// @param tokensMax tokens of an answer
  public OpenAiEngine(URI base, String authorization, String model, int tokensMax) {
    http = new HttpEngine(base.resolve("/v1/chat/completions"), authorization);
    this.model = model;
    this.tokensMax = tokensMax;
  }

  @Override
  public String name() {
    return "openai";
  }

  @Override
  public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
    Deadline deadline = Deadline.of(items, timeMax);
    List<Bytes> outputs = new ArrayList<>();
    long bytes = 0;
    for (Bytes item : items) {
      Bytes output = answer(new String(item.toArray(), StandardCharsets.UTF_8), deadline);
      bytes += output.length();
      Deadline.check("bytes of outputs", bytes, OUTPUTS_BYTES_MAX);
      outputs.add(output);
    }
    return outputs;
  }

  private Bytes answer(String prompt, Deadline deadline) throws EngineRefusedException {
    ObjectNode question = HttpEngine.JSON.createObjectNode();
    question.put("model", model).put("max_tokens", tokensMax).put("temperature", 0).put("seed", 0);
    question.putArray("messages").addObject().put("role", "user").put("content", prompt);
    JsonNode text =
        http.ask(question, deadline).path("choices").path(0).path("message").path("content");
    if (!text.isTextual()) {
      throw HttpEngine.malformed("the answer has no text");
    }
    byte[] bytes = text.textValue().getBytes(StandardCharsets.UTF_8);
    Deadline.check("bytes of an output", bytes.length, OUTPUT_BYTES_MAX);
    return Bytes.wrap(bytes);
  }

  @Override
  public void close() {
    http.close();
  }
}

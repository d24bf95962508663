// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.blobs.BoundedHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;

/// Asks a server of inference, which the operator has configured: answers are bounded in bytes and
/// in time, redirects are not followed.
final class HttpEngine implements AutoCloseable {
  /// Bytes of an answer: numbers as text take up to four times their binary form.
  private static final long ANSWER_BYTES_MAX = 1L << 28;

  /// Reads and writes JSON.
  static final ObjectMapper JSON = new ObjectMapper();

  private final BoundedHttp http = new BoundedHttp();
  private final URI address;
  private final String authorization;

  /// Asks at one address.
  ///
  /// @param authorization the Authorization header to send; empty for none
  HttpEngine(URI address, String authorization) {
    this.address = address;
    this.authorization = authorization;
  }

  /// The answer to a question, which has status 200.
  JsonNode ask(JsonNode question, Deadline deadline) throws EngineRefusedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(bytes(question)));
    HttpRequest.Builder signed =
        authorization.isEmpty() ? request : request.header("Authorization", authorization);
    HttpResponse<byte[]> answer;
    try {
      answer = http.send(signed.build(), ANSWER_BYTES_MAX, deadline.left());
    } catch (HttpTimeoutException late) {
      throw deadline.late();
    } catch (IOException failed) {
      throw failed("the server cannot be asked: " + failed.getMessage());
    }
    if (answer.statusCode() != 200) {
      throw failed("the server answers with status " + answer.statusCode());
    }
    try {
      return JSON.readTree(answer.body());
    } catch (IOException wrong) {
      throw malformed("the answer is no JSON");
    }
  }

  private static byte[] bytes(JsonNode question) {
    try {
      return JSON.writeValueAsBytes(question);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of JSON can be written", impossible);
    }
  }

  static EngineRefusedException failed(String why) {
    return new EngineRefusedException(new EngineRefusal.Failed(why));
  }

  static EngineRefusedException malformed(String why) {
    return new EngineRefusedException(new EngineRefusal.Malformed(why));
  }

  @Override
  public void close() {
    http.close();
  }
}

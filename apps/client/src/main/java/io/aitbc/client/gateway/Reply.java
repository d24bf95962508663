// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aitbc.crypto.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// What is answered to a request.
///
/// @param status of HTTP
/// @param headers beside those of every answer
/// @param body JSON
record Reply(int status, Map<String, String> headers, Bytes body) {
  private static final String RECEIPT = "Aitbc-Receipt";

  /// Writes JSON.
  @FunctionalInterface
  interface Writing {
    void write(JsonGenerator out) throws IOException;
  }

  static Reply of(int status, Writing writing) {
    return new Reply(status, Map.of(), json(writing));
  }

  /// An answer that has a receipt.
  static Reply of(Receipt receipt, Writing writing) {
    return new Reply(200, Map.of(RECEIPT, receipt.id()), json(writing));
  }

  /// A refusal, whose body the API decides.
  static Reply of(GatewayRefusal refusal, Writing writing) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (!refusal.receipt().isEmpty()) {
      String _ = headers.put(RECEIPT, refusal.receipt());
    }
    switch (refusal) {
      case GatewayRefusal.Unauthorized _ -> {
        String _ = headers.put("WWW-Authenticate", "Bearer");
      }
      case GatewayRefusal.MethodNotAllowed(String allowed) -> {
        String _ = headers.put("Allow", allowed);
      }
      case GatewayRefusal.Busy _, GatewayRefusal.NotReady _ -> {
        String _ = headers.put("Retry-After", "2");
      }
      default -> {}
    }
    return new Reply(refusal.httpStatus(), headers, json(writing));
  }

  private static Bytes json(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = Tensors.JSON.createGenerator(bytes)) {
      out.writeStartObject();
      writing.write(out);
      out.writeEndObject();
    } catch (IOException impossible) {
      throw new IllegalStateException("memory can be written", impossible);
    }
    return Bytes.wrap(bytes.toByteArray());
  }

  /// The fields of a receipt.
  static void write(JsonGenerator out, Receipt receipt) throws IOException {
    out.writeStringField("receipt", receipt.id());
    out.writeStringField("status", receipt.status().text());
    receipt.verification().write(out);
    out.writeNumberField("job", receipt.job());
    out.writeNumberField("claim", 0);
    out.writeNumberField("item", receipt.item());
    out.writeNumberField("items", receipt.items());
    out.writeStringField("fee", receipt.fee().wei().toString());
    if (!receipt.reason().isEmpty()) {
      out.writeStringField("reason", receipt.reason());
    }
  }
}

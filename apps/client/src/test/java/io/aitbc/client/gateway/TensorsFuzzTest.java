// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A body of anybody is refused, or read as elements that are written as the same numbers. Protocol
/// §17.1.
class TensorsFuzzTest {
  private static final int ELEMENTS = 4;

  @FuzzTest
  void anyBodyIsRefusedOrHasElementsThatAreReadBack(byte[] input) throws IOException {
    for (ElementType type : ElementType.values()) {
      try {
        byte[] elements = read(Bytes.of(input), type);
        assertArrayEquals(elements, read(written(elements, type), type));
      } catch (GatewayRefusedException refused) {
        assertNotNull(refused.refusal());
      }
    }
  }

  private static byte[] read(Bytes body, ElementType type) throws GatewayRefusedException {
    ByteBuffer target = Tensors.buffer(ELEMENTS * type.bytes());
    return Tensors.parsed(
        body,
        parser -> {
          boolean filled = false;
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isData = parser.currentName().equals("data");
            JsonToken _ = parser.nextToken();
            if (isData) {
              Tensors.fill(parser, type, target, "data");
              filled = true;
            } else {
              JsonParser _ = parser.skipChildren();
            }
          }
          if (!filled) {
            throw Tensors.malformed("no data");
          }
          return Tensors.bytes(target);
        });
  }

  private static Bytes written(byte[] elements, ElementType type) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator out = Tensors.JSON.createGenerator(body)) {
      out.writeStartObject();
      out.writeArrayFieldStart("data");
      Tensors.write(out, type, Bytes.wrap(elements));
      out.writeEndArray();
      out.writeEndObject();
    }
    return Bytes.wrap(body.toByteArray());
  }
}

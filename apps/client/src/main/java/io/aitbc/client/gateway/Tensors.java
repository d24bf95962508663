// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Elements of tensors as numbers of JSON: little-endian bytes here, exactly the numbers there.
/// Protocol §17.1.
final class Tensors {
  private static final int DEPTH_MAX = 16;
  private static final int NUMBER_LENGTH_MAX = 64;
  private static final int STRING_LENGTH_MAX = 4_096;

  /// Reads and writes JSON, strictly and within bounds.
  static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxNumberLength(NUMBER_LENGTH_MAX)
                  .maxStringLength(STRING_LENGTH_MAX)
                  .build())
          .build();

  private Tensors() {}

  /// Reads something of JSON.
  @FunctionalInterface
  interface Reading<T> {
    T read(JsonParser parser) throws IOException, GatewayRefusedException;
  }

  /// Reads a body whose root is an object.
  ///
  /// @throws GatewayRefusedException if it is no such JSON
  static <T> T parsed(Bytes body, Reading<T> reading) throws GatewayRefusedException {
    try (JsonParser parser = JSON.createParser(body.toArray())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("the body is no object of JSON");
      }
      T read = reading.read(parser);
      if (parser.nextToken() != null) {
        throw malformed("there is something behind the object of JSON");
      }
      return read;
    } catch (JsonProcessingException wrong) {
      throw malformed("the body is no JSON that is taken: " + wrong.getOriginalMessage());
    } catch (IOException impossible) {
      throw new IllegalStateException("bytes of memory can be read", impossible);
    }
  }

  static GatewayRefusedException malformed(String why) {
    return new GatewayRefusedException(new GatewayRefusal.Malformed(why));
  }

  /// A text, at which the parser stands.
  static String text(JsonParser parser, String what) throws IOException, GatewayRefusedException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw malformed(what + " is no text");
    }
    return parser.getText();
  }

  /// Fills a buffer with the numbers of an array, at whose beginning the parser stands; arrays
  /// inside of it are read as their numbers.
  ///
  /// @throws GatewayRefusedException if they are too few, too many, or no elements
  static void fill(JsonParser parser, ElementType type, ByteBuffer target, String what)
      throws IOException, GatewayRefusedException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw malformed(what + " is no array");
    }
    JsonToken _ = parser.nextToken();
    fillFrom(parser, type, target, what);
  }

  /// The same, when the parser stands at the first thing in the array.
  static void fillFrom(JsonParser parser, ElementType type, ByteBuffer target, String what)
      throws IOException, GatewayRefusedException {
    int depth = 1;
    while (true) {
      switch (parser.currentToken()) {
        case START_ARRAY -> depth++;
        case END_ARRAY -> depth--;
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> put(parser, type, target, what);
        case null, default -> throw malformed(what + " has something else than numbers");
      }
      if (depth == 0) {
        break;
      }
      JsonToken _ = parser.nextToken();
    }
    if (target.hasRemaining()) {
      throw malformed("%s lacks %d numbers".formatted(what, target.remaining() / type.bytes()));
    }
  }

  private static void put(JsonParser parser, ElementType type, ByteBuffer target, String what)
      throws IOException, GatewayRefusedException {
    if (!target.hasRemaining()) {
      throw malformed(what + " has too many numbers");
    }
    boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
    switch (type) {
      case INT8, INT32 -> {
        int value = whole ? parser.getIntValue() : 0;
        if (!whole || (type == ElementType.INT8 && value != (byte) value)) {
          throw malformed("%s has %s, which is no %s".formatted(what, parser.getText(), type));
        }
        ByteBuffer _ = type == ElementType.INT8 ? target.put((byte) value) : target.putInt(value);
      }
      case FLOAT32 -> {
        float value = parser.getFloatValue();
        if (Float.isInfinite(value)) {
          throw malformed("%s has %s, which is no FP32".formatted(what, parser.getText()));
        }
        ByteBuffer _ = target.putFloat(value);
      }
    }
  }

  /// A buffer for elements.
  static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// All bytes of a buffer.
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    ByteBuffer _ = buffer.duplicate().clear().get(bytes);
    return bytes;
  }

  /// Writes the elements of a row as numbers. What is no number in JSON, as infinity, is written as
  /// a text.
  static void write(JsonGenerator out, ElementType type, Bytes row) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(row.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      switch (type) {
        case INT8 -> out.writeNumber(bytes.get());
        case INT32 -> out.writeNumber(bytes.getInt());
        case FLOAT32 -> out.writeNumber(bytes.getFloat());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.aitbc.crypto.Bytes;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An object of a JSON text, of which fields are asked for by name. What is asked for and is not
/// there, or is something else, is a refusal that names the field.
final class Json {
  /// Nesting of the deepest file format here, and a few levels for fields that are passed over.
  private static final int DEPTH_MAX = 8;

  /// Characters of the longest string: a description.
  private static final int STRING_CHARACTERS_MAX = 4096;

  private static final int VALUE_CHARACTERS_SHOWN = 80;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(STRING_CHARACTERS_MAX)
                  .maxNumberLength(32)
                  .build())
          .build();

  private final String path;
  private final Map<String, Object> fields;

  private Json(String path, Map<String, Object> fields) {
    this.path = path;
    this.fields = fields;
  }

  /// The object that is all of `text`.
  static Json parse(byte[] text) throws KeyFileException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw notJson(parser);
      }
      Map<String, Object> fields = readObject(parser);
      if (parser.nextToken() != null) {
        throw notJson(parser);
      }
      return new Json("", fields);
    } catch (JsonProcessingException refused) {
      var at = refused.getLocation();
      throw new KeyFileException(
          new KeyFileRefusal.NotJson(
              at == null ? 1 : at.getLineNr(), at == null ? 1 : at.getColumnNr()));
    } catch (IOException impossible) {
      throw new IllegalStateException("reading from memory", impossible);
    }
  }

  private static Map<String, Object> readObject(JsonParser parser)
      throws IOException, KeyFileException {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      Object value = readValue(parser, token);
      if (value != null) {
        fields.put(name, value);
      }
    }
    return fields;
  }

  /// A string, a whole number, an object or a list; null for `null`, truth values and fractions.
  private static @Nullable Object readValue(JsonParser parser, @Nullable JsonToken token)
      throws IOException, KeyFileException {
    if (token == null) {
      throw notJson(parser);
    }
    return switch (token) {
      case START_OBJECT -> readObject(parser);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          Object element = readValue(parser, next);
          if (element != null) {
            list.add(element);
          }
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
      default -> null;
    };
  }

  private static KeyFileException notJson(JsonParser parser) {
    var at = parser.currentLocation();
    return new KeyFileException(new KeyFileRefusal.NotJson(at.getLineNr(), at.getColumnNr()));
  }

  boolean has(String field) {
    return fields.containsKey(field);
  }

  Json object(String field) throws KeyFileException {
    if (value(field) instanceof Map<?, ?> map) {
      return at(field, map);
    }
    throw wrong(field, "an object");
  }

  List<Json> objects(String field) throws KeyFileException {
    if (!(value(field) instanceof List<?> list)) {
      throw wrong(field, "a list of objects");
    }
    List<Json> objects = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof Map<?, ?> map)) {
        throw wrong(field, "a list of objects");
      }
      objects.add(at(field + "[" + objects.size() + "]", map));
    }
    return objects;
  }

  String text(String field) throws KeyFileException {
    if (value(field) instanceof String text) {
      return text;
    }
    throw wrong(field, "a string");
  }

  /// A whole number from `min` to `max`.
  long number(String field, long min, long max) throws KeyFileException {
    if (value(field) instanceof BigInteger number
        && number.compareTo(BigInteger.valueOf(min)) >= 0
        && number.compareTo(BigInteger.valueOf(max)) <= 0) {
      return number.longValue();
    }
    throw wrong(field, "a whole number from " + min + " to " + max);
  }

  /// A whole number from 0 to `max`, written as a string of decimal digits without leading zeros.
  long decimal(String field, long max) throws KeyFileException {
    String digits = text(field);
    if (digits.matches("0|[1-9][0-9]{0,18}")) {
      BigInteger number = new BigInteger(digits);
      if (number.compareTo(BigInteger.valueOf(max)) <= 0) {
        return number.longValue();
      }
    }
    throw wrong(field, "a decimal string from 0 to " + max);
  }

  /// Hexadecimal digits of `min` to `max` bytes, with or without `0x`.
  byte[] bytes(String field, int min, int max) throws KeyFileException {
    String expected = "hexadecimal digits of " + min + " to " + max + " bytes";
    try {
      Bytes bytes = Bytes.fromHex(text(field));
      if (bytes.length() >= min && bytes.length() <= max) {
        return bytes.toArray();
      }
      throw wrong(field, expected);
    } catch (IllegalArgumentException noDigits) {
      throw wrong(field, expected);
    }
  }

  /// Refuses unless the field has this value.
  void expect(String field, String value) throws KeyFileException {
    if (!text(field).equals(value)) {
      throw unsupported(field);
    }
  }

  KeyFileException unsupported(String field) {
    String value = String.valueOf(fields.get(field));
    return new KeyFileException(
        new KeyFileRefusal.Unsupported(
            path + field,
            value.length() <= VALUE_CHARACTERS_SHOWN
                ? value
                : value.substring(0, VALUE_CHARACTERS_SHOWN)));
  }

  KeyFileException wrong(String field, String expected) {
    return new KeyFileException(new KeyFileRefusal.WrongField(path + field, expected));
  }

  private Object value(String field) throws KeyFileException {
    Object value = fields.get(field);
    if (value == null) {
      throw new KeyFileException(new KeyFileRefusal.MissingField(path + field));
    }
    return value;
  }

  private Json at(String field, Map<?, ?> map) {
    Map<String, Object> inner = new LinkedHashMap<>();
    map.forEach((name, value) -> inner.put(String.valueOf(name), value));
    return new Json(path + field + ".", inner);
  }

  /// Writes one field after another.
  @FunctionalInterface
  interface Body {
    void write(JsonGenerator to) throws IOException;
  }

  /// The text of an object, indented.
  static String write(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      generator.useDefaultPrettyPrinter();
      generator.writeStartObject();
      body.write(generator);
      generator.writeEndObject();
    } catch (IOException impossible) {
      throw new IllegalStateException("writing to memory", impossible);
    }
    return text.append('\n').toString();
  }
}

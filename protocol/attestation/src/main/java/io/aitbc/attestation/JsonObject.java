// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.attestation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.aitbc.crypto.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An object of a JSON text; names may not be repeated. Whoever asks for what is not there, or is
/// of another kind, finds the text malformed.
///
/// The library's table of names, which is kept from one text to the next and has room for so many
/// names of one hash, is off: a verdict depends on the text alone.
final class JsonObject {
  /// Longest text that is read, in characters.
  static final int LENGTH_MAX = 1 << 18;

  private static final int DEPTH_MAX = 16;
  private static final String TIME_FORM = "0000-00-00T00:00:00Z";
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEPTH_MAX)
                  .maxStringLength(LENGTH_MAX)
                  .maxNumberLength(32)
                  .build())
          .build();

  private final SortedMap<String, Object> members;

  private JsonObject(SortedMap<String, Object> members) {
    this.members = members;
  }

  static JsonObject parse(String text) throws RefusedException {
    RefusedException.unless(text.length() <= LENGTH_MAX, Reason.TOO_LARGE);
    try (JsonParser parser = FACTORY.createParser(text)) {
      RefusedException.unless(parser.nextToken() == JsonToken.START_OBJECT, Reason.MALFORMED);
      JsonObject object = object(parser);
      RefusedException.unless(parser.nextToken() == null, Reason.MALFORMED);
      return object;
    } catch (IOException noJson) {
      throw RefusedException.malformed();
    }
  }

  private static JsonObject object(JsonParser parser) throws IOException, RefusedException {
    TreeMap<String, Object> members = new TreeMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      members.put(name, value(parser, parser.nextToken()));
    }
    return new JsonObject(members);
  }

  private static Object value(JsonParser parser, JsonToken token)
      throws IOException, RefusedException {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<Object> values = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          values.add(value(parser, next));
        }
        yield values;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw RefusedException.malformed();
    };
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  String text(String name) throws RefusedException {
    return as(String.class, members.get(name));
  }

  /// A number from 0 to 2^31 - 1.
  int number(String name) throws RefusedException {
    long value = as(Long.class, members.get(name));
    RefusedException.unless(value >= 0 && value <= Integer.MAX_VALUE, Reason.MALFORMED);
    return (int) value;
  }

  JsonObject object(String name) throws RefusedException {
    return as(JsonObject.class, members.get(name));
  }

  List<JsonObject> objects(String name) throws RefusedException {
    List<JsonObject> objects = new ArrayList<>();
    for (Object value : as(List.class, members.get(name))) {
      objects.add(as(JsonObject.class, value));
    }
    return objects;
  }

  /// The texts of a list; none if it is not there.
  List<String> texts(String name) throws RefusedException {
    List<String> texts = new ArrayList<>();
    if (has(name)) {
      for (Object value : as(List.class, members.get(name))) {
        texts.add(as(String.class, value));
      }
    }
    return texts;
  }

  /// Bytes as hexadecimal digits of either case.
  Bytes hex(String name, int length) throws RefusedException {
    try {
      byte[] bytes = HexFormat.of().parseHex(text(name));
      RefusedException.unless(bytes.length == length, Reason.MALFORMED);
      return Bytes.wrap(bytes);
    } catch (IllegalArgumentException noDigits) {
      throw RefusedException.malformed();
    }
  }

  /// A time as 2025-06-19T10:16:03Z, and no other form of it, as seconds since 1970.
  long seconds(String name) throws RefusedException {
    String text = text(name);
    RefusedException.unless(text.length() == TIME_FORM.length(), Reason.MALFORMED);
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (TIME_FORM.charAt(i) == '0') {
        digits.append(text.charAt(i));
      } else {
        RefusedException.unless(text.charAt(i) == TIME_FORM.charAt(i), Reason.MALFORMED);
      }
    }
    return DerValue.seconds(digits.toString());
  }

  private static <T> T as(Class<T> type, @Nullable Object value) throws RefusedException {
    if (!type.isInstance(value)) {
      throw RefusedException.malformed();
    }
    return type.cast(value);
  }
}

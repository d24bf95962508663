// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.conformance;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.aitbc.crypto.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads vectors written in JSON.
final class Json {
  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  private static ObjectMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build();
    // Inputs of vectors are as long as a block's data.
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxStringLength(1 << 29)
                .maxNestingDepth(20_000)
                .build());
    return mapper;
  }

  /// The value in a file.
  static JsonNode read(VectorFile file) throws IOException {
    return MAPPER.readTree(file.content());
  }

  /// The named cases of a file that is one object whose values are objects with all of `fields`;
  /// none if it is something else.
  static List<Map.Entry<String, JsonNode>> cases(VectorFile file, String... fields)
      throws IOException {
    JsonNode root = read(file);
    List<Map.Entry<String, JsonNode>> cases = new ArrayList<>();
    if (!root.isObject()) {
      return cases;
    }
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      for (String field : fields) {
        if (!entry.getValue().has(field)) {
          return List.of();
        }
      }
      cases.add(entry);
    }
    return cases;
  }

  /// The bytes of hexadecimal digits, with or without `0x`; empty if they are none.
  static Optional<Bytes> hex(String text) {
    try {
      return Optional.of(Bytes.fromHex(text));
    } catch (IllegalArgumentException noHex) {
      return Optional.empty();
    }
  }
}

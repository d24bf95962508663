// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/// Results as text.
final class MicroReport {
  private static final String ROW = "%-17s %-48s %10s %10s %10s %10s  %s";

  private MicroReport() {}

  /// The names of the columns, in microseconds per operation.
  static String heading() {
    return ROW.formatted("name", "us per operation", "wall", "cpu", "target", "prototype", "");
  }

  /// One result in these columns.
  static String row(MicroResult result) {
    MicroTarget target = result.target();
    return ROW.formatted(
        target.name(),
        target.what(),
        number(result.wallMicros()),
        number(result.cpuMicros()),
        number(target.targetMicros()),
        target.prototypeMicros().isPresent() ? number(target.prototypeMicros().getAsDouble()) : "-",
        result.isWithinTarget() ? "met" : "MISSED");
  }

  /// All results as a JSON array; `prototypeMicros` is absent where there is none.
  static String json(List<MicroResult> results) {
    ObjectMapper mapper = new ObjectMapper();
    ArrayNode array = mapper.createArrayNode();
    for (MicroResult result : results) {
      MicroTarget target = result.target();
      ObjectNode row =
          array
              .addObject()
              .put("name", target.name())
              .put("what", target.what())
              .put("wallMicros", result.wallMicros())
              .put("cpuMicros", result.cpuMicros())
              .put("targetMicros", target.targetMicros())
              .put("met", result.isWithinTarget());
      target.prototypeMicros().ifPresent(micros -> row.put("prototypeMicros", micros));
    }
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of numbers and strings", impossible);
    }
  }

  private static String number(double micros) {
    return String.format(Locale.ROOT, micros < 100 ? "%.2f" : "%.0f", micros);
  }
}

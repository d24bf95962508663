// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What was measured about the machine, as text.
final class EvmReport {
  /// What the cases of a held group must reach, in millions of gas per second of processor time.
  static final double FLOOR_MGAS = 250;

  /// Held cases that are allowed to stay below the floor, with the reason.
  static final Map<String, String> EXCEPTIONS = new TreeMap<>();

  private static final String ROW = "%-12s %-40s %12s %10s %10s  %s";

  private EvmReport() {}

  /// The names of the columns.
  static String heading() {
    return ROW.formatted("group", "case", "gas a run", "Mgas/s cpu", "wall", "");
  }

  /// One result in these columns.
  static String row(EvmMeasure.Result result) {
    EvmCase measured = result.measured();
    return ROW.formatted(
            measured.group().name().toLowerCase(Locale.ROOT),
            measured.name(),
            result.gas(),
            number(result.cpuMgas()),
            number(result.wallMgas()),
            verdict(result))
        .stripTrailing();
  }

  private static String verdict(EvmMeasure.Result result) {
    if (!result.measured().group().isHeld() || result.cpuMgas() >= FLOOR_MGAS) {
      return "";
    }
    String reason = EXCEPTIONS.get(result.measured().name());
    return reason == null ? "BELOW THE FLOOR" : "exception: " + reason;
  }

  /// Whether the result is at least the floor, or need not be.
  static boolean isFine(EvmMeasure.Result result) {
    return !result.measured().group().isHeld()
        || result.cpuMgas() >= FLOOR_MGAS
        || EXCEPTIONS.containsKey(result.measured().name());
  }

  /// The `count` results with the least gas per second, slowest first.
  static List<EvmMeasure.Result> slowest(List<EvmMeasure.Result> results, int count) {
    return results.stream()
        .sorted(Comparator.comparingDouble(EvmMeasure.Result::cpuMgas))
        .limit(count)
        .toList();
  }

  /// All results as a JSON array.
  static String json(List<EvmMeasure.Result> results) {
    ObjectMapper mapper = new ObjectMapper();
    ArrayNode array = mapper.createArrayNode();
    for (EvmMeasure.Result result : results) {
      var _ =
          array
              .addObject()
              .put("group", result.measured().group().name().toLowerCase(Locale.ROOT))
              .put("name", result.measured().name())
              .put("gas", result.gas())
              .put("cpuMgasPerSecond", result.cpuMgas())
              .put("wallMgasPerSecond", result.wallMgas())
              .put("held", result.measured().group().isHeld())
              .put("fine", isFine(result));
    }
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of numbers and strings", impossible);
    }
  }

  private static String number(double mgas) {
    return String.format(Locale.ROOT, mgas < 100 ? "%.1f" : "%.0f", mgas);
  }
}

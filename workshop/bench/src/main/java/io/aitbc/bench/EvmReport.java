// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What was measured about the machine, as text.
final class EvmReport {
  /// What the cases of a held group must reach, in millions of gas per second of processor time.
  static final double FLOOR_MGAS = 250;

  /// Held cases that are allowed to stay below the floor, with what was measured and the reason.
  /// The prices are Ethereum's.
  static final Map<String, String> EXCEPTIONS = exceptions();

  private static final String ROW = "%-12s %-40s %12s %10s %10s  %s";

  private EvmReport() {}

  private static Map<String, String> exceptions() {
    Map<String, String> reasons = new TreeMap<>();
    for (int bits = 64; bits <= 256; bits += 64) {
      for (String opcode : List.of("DIV", "SDIV", "MOD", "SMOD")) {
        reasons.put(
            opcode + "/" + bits,
            "111 to 202 Mgas/s: 5 gas are 20 ns at the floor, reciprocal and digits take 45 to 80");
      }
      reasons.put(
          "MULMOD/" + bits,
          "78 to 133 Mgas/s: 8 gas are 32 ns at the floor, the product of 512 bits and its"
              + " reduction take 110 to 200");
    }
    for (int bits : new int[] {192, 256}) {
      reasons.put(
          "ADDMOD/" + bits,
          "155 to 264 Mgas/s: 8 gas are 32 ns at the floor, the reduction takes 30 to 50");
    }
    for (int bytes : new int[] {0, 32, 64, 136, 8_192}) {
      reasons.put(
          "KECCAK256/" + bytes,
          "53 to 93 Mgas/s: 0.5 us a permutation, for which 37 gas are paid, or 26 where bytes are"
              + " many");
    }
    return Collections.unmodifiableMap(reasons);
  }

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

  /// The `count` results with the least gas per second, slowest first: what waits for the disk by
  /// the clock, all else by processor time.
  static List<EvmMeasure.Result> slowest(List<EvmMeasure.Result> results, int count) {
    return results.stream()
        .sorted(Comparator.comparingDouble(EvmMeasure.Result::mgas))
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

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How an outcome is told.
final class SeedReport {
  private SeedReport() {}

  /// For a reader: what was drawn, the last events, what failed and how to repeat it.
  static List<String> lines(Outcome outcome) {
    return lines(outcome, Optional.empty());
  }

  /// The same of a smaller run that fails as this one does.
  static List<String> minimized(Outcome failed) {
    Minimizer.Minimal minimal = Minimizer.of(failed);
    return lines(minimal.outcome(), Optional.of(minimal.reduction()));
  }

  /// The same of a run that may be less than its seed draws.
  static List<String> lines(Outcome outcome, Optional<Reduction> reduction) {
    List<String> lines = new ArrayList<>();
    outcome.options().lines().forEach(line -> lines.add("  " + line));
    if (!outcome.passed()) {
      lines.add("last events:");
      outcome.lines().forEach(line -> lines.add("  " + line));
      outcome
          .violation()
          .ifPresent(violation -> {
            lines.add("violated: " + violation.invariant() + ": " + violation.getMessage());
            if (violation.getCause() != null) {
              for (StackTraceElement each : violation.getCause().getStackTrace()) {
                lines.add("    at " + each);
              }
            }
          });
    }
    lines.addAll(outcome.story());
    lines.add(
        ("seed %d: %s, height %d, %d steps, %d ms of virtual time, converged in %d ms,"
                + " %d ms of a processor, trace %016x")
            .formatted(
                outcome.options().seed(),
                outcome.passed() ? "passed" : "FAILED",
                outcome.height(),
                outcome.steps(),
                outcome.virtualMillis(),
                outcome.convergedMillis(),
                outcome.cpuMicros() / 1_000,
                outcome.traceHash()));
    lines.add(
        "repeat: ./aitbc simulate --seed %d --profile %s%s"
            .formatted(
                outcome.options().seed(),
                outcome.options().profile().name().toLowerCase(java.util.Locale.ROOT),
                reduction.map(each -> " --reduced " + each.text()).orElse("")));
    return lines;
  }

  /// For a program.
  static String json(ObjectMapper mapper, Outcome outcome) {
    ObjectNode node = mapper.createObjectNode();
    node.put("seed", outcome.options().seed());
    node.put("passed", outcome.passed());
    outcome
        .violation()
        .ifPresent(violation -> {
          node.put("invariant", violation.invariant().name());
          node.put("what", violation.getMessage());
        });
    node.put("trace", "%016x".formatted(outcome.traceHash()));
    node.put("steps", outcome.steps()).put("height", outcome.height());
    node.put("virtualMillis", outcome.virtualMillis());
    node.put("convergedMillis", outcome.convergedMillis());
    node.put("heldMost", outcome.coverage().heldMost());
    node.put("waitedMost", outcome.coverage().waitedMost());
    node.put("cpuMillis", outcome.cpuMicros() / 1_000);
    node.put("struck", outcome.struck()).put("forked", outcome.forked());
    return node.toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Processor time of all processes of a network with services of AI work.
///
/// @param nanos when it was read, by {@link System#nanoTime}
/// @param processes in one order always
record AiUse(long nanos, List<Used> processes) {
  /// What a process is there for.
  enum Kind {
    /// A node.
    VALIDATOR,
    /// A service.
    WORKER,
    /// A service.
    AUDITOR,
    /// A service.
    EVALUATOR,
    /// The process that measures: it makes inputs, orders, uploads and fetches.
    CLIENTS
  }

  /// A process.
  record Used(Kind kind, ThreadTimes times) {}

  /// Seconds of processor time by what a process is there for and its threads' names.
  ///
  /// @param seconds of wall clock
  record Spent(double seconds, Map<Kind, Map<String, Double>> cpu) {
    /// Of all processes of a kind.
    double of(Kind kind) {
      return cpu.getOrDefault(kind, Map.of()).values().stream()
          .mapToDouble(Double::doubleValue)
          .sum();
    }

    /// Of the threads of a kind whose names begin so.
    double of(Kind kind, String thread) {
      return cpu.getOrDefault(kind, Map.of()).entrySet().stream()
          .filter(each -> each.getKey().startsWith(thread))
          .mapToDouble(Map.Entry::getValue)
          .sum();
    }

    /// Of nodes and services, without the clients.
    double network() {
      return of(Kind.VALIDATOR) + of(Kind.WORKER) + of(Kind.AUDITOR) + of(Kind.EVALUATOR);
    }
  }

  /// What was spent since.
  Spent since(AiUse before) {
    Map<Kind, Map<String, Double>> cpu = new EnumMap<>(Kind.class);
    for (int i = 0; i < processes.size(); i++) {
      Used now = processes.get(i);
      Map<String, Double> sums = cpu.computeIfAbsent(now.kind, _ -> new TreeMap<>());
      now.times
          .since(before.processes.get(i).times)
          .forEach((name, seconds) -> sums.merge(name, seconds, Double::sum));
    }
    return new Spent((nanos - before.nanos) / 1e9, cpu);
  }
}

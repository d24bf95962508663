// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs seeds of networks without votes and tells how they ended: `aitbc simulate --profile poa`.
final class PoaSeeds {
  /// The name of the profile.
  static final String PROFILE = "poa";

  private static final int PROGRESS_EVERY = 500;

  private final PrintWriter out;
  private final boolean json;
  private final ObjectMapper mapper = new ObjectMapper();
  private final Map<PoaWorld.Sight, Integer> seen = new EnumMap<>(PoaWorld.Sight.class);
  private int passed;
  private int failed;
  private long steps;
  private long cpuMicros;

  PoaSeeds(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /// Runs seeds, so many at a time.
  ///
  /// @return whether all passed
  boolean run(long first, int count, int threads) throws InterruptedException {
    long began = System.nanoTime();
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<PoaSimulation.Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        long seed = first + i;
        outcomes.add(workers.submit(() -> PoaSimulation.run(PoaOptions.of(seed))));
      }
      for (Future<PoaSimulation.Outcome> outcome : outcomes) {
        tell(outcome.get(), count);
      }
    } catch (ExecutionException broken) {
      throw new IllegalStateException("the simulator itself is broken", broken.getCause());
    } finally {
      workers.shutdownNow();
    }
    end((System.nanoTime() - began) / 1_000_000);
    return failed == 0;
  }

  private void tell(PoaSimulation.Outcome outcome, int count) {
    outcome.sights().forEach((sight, times) -> seen.merge(sight, times, Integer::sum));
    steps += outcome.steps();
    cpuMicros += outcome.cpuMicros();
    if (outcome.passed()) {
      passed++;
    } else {
      failed++;
    }
    if (json) {
      ObjectNode node = mapper.createObjectNode();
      node.put("seed", outcome.options().seed()).put("passed", outcome.passed());
      outcome
          .violation()
          .ifPresent(violation ->
              node.put("invariant", violation.invariant().name())
                  .put("what", violation.getMessage()));
      node.put("trace", "%016x".formatted(outcome.traceHash()));
      node.put("steps", outcome.steps()).put("height", outcome.height());
      node.put("virtualMillis", outcome.virtualMillis());
      node.put("settledSlots", outcome.settledSlots());
      out.println(node);
    } else if (!outcome.passed()) {
      PoaSimulation.minimized(outcome).report().forEach(out::println);
    } else if (count == 1) {
      outcome.report().forEach(out::println);
    } else if ((passed + failed) % PROGRESS_EVERY == 0) {
      out.println("%d of %d seeds, %d failed".formatted(passed + failed, count, failed));
    }
    out.flush();
  }

  private void end(long millis) {
    if (json) {
      ObjectNode node = mapper.createObjectNode();
      node.put("passed", passed).put("failed", failed).put("steps", steps);
      node.put("millis", millis).put("cpuMillis", cpuMicros / 1_000);
      ObjectNode sights = node.putObject("coverage");
      seen.forEach((sight, times) -> sights.put(sight.name(), times));
      out.println(node);
    } else {
      seen.forEach((sight, times) -> out.println("%-30s %d".formatted(sight, times)));
      out.println(
          "%d steps in %d ms and %d ms of processors".formatted(steps, millis, cpuMicros / 1_000));
      out.println("%d passed, %d failed".formatted(passed, failed));
    }
    out.flush();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Runs many seeds, each in one thread, some at a time.
final class SeedRun {
  private SeedRun() {}

  /// Runs seeds and tells of every outcome in the order of the seeds.
  ///
  /// @param threads how many at a time
  static void run(List<Long> seeds, Profile profile, int threads, Consumer<Outcome> each)
      throws InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Outcome>> outcomes = new ArrayList<>();
      for (long seed : seeds) {
        Callable<Outcome> task = () -> Simulation.run(OptionsDraw.of(seed, profile));
        outcomes.add(workers.submit(task));
      }
      for (int i = 0; i < outcomes.size(); i++) {
        each.accept(outcomes.get(i).get());
        outcomes.set(i, null);
      }
    } catch (ExecutionException broken) {
      throw new IllegalStateException("the simulator itself is broken", broken.getCause());
    } finally {
      workers.shutdownNow();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// Runs numbered trials on all processors.
///
/// @param progress is told how far it is
record TrialPool(Consumer<String> progress) {
  private static final int PROGRESS = 500;

  /// Runs trials 1 to `count`.
  ///
  /// @param what they are, for the progress
  /// @param trials makes what runs them, once for each thread
  /// @throws IllegalStateException if one breaks
  void run(long count, String what, Supplier<LongConsumer> trials) throws InterruptedException {
    AtomicLong next = new AtomicLong(1);
    List<Callable<Boolean>> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      threads.add(() -> {
        LongConsumer each = trials.get();
        for (long trial = next.getAndIncrement(); trial <= count; trial = next.getAndIncrement()) {
          each.accept(trial);
          if (trial % PROGRESS == 0) {
            progress.accept("%d %s of %d".formatted(trial, what, count));
          }
        }
        return true;
      });
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(threads.size())) {
      for (Future<Boolean> each : pool.invokeAll(threads)) {
        if (each.state() == Future.State.FAILED) {
          throw new IllegalStateException(
              "a trial broke: " + each.exceptionNow().getMessage(), each.exceptionNow());
        }
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.lang.management.ManagementFactory;

/// Measures work on this thread by its processor time.
///
/// @param seconds processor time to measure for
record BestTime(double seconds) {
  private static final int ROUNDS = 5;

  /// Microseconds of one run in the best round.
  double micros(Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long began = threads.getCurrentThreadCpuTime();
      long runs = 0;
      long spent;
      do {
        work.run();
        runs++;
        spent = threads.getCurrentThreadCpuTime() - began;
      } while (spent < seconds / ROUNDS * 1e9);
      best = Math.min(best, spent / 1e3 / runs);
    }
    return best;
  }
}

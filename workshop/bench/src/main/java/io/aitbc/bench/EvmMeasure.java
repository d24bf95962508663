// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// Measures cases in one process, as a node runs them: the compiled code of one case has seen the
/// others too. All are run before the first is measured.
final class EvmMeasure {
  private static final int ROUNDS = 5;

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /// What was measured.
  ///
  /// @param measured the case
  /// @param gas gas of one run
  /// @param cpuMgas millions of gas per second of processor time in the best of several rounds, the
  ///   one that other processes disturbed least; all threads count, garbage collection included
  /// @param wallMgas the same by wall clock, which other processes slow down more
  record Result(EvmCase measured, long gas, double cpuMgas, double wallMgas) {}

  private final double seconds;

  /// @param seconds how long to measure a case, and to warm up with it
  EvmMeasure(double seconds) {
    this.seconds = seconds;
  }

  /// Measures `cases` one after the other and tells of each.
  List<Result> run(List<EvmCase> cases, Consumer<Result> each) {
    for (int round = 0; round < 2; round++) {
      for (EvmCase next : cases) {
        var _ = repeat(next, seconds / 4);
      }
    }
    List<Result> results = new ArrayList<>();
    for (EvmCase next : cases) {
      var _ = repeat(next, seconds / 4);
      List<Round> rounds = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        rounds.add(repeat(next, seconds / ROUNDS));
      }
      Result result =
          new Result(
              next,
              rounds.getFirst().gas / rounds.getFirst().runs,
              best(rounds.stream().map(Round::cpuMgas).toList()),
              best(rounds.stream().map(Round::wallMgas).toList()));
      results.add(result);
      each.accept(result);
    }
    return results;
  }

  private record Round(long gas, long runs, long cpuNanos, long wallNanos) {
    double cpuMgas() {
      return 1_000.0 * gas / Math.max(1, cpuNanos);
    }

    double wallMgas() {
      return 1_000.0 * gas / Math.max(1, wallNanos);
    }
  }

  /// Repeats the work until it took so long, once at least.
  private static Round repeat(EvmCase next, double seconds) {
    long end = (long) (seconds * 1e9);
    long gas = 0;
    long runs = 0;
    long cpuBefore = PROCESS.getProcessCpuTime();
    long wallBefore = System.nanoTime();
    do {
      gas += next.work().run();
      runs++;
    } while (PROCESS.getProcessCpuTime() - cpuBefore < end);
    return new Round(
        gas, runs, PROCESS.getProcessCpuTime() - cpuBefore, System.nanoTime() - wallBefore);
  }

  private static double best(List<Double> values) {
    return Collections.max(values);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Secp256k1;
import io.aitbc.evm.Evm;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// Measures cases in one process, as a node runs them: after a rehearsal ({@link Evm#rehearse}),
/// and the compiled code of one case has seen the others too. All are run before the first is
/// measured.
final class EvmMeasure {
  private static final int ROUNDS = 5;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final List<GarbageCollectorMXBean> COLLECTORS =
      ManagementFactory.getGarbageCollectorMXBeans();

  /// What was measured.
  ///
  /// @param measured the case
  /// @param gas gas of one run
  /// @param cpuMgas millions of gas per second of processor time in the best of several rounds, the
  ///   one that other processes disturbed least; garbage collection counts, compilation does not
  /// @param wallMgas the same by wall clock, which other processes slow down more
  record Result(EvmCase measured, long gas, double cpuMgas, double wallMgas) {
    /// What counts: by processor time, or by the clock where a case waits for the disk.
    double mgas() {
      return measured.group().isWaiting() ? wallMgas : cpuMgas;
    }
  }

  private static boolean rehearsed;

  private final double seconds;

  /// @param seconds how long to measure a case, and to warm up with it
  EvmMeasure(double seconds) {
    this.seconds = seconds;
  }

  /// Measures `cases` in rounds, each case once in every round, so that what other processes do for
  /// a while does not fall on all rounds of one case; tells of each in the end.
  ///
  /// @param progress is told when a round begins
  List<Result> run(List<EvmCase> cases, Consumer<String> progress, Consumer<Result> each) {
    rehearse();
    for (int round = 0; round < 2; round++) {
      progress.accept("warming up, round %d of 2, %d cases".formatted(round + 1, cases.size()));
      for (EvmCase next : cases) {
        var _ = repeat(next, seconds / 4);
      }
    }
    List<List<Round>> rounds =
        cases.stream().map(_ -> (List<Round>) new ArrayList<Round>()).toList();
    for (int round = 0; round < ROUNDS; round++) {
      progress.accept(
          "measuring, round %d of %d, %d cases".formatted(round + 1, ROUNDS, cases.size()));
      for (int i = 0; i < cases.size(); i++) {
        rounds.get(i).add(repeat(cases.get(i), seconds / ROUNDS));
      }
    }
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      Result result = result(cases.get(i), rounds.get(i));
      results.add(result);
      each.accept(result);
    }
    return results;
  }

  /// Once in a process, as a node does.
  private static synchronized void rehearse() {
    if (!rehearsed) {
      Evm.rehearse(Secp256k1.chosen());
      rehearsed = true;
    }
  }

  private static Result result(EvmCase measured, List<Round> rounds) {
    return new Result(
        measured,
        rounds.getFirst().gas / rounds.getFirst().runs,
        best(rounds.stream().map(Round::cpuMgas).toList()),
        best(rounds.stream().map(Round::wallMgas).toList()));
  }

  private record Round(long gas, long runs, long cpuNanos, long wallNanos) {
    double cpuMgas() {
      return 1_000.0 * gas / Math.max(1, cpuNanos);
    }

    double wallMgas() {
      return 1_000.0 * gas / Math.max(1, wallNanos);
    }
  }

  /// Repeats the work until it took so long, once at least: processor time, or by the clock where
  /// it waits.
  private static Round repeat(EvmCase next, double seconds) {
    boolean waits = next.group().isWaiting();
    long end = (long) (seconds * 1e9);
    long gas = 0;
    long runs = 0;
    long cpuBefore = cpuNanos();
    long wallBefore = System.nanoTime();
    do {
      gas += next.work().run();
      runs++;
    } while ((waits ? System.nanoTime() - wallBefore : cpuNanos() - cpuBefore) < end);
    return new Round(gas, runs, cpuNanos() - cpuBefore, System.nanoTime() - wallBefore);
  }

  /// Processor time of this thread, which is exact to a microsecond where that of the process is
  /// counted in steps of ten milliseconds, and what the garbage collector took from it.
  private static long cpuNanos() {
    long collecting = 0;
    for (GarbageCollectorMXBean collector : COLLECTORS) {
      collecting += collector.getCollectionTime();
    }
    return THREADS.getCurrentThreadCpuTime() + 1_000_000 * collecting;
  }

  private static double best(List<Double> values) {
    return Collections.max(values);
  }
}

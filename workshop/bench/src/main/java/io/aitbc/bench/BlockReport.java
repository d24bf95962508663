// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// What blocks of transfers took, per transaction.
///
/// @param transactions how many each block has
/// @param blocks the times of each block
/// @param processMicros processor time of all threads per transaction: with the writing of the
///   tables of state, garbage collection, compilation and the database's own threads
/// @param wallMicros wall clock time per transaction, from the first block until the tables of
///   state are written; longer when other processes want the processor
record BlockReport(
    int transactions, List<BlockTimes> blocks, double processMicros, double wallMicros) {
  /// Fewest transactions a second that one thread must handle.
  static final double PER_SECOND_MIN = 10_000;

  /// Most microseconds for a plain transfer without its signature and the state root.
  static final double EXECUTE_MICROS_MAX = 4;

  private static final String ROW = "%-24s %10s %10s";

  /// Whether both targets are met.
  boolean isWithinTargets() {
    return perSecond() >= PER_SECOND_MIN && executeMicros() <= EXECUTE_MICROS_MAX;
  }

  private double executeMicros() {
    return mean(times -> times.nanos(BlockTimes.Stage.EXECUTE));
  }

  /// Transactions a second of the one thread that handles blocks. The mean, for some of the blocks
  /// wait for others of the store's work.
  double perSecond() {
    return 1e6 / mean(BlockTimes::nanos);
  }

  /// Prints a row for each stage.
  void print(PrintWriter out) {
    out.println(ROW.formatted("cpu us per transaction", "mean", "best"));
    for (BlockTimes.Stage stage : BlockTimes.Stage.values()) {
      out.println(row(stage.title(), times -> times.nanos(stage)));
    }
    out.println(row("sum: the block's thread", BlockTimes::nanos));
    out.println(ROW.formatted("all threads", number(processMicros), ""));
    out.println(ROW.formatted("wall clock", number(wallMicros), ""));
    out.println(
        String.format(
            Locale.ROOT,
            "%d blocks of %d transfers: %.0f transactions a second of the block's thread, target"
                + " %.0f: %s",
            blocks.size(),
            transactions,
            perSecond(),
            PER_SECOND_MIN,
            verdict(perSecond() >= PER_SECOND_MIN)));
    out.println(within("executing a transfer", executeMicros(), EXECUTE_MICROS_MAX));
    out.println(
        String.format(
            Locale.ROOT,
            "%.0f a second by the clock, %.0f a second if all threads were one",
            1e6 / wallMicros,
            1e6 / processMicros));
    out.flush();
  }

  /// A line that says whether a figure is within its target.
  static String within(String what, double micros, double most) {
    return String.format(
        Locale.ROOT, "%s: %.1f us, target %.0f: %s", what, micros, most, verdict(micros <= most));
  }

  private static String verdict(boolean met) {
    return met ? "met" : "MISSED";
  }

  private String row(String title, ToLongFunction<BlockTimes> nanos) {
    double best = blocks.stream().mapToLong(nanos).min().orElseThrow();
    return ROW.formatted(title, number(mean(nanos)), number(best / 1_000 / transactions));
  }

  /// Microseconds per transaction, the mean of all blocks.
  private double mean(ToLongFunction<BlockTimes> nanos) {
    return blocks.stream().mapToLong(nanos).average().orElseThrow() / 1_000 / transactions;
  }

  private static String number(double micros) {
    return String.format(Locale.ROOT, "%.2f", micros);
  }
}

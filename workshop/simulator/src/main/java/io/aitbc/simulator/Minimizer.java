// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes a failing run smaller while the same invariant fails: it ends earlier, then has fewer
/// faults, fewer Byzantine validators, fewer nodes and a calm network. Another run need not fail
/// for the same cause, but a reader has less to read.
final class Minimizer {
  /// Runs that are tried: most of them fail early.
  private static final int RUNS_MAX = 60;

  /// Steps after which nothing more is tried: some seconds.
  private static final long STEPS_MAX = 200_000;

  private static final long MICROS = 1_000;

  private final Options drawn;
  private final Invariant invariant;
  private Reduction reduction;
  private Outcome smallest;
  private int runs;
  private long steps;

  /// A smaller run that fails as well.
  ///
  /// @param reduction what is left of what the seed draws
  /// @param outcome how it ended
  record Minimal(Reduction reduction, Outcome outcome) {}

  private Minimizer(Outcome failed) {
    drawn = failed.options();
    invariant = failed.violation().orElseThrow().invariant();
    reduction = Reduction.none(drawn);
    smallest = failed;
  }

  /// The smallest run found.
  ///
  /// @param failed a run, as its seed draws it, in which an invariant failed
  static Minimal of(Outcome failed) {
    Minimizer minimizer = new Minimizer(failed);
    minimizer.search();
    return new Minimal(minimizer.reduction, minimizer.smallest);
  }

  private void search() {
    boolean _ = shorter((smallest.virtualMillis() + 1) * MICROS);
    fewerFaults();
    for (int liar : reduction.liars()) {
      boolean _ = tries(liars(without(reduction.liars(), liar)));
    }
    boolean _ = tries(members(reduction.members(), 0));
    boolean fewer = true;
    while (fewer && reduction.members() > 1) {
      fewer =
          tries(members((reduction.members() + 1) / 2, reduction.followers()))
              || tries(members(reduction.members() - 1, reduction.followers()));
    }
    boolean _ = tries(calm());
    fewerFaults();
    while (shorter(reduction.untilMicros() / 2)) {
      // Half of the time may do.
    }
  }

  /// Halves first, then one after another.
  private void fewerFaults() {
    for (int part = reduction.faults().size(); part >= 1; part /= 2) {
      for (int from = 0; from < reduction.faults().size(); ) {
        List<Integer> left = new ArrayList<>(reduction.faults());
        left.subList(from, Math.min(left.size(), from + part)).clear();
        from += tries(faults(List.copyOf(left))) ? 0 : part;
      }
    }
  }

  private boolean shorter(long micros) {
    return micros < reduction.untilMicros()
        && tries(
            new Reduction(
                reduction.members(),
                reduction.followers(),
                reduction.liars(),
                reduction.faults(),
                micros,
                reduction.isCalm()));
  }

  private Reduction faults(List<Integer> left) {
    return new Reduction(
        reduction.members(),
        reduction.followers(),
        reduction.liars(),
        left,
        reduction.untilMicros(),
        reduction.isCalm());
  }

  private Reduction liars(List<Integer> left) {
    return new Reduction(
        reduction.members(),
        reduction.followers(),
        left,
        reduction.faults(),
        reduction.untilMicros(),
        reduction.isCalm());
  }

  private Reduction members(int members, int followers) {
    return new Reduction(
        members,
        followers,
        reduction.liars(),
        reduction.faults(),
        reduction.untilMicros(),
        reduction.isCalm());
  }

  private Reduction calm() {
    return new Reduction(
        reduction.members(),
        reduction.followers(),
        reduction.liars(),
        reduction.faults(),
        reduction.untilMicros(),
        true);
  }

  private static List<Integer> without(List<Integer> numbers, int number) {
    return numbers.stream().filter(each -> each != number).toList();
  }

  /// Runs it, and keeps it if the same invariant fails.
  private boolean tries(Reduction smaller) {
    boolean exhausted = runs == RUNS_MAX || steps >= STEPS_MAX;
    if (smaller.equals(reduction) || exhausted || !isRunnable(smaller)) {
      return false;
    }
    runs++;
    Outcome outcome = Simulation.run(smaller.of(drawn));
    steps += outcome.steps();
    Optional<Invariant> failed = outcome.violation().map(Violation::invariant);
    if (failed.equals(Optional.of(invariant))) {
      reduction = smaller;
      smallest = outcome;
      return true;
    }
    return false;
  }

  /// The Byzantine share of what is left must not have grown, or anything may fail.
  private boolean isRunnable(Reduction smaller) {
    return Corrupting.isNoWorse(drawn.members(), smaller.of(drawn).members());
  }
}

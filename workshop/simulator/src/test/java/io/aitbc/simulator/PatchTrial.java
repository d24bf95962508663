// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.util.List;
import java.util.Optional;

/// What a test does among {@link PatchedClasses}. It is called through reflection, with values that
/// both sides share.
final class PatchTrial {
  private PatchTrial() {}

  /// Runs a seed of the build.
  ///
  /// @return the name of the invariant that failed, and how; nothing if all held
  static List<String> run(long seed) {
    return Simulation.run(OptionsDraw.of(seed, Profile.SWARM))
        .violation()
        .map(violation ->
            List.of(violation.invariant().name(), String.valueOf(violation.getMessage())))
        .orElse(List.of());
  }

  /// Runs a seed of a network without votes; the answer is that of {@link #run}.
  static List<String> runWithoutVotes(long seed) {
    return PoaSimulation.run(PoaOptions.of(seed))
        .violation()
        .map(violation ->
            List.of(violation.invariant().name(), String.valueOf(violation.getMessage())))
        .orElse(List.of());
  }

  /// Minimizes a seed that fails, and repeats the smaller run from its printed line.
  ///
  /// @return invariant of the seed and of the repeated run; trace of the minimized and of the
  ///   repeated run; then how many nodes, faults and steps the seed and the smaller run have
  static List<String> minimize(long seed) {
    Options drawn = OptionsDraw.of(seed, Profile.SWARM);
    Outcome failed = Simulation.run(drawn);
    Minimizer.Minimal minimal = Minimizer.of(failed);
    String line = SeedReport.lines(minimal.outcome(), Optional.of(minimal.reduction())).getLast();
    String text = line.substring(line.lastIndexOf(' ') + 1);
    Outcome repeated = Simulation.run(Reduction.parse(text, drawn).orElseThrow().of(drawn));
    return List.of(
        failed.violation().orElseThrow().invariant().name(),
        repeated.violation().orElseThrow().invariant().name(),
        String.valueOf(minimal.outcome().traceHash()),
        String.valueOf(repeated.traceHash()),
        String.valueOf(drawn.nodes()),
        String.valueOf(repeated.options().nodes()),
        String.valueOf(drawn.faults().size()),
        String.valueOf(repeated.options().faults().size()),
        String.valueOf(failed.steps()),
        String.valueOf(repeated.steps()));
  }
}

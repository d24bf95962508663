// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §5, §8, §10.1: whatever the network, the machines and fewer than a third of the
// validators do, the invariants hold.
class SeedsTest {
  /// Where the build's seeds begin.
  private static final long FIRST = 1;

  private static final int SEEDS = 40;
  private static final int VACUOUS_PERCENT_MAX = 25;

  @Test
  void theBuildsSeedsPass() throws InterruptedException {
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < SEEDS; i++) {
      seeds.add(FIRST + i);
    }
    List<Outcome> outcomes = run(seeds);
    long vacuous = outcomes.stream().filter(outcome -> !outcome.struck()).count();
    assertTrue(100 * vacuous <= (long) VACUOUS_PERCENT_MAX * SEEDS, vacuous + " runs show nothing");
  }

  private static List<Outcome> run(List<Long> seeds) throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    SeedRun.run(
        seeds,
        Profile.SWARM,
        2,
        outcome -> {
          outcomes.add(outcome);
          if (!outcome.passed()) {
            failures.add(String.join("\n", SeedReport.lines(outcome)));
          }
        });
    assertEquals(List.of(), failures);
    return outcomes;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

// Protocol §5, §8, §10.1: whatever the network, the machines and fewer than a third of the
// validators do, the invariants hold.
class SeedsTest {
  /// The build's seeds: `./aitbc simulate --seed 301 --seeds 300`.
  static final long FIRST = 301;

  private static final int SEEDS = 300;

  /// Seeds drawn anew in every run.
  private static final int FRESH_SEEDS = 20;

  private static final int VACUOUS_PERCENT_MAX = 5;
  private static final int THREADS = 2;

  @Test
  void theBuildsSeedsPassAndShowAllThatMustBeShown() throws InterruptedException {
    List<Outcome> outcomes = run(LongStream.range(FIRST, FIRST + SEEDS).boxed().toList());
    CoverageCount coverage = new CoverageCount();
    outcomes.forEach(outcome -> coverage.add(outcome.coverage()));
    List<Coverage> unseen = new ArrayList<>();
    for (Coverage each : Coverage.values()) {
      if (coverage.of(each) == 0) {
        unseen.add(each);
      }
    }
    assertEquals(List.of(), unseen);
    long vacuous = outcomes.stream().filter(outcome -> !outcome.struck()).count();
    assertTrue(100 * vacuous <= (long) VACUOUS_PERCENT_MAX * SEEDS, vacuous + " runs show nothing");
  }

  @Test
  void seedsThatNobodyHasSeenPass() throws InterruptedException {
    long first = new SecureRandom().nextLong(Long.MAX_VALUE - FRESH_SEEDS);
    System.out.println("seed " + first + " and " + (FRESH_SEEDS - 1) + " more were drawn");
    List<Outcome> _ = run(LongStream.range(first, first + FRESH_SEEDS).boxed().toList());
  }

  private static List<Outcome> run(List<Long> seeds) throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    SeedRun.run(
        seeds,
        Profile.SWARM,
        THREADS,
        outcome -> {
          outcomes.add(outcome);
          if (!outcome.passed()) {
            failures.add(String.join("\n", SeedReport.minimized(outcome)));
          }
        });
    assertEquals(List.of(), failures);
    return outcomes;
  }
}

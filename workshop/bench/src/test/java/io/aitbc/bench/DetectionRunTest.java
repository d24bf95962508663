// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.bench.FraudTrials.Proposers;
import org.junit.jupiter.api.Test;

class DetectionRunTest {
  private static final long TRIALS = 8;

  @Test // Protocol §17.13
  void aClaimThatIsAllWrongIsChallengedInTimeAndAnHonestOneNever() {
    FraudTrials trials = new FraudTrials();
    for (long trial = 1; trial <= TRIALS; trial++) {
      assertTrue(trials.run(trial, FraudTrials.ITEMS, Proposers.HONEST).caught());
      assertFalse(trials.run(trial, 0, Proposers.HONEST).caught());
    }
  }

  @Test
  void aTrialCanBeRepeated() {
    FraudTrials trials = new FraudTrials();
    int wrong = FraudTrials.ITEMS / 64;
    for (long trial = 1; trial <= TRIALS; trial++) {
      assertEquals(
          trials.run(trial, wrong, Proposers.WITHHOLDING),
          trials.run(trial, wrong, Proposers.WITHHOLDING));
    }
  }

  @Test // Protocol §17.13: ten seats, seven leaves each, a third of the bond silent.
  void theArithmeticIsThatOfTheDesign() {
    DetectionRun.Row sixth =
        new DetectionRun.Row(FraudTrials.ITEMS / 6, Proposers.HONEST, 1_000, 996, 0);
    assertEquals(0.9986, sixth.expected(), 0.0001);
    assertFalse(sixth.isFine());
    DetectionRun.Row withheld =
        new DetectionRun.Row(FraudTrials.ITEMS / 6, Proposers.WITHHOLDING, 1_000, 998, 0);
    assertEquals(0.9981, withheld.expected(), 0.0001);
    DetectionRun.Row early =
        new DetectionRun.Row(FraudTrials.ITEMS / 6, Proposers.EARLY, 1_000, 75, 924);
    assertEquals(0.9990, early.expected(), 0.0001);
    assertTrue(early.isFine());
    assertEquals(1_524, early.feesEach().orElseThrow(), 0.5);
  }

  @Test // Protocol §17.13: who knows its draw reveals or pays; the fee is taken in either case.
  void aWorkerThatKnowsItsDrawEarlyGivesUpOrIsAudited() {
    FraudTrials trials = new FraudTrials();
    int givenUp = 0;
    for (long trial = 1; trial <= 2 * TRIALS; trial++) {
      FraudTrials.Trial early = trials.run(trial, FraudTrials.ITEMS, Proposers.EARLY);
      assertEquals(early.seats() > FraudTrials.AWAKE_MAX, early.givenUp());
      assertEquals(!early.givenUp() && early.seats() > 0, early.caught());
      givenUp += early.givenUp() ? 1 : 0;
    }
    assertTrue(givenUp > 0);
  }
}

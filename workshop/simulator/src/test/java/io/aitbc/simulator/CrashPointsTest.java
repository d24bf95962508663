// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §8.3: a validator may lose its power between any two effects. Here it does so at every
// one of the first heights, one run for each.
class CrashPointsTest {
  private static final int EFFECTS = 150;
  private static final int WRITES = 12;
  private static final long BEGIN_MICROS = 30_000;
  private static final long DOWN_MICROS = 40_000;
  private static final long STEPS = 700;

  @Test
  void aValidatorComesBackFromACrashAtEveryEffectOfItsFirstHeights() {
    crashAtEach(Fault.Crash.Moment.EFFECT, EFFECTS);
  }

  @Test
  void aValidatorComesBackFromACrashInEveryWriteToItsLog() {
    crashAtEach(Fault.Crash.Moment.LOG_SYNC, WRITES);
  }

  @Test
  void aValidatorComesBackFromACrashInEveryWriteOfItsSigningRecord() {
    crashAtEach(Fault.Crash.Moment.RECORD_WRITE, WRITES);
  }

  private static void crashAtEach(Fault.Crash.Moment moment, int boundaries) {
    List<String> failures = new ArrayList<>();
    for (int boundary = 0; boundary < boundaries; boundary++) {
      Fault crash = new Fault.Crash(BEGIN_MICROS, 0, moment, boundary, DOWN_MICROS);
      Outcome outcome = Simulation.run(OptionsDraw.troubled(boundary, List.of(crash), STEPS));
      if (!outcome.passed() || !outcome.struck()) {
        failures.addAll(SeedReport.lines(outcome));
      }
    }
    assertEquals(List.of(), failures);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.WorkClaim;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A trial throws when somebody honest lost something, or money appeared or vanished.
class HonestRunTest { // Protocol §17.13, §17.14
  private static final int CLAIMS = 50;

  @Test // Protocol §17.14: nobody is framed.
  void noHonestClaimComesToHarmAndEveryWeiIsWhereItBelongs() throws InterruptedException {
    List<HonestRun.Row> rows = new HonestRun(CLAIMS).rows(_ -> {});
    assertEquals(CLAIMS, rows.stream().mapToInt(HonestRun.Row::claims).sum());
    for (HonestRun.Row row : rows) {
      assertTrue(row.claims() > 0, row.kind() + " did not come");
      assertEquals(0, row.ended(WorkClaim.State.FRAUD));
      boolean accepted =
          row.kind() != HonestTrials.Kind.WITHHELD_INPUT && row.kind() != HonestTrials.Kind.NO_TIME;
      assertEquals(
          accepted ? row.claims() : 0,
          row.ended(WorkClaim.State.SETTLED) + row.ended(WorkClaim.State.VOID));
    }
    assertTrue(rows.stream().mapToLong(HonestRun.Row::disputes).sum() > CLAIMS);
  }

  @Test
  void aTrialCanBeRepeated() {
    HonestTrials trials = new HonestTrials();
    assertEquals(trials.run(7), trials.run(7));
  }
}

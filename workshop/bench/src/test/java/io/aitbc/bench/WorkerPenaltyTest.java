// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.bench.FraudTrials.Proposers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.node.work.AuditorService;
import org.junit.jupiter.api.Test;

/// What a worker that falsifies expects, from the chain's parameters: a third of the auditors' bond
/// is silent. All money is in rewards of the claim.
class WorkerPenaltyTest { // Protocol §17.13
  private static final double SILENT = 1.0 / 3;

  /// What a proven fraud costs.
  private static final int PENALTY = value(EconomyParameter.WORK_SLASH);

  private static final int SEATS = value(EconomyParameter.AUDIT_SEATS);

  private static int value(EconomyParameter parameter) {
    return Math.toIntExact(parameter.standard().low());
  }

  /// @param found how likely the fraud is proven
  private static double expected(double found) {
    return (1 - found) - found * PENALTY;
  }

  /// How likely a claim is found false.
  ///
  /// @param part of its items that is
  /// @param leaves of a seat
  private static double found(double part, int leaves) {
    return found(part, leaves, SEATS);
  }

  private static double found(double part, int leaves, int seats) {
    return 1 - Math.pow(SILENT + (1 - SILENT) * Math.pow(1 - part, leaves), seats);
  }

  @Test // The penalty rule: pP > (1 - p)R, with P = 10R.
  void aFraudThatIsFoundOnceInTenLosesATenthOfAReward() {
    assertEquals(10, PENALTY);
    assertEquals(-0.1, expected(0.1), 1e-12);
    assertEquals(0, expected(1.0 / (1 + PENALTY)), 1e-12);
    assertTrue(expected(0.0909) > 0);
  }

  @Test
  void whatIsFoundIsWhatDetectionIsMeasuredAgainst() {
    for (int wrong : DetectionRun.WRONG) {
      DetectionRun.Row row = new DetectionRun.Row(wrong, Proposers.HONEST, 1, 1, 0);
      double part = (double) wrong / FraudTrials.ITEMS;
      assertEquals(row.expected(), found(part, AuditorService.LEAVES), 1e-12);
    }
  }

  @Test
  void aWholeClaimLosesMoneyFromNineFalseOutputsOn() {
    for (int wrong = 1; wrong <= ClaimId.ITEMS_MAX; wrong++) {
      double part = (double) wrong / ClaimId.ITEMS_MAX;
      assertEquals(wrong >= 9, expected(found(part, AuditorService.LEAVES)) < 0, wrong + " false");
    }
    assertEquals(-0.0705, expected(found(9.0 / 4_096, AuditorService.LEAVES)), 0.0001);
    assertEquals(0.8754, expected(found(1.0 / 4_096, AuditorService.LEAVES)), 0.0001);
    assertEquals(-4.6525, expected(found(64.0 / 4_096, AuditorService.LEAVES)), 0.0001);
    assertEquals(-9.9842, expected(found(682.0 / 4_096, AuditorService.LEAVES)), 0.0001);
  }

  @Test // Whatever part of its claim a worker falsifies: the work it saves is worth less.
  void noFalseOutputPays() {
    for (int leaves : new int[] {AuditorService.LEAVES, AuditorService.TRAINING_LEAVES}) {
      for (int items : new int[] {1, 12, 256, ClaimId.ITEMS_MAX}) {
        for (int wrong = 1; wrong <= items; wrong++) {
          double part = (double) wrong / items;
          // A worker works for less than its reward, and an honest one has all of that.
          double saved = part;
          for (int seats : new int[] {SEATS, value(EconomyParameter.ATTESTED_SEATS)}) {
            double lost = 1 - expected(found(part, leaves, seats));
            assertTrue(
                lost > 10 * saved,
                "%d of %d, %d leaves, %d seats".formatted(wrong, items, leaves, seats));
          }
        }
      }
    }
    double one = 1.0 / ClaimId.ITEMS_MAX;
    assertEquals(510, (1 - expected(found(one, AuditorService.LEAVES))) / one, 0.5);
  }
}

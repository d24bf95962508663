// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.node.work.AuditorService;
import org.junit.jupiter.api.Test;

/// What an auditor that guesses expects, from the chain's parameters: a third of the auditors' bond
/// is silent, and the base fee is nothing. All money is in parts of a seat. Who copies guesses: a
/// report holds its auditor's account.
class AuditorPenaltyTest { // Protocol §17.13, §17.14 rule 8
  private static final double SILENT = 1.0 / 3;

  /// One audited leaf in so many is given to the second auditor.
  private static final double GIVEN_ONE_IN = 10;

  private static final int SEATS = value(EconomyParameter.AUDIT_SEATS);

  /// What a report sets aside, and loses when it is found false.
  private static final int PENALTY = value(EconomyParameter.SEAT_PENALTY);

  private static final Amount PART = Amount.aitbc(1);

  private static int value(EconomyParameter parameter) {
    return Math.toIntExact(parameter.standard().low());
  }

  /// How likely a seat is found that guesses this many of its leaves.
  private static double found(int guessed) {
    return guessed / GIVEN_ONE_IN * (1 - SILENT);
  }

  private static double expected(double found, double penalty) {
    return (1 - found) - found * penalty;
  }

  /// What it loses that has another name of its own challenge it in time, and say nothing more.
  private static double lostToAFriend() {
    // Of a fee all seats and the second auditor have AUDITORS_SHARE, the worker WORKER_SHARE.
    Amount reward =
        new Amount(
            PART.times((long) (SEATS + 1) * value(EconomyParameter.WORKER_SHARE))
                .wei()
                .dividedBy(UInt256.of(value(EconomyParameter.AUDITORS_SHARE))));
    Amount ofLeaf = new Amount(reward.wei().dividedBy(UInt256.of(100)));
    Amount deposit = DisputeCall.reportDeposit(ofLeaf, PART.times(PENALTY));
    long milli = deposit.times(1_000).wei().dividedBy(PART.wei()).low();
    return milli / 1_000.0 / 2; // Half is burned.
  }

  @Test
  void aSeatThatGuessesAllOfItsLeavesLosesMoney() {
    assertEquals(-4.13, expected(found(AuditorService.LEAVES), PENALTY), 0.01);
    assertEquals(-0.47, expected(found(AuditorService.TRAINING_LEAVES), PENALTY), 0.01);
  }

  @Test // Protocol §17.14 rule 8
  void whoTakesTheOneChallengeItselfIsNoBetterOff() {
    assertEquals(10.88, lostToAFriend(), 0.01);
    assertTrue(lostToAFriend() >= PENALTY);
  }

  @Test // Whatever part of its leaves it guesses: the work that it saves is worth less.
  void noGuessPays() {
    for (int leaves : new int[] {AuditorService.LEAVES, AuditorService.TRAINING_LEAVES}) {
      for (int guessed = 1; guessed <= leaves; guessed++) {
        // An auditor works for less than its part.
        double saved = (double) guessed / leaves;
        double cheapest = Math.min(PENALTY, lostToAFriend());
        double lost = 1 - expected(found(guessed), cheapest);
        assertTrue(lost > saved, "%d of %d leaves".formatted(guessed, leaves));
      }
    }
  }

  @Test // Its leaves are compared by every seat that it was given one of.
  void aSecondAuditorThatGuessesLosesMoney() {
    for (int leaves : new int[] {AuditorService.LEAVES, AuditorService.TRAINING_LEAVES}) {
      double unseen = Math.pow(1 - found(leaves), SEATS);
      assertTrue(expected(1 - unseen, Math.min(PENALTY, lostToAFriend())) < 0, leaves + " leaves");
    }
  }
}

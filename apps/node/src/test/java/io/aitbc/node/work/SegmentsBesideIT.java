// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.compute.Engine;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What auditors do about other claims while a segment of a training is run again.
class SegmentsBesideIT extends WorkNetwork { // Protocol §17.6, §17.14
  private static final ClaimId TRAINING = new ClaimId(2, 0);
  private static final int SEGMENTS = 12;
  private static final int STEPS = 5;

  /// The threads on which auditors run segments again: they come to nothing until it is told.
  private final ArrayDeque<Runnable> held = new ArrayDeque<>();

  @Override
  SegmentRuns segmentRuns() {
    return new SegmentRuns(held::add, held::add);
  }

  /// Open until the end of the epoch, when secrets are shown.
  @Override
  int windowBlocks() {
    return 200;
  }

  private static final class Referee implements Engines {
    @Override
    public Engine open(Model model) {
      return new RefereeEngine(model, Kernel.plain(), Workers.NONE);
    }

    @Override
    public Trainer trainer(Model model, Bytes data) {
      return Trainer.referee(model, data);
    }
  }

  private List<WorkEvent.Reported> reports(ClaimId claim) {
    return events(EconomyContract.WORK_LEDGER).stream()
        .filter(WorkEvent.Reported.class::isInstance)
        .map(WorkEvent.Reported.class::cast)
        .filter(each -> each.claim().equals(claim))
        .toList();
  }

  private boolean areClosed(ClaimId claim) {
    return accounts.getFirst().read(WorkRead.audit(claim)).orElseThrow().closedAt() != 0;
  }

  @Test
  void anAuditorDefendsItsReportOfAnotherClaimMeanwhile() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(new Referee());
    upload(worker);
    submitBeside(
        TrainingJob.prepare().model(),
        TrainingJob.items(),
        task -> TrainingJob.request(task, SEGMENTS, STEPS));
    give(worker);
    for (int block = 0; block < 200 && !areClosed(CLAIM); block++) {
      round(worker, auditors);
    }
    assertTrue(areClosed(CLAIM));
    assertFalse(held.isEmpty(), "segments are run again");
    WorkEvent.Reported report = reports(CLAIM).getFirst();
    Amount stake = accounts.getFirst().read(WorkRead.claim(CLAIM)).orElseThrow().stake();
    Amount deposit = accounts.getFirst().read(WorkRead.deposit(CLAIM)).orElseThrow();
    assertTrue(
        accounts
            .getFirst()
            .send(
                DisputeCall.challengeReport(
                    CLAIM,
                    report.seat(),
                    0,
                    report.hashes(),
                    DisputeCall.reportDeposit(deposit.times(2), stake))));
    round(worker, auditors);
    long dispute = accounts.getFirst().read(WorkRead.disputeCount()).orElseThrow();
    assertEquals(1, dispute);
    for (int block = 0; block < 100 && stage(dispute) != WorkDispute.Stage.OVER; block++) {
      round(worker, auditors);
    }
    assertEquals(WorkDispute.Stage.OVER, stage(dispute));
    assertEquals(
        List.of(),
        events(EconomyContract.WORK_LEDGER).stream()
            .filter(WorkEvent.FalseReport.class::isInstance)
            .toList());
    assertTrue(
        events(EconomyContract.DISPUTES).stream().anyMatch(WorkEvent.Answered.class::isInstance),
        "it laid the trace open");
    assertFalse(held.isEmpty(), "all of it while segments were run");
    assertEquals(List.of(), reports(TRAINING));
    for (int block = 0; block < 100 && reports(TRAINING).size() < 10; block++) {
      while (!held.isEmpty()) {
        held.remove().run();
      }
      round(worker, auditors);
    }
    assertEquals(10, reports(TRAINING).size(), "once they have come to their end");
  }

  private WorkDispute.Stage stage(long dispute) {
    return accounts.getFirst().read(WorkRead.dispute(dispute)).orElseThrow().stage();
  }
}

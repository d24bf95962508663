// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.client.DatedEvent;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvaluation;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobReadsTest { // Protocol §17.12, §17.13
  private static final ClaimId FIRST = new ClaimId(1, 0);
  private static final ClaimId SECOND = new ClaimId(2, 0);
  private static final WorkJob.ClaimSize SIZE = new WorkJob.ClaimSize(3, Amount.aitbc(1));

  private final JobReads reads = new JobReads();

  private void keep(long height) {
    reads.keep(WorkRead.size(FIRST), Optional.of(SIZE), height);
    reads.keep(WorkRead.size(SECOND), Optional.of(SIZE), height);
  }

  private boolean knows(ClaimId claim, long height) {
    return reads.known(WorkRead.size(claim), height).isPresent();
  }

  private void hear(WorkEvent event, long height) {
    reads.heard(List.of(new DatedEvent(height, 0, event)), height);
  }

  @Test
  void anAnswerIsKeptUntilAnEventOfItsJob() {
    keep(10);
    assertEquals(Optional.of(Optional.of(SIZE)), reads.known(WorkRead.size(FIRST), 10));
    hear(new WorkEvent.Accepted(FIRST, Address.ZERO, Amount.ZERO), 11);
    assertTrue(!knows(FIRST, 11));
    assertTrue(knows(SECOND, 11));
  }

  @Test
  void whatWasAskedAfterABlockIsAskedInOneGoAfterTheNext() {
    assertEquals(List.of(WorkRead.jobCount().input()), inputs(WorkRead.jobCount(), 10));
    reads.keep(WorkRead.jobCount(), Optional.of(1L), 10);
    assertEquals(1, reads.askedWith(WorkRead.size(FIRST), 10).size());
    reads.keep(WorkRead.size(FIRST), Optional.of(SIZE), 10);
    reads.keep(WorkRead.size(SECOND), Optional.of(SIZE), 10);
    reads.keep(WorkRead.audit(FIRST), Optional.empty(), 10);
    assertEquals(Optional.of(Optional.empty()), reads.known(WorkRead.audit(FIRST), 10));
    WorkJob.Request request =
        new WorkJob.Request(Hash.ZERO, Hash.ZERO, Hash.ZERO, 1, 60, 60, Amount.ZERO, Hash.ZERO);
    hear(new WorkEvent.Submitted(3, Address.ZERO, Amount.aitbc(1), request), 11);
    // What may have come without an event, what the event changed, and what a new job begins with.
    List<Bytes> together = inputs(WorkRead.activeSeconds(), 11);
    assertEquals(WorkRead.activeSeconds().input(), together.getFirst());
    assertEquals(
        Set.of(
            WorkRead.activeSeconds().input(),
            WorkRead.audit(FIRST).input(),
            WorkRead.jobCount().input(),
            WorkRead.job(3).input(),
            WorkRead.claim(new ClaimId(3, 0)).input()),
        Set.copyOf(together));
    assertEquals(1, reads.askedWith(WorkRead.activeSeconds(), 11).size(), "and once");
  }

  @Test
  void whatIsTooMuchForOneGoIsAskedInTheNextOnes() {
    int questions = JobReads.TOGETHER_MAX + 10;
    for (int job = 1; job <= questions; job++) {
      List<ContractRead<?>> _ = reads.askedWith(WorkRead.turn(new ClaimId(job, 0)), 10);
      reads.keep(WorkRead.turn(new ClaimId(job, 0)), Optional.of(1L), 10);
      assertTrue(reads.known(WorkRead.turn(new ClaimId(job, 0)), 10).isPresent());
    }
    int asked = 0;
    int goes = 0;
    for (int job = 1; job <= questions; job++) {
      if (reads.known(WorkRead.turn(new ClaimId(job, 0)), 11).isEmpty()) {
        List<ContractRead<?>> all = reads.askedWith(WorkRead.turn(new ClaimId(job, 0)), 11);
        assertTrue(all.size() <= JobReads.TOGETHER_MAX);
        all.forEach(each -> reads.keep(each, Optional.of(2L), 11));
        asked += all.size();
        goes++;
      }
    }
    assertEquals(questions, asked);
    assertEquals(2, goes);
  }

  private List<Bytes> inputs(ContractRead<?> read, long height) {
    return reads.askedWith(read, height).stream().map(ContractRead::input).toList();
  }

  @Test
  void aReportChangesTheAuditAndNotTheClaim() {
    WorkAudit audit = new WorkAudit(0, 0, 0, 0, 0, 0, 0);
    keep(10);
    for (WorkEvent event :
        List.of(new WorkEvent.Reported(FIRST, 3, List.of()), new WorkEvent.NotServed(FIRST, 3))) {
      reads.keep(WorkRead.audit(FIRST), Optional.of(audit), 10);
      hear(event, 11);
      assertTrue(reads.known(WorkRead.audit(FIRST), 11).isEmpty());
      assertTrue(knows(FIRST, 11));
    }
  }

  @Test
  void aScoreChangesTheEvaluationAndTheScoreOfItsEvaluatorAlone() {
    Address other = new Address(Bytes.fromHex("11".repeat(20)));
    WorkEvaluation evaluation = new WorkEvaluation(1, 2, 3, 4, 5, 7, 0, 0, true, false);
    WorkEvaluation.Score score = new WorkEvaluation.Score(Hash.ZERO, false, 0, 0);
    reads.keep(WorkRead.evaluation(FIRST), Optional.of(evaluation), 10);
    reads.keep(WorkRead.score(FIRST, Address.ZERO), Optional.of(score), 10);
    reads.keep(WorkRead.score(FIRST, other), Optional.of(score), 10);
    hear(new WorkEvent.ScoreCommitted(FIRST, other, Hash.ZERO), 11);
    assertTrue(reads.known(WorkRead.evaluation(FIRST), 11).isEmpty());
    assertTrue(reads.known(WorkRead.score(FIRST, other), 11).isEmpty());
    assertTrue(reads.known(WorkRead.score(FIRST, Address.ZERO), 11).isPresent());
  }

  @Test
  void aCommitteeThatIsStoredIsTheOneThatWasKnown() {
    reads.keep(WorkRead.committee(FIRST), Optional.of(List.of(Address.ZERO)), 10);
    hear(new WorkEvent.CommitteeDrawn(FIRST, List.of(0L)), 11);
    assertTrue(reads.known(WorkRead.committee(FIRST), 11).isPresent());
    hear(new WorkEvent.EvaluationBegun(FIRST, 7, 20, 30), 12);
    assertTrue(reads.known(WorkRead.committee(FIRST), 12).isEmpty());
  }

  @Test
  void countsAreKeptUntilThereIsOneMore() {
    reads.keep(WorkRead.jobCount(), Optional.of(1L), 10);
    reads.keep(WorkRead.disputeCount(), Optional.of(0L), 10);
    hear(new WorkEvent.Committed(FIRST, Hash.ZERO), 11);
    assertTrue(reads.known(WorkRead.jobCount(), 11).isPresent());
    hear(new WorkEvent.Opened(1, FIRST, 3, false, 0), 12);
    assertTrue(reads.known(WorkRead.disputeCount(), 12).isEmpty());
    assertTrue(reads.known(WorkRead.jobCount(), 12).isPresent());
    reads.keep(WorkRead.objectionCount(), Optional.of(0L), 12);
    hear(new WorkEvent.Committed(FIRST, Hash.ZERO), 13);
    assertTrue(reads.known(WorkRead.objectionCount(), 13).isPresent());
    hear(new WorkEvent.Objected(1, FIRST, 3, Address.ZERO), 14);
    assertTrue(reads.known(WorkRead.objectionCount(), 14).isEmpty());
  }

  @Test
  void timeIsKeptForItsBlock() {
    reads.keep(WorkRead.activeSeconds(), Optional.of(7L), 10);
    assertTrue(reads.known(WorkRead.activeSeconds(), 10).isPresent());
    assertTrue(reads.known(WorkRead.activeSeconds(), 11).isEmpty());
  }

  @Test
  void theEndOfADisputeThatBeganUnheardChangesNobodyKnowsWhich() {
    keep(10);
    hear(new WorkEvent.Ended(7, false), 11);
    assertTrue(reads.isEmpty());
  }

  @Test
  void theEndOfADisputeChangesTheJobThatItBeganAbout() {
    hear(new WorkEvent.Opened(7, FIRST, 5, true, 0), 10);
    keep(10);
    hear(new WorkEvent.Ended(7, false), 11);
    assertTrue(!knows(FIRST, 11));
    assertTrue(knows(SECOND, 11));
  }

  private static WorkDispute dispute() {
    return new WorkDispute(
        FIRST,
        5,
        Address.ZERO,
        Address.ZERO,
        WorkDispute.Stage.WAITING,
        true,
        true,
        0,
        0,
        Amount.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        0,
        0,
        false,
        Hash.ZERO,
        Hash.ZERO,
        Optional.empty());
  }

  @Test
  void aDisputeIsKeptUntilAnEventOfIt() {
    hear(new WorkEvent.Opened(7, FIRST, 5, true, 0), 10);
    hear(new WorkEvent.Opened(8, FIRST, 6, true, 0), 10);
    WorkDispute waiting = dispute();
    reads.keep(WorkRead.dispute(7), Optional.of(waiting), 10);
    reads.keep(WorkRead.dispute(8), Optional.of(waiting), 10);
    hear(new WorkEvent.Committed(FIRST, Hash.ZERO), 11);
    assertEquals(Optional.of(Optional.of(waiting)), reads.known(WorkRead.dispute(7), 11));
    hear(new WorkEvent.Begun(7), 12);
    assertTrue(reads.known(WorkRead.dispute(7), 12).isEmpty());
    assertTrue(reads.known(WorkRead.dispute(8), 12).isPresent());
    assertTrue(
        inputs(WorkRead.activeSeconds(), 12).contains(WorkRead.dispute(7).input()),
        "it is asked with the next question");
    reads.keep(WorkRead.dispute(7), Optional.of(waiting), 12);
    hear(new WorkEvent.Ended(99, false), 13); // Nobody knows of which job.
    assertTrue(reads.known(WorkRead.dispute(8), 13).isEmpty());
  }

  @Test
  void moneyThatIsCreditedChangesNoJob() {
    keep(10);
    hear(new WorkEvent.Credited(Address.ZERO, Amount.aitbc(1)), 11);
    assertTrue(knows(FIRST, 11));
  }

  @Test
  void anAnswerGrowsOldWithoutEvents() {
    keep(10);
    assertTrue(knows(FIRST, 10 + JobReads.BLOCKS_MAX - 1));
    assertTrue(!knows(FIRST, 10 + JobReads.BLOCKS_MAX));
    reads.heard(List.of(), 10 + JobReads.BLOCKS_MAX);
    assertTrue(reads.isEmpty());
  }

  @Test
  void whatTimeAloneChangesAndWhatIsNotThereIsNotKept() {
    reads.keep(WorkRead.turn(FIRST), Optional.of(1L), 10);
    reads.keep(WorkRead.claim(FIRST), Optional.empty(), 10);
    reads.keep(WorkRead.workers(FIRST), Optional.of(List.of()), 10);
    assertTrue(reads.isEmpty());
  }

  @Test
  void aJobHasAnotherVersionOnceItMayHaveChanged() {
    keep(10);
    long first = reads.version(1);
    long second = reads.version(2);
    hear(new WorkEvent.Accepted(FIRST, Address.ZERO, Amount.ZERO), 11);
    assertNotEquals(first, reads.version(1));
    assertEquals(second, reads.version(2));
    first = reads.version(1);
    reads.heard(List.of(), 12);
    assertEquals(first, reads.version(1), "a block without events");
    reads.heard(List.of(), 10 + JobReads.BLOCKS_MAX);
    assertEquals(first, reads.version(1), "nothing was known of it");
    assertNotEquals(second, reads.version(2), "it is asked about anew");
    reads.clear();
    assertNotEquals(first, reads.version(1));
    second = reads.version(2);
    hear(new WorkEvent.Voided(SECOND, Address.ZERO), 300);
    assertNotEquals(second, reads.version(2), "it is over");
  }
}

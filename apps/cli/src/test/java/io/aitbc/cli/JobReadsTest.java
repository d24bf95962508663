// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.client.DatedEvent;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.List;
import java.util.Optional;
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
    hear(new WorkEvent.Revealed(FIRST, Hash.ZERO), 11);
    assertTrue(!knows(FIRST, 11));
    assertTrue(knows(SECOND, 11));
  }

  @Test
  void theEndOfADisputeChangesNobodyKnowsWhich() {
    keep(10);
    hear(new WorkEvent.Ended(7, false), 11);
    assertTrue(reads.isEmpty());
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
    reads.keep(WorkRead.jobCount(), Optional.of(1L), 10);
    reads.keep(WorkRead.claim(FIRST), Optional.empty(), 10);
    assertTrue(reads.isEmpty());
  }
}

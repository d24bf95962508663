// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.compute.Engine;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.referee.Model;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A worker whose store takes the files of jobs, and not all that it would have to keep.
class FullStoreIT extends SmallStoreNetwork { // Protocol §17.9, §17.13
  private static final int STEPS = 2;

  /// Blobs that the store takes, all of them short: those of two jobs, and some states.
  private static final int BLOBS = 30;

  private static final Engines TRAINING =
      new Engines() {
        @Override
        public Engine open(Model model) {
          throw new AssertionError("a job that trains is no inference");
        }
      };

  @Override
  int workersBlobs() {
    return BLOBS;
  }

  private void submit(int segments) throws Exception {
    submit(
        List.of(),
        TrainingJob.prepare().model(),
        TrainingJob.items(),
        task -> TrainingJob.request(task, segments, STEPS));
  }

  @Test
  void aTrainingWithMoreStatesThanItHasRoomForIsPassedOn() throws Exception {
    submit(BLOBS);
    WorkerService worker = worker(TRAINING);
    upload(worker);
    for (int block = 0; block < 10; block++) {
      round(worker, List.of());
    }
    assertEquals(Optional.empty(), accounts.getFirst().read(WorkRead.claim(CLAIM)));
    assertEquals(
        Optional.of(WorkJob.Place.OPEN),
        accounts.getFirst().read(WorkRead.assignment(CLAIM)).map(WorkJob.Assignment::place));
  }

  @Test
  void twoThatFitEachForItselfAreNotTakenBoth() throws Exception {
    submit(BLOBS / 2);
    WorkerService worker = worker(TRAINING, new EngineRuns(_ -> {})); // It comes to nothing.
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.ACCEPTED, worker, List.of());
    submitAgain();
    for (int block = 0; block < 10; block++) {
      round(worker, List.of());
    }
    assertTrue(accounts.getFirst().read(WorkRead.claim(new ClaimId(2, 0))).isEmpty());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobId;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.referee.Kernel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The chain halts for longer than files are leased.
class HaltIT extends WorkNetwork { // Protocol §17.9 rule 5, §17.12
  private Instant now = Instant.now();

  @Override
  InstantSource storeClock() {
    return () -> now;
  }

  @Test
  void aWorkerHasTheFilesOfItsClaimsWhenTheChainGoesOn() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE));
    assertFalse(worker.keepsAll(), "it has not looked yet");
    upload(worker);
    assertTrue(worker.keepsAll());
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    boolean _ = worker.step();
    WorkJob job = accounts.getFirst().read(WorkRead.job(CLAIM.job())).orElseThrow();
    BlobId outputs = results.get(CLAIM).orElseThrow();
    for (int day = 0; day < 2 * JobFiles.LEASE.toDays(); day++) {
      now = now.plus(Duration.ofDays(1));
      assertFalse(worker.step(), "no block");
      worker.keep();
      var _ = blobs.collect();
    }
    assertTrue(blobs.has(outputs));
    for (BlobId file : workersFiles.ids(job)) {
      assertTrue(blobs.has(file), file.toString());
    }
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
  }
}

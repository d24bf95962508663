// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.referee.Kernel;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A worker whose store a client fills when the claim is revealed: what is in it is read and
/// answered with as before.
class FilledStoreIT extends SmallStoreNetwork { // Protocol §17.8, §17.9
  private static final int BLOBS = 100;

  @Override
  int workersBlobs() {
    return BLOBS;
  }

  /// Puts what it likes into the worker's store, as the client of an open claim may.
  ///
  /// @return blobs that were taken
  private int fill(BlobClient client) throws Exception {
    for (int i = 0; i < BLOBS; i++) {
      try {
        upload(client, ByteBuffer.allocate(Integer.BYTES).putInt(i).array());
      } catch (BlobRefusedException full) {
        return i;
      }
    }
    throw new AssertionError("the store takes everything");
  }

  @Test
  void whatIsRevealedIsServedAndDemandsAreAnswered() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE));
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    try (BlobClient client = store(signers.getFirst())) {
      assertTrue(fill(client) > 0);
      TestWorkChain chain = accounts.getFirst();
      Amount deposit = chain.read(WorkRead.deposit(CLAIM)).orElseThrow().times(2);
      assertTrue(chain.send(DisputeCall.demand(CLAIM, 0, deposit)));
      WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
      assertEquals(WorkDispute.Stage.OVER, chain.read(WorkRead.dispute(1)).orElseThrow().stage());
      BlobId outputs = results.get(CLAIM).orElseThrow();
      assertEquals(1, outputs.chunks());
      assertArrayEquals(
          workersFiles.read(outputs).orElseThrow(),
          client.chunk(outputs, client.hashes(outputs), 0),
          "its client reads");
    }
    assertTrue(
        events(EconomyContract.DISPUTES).stream().anyMatch(WorkEvent.Served.class::isInstance));
    assertTrue(
        events(EconomyContract.WORK_LEDGER).stream()
            .noneMatch(WorkEvent.NotServed.class::isInstance));
  }
}

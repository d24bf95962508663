// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Kernel;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A job from submission to its end, by a worker and two auditors that see the chain alone and each
/// other over HTTP; the chain's blocks are really executed, in virtual time.
class WorkLifeIT extends WorkNetwork { // Protocol §17.9, §17.12, §17.13, §17.14
  @Test
  void aJobIsTakenCommittedRevealedAuditedAndSettled() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    Engines engines = model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE);
    WorkerService first = worker(engines);
    upload(first);
    // The worker starts again once it has committed: it reveals all the same.
    WorkClaim _ = until(WorkClaim.State.COMMITTED, first, auditors);
    WorkerService again =
        worker(_ -> {
          throw new AssertionError("the outputs are on the disk");
        });
    WorkClaim settled = until(WorkClaim.State.SETTLED, again, auditors);
    assertEquals(signers.get(1).address(), settled.worker());
    assertEquals(
        11,
        events(EconomyContract.WORK_LEDGER).stream()
            .filter(WorkEvent.Reported.class::isInstance)
            .count(),
        "every seat reports, and the second auditor");
    assertEquals(0, accounts.getFirst().read(WorkRead.disputeCount()).orElseThrow());
    assertEquals(
        Optional.of(Amount.aitbc(48)),
        accounts.getFirst().read(WorkRead.credit(signers.get(1).address())));
    Amount paid = Amount.ZERO;
    for (int i = 2; i < 4; i++) {
      paid =
          paid.plus(
              accounts.getFirst().read(WorkRead.credit(signers.get(i).address())).orElseThrow());
    }
    assertEquals(
        new Amount(Amount.aitbc(3).wei().dividedBy(UInt256.of(11))).times(11),
        paid,
        "for all ten seats, whose secrets were shown, and the second auditor");
    assertTrue(again.step());
    onlyTheClientReadsTheOutputs();
  }

  /// Also when the worker has started again since.
  private void onlyTheClientReadsTheOutputs() throws Exception {
    Results after = new Results(folder.resolve("worker/results"));
    BlobId outputs = BlobId.parse(text(after, Results.page(CLAIM)).orElseThrow()).orElseThrow();
    try (BlobClient client = store(signers.getFirst());
        BlobClient auditor = store(signers.get(2));
        BlobClient nobody =
            new BlobClient(URI.create(served.firstEntry().getValue()), "", Reach.ANY)) {
      assertTrue(client.has(outputs));
      assertFalse(auditor.has(outputs), "the claim is over");
      assertFalse(nobody.has(outputs));
    }
    assertTrue(after.isReader(outputs, signers.getFirst().address()));
    assertFalse(after.isReader(outputs, signers.get(2).address()));
    after.sweep(_ -> false);
    assertEquals(Optional.empty(), text(after, Results.page(CLAIM)), "its blob is gone");
  }

  @Test // A sixth of the items is false.
  void aWorkerThatFalsifiesIsConvicted() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(AlteredEngine::falsifying);
    upload(worker);
    WorkClaim fraud = until(WorkClaim.State.FRAUD, worker, auditors);
    assertEquals(signers.get(1).address(), fraud.worker());
    WorkEvent.Fraud proven = told(EconomyContract.WORK_LEDGER, WorkEvent.Fraud.class).getFirst();
    assertTrue(
        signers.subList(2, 4).stream().anyMatch(it -> it.address().equals(proven.challenger())));
    assertConvicted();
  }
}

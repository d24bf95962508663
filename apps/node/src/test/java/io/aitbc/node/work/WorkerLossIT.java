// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobOwner;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.Operator;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What a worker lives through: files that are lost, an engine that breaks, a disk that is full,
/// and a model that needs more memory than there is.
class WorkerLossIT extends WorkNetwork { // Protocol §17.13, §17.14
  private static final Engines REFEREE =
      model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE);

  @Test // Names of files that were written last may be gone after a power cut.
  void outputsThatAreLostAfterTheCommitmentAreComputedAgain() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(REFEREE);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.COMMITTED, worker, auditors);
    results = lost();
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker(REFEREE), auditors);
    results = lost();
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker(REFEREE), auditors);
  }

  /// The worker's results, without those of the claim.
  private Results lost() throws IOException {
    Path folder = this.folder.resolve("worker/results");
    Files.delete(folder.resolve(CLAIM.job() + "-" + CLAIM.claim()));
    return new Results(folder);
  }

  @Test
  void anEngineThatBreaksIsAskedAgainAndEndsNothing() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker =
        worker(model -> {
          if (opened.incrementAndGet() == 1) {
            throw new OutOfMemoryError("as of a large trace");
          }
          return REFEREE.open(model);
        });
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
    assertEquals(2, opened.get());
  }

  @Test
  void aFullDiskKeepsNoDisputeFromBeingAnswered() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(REFEREE);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    takeNoLeases();
    TestWorkChain client = accounts.getFirst();
    Amount deposit = client.read(WorkRead.deposit(CLAIM)).orElseThrow().times(2);
    assertTrue(client.send(DisputeCall.demand(CLAIM, 0, deposit)));
    chain.grow();
    WorkerService again = worker(REFEREE);
    IOException _ = assertThrows(IOException.class, again::step);
    chain.grow();
    assertEquals(WorkDispute.Stage.OVER, client.read(WorkRead.dispute(1)).orElseThrow().stage());
  }

  /// Nothing more of what the worker leases can be written.
  private void takeNoLeases() throws IOException {
    Path leases = folder.resolve("worker/blobs/leases").resolve(BlobOwner.HOLDER.name());
    try (Stream<Path> files = Files.list(leases)) {
      for (Path each : files.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(leases);
    Path _ = Files.createFile(leases);
  }

  @Test // Protocol §17.13
  void aClaimWhoseExecutionNeedsMoreMemoryThanThereIsIsPassedOn() throws Exception {
    Model model = large();
    assertFalse(ExecutionMemory.suffices(model));
    List<Bytes> inputs = List.of(Bytes.wrap(new byte[1 << 20]));
    submit(List.of(), model, inputs, task -> InferenceJob.request(model, inputs, task));
    WorkerService worker = worker(REFEREE);
    upload(worker);
    for (int block = 0; block < 3; block++) {
      boolean _ = worker.step();
      chain.grow();
    }
    assertTrue(
        events(EconomyContract.JOB_MARKET).stream().anyMatch(WorkEvent.Declined.class::isInstance));
    assertTrue(accounts.getFirst().read(WorkRead.claim(CLAIM)).isEmpty(), "nobody has it");
  }

  /// 2^20 numbers, doubled until their trace takes a quarter of the memory.
  private static Model large() throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.convert(plan.input(ElementType.INT8, 1_024, 1_024), ElementType.FLOAT32);
    long entries = Runtime.getRuntime().maxMemory() / 4 / (4 << 20) + 1;
    for (long entry = 0; entry < entries; entry++) {
      x = plan.binary(Operator.ADD, x, x);
    }
    return plan.inference(plan.reduce(Operator.ROW_SUM, x));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BlobRefusedException;
import io.aitbc.blobs.Reach;
import io.aitbc.compute.Engine;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.ItemFile;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.compute.TaskFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What hostile clients and slow engines cannot do to a worker, and what public jobs are. Protocol
/// §17.8, §17.9, §17.13, §17.14.
class WorkFaultsIT extends WorkNetwork {
  private static final Engines REFEREE =
      model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE);

  private List<Bytes> inputs = List.of();

  /// Rows of 1,024 numbers into a sum each.
  private static Model model(int rows) throws Exception {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, rows, 1_024);
    byte[] weights = new byte[1_024];
    Arrays.fill(weights, (byte) 3);
    Tensor w = plan.constant(Elements.of(weights), 1, 1_024);
    return plan.inference(
        plan.sumProducts(x, w, 1, List.of(plan.constant(Elements.of(new int[1]), 1, 1))));
  }

  private static Bytes input(int length, int seed) {
    byte[] input = new byte[length];
    for (int at = 0; at < length; at++) {
      input[at] = (byte) (at * 7 + seed);
    }
    return Bytes.wrap(input);
  }

  private WorkJob.Request request(Model model, Hash task, Hash readers) {
    return new WorkJob.Request(
        model.id(),
        ItemFile.inputTree(model, inputs).root(),
        task,
        inputs.size(),
        60,
        60,
        Amount.ZERO,
        readers);
  }

  private TaskFile task(Model model) {
    return new TaskFile(BlobHasher.id(model.encoded()), BlobHasher.id(ItemFile.encoded(inputs)));
  }

  private void put(BlobClient to, byte[] content) throws Exception {
    Path file = Files.write(folder.resolve("sent"), content);
    to.upload(BlobHasher.id(content), file, Duration.ofHours(1));
  }

  @Test // 40 KiB that fit, and 2 MB that do not.
  void aWorkerAnswersDemandsOfInputsOfAnyLength() throws Exception {
    Model model = model(40);
    inputs = List.of(input(40 * 1_024, 1), input(2_000_000, 2), input(40 * 1_024, 3));
    List<AuditorService> auditors = auditors();
    submit(auditors, model, inputs, task -> request(model, task, WorkJob.PARTIES));
    WorkerService worker = worker(REFEREE);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    Amount deposit = accounts.getFirst().read(WorkRead.deposit(CLAIM)).orElseThrow().times(2);
    TestWorkChain client = accounts.getFirst();
    assertTrue(client.send(DisputeCall.demand(CLAIM, 0, deposit)));
    assertTrue(client.send(DisputeCall.demandPart(CLAIM, 2, 39, deposit)));
    assertTrue(client.send(DisputeCall.demand(CLAIM, 1, deposit)));
    assertTrue(client.send(DisputeCall.challenge(CLAIM, 1, deposit)));
    chain.grow();
    for (int block = 0; block < 4; block++) {
      boolean _ = worker.step();
      chain.grow();
    }
    for (long dispute = 1; dispute <= 4; dispute++) {
      assertEquals(
          WorkDispute.Stage.OVER, client.read(WorkRead.dispute(dispute)).orElseThrow().stage());
    }
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
    assertEquals(
        0,
        client
            .read(WorkRead.service(ServiceRole.WORKER, signers.get(1).address()))
            .orElseThrow()
            .convictions());
  }

  @Test
  void whoKnowsTheTaskOfAJobAloneGetsNothingOfIt() throws Exception {
    Model model = model(2);
    inputs = List.of(input(2_048, 1));
    List<AuditorService> auditors = auditors();
    submit(auditors, model, inputs, task -> request(model, task, WorkJob.PARTIES));
    WorkerService worker = worker(REFEREE);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
    // The other client orders a job with the first one's task, as a public one.
    TestWorkChain other = accounts.get(3);
    assertTrue(
        other.send(WorkCall.submit(request(model, task(model).hash(), WorkJob.EVERYBODY), FEE)));
    chain.grow();
    chain.grow();
    ClaimId second = new ClaimId(2, 0);
    for (int block = 0; block < 3; block++) {
      boolean _ = worker.step();
      chain.grow();
    }
    assertTrue(accounts.getFirst().read(WorkRead.claim(second)).isEmpty(), "not accepted");
    BlobId file = task(model).inputs();
    try (BlobClient thief = store(signers.get(3));
        BlobClient nobody =
            new BlobClient(URI.create(served.firstEntry().getValue()), "", Reach.ANY)) {
      assertThrows(BlobRefusedException.class, () -> thief.lease(file, Duration.ofHours(1)));
      assertFalse(thief.has(file));
      assertFalse(nobody.has(file));
    }
  }

  @Test // Protocol §17.12
  void everybodyReadsAPublicJob() throws Exception {
    Model model = model(2);
    inputs = List.of(input(2_048, 1));
    List<AuditorService> auditors = auditors();
    submit(auditors, model, inputs, task -> request(model, task, WorkJob.EVERYBODY));
    WorkerService worker = worker(REFEREE);
    upload(worker);
    BlobId file = task(model).inputs();
    try (BlobClient nobody =
        new BlobClient(URI.create(served.firstEntry().getValue()), "", Reach.ANY)) {
      assertFalse(nobody.has(file), "it is not accepted");
      WorkClaim _ = until(WorkClaim.State.COMMITTED, worker, auditors);
      boolean _ = worker.step();
      assertTrue(nobody.has(file));
      BlobId outputs = results.get(CLAIM).orElseThrow();
      assertFalse(nobody.has(outputs), "they are not revealed");
      WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
      boolean _ = worker.step();
      assertTrue(nobody.has(outputs));
      assertFalse(nobody.has(file), "the job is over");
      assertTrue(new Results(folder.resolve("worker/results")).isPublic(outputs));
    }
  }

  @Test
  void aClientThatTakesItsLeaseBackHarmsNobody() throws Exception {
    Model model = model(2);
    inputs = List.of(input(2_048, 1));
    List<AuditorService> auditors = auditors();
    submit(auditors, model, inputs, task -> request(model, task, WorkJob.PARTIES));
    WorkerService worker = worker(REFEREE);
    upload(worker);
    boolean _ = worker.step();
    chain.grow();
    boolean _ = worker.step();
    blobs.release(task(model).inputs(), clientsAccount());
    var _ = blobs.collect();
    workersFiles = new JobFiles(blobs); // Nothing in memory.
    WorkerService again = worker(REFEREE);
    WorkClaim _ = until(WorkClaim.State.SETTLED, again, List.of());
  }

  @Test // Protocol §17.9 rule 3, §17.12 rule 4
  void aClientThatWithholdsItsInputsPaysForThatAndNobodyElse() throws Exception {
    Model model = model(2);
    inputs = List.of(input(2_048, 1));
    submit(List.of(), model, inputs, task -> request(model, task, WorkJob.PARTIES));
    WorkerService worker = worker(REFEREE);
    boolean _ = worker.step();
    try (BlobClient client = store(signers.getFirst())) {
      put(client, task(model).encoded());
      put(client, model.encoded());
    }
    TestWorkChain stranger = accounts.getLast();
    boolean over = false;
    for (int block = 0; block < 100 && !over; block++) {
      round(worker, List.of());
      over = !stranger.send(WorkCall.drawAgain(CLAIM)) && stranger.send(WorkCall.giveUp(CLAIM));
    }
    chain.grow();
    assertTrue(over, "after three draws");
    assertTrue(stranger.read(WorkRead.claim(CLAIM)).isEmpty(), "nobody took it");
    assertEquals(
        Optional.of(FEE.minus(new Amount(FEE.wei().dividedBy(UInt256.of(100))))),
        stranger.read(WorkRead.credit(signers.getFirst().address())));
    ServiceAccount service =
        stranger.read(WorkRead.service(ServiceRole.WORKER, signers.get(1).address())).orElseThrow();
    assertEquals(Amount.aitbc(3_000), service.bond());
    assertEquals(Amount.ZERO, service.reserved());
  }

  /// Blocks in its second run until it is let go.
  private static final class Slow implements Engines {
    private final AtomicInteger opened = new AtomicInteger();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @Override
    public Engine open(Model model) {
      boolean slow = opened.incrementAndGet() == 2;
      RefereeEngine engine = new RefereeEngine(model, Kernel.plain(), Workers.NONE);
      return new Engine() {
        @Override
        public String name() {
          return "slow";
        }

        @Override
        public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
          if (slow) {
            blocked.countDown();
            try {
              go.await();
            } catch (InterruptedException ended) {
              Thread.currentThread().interrupt();
            }
          }
          return engine.run(items, timeMax);
        }

        @Override
        public void close() {
          engine.close();
        }
      };
    }
  }

  @Test
  void aRunThatTakesLongDelaysNoOtherClaim() throws Exception {
    Model model = model(2);
    inputs = List.of(input(2_048, 1));
    List<AuditorService> auditors = auditors();
    submit(auditors, model, inputs, task -> request(model, task, WorkJob.PARTIES));
    Slow engines = new Slow();
    WorkerService worker = worker(engines, new EngineRuns());
    upload(worker);
    untilOnItsThread(CLAIM, WorkClaim.State.COMMITTED, worker, auditors);
    // Another job, of which the engine does not come to an end.
    inputs = List.of(input(2_048, 9));
    TestWorkChain client = accounts.getFirst();
    assertTrue(
        client.send(WorkCall.submit(request(model, task(model).hash(), WorkJob.PARTIES), FEE)));
    chain.grow();
    chain.grow();
    boolean _ = worker.step();
    try (BlobClient to = store(signers.getFirst())) {
      for (byte[] file :
          List.of(model.encoded(), ItemFile.encoded(inputs), task(model).encoded())) {
        put(to, file);
      }
    }
    ClaimId second = new ClaimId(2, 0);
    untilOnItsThread(second, WorkClaim.State.ACCEPTED, worker, auditors);
    boolean _ = worker.step();
    engines.blocked.await();
    Amount deposit = client.read(WorkRead.deposit(CLAIM)).orElseThrow().times(2);
    if (client.read(WorkRead.claim(CLAIM)).orElseThrow().state() != WorkClaim.State.REVEALED) {
      untilOnItsThread(CLAIM, WorkClaim.State.REVEALED, worker, auditors);
    }
    assertTrue(client.send(DisputeCall.demand(CLAIM, 0, deposit)));
    chain.grow();
    boolean _ = worker.step();
    chain.grow();
    assertEquals(
        WorkDispute.Stage.OVER,
        client.read(WorkRead.dispute(1)).orElseThrow().stage(),
        "the demand is answered");
    assertEquals(
        WorkClaim.State.ACCEPTED, client.read(WorkRead.claim(second)).orElseThrow().state());
    engines.go.countDown();
    untilOnItsThread(second, WorkClaim.State.COMMITTED, worker, auditors);
  }

  /// Blocks until a claim is in a state; none passes while the engine computes, unless it is held.
  private void untilOnItsThread(
      ClaimId claim, WorkClaim.State state, WorkerService worker, List<AuditorService> auditors)
      throws Exception {
    for (int block = 0; block < 60; block++) {
      boolean _ = worker.step();
      while (worker.isComputing() && state == WorkClaim.State.COMMITTED) {
        Thread.sleep(1);
        boolean _ = worker.step();
      }
      for (AuditorService auditor : auditors) {
        boolean _ = auditor.step();
      }
      chain.grow();
      if (accounts
          .getFirst()
          .read(WorkRead.claim(claim))
          .filter(each -> each.state() == state)
          .isPresent()) {
        return;
      }
    }
    throw new AssertionError(claim + " is not " + state);
  }
}

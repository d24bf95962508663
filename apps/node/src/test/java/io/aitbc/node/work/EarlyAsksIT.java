// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobHasher;
import io.aitbc.blobs.BlobId;
import io.aitbc.blobs.BoundedHttp;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.referee.Kernel;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Who asks a worker before it has seen the draw that lets it in.
class EarlyAsksIT extends WorkNetwork { // Protocol §17.9 rule 5
  private static final Duration WAIT_MAX = Duration.ofMinutes(2);

  private final AtomicInteger reads = new AtomicInteger();

  @Override
  WorkChain workersChain() {
    return new ChainAround(super.workersChain()) {
      @Override
      public <T> Optional<T> read(ContractRead<T> read) throws IOException {
        int _ = reads.incrementAndGet();
        return super.read(read);
      }
    };
  }

  private WorkerService worker() throws Exception {
    return worker(model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE));
  }

  private WorkClaim claim() {
    return accounts.getFirst().read(WorkRead.claim(CLAIM)).orElseThrow();
  }

  /// The seats are drawn in the last block, which the worker has not looked at.
  private void drawn(WorkerService worker, List<AuditorService> auditors) throws Exception {
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    for (int block = 0; block < 100 && claim().places().isEmpty(); block++) {
      round(worker, auditors);
    }
    assertFalse(claim().places().isEmpty());
  }

  private long reports() {
    return events(EconomyContract.WORK_LEDGER).stream()
        .filter(WorkEvent.Reported.class::isInstance)
        .count();
  }

  @Test
  void anAuditorThatIsFasterThanTheWorkerReportsInTheSameBlock() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker();
    upload(worker);
    drawn(worker, auditors);
    assertEquals(0, early.get());
    FutureTask<Boolean> auditing = new FutureTask<>(() -> auditors.getFirst().step());
    Thread _ = Thread.ofVirtual().start(auditing);
    long end = System.nanoTime() + WAIT_MAX.toNanos();
    while (early.get() == 0 && !auditing.isDone()) {
      assertTrue(System.nanoTime() < end, "the auditor asks");
      Thread.sleep(5);
    }
    boolean _ = worker.step();
    assertTrue(auditing.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS));
    assertTrue(early.get() > 0, "it was told to come back");
    chain.grow();
    assertTrue(reports() > 0);
  }

  private HttpResponse<byte[]> ask(BoundedHttp http, String path, Optional<AccountSigner> account)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(served.firstEntry().getValue()).resolve(path));
    account.ifPresent(it -> {
      HttpRequest.Builder _ = request.header("Authorization", authorization(it));
    });
    return http.send(request.build(), 1 << 20, WAIT_MAX);
  }

  private void assertAnswers(BoundedHttp http, int expected, String path, AccountSigner account)
      throws IOException {
    HttpResponse<byte[]> answer = ask(http, path, Optional.of(account));
    assertEquals(expected, answer.statusCode(), path);
    assertEquals(expected == 503, answer.headers().firstValue("Retry-After").isPresent());
    assertEquals(404, ask(http, path, Optional.empty()).statusCode(), "unsigned");
  }

  @Test // Protocol §17.8 rule 3: nobody learns what is there.
  void aStrangerCostsNoLookAndLearnsNothing() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker();
    upload(worker);
    drawn(worker, auditors);
    AccountSigner stranger = signers.getLast();
    WorkJob job = accounts.getFirst().read(WorkRead.job(CLAIM.job())).orElseThrow();
    BlobId here = workersFiles.ids(job).getLast();
    assertTrue(blobs.has(here));
    BlobId nowhere = BlobHasher.id(new byte[] {1});
    int before = reads.get();
    try (BoundedHttp http = new BoundedHttp()) {
      assertAnswers(http, 503, "/blobs/" + here, stranger);
      assertAnswers(http, 503, "/blobs/" + nowhere + "/hashes", stranger);
      assertAnswers(http, 503, LeafPages.page(CLAIM, List.of(1L)), stranger);
      assertAnswers(http, 404, "/claims/2/0/outputs", stranger);
      assertEquals(before, reads.get());
      WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
      boolean _ = worker.step();
      assertAnswers(http, 404, "/blobs/" + here, stranger);
      assertAnswers(http, 404, LeafPages.page(CLAIM, List.of(1L)), stranger);
    }
  }
}

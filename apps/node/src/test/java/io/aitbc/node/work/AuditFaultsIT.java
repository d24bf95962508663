// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Workers that serve nothing, auditors that start again in a dispute, and one that guesses.
class AuditFaultsIT extends WorkNetwork { // Protocol §17.9, §17.13, §17.14
  /// Whether who asks about the first claim waits for long.
  private volatile boolean tellsNothingOfTheFirst;

  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  @Override
  Optional<byte[]> page(String path, String authorization) {
    if (tellsNothingOfTheFirst && path.startsWith("/claims/1/")) {
      int _ = asked.incrementAndGet();
      try {
        boolean _ = goOn.await(1, TimeUnit.MINUTES);
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }
    return super.page(path, authorization);
  }

  /// Some fifty leaves are laid open, eight at a time.
  @Override
  int windowBlocks() {
    return 80;
  }

  private WorkerService worker(boolean falsifies) throws Exception {
    return worker(
        falsifies
            ? AlteredEngine::falsifying
            : model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE));
  }

  private <T> T read(ContractRead<T> question) {
    return accounts.getFirst().read(question).orElseThrow();
  }

  private ServiceAccount auditorAt(int account) {
    return read(WorkRead.service(ServiceRole.AUDITOR, signers.get(account).address()));
  }

  @Test // Protocol §17.9 rule 4, §17.14 rule 2
  void aWorkerThatServesOnTheChainAloneIsAuditedAndPaid() throws Exception {
    servesNothing = true;
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(false);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
    int served = told(EconomyContract.DISPUTES, WorkEvent.Served.class).size();
    assertTrue(served > 7, "each leaf of each seat: " + served);
    List<Long> demanded = demanded();
    assertEquals(demanded.stream().distinct().toList(), demanded, "each once, by whomever");
    assertEquals(
        11,
        told(EconomyContract.WORK_LEDGER, WorkEvent.Reported.class).size(),
        "every seat reports, and the second auditor");
    for (int i = 2; i < 4; i++) {
      assertEquals(Amount.aitbc(100), auditorAt(i).bond());
      assertEquals(Amount.ZERO, auditorAt(i).reserved());
    }
  }

  @Test // Protocol §17.14: ten blocks in a second are no reason to pay for an answer on the chain.
  void inFastNobodyDemandsWhatAWorkerServesSomeSecondsLate() throws Exception {
    servesNothing = true;
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(false);
    upload(worker);
    chain.blockMillis(100);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    rounds(100, () -> !read(WorkRead.claim(CLAIM)).places().isEmpty(), worker, auditors);
    for (int block = 0; block < 25; block++) {
      round(worker, auditors);
    }
    assertEquals(List.of(), demanded());
    servesNothing = false;
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
    assertEquals(List.of(), demanded());
    assertEquals(11, told(EconomyContract.WORK_LEDGER, WorkEvent.Reported.class).size());
  }

  @Test // Protocol §17.14 rule 1
  void inFastWhatIsNotServedIsDemandedInTime() throws Exception {
    servesNothing = true;
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(false);
    upload(worker);
    chain.blockMillis(100);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    rounds(100, () -> !demanded().isEmpty(), worker, auditors);
    assertTrue(!demanded().isEmpty());
    rounds(
        200,
        () -> !told(EconomyContract.WORK_LEDGER, WorkEvent.ReportsClosed.class).isEmpty(),
        worker,
        auditors);
    assertTrue(
        told(EconomyContract.WORK_LEDGER, WorkEvent.Reported.class).size() >= 10,
        "of what was laid open in the window");
  }

  @Test // Protocol §17.14 rule 8: with the paths that the log has.
  void aReportOfWhatWasLaidOpenOnTheChainIsDefendedFromThere() throws Exception {
    servesNothing = true;
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(false);
    upload(worker);
    rounds(
        200,
        () -> !told(EconomyContract.WORK_LEDGER, WorkEvent.ReportsClosed.class).isEmpty(),
        worker,
        auditors);
    WorkEvent.Reported report =
        told(EconomyContract.WORK_LEDGER, WorkEvent.Reported.class).getFirst();
    Amount deposit =
        DisputeCall.reportDeposit(
            read(WorkRead.deposit(CLAIM)).times(2), read(WorkRead.claim(CLAIM)).stake());
    assertTrue(
        accounts
            .getFirst()
            .send(DisputeCall.challengeReport(CLAIM, report.seat(), 0, report.hashes(), deposit)));
    round(worker, auditors);
    long dispute = read(WorkRead.disputeCount());
    rounds(
        100,
        () -> read(WorkRead.dispute(dispute)).stage() == WorkDispute.Stage.OVER,
        worker,
        auditors);
    assertEquals(WorkDispute.Stage.OVER, read(WorkRead.dispute(dispute)).stage());
    assertEquals(List.of(), told(EconomyContract.WORK_LEDGER, WorkEvent.FalseReport.class));
    for (int i = 2; i < 4; i++) {
      assertEquals(Amount.aitbc(100), auditorAt(i).bond());
    }
  }

  private List<Long> demanded() {
    return told(EconomyContract.DISPUTES, WorkEvent.Opened.class).stream()
        .filter(WorkEvent.Opened::demand)
        .map(WorkEvent.Opened::leaf)
        .toList();
  }

  @Test // Protocol §17.14: what is laid open on the chain is judged like what is served.
  void aWorkerThatAnswersDemandsWithWrongOutputsIsConvicted() throws Exception {
    servesNothing = true;
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(true);
    upload(worker);
    WorkClaim fraud = until(WorkClaim.State.FRAUD, worker, auditors);
    assertEquals(signers.get(1).address(), fraud.worker());
    assertTrue(
        told(EconomyContract.DISPUTES, WorkEvent.Judged.class).stream()
            .anyMatch(it -> it.verdict() == 1),
        "by proof, not by a time that passed");
  }

  @Test // Protocol §17.9, §17.14 rule 2: a challenge of them could never be proven.
  @Tag("long")
  void outputsThatCouldNotBeLaidOpenCountAsNotServed() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker =
        worker(model -> new AlteredEngine(model, (_, right) -> Arrays.copyOf(right, 70_000)));
    upload(worker);
    WorkClaim fraud = until(WorkClaim.State.FRAUD, worker, auditors);
    assertEquals(signers.get(1).address(), fraud.worker());
    assertTrue(!demanded().isEmpty());
    assertEquals(List.of(), told(EconomyContract.DISPUTES, WorkEvent.Judged.class));
  }

  @Test // Protocol §17.14: a challenger goes on whatever stops beside it.
  void anAuditorThatStartsAgainGoesOnThoughTheWorkerServesNothingAnyMore() throws Exception {
    List<AuditorService> auditors = new ArrayList<>(auditors());
    submitInference(auditors);
    WorkerService worker = worker(true);
    upload(worker);
    boolean challenged = false;
    for (int block = 0; block < 150; block++) {
      boolean _ = worker.step();
      for (int i = 0; i < 2; i++) {
        if (challenged) { // In every stage.
          auditors.get(i).close();
          auditors.set(i, auditor(2 + i, accounts.get(2 + i)));
        }
        boolean _ = auditors.get(i).step();
      }
      chain.grow();
      if (!challenged && read(WorkRead.disputeCount()) > 0) {
        challenged = true;
        servesNothing = true;
        server.close();
      }
      Optional<WorkClaim> claim = accounts.getFirst().read(WorkRead.claim(CLAIM));
      if (claim.isPresent() && claim.get().state() == WorkClaim.State.FRAUD) {
        break;
      }
    }
    assertTrue(challenged);
    assertEquals(WorkClaim.State.FRAUD, read(WorkRead.claim(CLAIM)).state());
    assertEquals(WorkDispute.Stage.OVER, read(WorkRead.dispute(1)).stage());
    assertTrue(
        told(EconomyContract.DISPUTES, WorkEvent.Judged.class).stream()
            .anyMatch(it -> it.verdict() == 1));
  }

  @Test // Protocol §17.13: one of the two is found by the other, whoever is the second.
  void anAuditorThatGuessesIsFoundAndPays() throws Exception {
    List<AuditorService> auditors =
        List.of(auditor(2, accounts.get(2)), auditor(3, new GuessingChain(accounts.get(3))));
    chain.grow(); // In one of a hundred chains no leaf of four seats is given: another beacon.
    submitInference(auditors);
    WorkerService worker = worker(false);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
    List<WorkEvent.FalseReport> found = List.of();
    for (int block = 0; block < 100 && found.isEmpty(); block++) {
      for (AuditorService auditor : auditors) {
        boolean _ = auditor.step();
      }
      chain.grow();
      found = told(EconomyContract.WORK_LEDGER, WorkEvent.FalseReport.class);
    }
    Address guesser = signers.get(3).address();
    assertTrue(!found.isEmpty());
    assertTrue(found.stream().allMatch(it -> it.auditor().equals(guesser)), found.toString());
    assertTrue(auditorAt(3).bond().compareTo(Amount.aitbc(100)) < 0);
    assertEquals(Amount.aitbc(100), auditorAt(2).bond());
    assertEquals(Amount.aitbc(48), read(WorkRead.credit(signers.get(1).address())));
  }

  @Test // Protocol §17.13: what cannot be done about one claim holds up nothing of the others.
  void aChallengeThatCannotBeSentHoldsUpNoOther() throws Exception {
    List<AuditorService> auditors = new ArrayList<>();
    for (int i = 2; i < 4; i++) {
      auditors.add(auditor(i, new UnableChain(accounts.get(i))));
    }
    submitInference(auditors);
    submitAgain();
    WorkerService worker = worker(true);
    upload(worker);
    ClaimId second = new ClaimId(2, 0);
    int failures = 0;
    for (int block = 0; block < 150 && !isFraud(second); block++) {
      boolean _ = worker.step();
      for (AuditorService auditor : auditors) {
        try {
          boolean _ = auditor.step();
        } catch (IOException unable) {
          failures++;
        }
      }
      chain.grow();
    }
    assertTrue(isFraud(second));
    assertTrue(failures > 1, "of the first, and again: " + failures);
    assertEquals(WorkClaim.State.REVEALED, read(WorkRead.claim(CLAIM)).state());
  }

  @Test // Protocol §17.9, §17.13
  void aWorkerThatTellsNothingOfOneClaimForLongHoldsUpNoOther() throws Exception {
    List<AuditorService> checkers = auditors();
    submitInference(checkers);
    submitAgain();
    WorkerService worker = worker(false);
    upload(worker);
    tellsNothingOfTheFirst = true;
    ClaimId second = new ClaimId(2, 0);
    long from = System.nanoTime();
    try {
      rounds(250, () -> isSettled(second), worker, checkers);
    } finally {
      goOn.countDown();
    }
    assertTrue(isSettled(second));
    assertTrue(asked.get() > 0);
    long seconds = Duration.ofNanos(System.nanoTime() - from).toSeconds();
    assertTrue(seconds < 300, "five for each of two checkers, and what else there is: " + seconds);
  }

  private boolean isSettled(ClaimId claim) {
    return accounts
        .getFirst()
        .read(WorkRead.claim(claim))
        .filter(each -> each.state() == WorkClaim.State.SETTLED)
        .isPresent();
  }

  private boolean isFraud(ClaimId claim) {
    return accounts
        .getFirst()
        .read(WorkRead.claim(claim))
        .filter(each -> each.state() == WorkClaim.State.FRAUD)
        .isPresent();
  }

  @Test // Protocol §17.13
  void aReportThatIsLostOnItsWayIsSentAgain() throws Exception {
    List<AuditorService> auditors =
        List.of(auditor(2, new LosingChain(accounts.get(2))), auditor(3, accounts.get(3)));
    submitInference(auditors);
    WorkerService worker = worker(false);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, auditors);
    assertEquals(
        11,
        told(EconomyContract.WORK_LEDGER, WorkEvent.Reported.class).size(),
        "every seat reports, and the second auditor");
  }

  @Test // Protocol §17.10: leaves drawn with another secret would never count.
  void anAuditorWithoutTheSecretOfItsChainRegistersAnotherAndReportsNothingWithIt()
      throws Exception {
    List<AuditorService> auditors = new ArrayList<>(auditors());
    submitInference(auditors);
    auditors.getFirst().close();
    Path secret = folder.resolve("auditor2").resolve("secret");
    Files.delete(secret);
    auditors.set(0, auditor(2, accounts.get(2)));
    WorkerService worker = worker(false);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, auditors);
    for (int block = 0; block < 20; block++) {
      round(worker, auditors);
    }
    List<ServiceAccount.SecretChain> chains = read(WorkRead.secretChains(signers.get(2).address()));
    assertEquals(2, chains.size());
    assertEquals(ServiceSecret.open(secret).link(1, 0), chains.getLast().link());
    assertEquals(Amount.ZERO, auditorAt(2).reserved());
    assertTrue(auditorAt(3).reserved().compareTo(Amount.ZERO) > 0, "the other one reports");
  }

  /// The chain of an auditor whose first report is in no block, though its node took it.
  private static final class LosingChain extends ChainAround {
    private boolean lost;

    LosingChain(TestWorkChain chain) {
      super(chain);
    }

    @Override
    public boolean send(EconomyCall call) throws IOException {
      EconomyCall report = WorkCall.report(CLAIM, 0, List.of(Hash.ZERO));
      if (!lost
          && call.contract().equals(report.contract())
          && call.input().slice(0, 4).equals(report.input().slice(0, 4))) {
        lost = true;
        return true;
      }
      return super.send(call);
    }
  }

  /// The chain of an auditor whose node takes no challenge of the first claim.
  private static final class UnableChain extends ChainAround {
    UnableChain(TestWorkChain chain) {
      super(chain);
    }

    @Override
    public boolean send(EconomyCall call) throws IOException {
      EconomyCall challenge = DisputeCall.challenge(CLAIM, 0, Amount.ZERO);
      if (call.contract().equals(challenge.contract())
          && call.input().slice(0, 68).equals(challenge.input().slice(0, 68))) {
        throw new IOException("not this one");
      }
      return super.send(call);
    }
  }

  /// The chain of an auditor that reports without having run anything.
  private static final class GuessingChain extends ChainAround {
    private static final int HASHES_FROM = 4 + 5 * UInt256.BYTES;

    GuessingChain(TestWorkChain chain) {
      super(chain);
    }

    @Override
    public boolean send(EconomyCall call) throws IOException {
      EconomyCall report = WorkCall.report(CLAIM, 0, List.of(Hash.ZERO));
      if (!call.contract().equals(report.contract())
          || !call.input().slice(0, 4).equals(report.input().slice(0, 4))) {
        return super.send(call);
      }
      int seat = call.input().at(4 + 3 * UInt256.BYTES - 1);
      int count = (call.input().length() - HASHES_FROM) / UInt256.BYTES;
      return super.send(
          WorkCall.report(CLAIM, seat, Collections.nCopies(count, Hash.fromHex("5a".repeat(32)))));
    }
  }
}

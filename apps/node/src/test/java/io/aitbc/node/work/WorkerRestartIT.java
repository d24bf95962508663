// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkClaim.State;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A worker that is stopped and starts again in every state of its claim, or too late, or on a disk
/// on which nothing can be written any more: what the chain says and its files tell it what to do.
class WorkerRestartIT extends WorkNetwork { // Protocol §17.9, §17.13, §17.14
  private static final int BLOCKS_MAX = 400;
  private static final Amount BOND = Amount.aitbc(3_000);
  private static final Engines REFEREE =
      model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE);

  /// A worker that knows what is in its folder, and its server with it.
  private WorkerService again() throws Exception {
    results = new Results(folder.resolve("worker/results"));
    access = new JobAccess(CHAIN_ID, signers.get(1).address(), results, InstantSource.system());
    return worker(REFEREE);
  }

  private Optional<State> state() {
    return accounts.getFirst().read(WorkRead.claim(CLAIM)).map(WorkClaim::state);
  }

  private boolean isIn(State state) {
    return state().equals(Optional.of(state));
  }

  private int count(Class<? extends WorkEvent> kind) {
    return told(
            kind.equals(WorkEvent.Accepted.class)
                ? EconomyContract.JOB_MARKET
                : EconomyContract.WORK_LEDGER,
            kind)
        .size();
  }

  private Amount deposit() {
    return accounts.getFirst().read(WorkRead.deposit(CLAIM)).orElseThrow().times(2);
  }

  private WorkDispute dispute(long number) {
    return accounts.getFirst().read(WorkRead.dispute(number)).orElseThrow();
  }

  @Test
  void aWorkerThatStartsAgainAfterEachBlockIsPaid() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(REFEREE);
    upload(worker);
    Optional<State> before = Optional.empty();
    TreeSet<State> stopped = new TreeSet<>();
    boolean disputed = false;
    for (int block = 0; block < BLOCKS_MAX && !before.equals(Optional.of(State.SETTLED)); block++) {
      Optional<State> now = state();
      // What it computes is kept when it has come to its end: there it stops but once.
      if (!now.equals(Optional.of(State.ACCEPTED)) || !before.equals(now)) {
        now.ifPresent(stopped::add);
        worker = again();
      }
      if (now.equals(Optional.of(State.REVEALED)) && !disputed) {
        disputed = true;
        assertTrue(accounts.getFirst().send(DisputeCall.demand(CLAIM, 2, deposit())));
        assertTrue(accounts.getFirst().send(DisputeCall.challenge(CLAIM, 3, deposit())));
      }
      round(worker, auditors);
      before = now;
    }
    assertEquals(
        new TreeSet<>(List.of(State.ACCEPTED, State.COMMITTED, State.REVEALED, State.SETTLED)),
        stopped);
    assertEquals(1, count(WorkEvent.Accepted.class));
    assertEquals(1, count(WorkEvent.Committed.class));
    assertEquals(1, count(WorkEvent.Revealed.class));
    assertEquals(
        10,
        told(EconomyContract.WORK_LEDGER, WorkEvent.Reported.class).stream()
            .filter(each -> each.seat() < 10)
            .count());
    assertEquals(0, count(WorkEvent.NotServed.class));
    assertEquals(WorkDispute.Stage.OVER, dispute(1).stage());
    assertEquals(WorkDispute.Stage.OVER, dispute(2).stage());
    assertEquals(0, count(WorkEvent.Fraud.class));
    assertEquals(1, told(EconomyContract.DISPUTES, WorkEvent.Served.class).size());
    assertEquals(1, told(EconomyContract.DISPUTES, WorkEvent.Answered.class).size());
    assertEquals(BOND, bond());
    assertTrue(text(results, Results.page(CLAIM)).isPresent(), "its client reads the outputs");
  }

  /// Nobody runs the worker until its time is over, and a stranger has the claim drawn again.
  private void away(List<AuditorService> auditors) throws Exception {
    for (int block = 0; block < BLOCKS_MAX; block++) {
      for (AuditorService each : auditors) {
        boolean _ = each.step();
      }
      boolean late = accounts.getLast().send(WorkCall.late(CLAIM));
      chain.grow();
      if (late) {
        return;
      }
    }
    throw new AssertionError("never late: " + state());
  }

  /// @param penalty of the fee, in its part
  private void paysAndIsPaid(State stoppedIn, int penalty) throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker =
        stoppedIn == State.ACCEPTED
            ? worker(REFEREE, new EngineRuns(_ -> {})) // It computes, and never comes to an end.
            : worker(REFEREE);
    upload(worker);
    WorkClaim _ = until(stoppedIn, worker, auditors);
    away(auditors);
    Amount paid = new Amount(FEE.wei().dividedBy(UInt256.of(penalty)));
    assertEquals(BOND.minus(paid), bond());
    assertEquals(paid, credit(0));
    chain.grow(); // Its beacon draws.
    WorkClaim settled = until(State.SETTLED, again(), auditors);
    assertEquals(signers.get(1).address(), settled.worker());
    assertEquals(2, count(WorkEvent.Accepted.class), "it takes the claim anew");
    assertEquals(stoppedIn == State.ACCEPTED ? 1 : 2, count(WorkEvent.Committed.class));
    assertEquals(1, count(WorkEvent.Revealed.class));
    assertEquals(BOND.minus(paid), bond(), "late is late once");
    assertNotEquals(Amount.ZERO, credit(1));
  }

  @Test // Protocol §17.13: LATE_SHARE.
  void aWorkerThatWasAwayBeforeItsCommitmentPaysATenthAndTakesTheClaimAnew() throws Exception {
    paysAndIsPaid(State.ACCEPTED, 10);
  }

  @Test // Protocol §17.13: what it computed then it commits to again.
  void aWorkerThatWasAwayBeforeItsRevealPaysTheFeeAndTakesTheClaimAnew() throws Exception {
    paysAndIsPaid(State.COMMITTED, 1);
  }

  /// Whatever is in the worker's folder can be read, and nothing written: beside each file that is
  /// replaced stands something that is none, in the way of its next content.
  private void takeNoBytes() throws IOException {
    Path own = folder.resolve("worker");
    Path uploads = own.resolve("blobs/uploads");
    List<Path> files;
    try (Stream<Path> all = Files.walk(own)) {
      files = all.filter(Files::isRegularFile).filter(each -> !each.startsWith(uploads)).toList();
    }
    for (Path each : files) {
      Path way = each.resolveSibling(each.getFileName() + ".tmp");
      if (!Files.exists(way)) {
        Path _ = Files.createDirectory(way);
      }
    }
    try (Stream<Path> all = Files.list(uploads)) {
      for (Path each : all.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(uploads);
    Path _ = Files.createFile(uploads);
  }

  @Test // Protocol §17.9: what is revealed and demanded is read, and reading takes no room.
  void onAFullDiskWhatIsCommittedIsRevealedServedAndPaid() throws Exception {
    List<AuditorService> auditors = auditors();
    submitInference(auditors);
    WorkerService worker = worker(REFEREE);
    upload(worker);
    WorkClaim _ = until(State.COMMITTED, worker, auditors);
    takeNoBytes();
    int failures = 0;
    boolean demanded = false;
    for (int block = 0; block < BLOCKS_MAX && !isIn(State.SETTLED); block++) {
      if (block % 7 == 0) {
        worker = again(); // A full disk makes whoever runs it start it again.
      }
      if (isIn(State.REVEALED) && !demanded) {
        demanded = true;
        assertTrue(accounts.getFirst().send(DisputeCall.demand(CLAIM, 2, deposit())));
      }
      try {
        boolean _ = worker.step();
      } catch (IOException full) {
        failures++;
      }
      for (AuditorService each : auditors) {
        boolean _ = each.step();
      }
      chain.grow();
    }
    assertEquals(Optional.of(State.SETTLED), state());
    assertTrue(failures > 0, "nothing can be written");
    assertEquals(0, count(WorkEvent.NotServed.class));
    assertEquals(WorkDispute.Stage.OVER, dispute(1).stage());
    assertEquals(1, told(EconomyContract.DISPUTES, WorkEvent.Served.class).size());
    assertEquals(BOND, bond());
    assertTrue(text(results, Results.page(CLAIM)).isPresent());
  }
}

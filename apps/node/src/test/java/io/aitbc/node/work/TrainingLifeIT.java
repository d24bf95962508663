// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobId;
import io.aitbc.compute.Engine;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A job that trains, from submission to its end: its states, its audit, a worker that falsifies.
class TrainingLifeIT extends WorkNetwork { // Protocol §17.6, §17.9, §17.13, §17.14
  private static final int SEGMENTS = 12;
  private static final int STEPS = 5;

  /// What is not served is demanded, and the first false segment looked for by halves.
  @Override
  int windowBlocks() {
    return 40;
  }

  private void submit(List<? extends ClaimChecker> auditors) throws Exception {
    submit(
        auditors,
        TrainingJob.prepare().model(),
        TrainingJob.items(),
        task -> TrainingJob.request(task, SEGMENTS, STEPS));
  }

  /// Trains with the referee and counts its segments.
  private static final class Counting implements Engines {
    private int segments;

    @Override
    public Engine open(Model model) {
      throw new AssertionError("a job that trains is no inference");
    }

    @Override
    public Trainer trainer(Model model, Bytes data) {
      Trainer referee = Trainer.referee(model, data);
      return (before, steps) -> {
        segments++;
        return referee.train(before, steps);
      };
    }
  }

  @Test
  void aTrainingIsCommittedRevealedAuditedScoredAndSettled() throws Exception {
    List<ClaimChecker> auditors = new ArrayList<>(auditors());
    assertTrue(registerEvaluator(FIRST_EVALUATOR));
    auditors.add(evaluator(FIRST_EVALUATOR));
    submit(auditors);
    Counting first = new Counting();
    WorkerService worker = worker(first);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.COMMITTED, worker, auditors);
    assertEquals(SEGMENTS, first.segments);
    Counting none = new Counting();
    WorkerService again = worker(none);
    WorkClaim _ = until(WorkClaim.State.SETTLED, again, auditors);
    assertEquals(0, none.segments, "the outputs are on the disk");
    assertEquals(
        11,
        events(EconomyContract.WORK_LEDGER).stream()
            .filter(WorkEvent.Reported.class::isInstance)
            .count(),
        "every seat reports, and the second auditor");
    assertEquals(0, accounts.getFirst().read(WorkRead.disputeCount()).orElseThrow());
    Address evaluator = signers.get(FIRST_EVALUATOR).address();
    assertEquals(
        List.of(new WorkEvent.ScoreRevealed(CLAIM, evaluator, 1_000_000, 1_000_000)),
        events(EconomyContract.EVALUATOR_COMMITTEE).stream()
            .filter(WorkEvent.ScoreRevealed.class::isInstance)
            .toList(),
        "the trained state is served, is made of numbers, and each segment has another");
    // The client reads what it paid for: the state after the last segment.
    Trainer referee = Trainer.referee(TrainingJob.prepare().model(), TrainingJob.data());
    List<Elements> right = referee.train(TrainingJob.prepare().initial(), SEGMENTS * STEPS);
    String page = text(results, Results.statePage(CLAIM, SEGMENTS - 1)).orElseThrow();
    BlobId state = BlobId.parse(page).orElseThrow();
    assertTrue(again.step());
    try (BlobClient client = store(signers.getFirst());
        BlobClient auditor = store(signers.get(2))) {
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      client.download(state, 0, state.length(), read::writeBytes);
      assertArrayEquals(TrainingState.encoded(right), read.toByteArray());
      assertFalse(auditor.has(state), "the claim is over");
    }
    assertEquals(Optional.empty(), text(results, Results.statePage(CLAIM, SEGMENTS)));
  }

  @Test // A worker that starts again goes on from the last state that it kept.
  void trainingGoesOnWhereItWasWhenTheWorkerStopped() throws Exception {
    submit(auditors());
    Counting counting = new Counting();
    WorkerService worker = worker(counting);
    upload(worker);
    JobWork work =
        ((JobFiles.Found.Whole)
                workersFiles.find(accounts.getFirst().read(WorkRead.job(1)).orElseThrow()))
            .work();
    List<Elements> third = work.firstState();
    for (int segment = 0; segment < 3; segment++) {
      third = Trainer.referee(work.model(), TrainingJob.data()).train(third, STEPS);
      results.states().add(CLAIM, workersFiles.put(TrainingState.encoded(third)));
    }
    Path _ =
        Files.writeString(
            folder.resolve("worker/results/states/1-0"), "cut of", StandardOpenOption.APPEND);
    results = new Results(folder.resolve("worker/results"));
    WorkerService again = worker(counting);
    WorkClaim _ = until(WorkClaim.State.COMMITTED, again, List.of());
    assertEquals(SEGMENTS - 3, counting.segments);
    assertEquals(SEGMENTS, results.states().of(CLAIM).size());
  }

  /// Moves a weight after every third segment; the segments behind go on from there.
  private static final class Falsifying implements Engines {
    private int segment;

    @Override
    public Engine open(Model model) {
      throw new AssertionError("a job that trains is no inference");
    }

    @Override
    public Trainer trainer(Model model, Bytes data) {
      Trainer referee = Trainer.referee(model, data);
      return (before, steps) -> {
        List<Elements> after = new ArrayList<>(referee.train(before, steps));
        if (segment++ % 3 == 2) {
          float[] weights = after.get(2).floats().clone();
          weights[0] += 0.25f;
          after.set(2, Elements.of(weights));
        }
        return after;
      };
    }
  }

  @Test // A third of the segments is false: of a sixth, one of forty draws of leaves finds none.
  void aWorkerThatFalsifiesASegmentIsConvicted() throws Exception {
    List<AuditorService> auditors = auditors();
    submit(auditors);
    WorkerService worker = worker(new Falsifying());
    upload(worker);
    WorkClaim fraud = until(WorkClaim.State.FRAUD, worker, auditors);
    assertEquals(signers.get(1).address(), fraud.worker());
    List<WorkEvent> disputes = events(EconomyContract.DISPUTES);
    assertTrue(disputes.stream().anyMatch(WorkEvent.StateEntered.class::isInstance));
    assertTrue(
        disputes.stream()
            .filter(WorkEvent.Opened.class::isInstance)
            .map(WorkEvent.Opened.class::cast)
            .allMatch(it -> it.leaf() % 3 == 2),
        "no segment beside the false ones is challenged");
    assertConvicted();
  }

  @Test // Protocol §17.13, §17.14 rule 6: its outputs can be found wrong there, not right.
  void aTrainingThatIsServedOnTheChainAloneIsNotPaid() throws Exception {
    servesNothing = true;
    List<AuditorService> auditors = auditors();
    submit(auditors);
    WorkerService worker = worker(new Counting());
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.VOID, worker, auditors);
    List<Long> demanded =
        events(EconomyContract.DISPUTES).stream()
            .filter(WorkEvent.Opened.class::isInstance)
            .map(each -> ((WorkEvent.Opened) each).leaf())
            .toList();
    assertFalse(demanded.isEmpty());
    assertEquals(demanded.stream().distinct().toList(), demanded, "each segment once");
    assertEquals(
        Optional.of(Amount.aitbc(3_000)),
        accounts
            .getFirst()
            .read(WorkRead.service(ServiceRole.WORKER, signers.get(1).address()))
            .map(service -> service.bond()));
    assertEquals(Amount.ZERO, credit(1));
    assertEquals(FEE, credit(0));
  }

  @Test // Protocol §17.14 rule 6: whoever has the data finds the first false segment.
  void aFalseTrainingThatIsServedOnTheChainAloneIsConvicted() throws Exception {
    servesNothing = true;
    List<AuditorService> auditors = auditors();
    submit(auditors);
    WorkerService worker = worker(new Falsifying());
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.FRAUD, worker, auditors);
    List<WorkEvent> disputes = events(EconomyContract.DISPUTES);
    assertTrue(
        disputes.stream()
            .filter(WorkEvent.Opened.class::isInstance)
            .map(WorkEvent.Opened.class::cast)
            .filter(it -> !it.demand())
            .allMatch(it -> it.leaf() == 2),
        "no segment but the first false one is challenged");
    assertTrue(
        disputes.stream().anyMatch(WorkEvent.StateEntered.class::isInstance),
        "down to a state that nobody has");
    assertEquals(FEE, credit(0));
  }
}

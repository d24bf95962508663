// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobClient;
import io.aitbc.blobs.BlobId;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvaluation;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Kernel;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Evaluators of a claim, from its reveal to their payment, beside a worker that they reach over
/// HTTP; the chain's blocks are really executed, in virtual time. Nobody audits, so that nothing
/// waits for secrets.
class EvaluatorLifeIT extends WorkNetwork { // Protocol §17.15
  private static final Engines RIGHT =
      model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE);
  private static final int SEATS = 7;

  /// What evaluators get for a seat: their twentieth of the fee, by seats.
  private static final Amount SEAT = new Amount(Amount.aitbc(3).wei().dividedBy(UInt256.of(SEATS)));

  /// 59 of 60 items are usable, rounded down.
  private static final long USABLE = 983_333;

  private WorkClaim revealed(WorkerService worker, List<EvaluatorService> evaluators)
      throws Exception {
    upload(worker);
    return until(WorkClaim.State.REVEALED, worker, evaluators);
  }

  private List<Address> committee() {
    return accounts.getFirst().read(WorkRead.committee(CLAIM)).orElseThrow();
  }

  private int seats(int account) {
    return Collections.frequency(committee(), signers.get(account).address());
  }

  /// The evaluators that have seats, the one with the fewest first.
  private List<Integer> drawn() {
    return IntStream.range(FIRST_EVALUATOR, signers.size())
        .boxed()
        .filter(each -> seats(each) > 0)
        .sorted(Comparator.comparingInt(this::seats))
        .toList();
  }

  private <T extends WorkEvent> List<T> scored(Class<T> kind) {
    return told(EconomyContract.EVALUATOR_COMMITTEE, kind);
  }

  private Optional<WorkEvaluation.Score> score(int account) {
    return accounts.getFirst().read(WorkRead.score(CLAIM, signers.get(account).address()));
  }

  @Test // Worker and client would evaluate too, and are not drawn.
  void aCommitteeScoresAClaimAndSettlementPaysByIt() throws Exception {
    assertTrue(registerEvaluator(0));
    assertTrue(registerEvaluator(1));
    List<EvaluatorService> evaluators = new ArrayList<>(evaluators());
    evaluators.add(evaluator(1));
    submitInference(evaluators);
    WorkerService worker = worker(RIGHT);
    WorkClaim _ = revealed(worker, evaluators);
    chain.grow();
    assertTrue(worker.step());
    BlobId outputs = BlobId.parse(text(results, Results.page(CLAIM)).orElseThrow()).orElseThrow();
    AccountSigner seated = signers.get(drawn().getFirst());
    try (BlobClient drawn = store(seated);
        BlobClient stranger = store(signers.get(2))) {
      assertTrue(drawn.has(outputs), "the committee reads");
      assertFalse(stranger.has(outputs), "an auditor without a seat does not");
    }
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, evaluators);

    assertEquals(SEATS, committee().size());
    assertEquals(SEATS, drawn().stream().mapToInt(this::seats).sum(), "neither worker nor client");
    List<WorkEvent.ScoreRevealed> opened = scored(WorkEvent.ScoreRevealed.class);
    assertEquals(drawn().size(), opened.size(), "each opens once for all its seats");
    for (WorkEvent.ScoreRevealed each : opened) {
      assertEquals(USABLE, each.utility(), "one item of 60 does not fit");
      assertEquals(USABLE, each.novelty());
    }
    // (10^6 + 983,333) / 2, rounded down; a fifth of what lacks is withheld of 48.
    assertEquals(
        List.of(new WorkEvent.Scored(CLAIM, 991_666, SEATS)), scored(WorkEvent.Scored.class));
    Amount withheld = Amount.wei(80_006_400_000_000_000L);
    assertEquals(Amount.aitbc(48).minus(withheld), credit(1));
    for (int i : drawn()) {
      assertEquals(SEAT.times(seats(i)), credit(i), "all agree: nobody loses a part");
    }
    assertTrue(worker.step());
    try (BlobClient drawn = store(seated)) {
      assertFalse(drawn.has(outputs), "the claim is over");
    }
  }

  @Test // Opening takes neither memory nor the worker's files.
  void anEvaluatorThatStartsAgainOpensWhatItSealed() throws Exception {
    List<EvaluatorService> evaluators = evaluators();
    submitInference(evaluators);
    WorkerService worker = worker(RIGHT);
    WorkClaim _ = revealed(worker, evaluators);
    chain.grow(); // Its beacon draws.
    int account = drawn().getFirst();
    List<EvaluatorService> alone = List.of(evaluators.get(account - FIRST_EVALUATOR));
    for (int block = 0; score(account).isEmpty(); block++) {
      assertTrue(block < 10, "it seals");
      round(worker, alone);
    }
    assertFalse(score(account).orElseThrow().revealed(), "others did not seal yet");
    String _ = served.put(signers.get(1).address(), "http://127.0.0.1:1");
    List<EvaluatorService> again = List.of(evaluator(account));
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, again);
    assertTrue(score(account).orElseThrow().revealed());
    assertEquals(USABLE, score(account).orElseThrow().utility());
    assertEquals(SEAT.times(seats(account)), credit(account));
  }

  @Test
  void anEvaluatorThatDoesNotOpenGetsNothing() throws Exception {
    List<EvaluatorService> evaluators = evaluators();
    submitInference(evaluators);
    WorkerService worker = worker(RIGHT);
    WorkClaim _ = revealed(worker, evaluators);
    chain.grow(); // Its beacon draws.
    assertTrue(drawn().size() > 1, committee().toString());
    for (int block = 0; scored(WorkEvent.ScoreCommitted.class).size() < drawn().size(); block++) {
      assertTrue(block < 10, "all seal");
      round(worker, evaluators);
    }
    int silent = drawn().getFirst(); // The others are more than half of the seats.
    List<EvaluatorService> open = new ArrayList<>(evaluators);
    EvaluatorService _ = open.remove(silent - FIRST_EVALUATOR);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, open);
    assertEquals(Amount.ZERO, credit(silent));
    for (int i : drawn().subList(1, drawn().size())) {
      assertEquals(SEAT.times(seats(i)), credit(i));
    }
    assertEquals(
        List.of(new WorkEvent.Scored(CLAIM, 991_666, SEATS - seats(silent))),
        scored(WorkEvent.Scored.class));
  }

  @Test
  void outputsThatNobodyCanHaveAreOfNoUse() throws Exception {
    List<EvaluatorService> evaluators = evaluators();
    submitInference(evaluators);
    WorkerService worker = worker(RIGHT);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.COMMITTED, worker, evaluators);
    String _ = served.put(signers.get(1).address(), "http://127.0.0.1:1");
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, evaluators);
    assertEquals(
        List.of(new WorkEvent.Scored(CLAIM, 500_000, SEATS)), scored(WorkEvent.Scored.class));
    // A fifth of half is withheld.
    assertEquals(Amount.wei(4_800_000_000_000_000_000L).times(9), credit(1));
  }

  @Test // An evaluator runs two items again: here both are wrong, and nobody audits.
  void anEvaluatorThatFindsAWrongItemChallengesIt() throws Exception {
    List<EvaluatorService> evaluators = evaluators();
    submitInference(evaluators);
    WorkerService worker = worker(model -> AlteredEngine.falsifying(model, 1));
    upload(worker);
    WorkClaim fraud = until(WorkClaim.State.FRAUD, worker, evaluators);
    assertEquals(signers.get(1).address(), fraud.worker());
    assertEquals(FEE, credit(0), "the client has its fee back");
  }

  private static final WorkCall.Score SCORE = new WorkCall.Score(1_000_000, 7);

  private static SortedMap<Long, WorkCall.Score> kept(Path scores, int claims) throws IOException {
    TreeMap<Long, WorkCall.Score> kept = new TreeMap<>();
    try (SealedScores again = new SealedScores(scores)) {
      for (long claim = 0; claim < claims; claim++) {
        long number = claim;
        again.get(new ClaimId(1, claim)).ifPresent(score -> kept.put(number, score));
      }
    }
    return kept;
  }

  @Test
  void whatIsKeptOfASealIsReadBack() throws Exception {
    Path folder = this.folder.resolve("scores");
    try (SealedScores scores = new SealedScores(folder)) {
      assertEquals(Optional.empty(), scores.get(CLAIM));
      scores.put(new ClaimId(1, 0), SCORE);
      scores.put(new ClaimId(1, 1), new WorkCall.Score(0, 0));
      scores.put(new ClaimId(1, 0), SCORE);
    }
    SortedMap<Long, WorkCall.Score> all =
        new TreeMap<>(Map.of(0L, SCORE, 1L, new WorkCall.Score(0, 0)));
    assertEquals(all, kept(folder, 3));
    Path file = folder.resolve("sealed");
    Path _ = Files.writeString(file, "1 2 10", StandardOpenOption.APPEND);
    assertEquals(all, kept(folder, 3), "a line that was not written to its end was never sealed");
    String lines = Files.readString(file);
    Path _ = Files.writeString(file, "\n1\n1 2 1000001 0\n1 2 3\n1 2 -1 0\n" + lines + "1 2 0 0\n");
    var _ = all.put(2L, new WorkCall.Score(0, 0));
    assertEquals(all, kept(folder, 3), "the others are not lost with a line that is damaged");
  }

  @Test
  void scoresOfClaimsThatAreOverTakeNoRoom() throws Exception {
    Path folder = this.folder.resolve("scores");
    ClaimId stays = new ClaimId(1, 0);
    try (SealedScores scores = new SealedScores(folder)) {
      scores.put(stays, SCORE);
      for (long claim = 1; claim <= 1_000; claim++) {
        scores.put(new ClaimId(1, claim), SCORE);
        TreeSet<ClaimId> current = new TreeSet<>(OpenJobs.ORDER);
        boolean _ = current.add(stays);
        scores.retain(current);
        assertEquals(Optional.empty(), scores.get(new ClaimId(1, claim)));
      }
      assertTrue(Files.size(folder.resolve("sealed")) < 300L * "1 1000 1000000 7\n".length());
      scores.put(new ClaimId(1, 1), SCORE);
    }
    assertEquals(Map.of(0L, SCORE, 1L, SCORE), new TreeMap<>(kept(folder, 2)));
  }

  @Test
  void scoresInFilesOfTheVersionBeforeAreTakenOver() throws Exception {
    Path folder = Files.createDirectories(this.folder.resolve("scores"));
    Path _ = Files.writeString(folder.resolve("1-1"), "1000000 7");
    assertEquals(Map.of(1L, SCORE), kept(folder, 2));
    assertFalse(Files.exists(folder.resolve("1-1")));
    assertEquals(Map.of(1L, SCORE), kept(folder, 2));
  }
}

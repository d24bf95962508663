// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.TrainingWorld.FEE;
import static io.aitbc.execution.TrainingWorld.SEGMENTS;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.TrainingWorld.Said;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Operator;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Jobs that train: their segments, and disputes about them with the real contracts and referee.
class TrainingDisputesTest { // Protocol §17.6, §17.12, §17.14
  private static final Amount REWARD = FEE.minus(Amount.aitbc(6)); // Four fifths.
  private static final Amount BOND = Amount.aitbc(3_000);

  private final WorkWorld work = new WorkWorld();

  private static Amount half(Amount amount) {
    return new Amount(amount.wei().dividedBy(UInt256.of(2)));
  }

  private Amount bond(TrainingWorld training, int worker) {
    return training.read(WorkRead.service(ServiceRole.WORKER, account(worker))).bond();
  }

  /// The claim is proven to be false: client and challenger have their money back, the bond has
  /// paid.
  private void assertConvicted(TrainingWorld training, long job, Amount clientBefore) {
    work.balance();
    assertEquals(WorkClaim.State.FRAUD, training.read(WorkRead.claim(new ClaimId(job, 0))).state());
    assertEquals(clientBefore.plus(FEE), training.credit(CLIENT));
    assertEquals(Amount.ZERO, work.world.balance(WorkWorld.DISPUTES));
  }

  private void assertProven(TrainingWorld training, Said said) {
    long job = work.submit(training.request(SEGMENTS), FEE);
    int worker = work.revealed(job, training.outputs(said).root());
    Amount bond = bond(training, worker);
    Amount client = training.credit(CLIENT);
    Amount stranger = training.credit(STRANGER);
    long dispute = training.read(WorkRead.disputeCount()) + 1;
    EconomyWorld.Outcome proven = training.pursue(worker, job, dispute, said);
    succeed(proven);
    assertTrue(proven.gasUsed() < TrainingWorld.GAS_MAX, proven.gasUsed() + " gas");
    assertConvicted(training, job, client);
    Amount slash = REWARD.times(10);
    assertEquals(bond.minus(slash), bond(training, worker));
    Amount twentieth = new Amount(slash.wei().dividedBy(UInt256.of(20)));
    assertEquals(stranger.plus(twentieth).plus(training.deposit(job)), training.credit(STRANGER));
  }

  @Test // Protocol §17.6, §17.14: batch selection, weights, moments, step number, seed.
  void aFalseElementOfAStepIsProvenByOneElement() {
    TrainingWorld training = new TrainingWorld(work, 3);
    int batch =
        IntStream.range(0, TrainingWorld.model().entries().size())
            .filter(i -> TrainingWorld.model().entries().get(i).operator() == Operator.BATCH_INDEX)
            .findFirst()
            .orElseThrow();
    // The state is seed, step number, weights and biases of two layers, their moments.
    int step = 0;
    for (int entry :
        new int[] {
          batch,
          TrainingWorld.stateEntry(0),
          TrainingWorld.stateEntry(1),
          TrainingWorld.stateEntry(2),
          TrainingWorld.stateEntry(5),
          TrainingWorld.stateEntry(-1)
        }) {
      assertProven(training, training.falseElement(step, entry));
      step = (step + 4) % (3 * SEGMENTS); // First, last and inner steps of all segments.
    }
  }

  @Test // Protocol §17.14: the state after the step is laid open beside a trace that is true.
  void aTrueTraceBesideAFalseOutputIsProofToo() {
    TrainingWorld training = new TrainingWorld(work, 2);
    assertProven(training, training.falseState(0, 3));
    assertProven(training, training.falseState(3, 0));
  }

  @Test // Protocol §17.14: who has not the state that it committed to cannot lay it open.
  void anOutputThatIsTheRootOfNothingIsFraudByNoAnswer() {
    TrainingWorld training = new TrainingWorld(work, 2);
    Said said = training.withheldState(3);
    long job = work.submit(training.request(SEGMENTS), FEE);
    int worker = work.revealed(job, training.outputs(said).root());
    succeed(training.challenge(job, 1));
    succeed(training.answerStates(worker, 1, 1, said));
    succeed(training.nameStep(1, said));
    succeed(work.answerRoot(worker, 1, said.trace()));
    succeed(work.send(STRANGER, DisputeCall.descendState(1)));
    MerkleTree right = TrainingWorld.trace(3).nextStateTree();
    assertError(
        "NotUnderRoot()",
        work.send(worker, DisputeCall.answerNodes(1, right.below(right.height(), 0))));
    work.pass(1_802);
    succeed(work.send(MAKER, DisputeCall.timeOut(1)));
    assertConvicted(training, job, Amount.ZERO);
  }

  @Test // Protocol §17.14: roots that do not lead to the claim's outputs are no answer.
  void aSegmentIsAnsweredWithStatesThatLeadFromOutputToOutput() {
    TrainingWorld training = new TrainingWorld(work, 2);
    Said right = training.honest(2);
    long job = work.submit(training.request(SEGMENTS), FEE);
    int worker = work.revealed(job, training.outputs(right).root());
    succeed(training.challenge(job, 1));
    Said otherOutput = training.falseState(3, 0);
    assertError("NotUnderRoot()", training.answerStates(worker, 1, 1, otherOutput));
    assertError("NotUnderRoot()", training.answerStates(worker, 1, 0, right)); // Of segment 0.
    MerkleTree outputs = training.outputs(right);
    DisputeCall.StateAt before =
        new DisputeCall.StateAt(right.roots().get(2), TrainingWorld.path(outputs, 0));
    assertError(
        "WrongCount(uint256,uint256)",
        work.send(
            worker,
            DisputeCall.answerStates(
                1, before, right.roots().subList(4, 5), TrainingWorld.path(outputs, 1))));
    assertError(
        "NotUnderRoot()",
        work.send(
            worker,
            DisputeCall.answerStates(
                1,
                new DisputeCall.StateAt(Hash.ZERO, before.path()),
                right.roots().subList(3, 5),
                TrainingWorld.path(outputs, 1))));
    assertError("WrongStage(uint256,uint8)", work.answerRoot(worker, 1, right.trace()));
    assertError("NotWorker(uint256,address)", training.answerStates(MAKER, 1, 1, right));
    succeed(training.answerStates(worker, 1, 1, right));
    assertError("WrongStage(uint256,uint8)", training.answerStates(worker, 1, 1, right));
    // The step must be one of the segment, its states those that were answered.
    assertError(
        "NotUnderRoot()",
        work.send(
            STRANGER,
            DisputeCall.nameStep(
                1,
                2,
                new DisputeCall.StateAt(right.roots().get(4), List.of()),
                new DisputeCall.StateAt(Hash.ZERO, List.of()))));
    // Without the answer it is fraud.
    long second = work.submit(training.request(SEGMENTS), FEE);
    int silent = work.revealed(second, training.outputs(right).root());
    succeed(training.challenge(second, 0));
    work.pass(1_802);
    Amount client = training.credit(CLIENT);
    succeed(work.send(MAKER, DisputeCall.timeOut(2)));
    assertEquals(client.plus(FEE), training.credit(CLIENT));
    assertEquals(BOND.minus(REWARD.times(10)), bond(training, silent));
  }

  @Test // Protocol §17.14: nobody is framed, the challenger loses its deposit.
  void anHonestWorkerWinsAgainstChallengersOfEverything() {
    TrainingWorld training = new TrainingWorld(work, 2);
    Said right = training.honest(2);
    long job = work.submit(training.request(SEGMENTS), FEE);
    int worker = work.revealed(job, training.outputs(right).root());
    Amount deposit = training.deposit(job);
    for (int i = 1; i <= 3; i++) {
      succeed(training.challenge(job, 1));
      succeed(training.answerStates(worker, i, 1, right));
    }
    // One names no step; one goes down the trace, proves what is right and is left with nothing;
    // one goes down the state.
    for (int i = 2; i <= 3; i++) {
      succeed(training.nameStep(i, right));
      succeed(work.answerRoot(worker, i, right.trace()));
    }
    Trace trace = TrainingWorld.trace(2);
    descend(2, trace.tree(), trace.tree().height());
    while (training.read(WorkRead.dispute(2)).stage() == WorkDispute.Stage.NODES) {
      WorkDispute at = training.read(WorkRead.dispute(2));
      succeed(
          work.send(worker, DisputeCall.answerNodes(2, trace.tree().below((int) at.level(), 0))));
      descend(2, trace.tree(), (int) at.level());
    }
    succeed(work.send(worker, DisputeCall.openTile(2, Bytes.wrap(trace.tile(0)))));
    Prover prover = new Prover(trace, trace.tree(), TrainingWorld.inputs(), 0);
    succeed(
        work.send(STRANGER, DisputeCall.prove(2, Bytes.wrap(prover.element(0, trace.tile(0))))));
    succeed(work.send(STRANGER, DisputeCall.descendState(3)));
    MerkleTree after = trace.nextStateTree();
    succeed(work.send(worker, DisputeCall.answerNodes(3, after.below(after.height(), 0))));
    descend(3, after, after.height());
    assertEquals(WorkDispute.Stage.PROVE, training.read(WorkRead.dispute(3)).stage());
    succeed(work.send(STRANGER, DisputeCall.prove(3, Bytes.wrap(prover.state(after, 0)))));
    work.pass(5);
    succeed(work.send(MAKER, WorkCall.drawSeats(new ClaimId(job, 0))));
    work.pass(1_802);
    for (int i = 1; i <= 3; i++) {
      succeed(work.send(MAKER, DisputeCall.timeOut(i)));
    }
    work.balance();
    assertEquals(half(deposit).times(3), training.credit(worker));
    assertEquals(Amount.ZERO, training.credit(STRANGER));
    succeed(work.send(MAKER, WorkCall.settle(new ClaimId(job, 0))));
    work.balance();
    assertEquals(half(deposit).times(3).plus(REWARD), training.credit(worker));
    assertEquals(BOND, bond(training, worker));
    assertEquals(Amount.ZERO, work.world.balance(WorkWorld.DISPUTES));
  }

  private void descend(long dispute, MerkleTree tree, int level) {
    List<Hash> answer = tree.below(level, 0);
    succeed(
        work.send(
            STRANGER,
            DisputeCall.descend(
                dispute, 0, answer.getFirst(), TrainingWorld.path(MerkleTree.over(answer), 0))));
  }

  @Test // Protocol §17.6: segments of 1 and of 256 steps.
  void theShortestAndTheLongestSegmentsAreDisputedAlike() {
    TrainingWorld shortest = new TrainingWorld(work, 1);
    assertProven(shortest, shortest.falseElement(0, TrainingWorld.stateEntry(3)));
    assertProven(shortest, shortest.falseState(1, 1));
    TrainingWorld longest = new TrainingWorld(work, 256);
    assertProven(longest, longest.falseElement(256 + 255, TrainingWorld.stateEntry(3)));
    assertProven(longest, longest.falseState(0, 0));
  }

  @Test // Protocol §17.14: what is demanded of training is an output and one tile.
  void aDemandIsAnsweredWithTheOutputAndOneTile() {
    TrainingWorld training = new TrainingWorld(work, 2);
    Said right = training.honest(0);
    Trace trace = TrainingWorld.trace(0);
    long job = work.submit(training.request(SEGMENTS), FEE);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, training.outputs(right).root());
    Amount deposit = training.deposit(job);
    int inputTiles = trace.inputTree().width(0);
    int stateTiles = trace.stateTree().width(0);
    assertError(
        "NoTile(uint256,uint256)",
        work.send(STRANGER, DisputeCall.demandPart(claim, 1, inputTiles + stateTiles, deposit)));
    succeed(work.send(STRANGER, DisputeCall.demandPart(claim, 1, 5, deposit)));
    succeed(work.send(STRANGER, DisputeCall.demandPart(claim, 2, inputTiles + 4, deposit)));
    succeed(work.send(STRANGER, DisputeCall.demand(claim, 0, deposit)));
    List<EconomyCall> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int segment = List.of(1, 2, 0).get(i);
      int tile = List.of(5, inputTiles + 4, 0).get(i);
      MerkleTree outputs = training.outputs(right);
      boolean ofData = tile < inputTiles;
      answers.add(
          DisputeCall.serveTile(
              1 + i,
              trace.inputTree().root(),
              new DisputeCall.Served(
                  List.of(Bytes.wrap(TrainingWorld.tile(tile))),
                  ofData
                      ? TrainingWorld.path(trace.inputTree(), tile)
                      : TrainingWorld.path(trace.stateTree(), tile - inputTiles)),
              new DisputeCall.Served(
                  List.of(right.roots().get((segment + 1) * 2).toBytes()),
                  TrainingWorld.path(outputs, segment))));
    }
    // Another tile, another output, the way of inference: no answers.
    MerkleTree outputs = training.outputs(right);
    for (int[] wrong : new int[][] {{6, 6, 1}, {6, 5, 1}, {5, 5, 2}}) {
      assertError(
          "NotUnderRoot()",
          work.send(
              worker,
              DisputeCall.serveTile(
                  1,
                  trace.inputTree().root(),
                  new DisputeCall.Served(
                      List.of(Bytes.wrap(TrainingWorld.tile(wrong[0]))),
                      TrainingWorld.path(trace.inputTree(), wrong[1])),
                  new DisputeCall.Served(
                      List.of(right.roots().get((wrong[2] + 1) * 2).toBytes()),
                      TrainingWorld.path(outputs, wrong[2])))));
    }
    assertError(
        "WrongTask(uint256)",
        work.send(
            worker,
            DisputeCall.serve(
                1,
                new DisputeCall.InputLeaf(0, Hash.ZERO, List.of()),
                DisputeCall.Served.NOTHING,
                new DisputeCall.Served(List.of(Bytes.EMPTY), List.of()))));
    for (EconomyCall answer : answers) {
      succeed(work.send(worker, answer));
    }
    work.balance();
    assertEquals(deposit.times(3), training.credit(worker));
    assertEquals(Amount.ZERO, training.credit(STRANGER));
    // Not served: fraud.
    succeed(work.send(STRANGER, DisputeCall.demandPart(claim, 1, 5, deposit)));
    work.pass(1_802);
    succeed(work.send(MAKER, DisputeCall.timeOut(4)));
    assertConvicted(training, job, Amount.ZERO);
  }

  @Test // Protocol §17.12: a job that trains is one claim of segments of 1 to 256 steps.
  void aJobSaysSegmentsStepsAndFirstStateIfAndOnlyIfItsModelTrains() {
    TrainingWorld training = new TrainingWorld(work, 2);
    WorkJob.Request right = training.request(SEGMENTS);
    String wrongSteps = "WrongSteps(bytes32,uint256)";
    assertError(wrongSteps, submit(right, right.model(), 3, right.initialState(), 0));
    assertError(wrongSteps, submit(right, right.model(), 3, right.initialState(), 257));
    assertError(wrongSteps, submit(right, work.model(), 3, Hash.ZERO, 1));
    assertError(wrongSteps, submit(right, work.model(), 3, right.initialState(), 0));
    assertError(
        "TooManySegments(uint256,uint256)",
        submit(right, right.model(), 4_097, right.initialState(), 1));
    succeed(submit(right, right.model(), 4_096, right.initialState(), 256));
    WorkJob job = training.read(WorkRead.job(1));
    assertEquals(256, job.steps());
    assertEquals(training.roots.getFirst(), job.initialState());
    assertEquals(1, job.claims());
    assertEquals(
        TrainingWorld.trace(0).inputTree().width(0),
        training.read(WorkRead.model(right.model())).inputTiles());
  }

  private EconomyWorld.Outcome submit(
      WorkJob.Request like, Hash model, long count, Hash initialState, long steps) {
    return work.send(
        CLIENT,
        WorkCall.submit(
            new WorkJob.Request(
                model,
                like.inputs(),
                like.task(),
                count,
                like.workSeconds(),
                like.workBlocks(),
                like.valueAtRisk(),
                like.readers(),
                initialState,
                steps),
            Amount.wei(1_000).times(count)));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.FEE;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.assertError;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Amount;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Demands of inputs that are longer than one answer, and of one that does not fit its model and is
/// longer than any.
class LongInputsTest { // Protocol §17.14
  private static final int ROWS = 40;
  private static final int COLUMNS = 1_024;

  /// The length of an input that nobody could put on a chain.
  private static final long GIANT_BYTES = 100_000_000;

  private static final Hash GIANT = MerkleTree.leaf(new byte[] {1});

  private final WorkWorld work = new WorkWorld();
  private final Trace trace = run();
  private final MerkleTree inputs =
      MerkleTree.over(
          List.of(
              ItemLeaf.input(0, (long) ROWS * COLUMNS, trace.inputTree().root()),
              ItemLeaf.input(1, GIANT_BYTES, GIANT),
              ItemLeaf.input(2, 32_768, MerkleTree.leaf(new byte[32_768]))));
  private final MerkleTree outputs =
      MerkleTree.over(
          List.of(
              ItemLeaf.output(0, trace.output()),
              ItemLeaf.output(1, new byte[0]),
              ItemLeaf.output(2, new byte[0])));
  private final DisputeCall.InputLeaf fitting =
      new DisputeCall.InputLeaf(
          ROWS * COLUMNS, trace.inputTree().root(), TrainingWorld.path(inputs, 0));

  /// Rows of 1,024 bytes into a sum each.
  private static Trace run() {
    PlanBuilder plan = new PlanBuilder();
    Tensor x = plan.input(ElementType.INT8, ROWS, COLUMNS);
    byte[] weights = new byte[COLUMNS];
    Arrays.fill(weights, (byte) 3);
    Tensor w = plan.constant(Elements.of(weights), 1, COLUMNS);
    Tensor y = plan.sumProducts(x, w, 1, List.of(plan.constant(Elements.of(new int[1]), 1, 1)));
    try {
      return new Inference(plan.inference(y), Kernel.plain(), Workers.NONE).trace(input());
    } catch (MalformedModelException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] input() {
    byte[] input = new byte[ROWS * COLUMNS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (byte) (i * 7 + i / COLUMNS);
    }
    return input;
  }

  private static Bytes tile(int number) {
    return Bytes.of(input(), number * COLUMNS, COLUMNS);
  }

  private DisputeCall.Served tile(int number, int at) {
    return new DisputeCall.Served(List.of(tile(number)), TrainingWorld.path(trace.inputTree(), at));
  }

  private DisputeCall.Served output(int item, byte[] output) {
    return new DisputeCall.Served(List.of(Bytes.wrap(output)), TrainingWorld.path(outputs, item));
  }

  private ClaimId revealed() {
    EconomyWorld.Outcome registered =
        work.send(
            MAKER,
            WorkCall.registerModel(
                Bytes.wrap(trace.model().header().encoded()),
                WorkCall.Boundary.NONE,
                "long",
                Amount.aitbc(100)));
    succeed(registered);
    long job = work.submit(trace.model().id(), inputs.root(), FEE, 0);
    int _ = work.revealed(job, outputs.root());
    return new ClaimId(job, 0);
  }

  private int workerOf(ClaimId claim) {
    return WorkWorld.indexOf(work.read(WorkRead.claim(claim)).worker());
  }

  @Test
  void aLongInputIsServedByTheTileThatWasDemanded() {
    ClaimId claim = revealed();
    int worker = workerOf(claim);
    Amount deposit = work.read(WorkRead.deposit(claim));
    assertError(
        "NoTile(uint256,uint256)",
        work.send(STRANGER, DisputeCall.demandTile(claim, 0, ROWS, deposit)));
    succeed(work.send(STRANGER, DisputeCall.demandTile(claim, 0, 39, deposit)));
    succeed(work.send(STRANGER, DisputeCall.demand(claim, 0, deposit)));
    DisputeCall.Served right = output(0, trace.output());
    for (EconomyCall wrong :
        List.of(
            DisputeCall.serveInputTile(1, fitting, tile(38, 38), right),
            DisputeCall.serveInputTile(1, fitting, tile(38, 39), right),
            DisputeCall.serveInputTile(1, fitting, tile(39, 39), output(0, new byte[0])),
            DisputeCall.serveInputTile(
                1,
                new DisputeCall.InputLeaf(7, fitting.tiles(), fitting.path()),
                tile(39, 39),
                right))) {
      assertError("NotUnderRoot()", work.send(worker, wrong));
    }
    succeed(work.send(worker, DisputeCall.serveInputTile(1, fitting, tile(39, 39), right)));
    succeed(work.send(worker, DisputeCall.serveInputTile(2, fitting, tile(0, 0), right)));
    work.balance();
    assertEquals(deposit.times(2), work.read(WorkRead.credit(account(worker))));
  }

  @Test
  void anInputThatDoesNotFitIsAnsweredWithoutItWhateverItsLength() {
    ClaimId claim = revealed();
    int worker = workerOf(claim);
    Amount deposit = work.read(WorkRead.deposit(claim));
    for (int item = 1; item <= 2; item++) {
      succeed(work.send(STRANGER, DisputeCall.demand(claim, item, deposit)));
    }
    DisputeCall.Served nothing = new DisputeCall.Served(List.of(Bytes.EMPTY), List.of());
    succeed(
        work.send(
            worker,
            DisputeCall.serveInputTile(
                1,
                new DisputeCall.InputLeaf(GIANT_BYTES, GIANT, TrainingWorld.path(inputs, 1)),
                nothing,
                output(1, new byte[0]))));
    succeed(
        work.send(
            worker,
            DisputeCall.serveInputTile(
                2,
                new DisputeCall.InputLeaf(
                    32_768, MerkleTree.leaf(new byte[32_768]), TrainingWorld.path(inputs, 2)),
                nothing,
                output(2, new byte[0]))));
    work.balance();
    assertEquals(deposit.times(2), work.read(WorkRead.credit(account(worker))));
  }

  @Test // What fits into one answer is served whole: an auditor can run it again from that alone.
  void anInputOfOneAnswerIsNotServedByTheTile() {
    long job = work.submit(FEE, 0);
    int worker = work.revealed(job, work.outputs(work.traces.get(1).output()).root());
    ClaimId claim = new ClaimId(job, 0);
    Amount deposit = work.read(WorkRead.deposit(claim));
    succeed(work.send(STRANGER, DisputeCall.demand(claim, 1, deposit)));
    assertError(
        "TooLittleData(uint256,uint256)",
        work.send(
            worker,
            DisputeCall.serveInputTile(
                1,
                new DisputeCall.InputLeaf(
                    4_800,
                    work.traces.get(1).inputTree().root(),
                    TrainingWorld.path(work.inputs, 1)),
                new DisputeCall.Served(List.of(Bytes.EMPTY), List.of()),
                new DisputeCall.Served(
                    List.of(Bytes.wrap(work.traces.get(1).output())),
                    TrainingWorld.path(work.outputs(work.traces.get(1).output()), 1)))));
  }

  @Test // Protocol §17.12: nobody else may read, or everybody.
  void aJobIsOfItsPartiesAloneOrOfEverybody() {
    long everybodys = work.submit(work.request(WorkJob.EVERYBODY), FEE);
    assertEquals(true, work.read(WorkRead.job(everybodys)).isPublic());
    assertEquals(false, work.read(WorkRead.job(work.submit(FEE, 0))).isPublic());
    assertError(
        "WrongReaders(bytes32)",
        work.send(
            WorkWorld.CLIENT, WorkCall.submit(work.request(MerkleTree.leaf(new byte[0])), FEE)));
  }
}

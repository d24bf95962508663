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
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Amount;
import io.aitbc.model.TransactionRules;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Judge;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.MalformedModelException;
import io.aitbc.referee.Model;
import io.aitbc.referee.Operator;
import io.aitbc.referee.PlanBuilder;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a worker is asked for it can answer, and what it answers with can be proven false.
class AnswerBoundsTest { // Protocol §17.14
  private final WorkWorld work = new WorkWorld();

  private Amount deposit(ClaimId claim) {
    return work.read(WorkRead.deposit(claim));
  }

  private WorkDispute.Stage stage(long dispute) {
    return work.read(WorkRead.dispute(dispute)).stage();
  }

  private static Bytes filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 1);
    return Bytes.wrap(bytes);
  }

  @Test // A root over tiles of which no proof can hold one would convict nobody.
  void aTileThatIsTooLongForAProofIsNoAnswer() {
    byte[] output = work.traces.get(1).output();
    output[5] ^= 1;
    ClaimId claim = new ClaimId(work.submit(FEE, 0), 0);
    int worker = work.revealed(claim.job(), work.outputs(output).root());
    byte[] longest = new byte[Judge.INPUT_BYTES_MAX];
    byte[] wrong = new byte[4_096];
    List<Hash> leaves = new ArrayList<>();
    for (int tile = 0; tile < work.traces.get(1).tree().width(0); tile++) {
      leaves.add(MerkleTree.leaf(tile % 2 == 0 ? longest : wrong));
    }
    MerkleTree trace = MerkleTree.over(leaves);
    for (int tile = 0; tile < 2; tile++) {
      long dispute = tile + 1L;
      succeed(work.send(STRANGER, DisputeCall.challenge(claim, 1, deposit(claim))));
      int top = trace.height();
      succeed(
          work.send(worker, DisputeCall.answerRoot(dispute, trace.root(), trace.below(top, 0))));
      descend(dispute, trace, top, 0);
      succeed(work.send(worker, DisputeCall.answerNodes(dispute, trace.below(top - 8, 0))));
      descend(dispute, trace, top - 8, tile);
      assertEquals(WorkDispute.Stage.TILE, stage(dispute));
    }
    assertError(
        "TooMuchData(uint256,uint256)",
        work.send(worker, DisputeCall.openTile(1, Bytes.wrap(longest))));
    succeed(work.send(worker, DisputeCall.openTile(2, Bytes.wrap(wrong))));
    work.pass(1_801);
    succeed(work.send(MAKER, DisputeCall.timeOut(1)));
    assertEquals(WorkClaim.State.FRAUD, work.read(WorkRead.claim(claim)).state());
    work.balance();
  }

  /// Goes from a node to one eight levels below it, or to a leaf.
  private void descend(long dispute, MerkleTree trace, int level, int child) {
    List<Hash> below = trace.below(level, 0);
    succeed(
        work.send(
            STRANGER,
            DisputeCall.descend(
                dispute,
                child,
                below.get(child),
                TrainingWorld.path(MerkleTree.over(below), child))));
  }

  /// A claim whose items are alike, each a tile a row; its output is its input.
  private final class Rows {
    private final Trace trace;
    private final MerkleTree inputs;
    private final MerkleTree outputs;
    private final int worker;
    private final Amount deposit;

    /// Item 1 is demanded.
    Rows(int rows, int columns) {
      PlanBuilder plan = new PlanBuilder();
      try {
        Model model =
            plan.inference(plan.unary(Operator.RELU, plan.input(ElementType.INT8, rows, columns)));
        trace =
            new Inference(model, Kernel.plain(), Workers.NONE)
                .trace(filled(rows * columns).toArray());
      } catch (MalformedModelException impossible) {
        throw new AssertionError(impossible);
      }
      succeed(
          work.send(
              MAKER,
              WorkCall.registerModel(
                  Bytes.wrap(trace.model().header().encoded()),
                  WorkCall.Boundary.NONE,
                  "rows",
                  Amount.aitbc(100))));
      List<Hash> items = new ArrayList<>();
      List<Hash> results = new ArrayList<>();
      for (int i = 0; i < WorkWorld.ITEMS; i++) {
        items.add(ItemLeaf.input(i, (long) rows * columns, trace.inputTree().root()));
        results.add(ItemLeaf.output(i, trace.output()));
      }
      inputs = MerkleTree.over(items);
      outputs = MerkleTree.over(results);
      ClaimId claim = new ClaimId(work.submit(trace.model().id(), inputs.root(), FEE, 0), 0);
      worker = work.revealed(claim.job(), outputs.root());
      deposit = deposit(claim);
      succeed(work.send(STRANGER, DisputeCall.demandTile(claim, 1, rows - 1, deposit)));
    }

    private DisputeCall.Served output() {
      return new DisputeCall.Served(
          List.of(Bytes.wrap(trace.output())), TrainingWorld.path(outputs, 1));
    }

    EconomyCall whole() {
      int rows = trace.inputTree().width(0);
      Bytes row = filled(trace.output().length / rows);
      return DisputeCall.serve(
          1,
          new DisputeCall.Served(Collections.nCopies(rows, row), TrainingWorld.path(inputs, 1)),
          output());
    }

    EconomyCall lastRow() {
      int last = trace.inputTree().width(0) - 1;
      int bytes = trace.output().length;
      return DisputeCall.serveInputTile(
          1,
          new DisputeCall.InputLeaf(bytes, trace.inputTree().root(), TrainingWorld.path(inputs, 1)),
          new DisputeCall.Served(
              List.of(filled(bytes / (last + 1))), TrainingWorld.path(trace.inputTree(), last)),
          output());
    }
  }

  @Test // Else whoever demands it has an honest worker convicted.
  void aShortInputOfManyTilesIsServedByTheTile() {
    Rows many = new Rows(2_000, 1);
    assertTrue(many.whole().input().length() > TransactionRules.TRANSACTION_BYTES_MAX);
    succeed(work.send(many.worker, many.lastRow()));
    work.balance();
    assertEquals(many.deposit, work.read(WorkRead.credit(account(many.worker))));
  }

  @Test // The deposit is twice what the answer costs.
  void theLargestInputThatIsServedWholeCostsNoMoreThanADepositReckonsWith() {
    Rows most = new Rows(DisputeCall.DATA_TILES_MAX, 64);
    assertError("TooLittleData(uint256,uint256)", work.send(most.worker, most.lastRow()));
    EconomyWorld.Outcome served = work.send(most.worker, most.whole());
    succeed(served);
    long gas = served.gasUsed();
    System.out.printf("[notice] an answer with %d tiles: %d gas%n", 512, gas);
    assertTrue(gas <= EconomyParameter.ANSWER_GAS.standard().low(), gas + " gas");
    work.balance();
  }

  @Test
  void whatIsServedWholeFitsIntoATransaction() {
    int tiles = DisputeCall.DATA_TILES_MAX;
    List<Bytes> parts = new ArrayList<>(Collections.nCopies(tiles - 1, filled(33)));
    parts.add(filled(DisputeCall.DATA_BYTES_MAX - 33 * (tiles - 1)));
    List<Hash> path = Collections.nCopies(32, Hash.ZERO);
    EconomyCall longest =
        DisputeCall.serve(
            1,
            new DisputeCall.Served(parts, path),
            new DisputeCall.Served(List.of(filled(DisputeCall.DATA_BYTES_MAX)), path));
    int length = longest.input().length();
    assertTrue(length + 1_000 < TransactionRules.TRANSACTION_BYTES_MAX, length + " bytes");
    assertTrue(DisputeCall.isServedWhole(DisputeCall.DATA_BYTES_MAX, tiles));
    assertTrue(!DisputeCall.isServedWhole(DisputeCall.DATA_BYTES_MAX, tiles + 1));
    assertTrue(!DisputeCall.isServedWhole(DisputeCall.DATA_BYTES_MAX + 1, 1));
  }

  @Test // A vote about the time of moves convicts nobody whose move had begun.
  void aMoveHasTheTimeThatHeldWhenItBegan() {
    byte[] output = work.traces.get(1).output();
    ClaimId claim = new ClaimId(work.submit(FEE, 0), 0);
    int worker = work.revealed(claim.job(), work.outputs(output).root());
    succeed(work.send(STRANGER, DisputeCall.challenge(claim, 1, deposit(claim))));
    work.set(EconomyParameter.MOVE_SECONDS, 1);
    work.set(EconomyParameter.MOVE_BLOCKS, 1);
    work.pass(100);
    assertError("NotLate(uint256)", work.send(STRANGER, DisputeCall.timeOut(1)));
    MerkleTree trace = work.traces.get(1).tree();
    succeed(
        work.send(worker, DisputeCall.answerRoot(1, trace.root(), trace.below(trace.height(), 0))));
    WorkDispute next = work.read(WorkRead.dispute(1));
    assertEquals(work.world.height + 1, next.untilHeight());
    work.pass(2);
    succeed(work.send(worker, DisputeCall.timeOut(1)));
    assertEquals(WorkDispute.Stage.OVER, stage(1));
    assertEquals(WorkClaim.State.REVEALED, work.read(WorkRead.claim(claim)).state());
    work.balance();
  }
}

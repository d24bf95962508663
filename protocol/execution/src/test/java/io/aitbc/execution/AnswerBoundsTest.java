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

    /// Of item 1 the part from a tile on is demanded.
    Rows(int rows, int columns, int first) {
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
      succeed(work.send(STRANGER, DisputeCall.demandPart(claim, 1, first, deposit)));
    }

    private DisputeCall.Served output() {
      return new DisputeCall.Served(
          List.of(Bytes.wrap(trace.output())), TrainingWorld.path(outputs, 1));
    }

    /// An answer with so many tiles from one on.
    EconomyCall answer(int from, int tiles) {
      int rows = trace.inputTree().width(0);
      int bytes = trace.output().length;
      return DisputeCall.serve(
          1,
          new DisputeCall.InputLeaf(bytes, trace.inputTree().root(), TrainingWorld.path(inputs, 1)),
          new DisputeCall.Served(
              Collections.nCopies(tiles, filled(bytes / rows)),
              trace.inputTree().beside(from, tiles)),
          output());
    }
  }

  @Test // Else whoever demands it has an honest worker convicted.
  void aShortInputOfManyTilesIsServedInParts() {
    Rows many = new Rows(2_000, 1, 1_024);
    assertTrue(many.answer(0, 2_000).input().length() > TransactionRules.TRANSACTION_BYTES_MAX);
    for (int wrong : new int[] {1, 511}) {
      assertError(
          "TooLittleData(uint256,uint256)", work.send(many.worker, many.answer(1_024, wrong)));
    }
    assertError("TooMuchData(uint256,uint256)", work.send(many.worker, many.answer(1_024, 513)));
    assertError("NotUnderRoot()", work.send(many.worker, many.answer(1_023, 512)));
    succeed(work.send(many.worker, many.answer(1_024, 512)));
    work.balance();
    assertEquals(many.deposit, work.read(WorkRead.credit(account(many.worker))));
  }

  @Test // The deposit is twice what the answer costs.
  void theLargestPartCostsNoMoreThanADepositReckonsWith() {
    int tiles = DisputeCall.PART_TILES_MAX;
    Rows most = new Rows(tiles, 64, 0);
    EconomyWorld.Outcome served = work.send(most.worker, most.answer(0, tiles));
    succeed(served);
    long gas = served.gasUsed();
    System.out.printf("[notice] an answer with %d tiles: %d gas%n", tiles, gas);
    assertTrue(gas <= EconomyParameter.ANSWER_GAS.standard().low(), gas + " gas");
    work.balance();
  }

  @Test
  void aPartAndAnOutputFitIntoATransaction() {
    int tiles = DisputeCall.PART_TILES_MAX;
    // A byte more than whole words each, 32 KiB but for a byte, and the longest tile behind them.
    List<Bytes> parts = new ArrayList<>(Collections.nCopies(497, filled(65)));
    parts.addAll(Collections.nCopies(tiles - 1 - 497, filled(33)));
    assertEquals(DisputeCall.DATA_BYTES_MAX - 1, parts.stream().mapToInt(Bytes::length).sum());
    parts.add(filled(4_096));
    List<Integer> lengths = new ArrayList<>(parts.stream().map(Bytes::length).toList());
    boolean _ = lengths.add(1);
    assertEquals(List.of(0, tiles), DisputeCall.parts(lengths));
    List<Hash> path = Collections.nCopies(32, Hash.ZERO);
    EconomyCall longest =
        DisputeCall.serve(
            1,
            new DisputeCall.InputLeaf(1, Hash.ZERO, path),
            new DisputeCall.Served(parts, Collections.nCopies(2 * 28, Hash.ZERO)),
            new DisputeCall.Served(List.of(filled(DisputeCall.DATA_BYTES_MAX)), path));
    int length = longest.input().length();
    assertTrue(length + 1_000 < TransactionRules.TRANSACTION_BYTES_MAX, length + " bytes");
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

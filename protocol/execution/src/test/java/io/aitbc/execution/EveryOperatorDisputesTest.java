// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static io.aitbc.execution.EconomyWorld.account;
import static io.aitbc.execution.WorkWorld.CLIENT;
import static io.aitbc.execution.WorkWorld.MAKER;
import static io.aitbc.execution.WorkWorld.STRANGER;
import static io.aitbc.execution.WorkWorld.succeed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Entry;
import io.aitbc.referee.EveryOperator;
import io.aitbc.referee.Inference;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Operator;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Tensor;
import io.aitbc.referee.Trace;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A false element of whatever the referee can carry out is taken through the chain's contracts, to
/// the bond of the worker who claimed it.
class EveryOperatorDisputesTest { // Protocol §17.2, §17.5, §17.14
  private static final Amount FEE = Amount.aitbc(1);

  /// Ten times the reward, which is four fifths of the fee.
  private static final Amount SLASH = Amount.aitbc(8);

  /// A twentieth.
  private static final Amount FINDERS = new Amount(SLASH.wei().dividedBy(UInt256.of(20)));

  private final WorkWorld work = new WorkWorld();

  @Test
  void aFalseElementOfEveryEntryCostsItsWorkerTheBond() throws Exception {
    Seed seed = Seed.of(1);
    Trace own =
        new Inference(EveryOperator.model(seed), Kernel.plain(), Workers.NONE)
            .trace(EveryOperator.input(seed));
    succeed(
        work.send(
            MAKER,
            WorkCall.registerModel(
                Bytes.wrap(own.model().header().encoded()),
                WorkCall.Boundary.NONE,
                "every operator",
                Amount.aitbc(100))));
    List<Entry> entries = own.model().entries();
    EnumSet<Operator> disputed = EnumSet.noneOf(Operator.class);
    for (Entry entry : entries) {
      Tensor made = entry.output();
      int tile = made.firstTile() + seed.below(made.tiles());
      byte[] content = own.tile(tile);
      content[seed.below(content.length)] ^= (byte) (1 << seed.below(8));
      assertConvicted(entry.toString(), own, tile, content);
      boolean _ = disputed.add(entry.operator());
    }
    assertEquals(EnumSet.allOf(Operator.class), disputed);
  }

  /// A worker claims what a trace with this tile ends with; a stranger finds the tile and proves
  /// its first false element.
  private void assertConvicted(String entry, Trace own, int tile, byte[] content) {
    MerkleTree inputs =
        MerkleTree.over(
            List.of(ItemLeaf.input(0, own.model().header().inputBytes(), own.inputTree().root())));
    List<Hash> tiles = new ArrayList<>();
    for (int i = 0; i < own.tree().width(0); i++) {
      tiles.add(i == tile ? MerkleTree.leaf(content) : own.tree().node(0, i));
    }
    byte[] output = falseOutput(own, tile, content, tiles);
    MerkleTree claimed = MerkleTree.over(tiles);
    long job =
        work.submit(
            new WorkJob.Request(
                own.model().id(), inputs.root(), Hash.ZERO, 1, 20, 10, Amount.ZERO, Hash.ZERO),
            FEE);
    ClaimId claim = new ClaimId(job, 0);
    int worker = work.revealed(job, MerkleTree.over(List.of(ItemLeaf.output(0, output))).root());
    Amount bond = bond(worker);
    Amount client = work.credit(CLIENT);
    Amount stranger = work.credit(STRANGER);
    Amount deposit = work.read(WorkRead.deposit(claim));
    long dispute = work.read(WorkRead.disputeCount()) + 1;

    succeed(work.send(STRANGER, DisputeCall.challenge(claim, 0, deposit)));
    succeed(work.answerRoot(worker, dispute, claimed));
    MerkleTree learned = work.walk(worker, dispute, own.tree(), claimed, true);
    succeed(work.send(worker, DisputeCall.openTile(dispute, Bytes.wrap(content))));
    Bytes proof = Bytes.wrap(new Prover(own, learned, inputs, 0).element(tile, content));
    EconomyWorld.Outcome proven = work.send(STRANGER, DisputeCall.prove(dispute, proof));

    succeed(proven);
    work.balance();
    assertTrue(
        proven.gasUsed() < TrainingWorld.GAS_MAX, () -> entry + ": " + proven.gasUsed() + " gas");
    assertEquals(WorkClaim.State.FRAUD, work.read(WorkRead.claim(claim)).state(), entry);
    assertEquals(bond.minus(SLASH), bond(worker), entry);
    assertEquals(client.plus(FEE), work.credit(CLIENT), entry);
    assertEquals(stranger.plus(deposit).plus(FINDERS), work.credit(STRANGER), entry);
  }

  /// The output of whoever goes on with a false tile: it has that tile, or at its end another false
  /// one, for nobody errs to end with what is right.
  ///
  /// @param tiles leaves of the trace, which ends as the output does afterwards
  private static byte[] falseOutput(Trace own, int tile, byte[] content, List<Hash> tiles) {
    byte[] output = own.output();
    Tensor last = own.model().output();
    if (tile >= last.firstTile()) {
      int first = last.firstElementOf(tile) * last.type().bytes();
      System.arraycopy(content, 0, output, first, content.length);
      return output;
    }
    byte[] end = own.tile(last.endTile() - 1);
    end[end.length - 1] ^= 1;
    output[output.length - 1] ^= 1;
    Hash _ = tiles.set(last.endTile() - 1, MerkleTree.leaf(end));
    return output;
  }

  private Amount bond(int worker) {
    return work.read(WorkRead.service(ServiceRole.WORKER, account(worker))).bond();
  }
}

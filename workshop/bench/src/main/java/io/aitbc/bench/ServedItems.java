// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkDispute;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Model;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// The items of a claim with their right outputs: what an honest worker, or auditor, answers
/// disputes from, and what a hostile challenger makes its proofs of. Protocol §17.14.
///
/// @param model its id
/// @param plan of the model; empty if the model is malformed, and nobody can read it
/// @param items of the claim, which are all of the job's
/// @param inputs the tree over the inputs
/// @param outputs the tree over the outputs
record ServedItems(
    Hash model, Optional<Model> plan, List<Item> items, MerkleTree inputs, MerkleTree outputs) {
  /// One item.
  ///
  /// @param tiles of its input
  /// @param output what comes out; nothing of an input that does not fit the model
  /// @param laid what a challenge of it lays open; empty if it does not fit
  record Item(List<Bytes> tiles, Bytes output, Optional<Laid> laid) {
    long inputBytes() {
      return tiles.stream().mapToLong(Bytes::length).sum();
    }

    private MerkleTree tileTree() {
      return MerkleTree.over(tiles.stream().map(tile -> MerkleTree.leaf(tile.toArray())).toList());
    }

    /// Root of the trace; zeros if there is none.
    Hash traceRoot() {
      return laid.map(it -> it.tree.root()).orElse(Hash.ZERO);
    }
  }

  /// A trace.
  ///
  /// @param tree over its tiles
  /// @param trace of the referee; empty if the model is malformed
  /// @param anyTile the content of each tile then
  record Laid(MerkleTree tree, Optional<Trace> trace, Bytes anyTile) {
    static Laid of(Trace trace) {
      return new Laid(trace.tree(), Optional.of(trace), Bytes.EMPTY);
    }

    private Bytes tile(int number) {
      return trace.map(it -> Bytes.wrap(it.tile(number))).orElse(anyTile);
    }
  }

  static ServedItems of(Hash model, Optional<Model> plan, List<Item> items) {
    List<Hash> inputs = new ArrayList<>();
    List<Bytes> outputs = new ArrayList<>();
    for (Item item : items) {
      boolean _ =
          inputs.add(ItemLeaf.input(inputs.size(), item.inputBytes(), item.tileTree().root()));
      boolean _ = outputs.add(item.output);
    }
    return new ServedItems(
        model, plan, items, MerkleTree.over(inputs), ItemFile.outputTree(outputs));
  }

  /// The right next move of who is challenged, where it is its turn.
  EconomyCall answer(long number, WorkDispute dispute) {
    int leaf = (int) dispute.leaf();
    Item item = items.get(leaf);
    return switch (dispute.stage()) {
      case SERVE -> serve(number, leaf, (int) dispute.index());
      case TRACE_ROOT -> {
        if (item.laid.isPresent()) {
          MerkleTree tree = item.laid.get().tree;
          yield DisputeCall.answerRoot(number, tree.root(), tree.below(tree.height(), 0));
        }
        byte[] proof = dispute.report().isPresent() ? unfit(leaf) : length(leaf);
        yield DisputeCall.proveEmpty(number, Bytes.wrap(proof));
      }
      case NODES ->
          DisputeCall.answerNodes(
              number,
              item.laid.orElseThrow().tree.below((int) dispute.level(), (int) dispute.index()));
      case TILE ->
          DisputeCall.openTile(number, item.laid.orElseThrow().tile((int) dispute.index()));
      case WAITING, STATES, STEP, DESCEND, PROVE, OVER ->
          throw new IllegalStateException("no turn of its own: " + dispute);
    };
  }

  private EconomyCall serve(long number, int leaf, int tile) {
    Item item = items.get(leaf);
    List<Hash> path = ItemFile.path(inputs, leaf);
    DisputeCall.Served output =
        new DisputeCall.Served(List.of(item.output), ItemFile.path(outputs, leaf));
    MerkleTree tree = item.tileTree();
    return DisputeCall.serve(
        number,
        new DisputeCall.InputLeaf(item.inputBytes(), tree.root(), path),
        item.laid.isPresent()
            ? DisputeCall.Served.part(item.tiles, tree, tile)
            : DisputeCall.Served.NOTHING,
        output);
  }

  private byte[] length(int leaf) {
    Item item = items.get(leaf);
    return Prover.length(
        plan.orElseThrow(),
        inputs,
        leaf,
        item.inputBytes(),
        item.tileTree().root(),
        outputs,
        leaf,
        item.output.toArray());
  }

  private byte[] unfit(int leaf) {
    Item item = items.get(leaf);
    return Prover.unfit(
        plan.orElseThrow(), inputs, leaf, item.inputBytes(), item.tileTree().root());
  }

  /// Goes into any hash of the last answer.
  EconomyCall descend(long number, WorkDispute dispute, SplittableRandom dice) {
    MerkleTree tree = items.get((int) dispute.leaf()).laid.orElseThrow().tree;
    List<Hash> answer = tree.below((int) dispute.level(), (int) dispute.index());
    int child = dice.nextInt(answer.size());
    return DisputeCall.descend(
        number, child, answer.get(child), ItemFile.path(MerkleTree.over(answer), child));
  }

  /// A proof of something else than fraud: about a right element, output or length, the same cut
  /// off or with a bit turned, or noise.
  Bytes worthless(int leaf, SplittableRandom dice) {
    Optional<Trace> trace = items.get(leaf).laid.flatMap(Laid::trace);
    byte[] proof = new byte[dice.nextInt(2_000)];
    dice.nextBytes(proof);
    int kind = dice.nextInt(4);
    if (plan.isPresent() && kind == 0) {
      proof = length(leaf);
    } else if (trace.isPresent() && kind == 1) {
      int tile = dice.nextInt(trace.get().tree().width(0));
      proof = prover(leaf, trace.get()).element(tile, trace.get().tile(tile));
    } else if (trace.isPresent() && kind == 2) {
      byte[] output = items.get(leaf).output.toArray();
      int first = plan.orElseThrow().output().firstTile();
      int tile = dice.nextInt(plan.orElseThrow().output().endTile() - first);
      proof =
          prover(leaf, trace.get())
              .output(outputs, leaf, output, tile, trace.get().tile(first + tile));
    }
    if (proof.length > 0 && dice.nextInt(3) == 0) {
      proof[dice.nextInt(proof.length)] ^= (byte) (1 << dice.nextInt(Byte.SIZE));
    }
    int length = dice.nextInt(4) == 0 ? dice.nextInt(proof.length + 1) : proof.length;
    return Bytes.of(proof, 0, length);
  }

  private Prover prover(int leaf, Trace trace) {
    return new Prover(trace, trace.tree(), inputs, leaf);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A worker's moves in disputes, and an auditor's whose report is disputed: it lays open what the
/// referee computes for the leaf. Belongs to one thread. Protocol §17.14.
final class DisputedWorker {
  private final JobFiles files;
  private final Outbox outbox;
  private final DisputedSegments segments;
  private Optional<Traced> last = Optional.empty();

  /// The trace of a leaf, which several moves answer from.
  private record Traced(ClaimId claim, long leaf, Trace trace) {}

  DisputedWorker(JobFiles files, Outbox outbox, DisputedSegments segments) {
    this.files = files;
    this.outbox = outbox;
    this.segments = segments;
  }

  /// Makes the next move if it is the worker's.
  ///
  /// @param outputs of the claim
  void move(long number, WorkDispute dispute, WorkJob job, List<Bytes> outputs) throws IOException {
    if (!(files.find(job) instanceof JobFiles.Found.Whole(JobWork work))) {
      return;
    }
    String name = dispute.stage() + " " + dispute.level() + " of dispute " + number;
    if (job.trains() && isWorkers(dispute.stage())) {
      Optional<EconomyCall> call = segments.move(number, dispute, job, work, outputs);
      if (call.isPresent()) {
        boolean _ = outbox.send(name + (dispute.inState() ? " in the state" : ""), call.get());
      }
      return;
    }
    switch (dispute.stage()) {
      case WAITING -> {
        boolean _ = outbox.send(name, DisputeCall.begin(number));
      }
      case SERVE -> {
        boolean _ = outbox.send(name, serve(number, dispute, work, outputs));
      }
      case TRACE_ROOT -> {
        int item = JobWork.first(dispute.claim()) + (int) dispute.leaf();
        Bytes input = work.inputs().get(item);
        if (input.length() == work.model().header().inputBytes()) {
          MerkleTree tree = trace(dispute, work).tree();
          boolean _ =
              outbox.send(
                  name, DisputeCall.answerRoot(number, tree.root(), tree.below(tree.height(), 0)));
        } else {
          MerkleTree outputTree = ItemFile.outputTree(outputs);
          byte[] proof =
              Prover.length(
                  work.model(),
                  work.tree(),
                  item,
                  input.length(),
                  MerkleTree.leaf(input.toArray()),
                  outputTree,
                  (int) dispute.leaf(),
                  outputs.get((int) dispute.leaf()).toArray());
          boolean _ = outbox.send(name, DisputeCall.proveEmpty(number, Bytes.wrap(proof)));
        }
      }
      case NODES -> {
        MerkleTree tree = trace(dispute, work).tree();
        boolean _ =
            outbox.send(
                name,
                DisputeCall.answerNodes(
                    number, tree.below((int) dispute.level(), (int) dispute.index())));
      }
      case TILE -> {
        byte[] tile = trace(dispute, work).tile((int) dispute.index());
        boolean _ = outbox.send(name, DisputeCall.openTile(number, Bytes.wrap(tile)));
      }
      case STATES -> {} // Of segments alone.
      case STEP, DESCEND, PROVE -> {
        // The challenger's move; without it in time it has lost.
        boolean _ = outbox.send("time out of dispute " + number, DisputeCall.timeOut(number));
      }
      case OVER -> {}
    }
  }

  private static boolean isWorkers(WorkDispute.Stage stage) {
    return switch (stage) {
      case SERVE, STATES, TRACE_ROOT, NODES, TILE -> true;
      case WAITING, STEP, DESCEND, PROVE, OVER -> false;
    };
  }

  private Trace trace(WorkDispute dispute, JobWork work) {
    boolean known =
        last.filter(it -> it.claim.equals(dispute.claim()) && it.leaf == dispute.leaf())
            .isPresent();
    if (!known) {
      int item = JobWork.first(dispute.claim()) + (int) dispute.leaf();
      Trace trace = ClaimLeaf.trace(work.model(), work.inputs().get(item));
      last = Optional.of(new Traced(dispute.claim(), dispute.leaf(), trace));
    }
    return last.orElseThrow().trace;
  }

  /// What fits into one answer is served whole; of a longer input the tile that is demanded, of one
  /// that does not fit the model, which may be of any length, its leaf alone.
  private static EconomyCall serve(
      long number, WorkDispute dispute, JobWork work, List<Bytes> outputs) {
    int leaf = (int) dispute.leaf();
    int item = JobWork.first(dispute.claim()) + leaf;
    Bytes input = work.inputs().get(item);
    List<Hash> path = ItemFile.path(work.tree(), item);
    DisputeCall.Served output =
        new DisputeCall.Served(
            List.of(outputs.get(leaf)), ItemFile.path(ItemFile.outputTree(outputs), leaf));
    List<Bytes> tiles = ItemFile.tiles(work.model(), input);
    boolean fits = input.length() == work.model().header().inputBytes();
    if (input.length() <= DisputeCall.DATA_BYTES_MAX) {
      return DisputeCall.serve(number, new DisputeCall.Served(tiles, path), output);
    }
    MerkleTree tree =
        MerkleTree.over(tiles.stream().map(each -> MerkleTree.leaf(each.toArray())).toList());
    int tile = (int) dispute.index();
    return DisputeCall.serveInputTile(
        number,
        new DisputeCall.InputLeaf(input.length(), tree.root(), path),
        fits
            ? new DisputeCall.Served(List.of(tiles.get(tile)), ItemFile.path(tree, tile))
            : new DisputeCall.Served(List.of(Bytes.EMPTY), List.of()),
        output);
  }
}

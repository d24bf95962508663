// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Trace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A worker's moves in disputes, and an auditor's whose report is disputed: it lays open what the
/// referee computes for the leaf. Belongs to one thread. Protocol §17.14.
final class DisputedWorker {
  private final Outbox outbox;
  private final DisputedSegments segments;
  private Optional<Traced> last = Optional.empty();

  /// The trace of a leaf, which several moves answer from.
  private record Traced(ClaimId claim, long leaf, Trace trace) {}

  DisputedWorker(Outbox outbox, DisputedSegments segments) {
    this.outbox = outbox;
    this.segments = segments;
  }

  /// What tells moves of disputes apart. No two of one dispute have the same: each answer leads
  /// further down its tree, and a challenger leaves the trace for the state once. Protocol §17.14
  /// rule 3.
  static String name(long number, WorkDispute dispute) {
    return "%s %d of dispute %d%s"
        .formatted(
            dispute.stage(), dispute.level(), number, dispute.inState() ? " in the state" : "");
  }

  /// Makes the next move about a segment if it is the worker's.
  ///
  /// @param claim that trains
  void move(long number, WorkDispute dispute, WorkJob job, ServedClaim claim) throws IOException {
    String name = name(number, dispute);
    if (outbox.isOnItsWay(name)) {
      return; // It takes long to compute.
    }
    switch (dispute.stage()) {
      case SERVE, STATES, TRACE_ROOT, NODES, TILE -> {
        Optional<EconomyCall> call =
            segments.move(number, dispute, job, claim.work(), claim.outputs());
        if (call.isPresent()) {
          outbox.post(name, call.get());
        }
      }
      case WAITING, STEP, DESCEND, PROVE, OVER -> moveClock(number, dispute);
    }
  }

  /// What moves a dispute whatever it is about.
  private void moveClock(long number, WorkDispute dispute) throws IOException {
    switch (dispute.stage()) {
      case STEP, DESCEND, PROVE -> {
        // The challenger's move; without it in time it has lost.
        outbox.post("time out of dispute " + number, DisputeCall.timeOut(number));
      }
      case WAITING, SERVE, STATES, TRACE_ROOT, NODES, TILE, OVER -> {}
    }
  }

  /// Makes the next move about an item if it is the worker's.
  void move(long number, WorkDispute dispute, ClaimLeaf leaf) throws IOException {
    String name = name(number, dispute);
    if (outbox.isOnItsWay(name)) {
      return; // It takes long to compute.
    }
    switch (dispute.stage()) {
      case SERVE -> {
        outbox.post(name, serve(number, dispute, leaf));
      }
      case TRACE_ROOT -> {
        if (leaf.fits()) {
          MerkleTree tree = trace(dispute, leaf).tree();
          outbox.post(
              name, DisputeCall.answerRoot(number, tree.root(), tree.below(tree.height(), 0)));
        } else {
          Bytes proof = leaf.length(dispute.report());
          outbox.post(name, DisputeCall.proveEmpty(number, proof));
        }
      }
      case NODES -> {
        MerkleTree tree = trace(dispute, leaf).tree();
        outbox.post(
            name,
            DisputeCall.answerNodes(
                number, tree.below((int) dispute.level(), (int) dispute.index())));
      }
      case TILE -> {
        byte[] tile = trace(dispute, leaf).tile((int) dispute.index());
        outbox.post(name, DisputeCall.openTile(number, Bytes.wrap(tile)));
      }
      case STATES -> {} // Of segments alone.
      case WAITING, STEP, DESCEND, PROVE, OVER -> moveClock(number, dispute);
    }
  }

  private Trace trace(WorkDispute dispute, ClaimLeaf leaf) {
    boolean known =
        last.filter(it -> it.claim.equals(dispute.claim()) && it.leaf == dispute.leaf())
            .isPresent();
    if (!known) {
      last = Optional.of(new Traced(dispute.claim(), dispute.leaf(), leaf.trace()));
    }
    return last.orElseThrow().trace;
  }

  /// The part of the input that is demanded; of one that does not fit the model, which may be of
  /// any length, its leaf alone.
  private static EconomyCall serve(long number, WorkDispute dispute, ClaimLeaf leaf) {
    List<Bytes> tiles = ItemFile.tiles(leaf.model(), leaf.input());
    MerkleTree tree =
        MerkleTree.over(tiles.stream().map(each -> MerkleTree.leaf(each.toArray())).toList());
    return DisputeCall.serve(
        number,
        new DisputeCall.InputLeaf(
            leaf.inputBytes(), tree.root(), ItemFile.path(leaf.inputs(), leaf.item())),
        leaf.fits()
            ? DisputeCall.Served.part(tiles, tree, (int) dispute.index())
            : DisputeCall.Served.NOTHING,
        new DisputeCall.Served(List.of(leaf.output()), ItemFile.path(leaf.outputs(), leaf.leaf())));
  }
}

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
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.Trace;
import io.aitbc.referee.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A worker's moves in disputes about training: it lays open what the referee computes from the
/// state before the segment. Belongs to one thread. Protocol §17.14.
final class DisputedSegments {
  private final SegmentRuns runs;
  private final States states;

  /// Where states after segments are kept.
  @FunctionalInterface
  interface States {
    /// None are: every segment is run again from the job's first state.
    States NONE = (_, _, _) -> Optional.empty();

    /// The state after a segment, if it is kept.
    Optional<List<Elements>> after(ClaimId claim, Model model, int segment) throws IOException;
  }

  /// @param runs where segments are run again
  DisputedSegments(SegmentRuns runs, States states) {
    this.runs = runs;
    this.states = states;
  }

  /// The worker's next move, if it is its own and it has one.
  ///
  /// @param outputs of the claim
  /// @throws OnItsWayException until what it takes is computed
  /// @throws IOException if a state cannot be looked for
  Optional<EconomyCall> move(
      long number, WorkDispute dispute, WorkJob job, JobWork work, List<Bytes> outputs)
      throws IOException {
    return switch (dispute.stage()) {
      case SERVE -> Optional.of(serve(number, dispute, work, outputs));
      case STATES ->
          run(dispute, job, work, outputs)
              .map(run -> answerStates(number, (int) dispute.leaf(), run, outputs));
      case TRACE_ROOT ->
          trace(dispute, job, work, outputs)
              .map(trace -> {
                MerkleTree tree = trace.tree();
                return DisputeCall.answerRoot(number, tree.root(), tree.below(tree.height(), 0));
              });
      case NODES ->
          trace(dispute, job, work, outputs)
              .map(trace -> dispute.inState() ? trace.nextStateTree() : trace.tree())
              .map(tree ->
                  DisputeCall.answerNodes(
                      number, tree.below((int) dispute.level(), (int) dispute.index())));
      case TILE ->
          trace(dispute, job, work, outputs)
              .map(trace ->
                  DisputeCall.openTile(number, Bytes.wrap(trace.tile((int) dispute.index()))));
      case WAITING, STEP, DESCEND, PROVE, OVER -> Optional.empty();
    };
  }

  private static EconomyCall serve(
      long number, WorkDispute dispute, JobWork work, List<Bytes> outputs) {
    List<Bytes> tiles = ItemFile.tiles(work.model(), work.inputs().getFirst());
    MerkleTree inputTree =
        MerkleTree.over(tiles.stream().map(tile -> MerkleTree.leaf(tile.toArray())).toList());
    int tile = (int) dispute.index();
    DisputeCall.Served served;
    if (tile < tiles.size()) {
      served = new DisputeCall.Served(List.of(tiles.get(tile)), ItemFile.path(inputTree, tile));
    } else {
      int ofState = tile - tiles.size();
      served =
          new DisputeCall.Served(
              List.of(Bytes.wrap(TrainingState.tile(work.model(), work.firstState(), ofState))),
              ItemFile.path(TrainingState.tree(work.model(), work.firstState()), ofState));
    }
    int leaf = (int) dispute.leaf();
    return DisputeCall.serveTile(
        number,
        inputTree.root(),
        served,
        new DisputeCall.Served(
            List.of(outputs.get(leaf)), ItemFile.path(ItemFile.outputTree(outputs), leaf)));
  }

  /// The last state is the one that it committed to, whatever it was.
  private static EconomyCall answerStates(
      long number, int segment, Segments.Run run, List<Bytes> outputs) {
    MerkleTree outputTree = ItemFile.outputTree(outputs);
    List<Hash> states = new ArrayList<>(run.states().subList(1, run.states().size()));
    Hash _ = states.set(states.size() - 1, Hash.of(outputs.get(segment).toArray()));
    return DisputeCall.answerStates(
        number,
        new DisputeCall.StateAt(
            run.states().getFirst(),
            segment == 0 ? List.of() : ItemFile.path(outputTree, segment - 1)),
        states,
        ItemFile.path(outputTree, segment));
  }

  private Optional<Segments.Run> run(
      WorkDispute dispute, WorkJob job, JobWork work, List<Bytes> outputs) throws IOException {
    ClaimId claim = dispute.claim();
    return runs.disputed(
            claim,
            work,
            Segments.Outputs.all(outputs),
            (int) dispute.leaf(),
            job.steps(),
            segment -> states.after(claim, work.model(), segment))
        .flatMap(Segments.Again::ran);
  }

  private Optional<Trace> trace(WorkDispute dispute, WorkJob job, JobWork work, List<Bytes> outputs)
      throws IOException {
    Optional<Segments.Run> run = run(dispute, job, work, outputs);
    int step = run.map(it -> it.states().indexOf(dispute.stateBefore())).orElse(-1);
    return step < 0
        ? Optional.empty()
        : runs.trace(dispute.claim(), work, run.orElseThrow(), (int) dispute.leaf(), step);
  }
}

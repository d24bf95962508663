// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.DisputeCall;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Trace;
import io.aitbc.referee.Training;
import io.aitbc.referee.TrainingState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The segments of a job that trains, run again by the referee: their states, and the trace of one
/// step. Protocol §17.6.
final class Segments {
  /// States that did not come, after which the search goes on from the first one.
  private static final int MISSES_MAX = 3;

  private Segments() {}

  /// Where the state after a segment may be had.
  @FunctionalInterface
  interface Source {
    /// A state of the model's form; empty if it does not come.
    Optional<List<Elements>> after(int segment) throws IOException;
  }

  /// The outputs of a claim: all, or those that are known.
  @FunctionalInterface
  interface Outputs {
    /// The output of a segment, if it is known.
    Optional<Bytes> of(int segment);

    /// All of them.
    static Outputs all(List<Bytes> outputs) {
      return segment -> Optional.of(outputs.get(segment));
    }

    /// Whether a segment's output is known, and another root.
    default boolean contradict(int segment, Hash root) {
      return of(segment).filter(it -> !isOutput(it, root)).isPresent();
    }

    /// Whether a segment's output is known, and this root.
    default boolean confirm(int segment, Hash root) {
      return of(segment).filter(it -> isOutput(it, root)).isPresent();
    }
  }

  /// What is known of the state before a segment.
  sealed interface Before {
    /// It is the one that the claim says.
    record Known(List<Elements> state) implements Before {}

    /// A segment before it is wrong, by the states before that one.
    record Wrong(int segment) implements Before {}
  }

  /// A segment that was run again.
  ///
  /// @param before the state before it
  /// @param states the root of that state and those after all steps
  record Run(List<Elements> before, List<Hash> states) {
    Run {
      before = List.copyOf(before);
      states = List.copyOf(states);
    }

    /// Root of the state after it.
    Hash output() {
      return states.getLast();
    }

    /// The tree over all of its states: what a seat reports of it.
    MerkleTree tree() {
      return MerkleTree.over(states);
    }

    /// A state and where it is among those of the segment.
    static DisputeCall.StateAt at(List<Hash> states, int index) {
      return new DisputeCall.StateAt(
          states.get(index), ItemFile.path(MerkleTree.over(states), index));
    }
  }

  private static Training start(JobWork work, List<Elements> before) {
    return new Training(
        work.model(), work.inputs().getFirst().toArray(), before, Kernel.fastest(), Workers.NONE);
  }

  /// Runs a segment.
  static Run run(JobWork work, List<Elements> before, long steps) {
    Training training = start(work, before);
    List<Hash> states = new ArrayList<>();
    states.add(training.stateRoot());
    for (long step = 0; step < steps; step++) {
      training.step();
      states.add(training.stateRoot());
    }
    return new Run(before, states);
  }

  /// The trace of a step of a segment.
  ///
  /// @param step its number in the segment, from 0 on
  static Trace trace(JobWork work, List<Elements> before, int step) {
    Training training = start(work, before);
    for (int i = 0; i < step; i++) {
      training.step();
    }
    return training.tracedStep();
  }

  /// The state before a segment as the claim says: from the source, or from an earlier one by
  /// running what is between.
  ///
  /// @param outputs of the claim
  static Before before(JobWork work, Outputs outputs, int segment, long steps, Source source)
      throws IOException {
    int from = segment;
    List<Elements> state = work.firstState();
    while (from > 0) {
      Optional<List<Elements>> found =
          segment - from < MISSES_MAX ? source.after(from - 1) : Optional.empty();
      if (found.isPresent()
          && outputs.confirm(from - 1, TrainingState.tree(work.model(), found.get()).root())) {
        state = found.get();
        break;
      }
      from--;
    }
    Trainer trainer = Trainer.referee(work.model(), work.inputs().getFirst());
    for (int each = from; each < segment; each++) {
      state = trainer.train(state, steps);
      if (outputs.contradict(each, TrainingState.tree(work.model(), state).root())) {
        return new Before.Wrong(each);
      }
    }
    return new Before.Known(state);
  }

  /// Whether an output is this root.
  static boolean isOutput(Bytes output, Hash root) {
    return output.equals(root.toBytes());
  }
}

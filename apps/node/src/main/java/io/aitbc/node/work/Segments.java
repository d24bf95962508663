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

  /// A state that the claim says, and the segment before which it is.
  ///
  /// @param segment at most the one that is to be run
  record Start(int segment, List<Elements> state) {
    Start {
      state = List.copyOf(state);
    }
  }

  /// What comes of running a segment again.
  sealed interface Again {
    /// It was run from the state before it as the claim says.
    record Ran(Run run) implements Again {}

    /// A segment before it is wrong, by the states before that one.
    record Wrong(int segment) implements Again {}

    /// What was run; empty if the state before it is not what the claim says.
    default Optional<Run> ran() {
      return this instanceof Ran(Run run) ? Optional.of(run) : Optional.empty();
    }
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

  /// Trains on from a state, step after step.
  private static final class Trained {
    private final JobWork work;
    private final long steps;
    private int segment;
    private List<Elements> before;
    private Optional<Training> training = Optional.empty();
    private long done;

    /// @param steps of a segment
    Trained(JobWork work, Start start, long steps) {
      this.work = work;
      this.steps = steps;
      this.segment = start.segment;
      this.before = start.state;
    }

    /// The training of the segment as far as it is.
    Training training() {
      if (training.isEmpty()) {
        training =
            Optional.of(
                new Training(
                    work.model(),
                    work.inputs().getFirst().toArray(),
                    before,
                    Kernel.fastest(),
                    Workers.NONE));
      }
      return training.get();
    }

    /// Does the next step of the segment.
    void step() {
      training().step();
      done++;
    }

    boolean isAtItsEnd() {
      return done >= steps;
    }

    /// Goes on with the next segment.
    ///
    /// @return the root of the state before it
    Hash next() {
      before = training().state();
      training = Optional.empty();
      done = 0;
      segment++;
      return TrainingState.tree(work.model(), before).root();
    }
  }

  private static boolean isOver(long untilNanos) {
    return System.nanoTime() - untilNanos >= 0;
  }

  /// A segment, run again from a state before it.
  ///
  /// @param outputs of the claim
  static Turns<Again> again(JobWork work, Outputs outputs, Start start, int segment, long steps) {
    Trained trained = new Trained(work, start, steps);
    List<Hash> states = new ArrayList<>();
    return untilNanos -> {
      do {
        if (trained.segment == segment && states.isEmpty()) {
          boolean _ = states.add(trained.training().stateRoot());
        }
        if (!trained.isAtItsEnd()) {
          trained.step();
          boolean _ = trained.segment == segment && states.add(trained.training().stateRoot());
        }
        if (trained.isAtItsEnd()) {
          if (trained.segment == segment) {
            return Optional.of(new Again.Ran(new Run(trained.before, states)));
          }
          int before = trained.segment;
          if (outputs.contradict(before, trained.next())) {
            return Optional.of(new Again.Wrong(before));
          }
        }
      } while (!isOver(untilNanos));
      return Optional.empty();
    };
  }

  /// The trace of a step of a segment.
  ///
  /// @param before the state before the segment
  /// @param step its number in the segment, from 0 on
  static Turns<Trace> trace(JobWork work, List<Elements> before, int step) {
    Trained trained = new Trained(work, new Start(0, before), step);
    return untilNanos -> {
      while (!trained.isAtItsEnd()) {
        trained.step();
        if (isOver(untilNanos)) {
          return Optional.empty();
        }
      }
      return Optional.of(trained.training().tracedStep());
    };
  }

  /// The roots of the states after all segments up to one, from the job's first state on.
  static Turns<List<Hash>> roots(JobWork work, int last, long steps) {
    Trained trained = new Trained(work, new Start(0, work.firstState()), steps);
    List<Hash> roots = new ArrayList<>();
    return untilNanos -> {
      do {
        if (!trained.isAtItsEnd()) {
          trained.step();
        }
        if (trained.isAtItsEnd()) {
          boolean _ = roots.add(trained.next());
        }
        if (roots.size() > last) {
          return Optional.of(List.copyOf(roots));
        }
      } while (!isOver(untilNanos));
      return Optional.empty();
    };
  }

  /// From where a segment is run: the state before it as the claim says, from the source, or that
  /// before an earlier one, from where what is between has to be run too.
  ///
  /// @param outputs of the claim
  static Start start(JobWork work, Outputs outputs, int segment, Source source) throws IOException {
    for (int from = segment; from > 0; from--) {
      Optional<List<Elements>> found =
          segment - from < MISSES_MAX ? source.after(from - 1) : Optional.empty();
      if (found.isPresent()
          && outputs.confirm(from - 1, TrainingState.tree(work.model(), found.get()).root())) {
        return new Start(from, found.get());
      }
    }
    return new Start(0, work.firstState());
  }

  /// Whether an output is this root.
  static boolean isOutput(Bytes output, Hash root) {
    return output.equals(root.toBytes());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.BlobId;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.Elements;
import io.aitbc.referee.Model;
import io.aitbc.referee.TrainingState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A worker's work on claims that train: segment after segment, each state kept before the next is
/// begun. Belongs to one thread. Protocol §17.6, §17.9.
final class TrainingWork {
  /// How long is trained until the worker looks at the chain again: far below any deadline.
  private static final Duration SLICE = Duration.ofSeconds(1);

  private final JobFiles files;
  private final StateList states;
  private Optional<Reached> reached = Optional.empty();

  /// How far a claim is.
  ///
  /// @param outputs of the segments that are done
  /// @param state after the last of them
  private record Reached(ClaimId claim, List<Bytes> outputs, List<Elements> state) {}

  TrainingWork(JobFiles files, StateList states) {
    this.files = files;
    this.states = states;
  }

  /// Trains at least one segment.
  ///
  /// @return the outputs of all segments; empty if some are still to be trained
  Optional<List<Bytes>> goOn(ClaimId claim, WorkJob job, JobWork work, Engines engines)
      throws IOException {
    boolean known = reached.filter(it -> it.claim.equals(claim)).isPresent();
    Reached at = known ? reached.orElseThrow() : kept(claim, work);
    Trainer trainer = engines.trainer(work.model(), work.inputs().getFirst());
    long until = System.nanoTime() + SLICE.toNanos();
    while (at.outputs.size() < job.count()) {
      List<Elements> state = trainer.train(at.state, job.steps());
      states.add(claim, files.put(TrainingState.encoded(state)));
      at = new Reached(claim, with(at.outputs, output(work.model(), state)), state);
      reached = Optional.of(at);
      if (System.nanoTime() - until >= 0) {
        break;
      }
    }
    return at.outputs.size() < job.count() ? Optional.empty() : Optional.of(at.outputs);
  }

  private static Bytes output(Model model, List<Elements> state) {
    return TrainingState.tree(model, state).root().toBytes();
  }

  private static List<Bytes> with(List<Bytes> outputs, Bytes next) {
    List<Bytes> all = new ArrayList<>(outputs);
    boolean _ = all.add(next);
    return all;
  }

  /// From the states that are kept; from the beginning if one of them is lost.
  private Reached kept(ClaimId claim, JobWork work) throws IOException {
    List<Bytes> outputs = new ArrayList<>();
    List<Elements> state = work.firstState();
    int count = states.of(claim).size();
    for (int segment = 0; segment < count; segment++) {
      Optional<List<Elements>> after = after(claim, work.model(), segment);
      if (after.isEmpty()) {
        states.remove(claim);
        return new Reached(claim, List.of(), work.firstState());
      }
      state = after.get();
      boolean _ = outputs.add(output(work.model(), state));
    }
    return new Reached(claim, outputs, state);
  }

  /// The state after a segment, if it is kept.
  Optional<List<Elements>> after(ClaimId claim, Model model, int segment) throws IOException {
    List<BlobId> known = states.of(claim);
    Optional<byte[]> file =
        segment < known.size() ? files.read(known.get(segment)) : Optional.empty();
    return file.flatMap(bytes -> TrainingState.decode(model, bytes));
  }
}

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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/// A worker's work on claims that train: segment after segment, each state kept before the next is
/// begun. Belongs to one thread. Protocol §17.6, §17.9.
final class TrainingWork {
  /// How long is trained until the states are kept: what a stop loses at most, and how long a claim
  /// that ends earlier waits.
  private static final Duration SLICE = Duration.ofSeconds(1);

  /// Segments of a slice: states are kept in memory until the slice ends.
  private static final int SEGMENTS_MAX = 16;

  private final JobFiles files;
  private final StateList states;
  private final TreeMap<ClaimId, Reached> reached = new TreeMap<>(OpenJobs.ORDER);

  /// How far a claim is.
  ///
  /// @param outputs of the segments that are done
  /// @param state after the last of them
  private record Reached(List<Bytes> outputs, List<Elements> state) {}

  TrainingWork(JobFiles files, StateList states) {
    this.files = files;
    this.states = states;
  }

  /// The outputs of all segments; empty if some are still to be trained.
  Optional<List<Bytes>> outputs(ClaimId claim, WorkJob job, JobWork work) throws IOException {
    Reached at = at(claim, work);
    return at.outputs.size() < job.count() ? Optional.empty() : Optional.of(at.outputs);
  }

  /// The training of the next segments, which touches nothing but what it is given here and may run
  /// on any thread.
  Callable<EngineRuns.Outcome> next(
      ClaimId claim, WorkJob job, JobWork work, Engines engines, EngineRuns runs)
      throws IOException {
    Reached at = at(claim, work);
    long left = Math.min(SEGMENTS_MAX, job.count() - at.outputs.size());
    Pace.Load all = work.load(claim, job);
    return () -> {
      Trainer trainer = engines.trainer(work.model(), work.inputs().getFirst());
      long from = System.nanoTime();
      List<List<Elements>> states = new ArrayList<>();
      List<Elements> state = at.state;
      long took = 0;
      while (states.size() < left && took < SLICE.toNanos() && !Thread.interrupted()) {
        state = trainer.train(state, job.steps());
        boolean _ = states.add(state);
        took = System.nanoTime() - from;
      }
      if (!states.isEmpty()) {
        runs.measure(
            new Pace.Load(all.model(), all.operations() / job.count() * states.size()),
            Duration.ofNanos(took));
      }
      return new EngineRuns.Outcome.Trained(states);
    };
  }

  /// Keeps the states after the next segments.
  void trained(ClaimId claim, JobWork work, List<List<Elements>> after) throws IOException {
    Reached at = at(claim, work);
    for (List<Elements> state : after) {
      states.add(claim, files.put(TrainingState.encoded(state)));
      at = new Reached(with(at.outputs, output(work.model(), state)), state);
      Reached _ = reached.put(claim, at);
    }
  }

  /// Segments of a claim that are trained.
  int trained(ClaimId claim) {
    return states.of(claim).size();
  }

  /// Forgets how far other claims are.
  void only(Set<ClaimId> claims) {
    boolean _ = reached.keySet().retainAll(claims);
  }

  private Reached at(ClaimId claim, JobWork work) throws IOException {
    Reached at = reached.get(claim);
    if (at == null) {
      at = kept(claim, work);
      Reached _ = reached.put(claim, at);
    }
    return at;
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
        return new Reached(List.of(), work.firstState());
      }
      state = after.get();
      boolean _ = outputs.add(output(work.model(), state));
    }
    return new Reached(outputs, state);
  }

  /// The state after a segment, if it is kept.
  Optional<List<Elements>> after(ClaimId claim, Model model, int segment) throws IOException {
    List<BlobId> known = states.of(claim);
    Optional<byte[]> file =
        segment < known.size() ? files.read(known.get(segment)) : Optional.empty();
    return file.flatMap(bytes -> TrainingState.decode(model, bytes));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.EngineRefusal;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import io.aitbc.referee.Elements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/// What a worker's engine computes, on a thread of its own and one run at a time, so that nothing
/// the chain waits for waits for it. The runs only compute: what they give is taken, kept and sent
/// by the service's thread, which alone calls this. What is not taken is lost with the process and
/// computed anew.
final class EngineRuns implements AutoCloseable {
  /// Runs at a time: one that computes, and one behind it, so that the engine does not wait until
  /// the service looks again.
  static final int RUNS_MAX = 2;

  private final Executor thread;
  private final Optional<ExecutorService> owned;
  private final TreeMap<ClaimId, FutureTask<Outcome>> runs = new TreeMap<>(OpenJobs.ORDER);
  private final ConcurrentLinkedQueue<Measured> measured = new ConcurrentLinkedQueue<>();

  /// What comes of a run.
  sealed interface Outcome {
    /// Outputs of a claim that infers.
    record Inferred(List<Bytes> outputs) implements Outcome {
      /// Copies the list.
      public Inferred {
        outputs = List.copyOf(outputs);
      }
    }

    /// States after the next segments of a claim that trains, at least one.
    record Trained(List<List<Elements>> states) implements Outcome {
      /// Copies the list.
      public Trained {
        states = List.copyOf(states);
      }
    }

    /// The engine gave nothing.
    record Refused(EngineRefusal refusal) implements Outcome {}

    /// The engine broke: it had not the memory, for one. Another claim may do.
    record Broke(Throwable cause) implements Outcome {}
  }

  /// How long a part of a run took.
  record Measured(Pace.Load load, Duration took) {}

  /// On a thread of its own.
  EngineRuns() {
    ExecutorService own =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("engine").daemon().factory());
    this.thread = own;
    this.owned = Optional.of(own);
  }

  /// On a thread that is given, which runs one after the other.
  EngineRuns(Executor thread) {
    this.thread = thread;
    this.owned = Optional.empty();
  }

  /// Whether another run may be started.
  boolean hasRoom() {
    return runs.size() < RUNS_MAX;
  }

  /// Whether a run of the claim was started and is not taken.
  boolean has(ClaimId claim) {
    return runs.containsKey(claim);
  }

  /// Starts a run, for which there must be room.
  void start(ClaimId claim, Callable<Outcome> work) {
    FutureTask<Outcome> run = new FutureTask<>(work);
    if (!hasRoom() || runs.putIfAbsent(claim, run) != null) {
      throw new IllegalStateException("no room for a run of " + claim);
    }
    thread.execute(run);
  }

  /// What a run says of the engine's pace, from the engine's thread.
  void measure(Pace.Load load, Duration took) {
    boolean _ = measured.add(new Measured(load, took));
  }

  /// What was measured since the last call.
  List<Measured> measured() {
    List<Measured> all = new ArrayList<>();
    for (Measured each = measured.poll(); each != null; each = measured.poll()) {
      boolean _ = all.add(each);
    }
    return all;
  }

  /// Whether a run has come to its end and is not taken.
  boolean haveEnded() {
    return runs.values().stream().anyMatch(FutureTask::isDone);
  }

  /// Whether one has not.
  boolean areComputing() {
    return runs.values().stream().anyMatch(each -> !each.isDone());
  }

  /// Whether the claim's has come to its end and is not taken.
  boolean hasEnded(ClaimId claim) {
    FutureTask<Outcome> run = runs.get(claim);
    return run != null && run.isDone();
  }

  /// Takes what came of a claim's run, if it has come to its end.
  Optional<Outcome> take(ClaimId claim) {
    FutureTask<Outcome> run = runs.get(claim);
    if (run == null || !run.isDone()) {
      return Optional.empty();
    }
    FutureTask<Outcome> _ = runs.remove(claim);
    try {
      return Optional.of(run.get());
    } catch (ExecutionException broken) {
      Throwable cause = broken.getCause();
      return Optional.of(new Outcome.Broke(cause == null ? broken : cause));
    } catch (InterruptedException impossible) {
      throw new AssertionError("it has ended", impossible);
    }
  }

  /// Gives up runs of claims that are not wanted any more.
  void only(Set<ClaimId> wanted) {
    for (Map.Entry<ClaimId, FutureTask<Outcome>> each : List.copyOf(runs.entrySet())) {
      if (!wanted.contains(each.getKey())) {
        boolean _ = each.getValue().cancel(true);
        FutureTask<Outcome> _ = runs.remove(each.getKey());
      }
    }
  }

  /// Ends the thread; what it computes is not waited for.
  @Override
  public void close() {
    owned.ifPresent(ExecutorService::shutdownNow);
  }
}

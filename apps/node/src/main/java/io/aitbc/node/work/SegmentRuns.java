// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.referee.Trace;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Training that a service repeats, on a thread of its own, so that nothing the chain waits for
/// waits for it; in turns, so that no long segment, and no claim of which all segments have to be
/// trained, holds up another's. The thread only computes: what comes of it is taken by the
/// service's thread, which alone calls this. Protocol §17.6.
final class SegmentRuns implements AutoCloseable {
  /// Segments that are run again for reports at a time: each keeps a state in memory. Those of
  /// disputes are begun whatever runs.
  static final int REPORTED_MAX = 8;

  /// Of one claim: one that is run, and one behind it, so that the thread does not wait until the
  /// service looks again.
  static final int REPORTED_OF_CLAIM_MAX = 2;

  /// Segments that are kept when they were taken: the moves of a dispute ask for them again.
  static final int KEPT_MAX = 4;

  private static final Duration TURN = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(SegmentRuns.class);

  private final Executor thread;
  private final Optional<ExecutorService> owned;
  private final Kind<Segments.Again> segments = new Kind<>(KEPT_MAX, Integer.MAX_VALUE);

  /// A trace may take a quarter of the memory.
  private final Kind<Trace> traces = new Kind<>(1, 1);

  private final Kind<List<Hash>> roots = new Kind<>(KEPT_MAX, Integer.MAX_VALUE);
  private long look;

  /// What is computed.
  ///
  /// @param segment of the claim
  /// @param step of the segment; 0 for what is about all of it
  private record Name(ClaimId claim, int segment, int step) {}

  /// Begins a computation.
  @FunctionalInterface
  private interface Beginning<T> {
    Turns<T> begin() throws IOException;
  }

  /// On a thread of its own.
  SegmentRuns() {
    ExecutorService own =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("segments").daemon().factory());
    this.thread = own;
    this.owned = Optional.of(own);
  }

  /// On a thread that is given, which runs one after the other.
  SegmentRuns(Executor thread) {
    this.thread = thread;
    this.owned = Optional.empty();
  }

  /// A segment that is run again for a dispute; empty if that broke.
  ///
  /// @param outputs of the claim
  /// @throws OnItsWayException until it is there
  /// @throws IOException if the state before it cannot be looked for
  Optional<Segments.Again> disputed(
      ClaimId claim,
      JobWork work,
      Segments.Outputs outputs,
      int segment,
      long steps,
      Segments.Source source)
      throws IOException {
    return segments.get(
        new Name(claim, segment, 0),
        () ->
            Segments.again(
                work, outputs, Segments.start(work, outputs, segment, source), segment, steps));
  }

  /// A segment that is run again for a report, once there is room for it; empty if that broke.
  ///
  /// @param outputs of the claim
  /// @throws OnItsWayException until it is there
  /// @throws IOException if the state before it cannot be looked for
  Optional<Segments.Again> reported(
      ClaimId claim,
      JobWork work,
      Segments.Outputs outputs,
      int segment,
      long steps,
      Segments.Source source)
      throws IOException {
    boolean isNew = !segments.runs.containsKey(new Name(claim, segment, 0));
    if (isNew
        && (segments.awaited() >= REPORTED_MAX
            || segments.awaited(claim) >= REPORTED_OF_CLAIM_MAX)) {
      throw new OnItsWayException();
    }
    return disputed(claim, work, outputs, segment, steps, source);
  }

  /// The trace of a step of a segment that was run again; empty if that broke.
  ///
  /// @param step its number in the segment, from 0 on
  /// @throws OnItsWayException until it is there
  Optional<Trace> trace(ClaimId claim, JobWork work, Segments.Run run, int segment, int step)
      throws IOException {
    return traces.get(
        new Name(claim, segment, step), () -> Segments.trace(work, run.before(), step));
  }

  /// The roots of the states after all segments up to one, from the job's first state on; empty if
  /// that broke.
  ///
  /// @throws OnItsWayException until they are there
  Optional<List<Hash>> roots(ClaimId claim, JobWork work, int last, long steps) throws IOException {
    return roots.get(new Name(claim, last, 0), () -> Segments.roots(work, last, steps));
  }

  /// Whether something that was asked for in the last look has come.
  boolean haveNews() {
    return segments.haveNews() || traces.haveNews() || roots.haveNews();
  }

  /// Ends a look: gives up what is of other claims, and what was not asked for in it.
  void retain(Set<ClaimId> claims) {
    segments.retain(claims);
    traces.retain(claims);
    roots.retain(claims);
    look++;
  }

  /// Ends the thread; what it computes is not waited for.
  @Override
  public void close() {
    owned.ifPresent(ExecutorService::shutdownNow);
  }

  /// A computation.
  private final class Running<T> implements Runnable {
    private final Turns<T> turns;
    private final CompletableFuture<T> end = new CompletableFuture<>();
    private volatile boolean givenUp;
    private boolean taken;
    private long askedAt;

    Running(Turns<T> turns) {
      this.turns = turns;
    }

    /// The next turn, on the computing thread.
    @Override
    public void run() {
      if (givenUp) {
        return;
      }
      try {
        Optional<T> result = turns.goOn(System.nanoTime() + TURN.toNanos());
        if (result.isPresent()) {
          boolean _ = end.complete(result.get());
        } else {
          thread.execute(this); // Behind the others.
        }
      } catch (RuntimeException | Error broken) {
        boolean _ = end.completeExceptionally(broken);
      }
    }

    Optional<T> take(Name name) {
      boolean first = !taken;
      taken = true;
      try {
        return Optional.of(end.get());
      } catch (ExecutionException broken) {
        if (first) {
          LOG.atError().addKeyValue("segment", name).setCause(broken).log("its training broke");
        }
        return Optional.empty();
      } catch (InterruptedException impossible) {
        throw new AssertionError("it has ended", impossible);
      }
    }
  }

  /// Computations of one kind, those that were asked for last at the end.
  private final class Kind<T> {
    private final int keptMax;
    private final int awaitedMax;
    private final LinkedHashMap<Name, Running<T>> runs = new LinkedHashMap<>(16, 0.75f, true);

    /// @param keptMax of those that were taken
    /// @param awaitedMax of those that were not
    Kind(int keptMax, int awaitedMax) {
      this.keptMax = keptMax;
      this.awaitedMax = awaitedMax;
    }

    Optional<T> get(Name name, Beginning<T> beginning) throws IOException {
      Running<T> run = runs.get(name);
      if (run == null) {
        if (awaited() >= awaitedMax) {
          throw new OnItsWayException();
        }
        run = new Running<>(beginning.begin());
        keep(keptMax - 1);
        Running<T> _ = runs.put(name, run);
        thread.execute(run);
      }
      run.askedAt = look;
      if (!run.end.isDone()) {
        throw new OnItsWayException();
      }
      return run.take(name);
    }

    long awaited() {
      return runs.values().stream().filter(each -> !each.taken).count();
    }

    long awaited(ClaimId claim) {
      return runs.entrySet().stream()
          .filter(each -> each.getKey().claim.equals(claim) && !each.getValue().taken)
          .count();
    }

    boolean haveNews() {
      return runs.values().stream().anyMatch(each -> !each.taken && each.end.isDone());
    }

    void retain(Set<ClaimId> claims) {
      Iterator<Map.Entry<Name, Running<T>>> all = runs.entrySet().iterator();
      while (all.hasNext()) {
        Map.Entry<Name, Running<T>> each = all.next();
        Running<T> run = each.getValue();
        if (!claims.contains(each.getKey().claim) || (!run.taken && run.askedAt != look)) {
          run.givenUp = true;
          all.remove();
        }
      }
      keep(keptMax);
    }

    /// Forgets those that were taken and asked for the longest time ago.
    private void keep(int most) {
      long surplus = runs.size() - awaited() - most;
      Iterator<Running<T>> all = runs.values().iterator();
      while (surplus > 0 && all.hasNext()) {
        if (all.next().taken) {
          all.remove();
          surplus--;
        }
      }
    }
  }
}

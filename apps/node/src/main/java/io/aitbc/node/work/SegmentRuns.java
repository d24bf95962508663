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
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Training that a service repeats, on two threads of its own, so that nothing the chain waits for
/// waits for it; in turns, so that no long segment, and no claim of which all segments have to be
/// trained, holds up another's. Disputes, in which bonds are lost, have one thread for themselves:
/// whoever orders trainings whose steps take long holds up none. The threads only compute: what
/// comes of it is taken by the service's thread, which alone calls this. Protocol §17.6.
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

  private final Executor disputes;
  private final Executor reports;
  private final List<ExecutorService> owned;
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

  /// On threads of its own.
  SegmentRuns() {
    this(thread("disputed segments"), thread("segments"));
  }

  private SegmentRuns(ExecutorService disputes, ExecutorService reports) {
    this.disputes = disputes;
    this.reports = reports;
    this.owned = List.of(disputes, reports);
  }

  /// On threads that are given, which run one after the other.
  SegmentRuns(Executor disputes, Executor reports) {
    this.disputes = disputes;
    this.reports = reports;
    this.owned = List.of();
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
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
    return again(disputes, claim, work, outputs, segment, steps, source);
  }

  private Optional<Segments.Again> again(
      Executor thread,
      ClaimId claim,
      JobWork work,
      Segments.Outputs outputs,
      int segment,
      long steps,
      Segments.Source source)
      throws IOException {
    return segments.get(
        new Name(claim, segment, 0),
        thread,
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
    return again(reports, claim, work, outputs, segment, steps, source);
  }

  /// The trace of a step of a segment that was run again; empty if that broke.
  ///
  /// @param step its number in the segment, from 0 on
  /// @throws OnItsWayException until it is there
  Optional<Trace> trace(ClaimId claim, JobWork work, Segments.Run run, int segment, int step)
      throws IOException {
    return traces.get(
        new Name(claim, segment, step), disputes, () -> Segments.trace(work, run.before(), step));
  }

  /// The roots of the states after all segments up to one, from the job's first state on; empty if
  /// that broke.
  ///
  /// @throws OnItsWayException until they are there
  Optional<List<Hash>> roots(ClaimId claim, JobWork work, int last, long steps) throws IOException {
    return roots.get(new Name(claim, last, 0), reports, () -> Segments.roots(work, last, steps));
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

  /// Ends the threads; what they compute is not waited for.
  @Override
  public void close() {
    owned.forEach(ExecutorService::shutdownNow);
  }

  /// A computation.
  private static final class Running<T> {
    private final Turns<T> turns;
    private final CompletableFuture<T> end = new CompletableFuture<>();
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Executor thread;
    private volatile boolean givenUp;
    private boolean taken;
    private long askedAt;

    Running(Turns<T> turns, Executor thread) {
      this.turns = turns;
      this.thread = thread;
    }

    /// Begins it, or goes on with it on a thread from now on.
    void goOn(Executor on) {
      thread = on;
      on.execute(() -> turn(on));
    }

    /// The next turn, on a computing thread, unless it has gone over to another one: a turn that
    /// has begun there comes to its end first.
    private void turn(Executor on) {
      turn.lock();
      try {
        if (givenUp || !on.equals(thread) || end.isDone()) {
          return;
        }
        Optional<T> result = turns.goOn(System.nanoTime() + TURN.toNanos());
        if (result.isPresent()) {
          boolean _ = end.complete(result.get());
        } else if (on.equals(thread)) {
          on.execute(() -> turn(on)); // Behind the others.
        }
      } catch (RuntimeException | Error broken) {
        boolean _ = end.completeExceptionally(broken);
      } finally {
        turn.unlock();
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

    /// @param thread on which it is computed; nothing goes back from that of the disputes
    Optional<T> get(Name name, Executor thread, Beginning<T> beginning) throws IOException {
      Running<T> run = runs.get(name);
      if (run == null) {
        if (awaited() >= awaitedMax) {
          throw new OnItsWayException();
        }
        run = new Running<>(beginning.begin(), thread);
        keep(keptMax - 1);
        Running<T> _ = runs.put(name, run);
        run.goOn(thread);
      } else if (!run.end.isDone() && !run.thread.equals(thread) && thread.equals(disputes)) {
        run.goOn(thread);
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

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.execution.ClaimId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// What is fetched of workers, who may be as slow as they like: on threads of its own, one thing of
/// a claim at a time. The service waits for a claim a few seconds in all; what takes longer it
/// finds when it looks again. Belongs to the service's thread.
final class Fetches implements AutoCloseable {
  /// Claims of which something is fetched at a time: two chunks of memory each.
  static final int RUNNING_MAX = 64;

  /// How long the service's thread waits for what is fetched of a claim, in all.
  private static final Duration WAIT_MAX = Duration.ofSeconds(5);

  /// What failed after so long is not begun again for as long as it took.
  private static final Duration QUICK_MAX = Duration.ofSeconds(1);

  private final Duration waitMax;
  private final LongSupplier nanos;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final TreeMap<ClaimId, Running> running = new TreeMap<>(OpenJobs.ORDER);

  /// How long the service's thread has waited for claims, nanoseconds.
  private final TreeMap<ClaimId, Long> waited = new TreeMap<>(OpenJobs.ORDER);

  /// When something of a claim may be begun again, by the clock.
  private final TreeMap<ClaimId, Long> pausedUntil = new TreeMap<>(OpenJobs.ORDER);

  /// Claims of which something did not come yet when it was looked for last.
  private final TreeSet<ClaimId> awaited = new TreeSet<>(OpenJobs.ORDER);

  /// Claims of which something had come when a look ended that did not need it.
  private final TreeSet<ClaimId> told = new TreeSet<>(OpenJobs.ORDER);

  /// @param what is fetched of the claim
  /// @param since when, by the clock
  private record Running(String what, FutureTask<?> task, long since) {}

  /// Nothing is fetched yet.
  Fetches() {
    this(WAIT_MAX, System::nanoTime);
  }

  /// Nothing is fetched yet.
  ///
  /// @param waitMax how long the service's thread waits for what is fetched of a claim, in all
  /// @param nanos the clock of what took long and failed, as {@link System#nanoTime}
  Fetches(Duration waitMax, LongSupplier nanos) {
    this.waitMax = waitMax;
    this.nanos = nanos;
  }

  /// What comes of a task, which is begun unless it was.
  ///
  /// @param what names it among those of the claim: of a name something of one type comes
  /// @param task runs on another thread
  /// @throws OnItsWayException if it has not come yet
  /// @throws IOException if it failed
  @SuppressWarnings("unchecked") // Of the same name something of the same type comes.
  <T> T get(ClaimId claim, String what, Callable<T> task) throws IOException {
    Running current = running.get(claim);
    if (current == null || (current.task.isDone() && !current.what.equals(what))) {
      current = begun(claim, what, task);
    }
    if (!current.what.equals(what) || !isDone(claim, current)) {
      throw onItsWay(claim);
    }
    boolean _ = awaited.remove(claim);
    Running _ = running.remove(claim);
    try {
      return (T) current.task.get();
    } catch (ExecutionException failed) {
      long now = nanos.getAsLong();
      if (now - current.since > QUICK_MAX.toNanos()) {
        Long _ = pausedUntil.put(claim, now + (now - current.since));
      }
      throw failed.getCause() instanceof IOException refused
          ? refused
          : new IOException(what + " does not come", failed.getCause());
    } catch (InterruptedException impossible) {
      throw new AssertionError("it has ended", impossible);
    }
  }

  private Running begun(ClaimId claim, String what, Callable<?> task) throws IOException {
    Long until = pausedUntil.get(claim);
    if (until != null && nanos.getAsLong() - until < 0) {
      boolean _ = awaited.remove(claim);
      throw new IOException("it took long and failed; it is not asked for again yet");
    }
    if (running.size() >= RUNNING_MAX && !running.containsKey(claim)) {
      throw onItsWay(claim);
    }
    Running begun = new Running(what, new FutureTask<>(task), nanos.getAsLong());
    Running _ = running.put(claim, begun);
    boolean _ = told.remove(claim);
    threads.execute(begun.task);
    return begun;
  }

  /// Waits for it, if the service has not waited for the claim too long already.
  private boolean isDone(ClaimId claim, Running current) throws IOException {
    long before = waited.getOrDefault(claim, 0L);
    long from = System.nanoTime();
    try {
      if (!current.task.isDone() && before < waitMax.toNanos()) {
        var _ = current.task.get(waitMax.toNanos() - before, TimeUnit.NANOSECONDS);
      }
    } catch (ExecutionException | TimeoutException known) {
      return current.task.isDone(); // It is told when it is taken.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    } finally {
      Long _ = waited.put(claim, before + (System.nanoTime() - from));
    }
    return current.task.isDone();
  }

  private OnItsWayException onItsWay(ClaimId claim) {
    boolean _ = awaited.add(claim);
    return new OnItsWayException();
  }

  /// Whether something of a claim had not come yet when it was looked for last.
  boolean isAwaited(ClaimId claim) {
    return awaited.contains(claim);
  }

  /// Whether something has come, or failed, since the last look ended.
  boolean haveNews() {
    return running.entrySet().stream()
        .anyMatch(each -> each.getValue().task.isDone() && !told.contains(each.getKey()));
  }

  /// Ends a look: gives up what is fetched of other claims.
  void retain(Set<ClaimId> claims) {
    for (Map.Entry<ClaimId, Running> each : List.copyOf(running.entrySet())) {
      if (!claims.contains(each.getKey())) {
        boolean _ = each.getValue().task.cancel(true);
        Running _ = running.remove(each.getKey());
      }
    }
    told.clear();
    running.forEach((claim, each) -> {
      if (each.task.isDone()) {
        boolean _ = told.add(claim);
      }
    });
    boolean _ = waited.keySet().retainAll(claims);
    boolean _ = pausedUntil.keySet().retainAll(claims);
    boolean _ = awaited.retainAll(claims);
  }

  /// Ends all of it.
  @Override
  public void close() {
    var _ = threads.shutdownNow();
  }
}

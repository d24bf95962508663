// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Workers;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Runs the protocol floor's tasks on a fixed number of threads, of which the caller is one: it
/// takes tasks too, so a call always comes to its end, even from inside of a task or when no helper
/// is free.
final class PoolWorkers implements Workers, AutoCloseable {
  /// Requests for help that may wait. One that finds no place is dropped: help is never needed.
  private static final int REQUESTS_MAX = 256;

  private final int threads;
  private final ExecutorService helpers;

  /// @param threads how many tasks run at once, the caller's included; at least 1
  PoolWorkers(int threads) {
    this.threads = threads;
    int count = Math.max(1, threads - 1);
    helpers =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(REQUESTS_MAX),
            Thread.ofPlatform().name("work-", 0).daemon().factory(),
            new ThreadPoolExecutor.DiscardPolicy());
  }

  @Override
  public int width() {
    return threads;
  }

  @Override
  public void run(List<? extends Runnable> tasks) {
    Call call = new Call(tasks);
    for (int i = 1; i < Math.min(threads, tasks.size()); i++) {
      helpers.execute(call);
    }
    call.run();
    call.awaitEnd();
  }

  @Override
  public void close() {
    var _ = helpers.shutdownNow();
  }

  /// One list of tasks, from which every thread takes the next.
  private static final class Call implements Runnable {
    private final List<? extends Runnable> tasks;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch left;

    Call(List<? extends Runnable> tasks) {
      this.tasks = tasks;
      this.left = new CountDownLatch(tasks.size());
    }

    @Override
    public void run() {
      for (int i = next.getAndIncrement(); i < tasks.size(); i = next.getAndIncrement()) {
        try {
          tasks.get(i).run();
        } catch (RuntimeException | Error thrown) {
          var _ = failure.compareAndSet(null, thrown); // Thrown to the caller once all have ended.
        } finally {
          left.countDown();
        }
      }
    }

    /// A task that has begun is never abandoned: an interruption is kept for later.
    void awaitEnd() {
      boolean interrupted = false;
      while (left.getCount() > 0) {
        try {
          left.await();
        } catch (InterruptedException _) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      switch (failure.get()) {
        case null -> {}
        case RuntimeException thrown -> throw thrown;
        case Error thrown -> throw thrown;
        case Throwable impossible -> throw new IllegalStateException(impossible);
      }
    }
  }
}

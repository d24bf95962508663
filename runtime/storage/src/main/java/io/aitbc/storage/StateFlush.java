// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// The writing of the tables of state, which the thread that appends blocks hands to another, so
/// that no block waits for it. At most one is outstanding. Belongs to the thread that appends.
final class StateFlush {
  /// A thread for each writing, of which there is one at a time.
  static final Executor OWN_THREAD =
      task -> Thread.ofPlatform().daemon().name("state-flush").start(task);

  private final Executor executor;
  private @Nullable FutureTask<Void> outstanding;

  /// No writing yet.
  ///
  /// @param executor runs them, now or later
  StateFlush(Executor executor) {
    this.executor = executor;
  }

  boolean isOutstanding() {
    return outstanding != null;
  }

  /// Whether one is outstanding that waits only for {@link #finish}.
  boolean isDone() {
    FutureTask<Void> task = outstanding;
    return task != null && task.isDone();
  }

  /// Begins a writing. None may be outstanding.
  void begin(Runnable writing) {
    if (outstanding != null) {
      throw new IllegalStateException("the tables of state are being written");
    }
    FutureTask<Void> task = new FutureTask<>(writing, null);
    outstanding = task;
    executor.execute(task);
  }

  /// Waits until the writing is through, if one is outstanding; makes it on this thread if its own
  /// has not begun yet.
  ///
  /// @throws DiskException if it failed
  void finish() {
    FutureTask<Void> task = outstanding;
    if (task == null) {
      return;
    }
    task.run(); // Nothing, if another thread has begun.
    boolean wasInterrupted = false;
    try {
      while (true) {
        try {
          Void _ = task.get();
          break;
        } catch (InterruptedException _) {
          wasInterrupted = true; // A write to the disk cannot be left half done either.
        }
      }
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause();
      throw cause instanceof DiskException
          ? new DiskException("writing the tables of state", cause)
          : new IllegalStateException("writing the tables of state", cause);
    } finally {
      outstanding = null;
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import io.aitbc.crypto.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Workers on threads of their own.
final class Threads implements Workers, AutoCloseable {
  private final int count;
  private final ExecutorService executor;

  Threads(int count) {
    this.count = count;
    executor = Executors.newFixedThreadPool(count);
  }

  @Override
  public int width() {
    return count;
  }

  @Override
  public void run(List<? extends Runnable> tasks) {
    List<Future<?>> running = new ArrayList<>();
    tasks.forEach(task -> running.add(executor.submit(task)));
    try {
      for (Future<?> task : running) {
        var _ = task.get();
      }
    } catch (InterruptedException | ExecutionException failure) {
      throw new AssertionError(failure);
    }
  }

  @Override
  public void close() {
    executor.close();
  }
}

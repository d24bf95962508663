// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Threads that compute for all nodes of this process, of which there is one as a rule: at most as
/// many of a kind as there are processors, for more would only wait for each other. They are
/// daemons and stay.
final class SharedThreads {
  /// Checks of signatures that may wait; beyond that whoever asks does the work itself.
  private static final int CHECKS_MAX = 4_096;

  /// Nodes of a process that may have transactions taken at one time, on each of the threads for
  /// that: what waits of each node waits with the node.
  private static final int TAKING_MAX = 4_096;

  private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

  /// Of those that recover senders: half of the processors are left to what decides blocks.
  static final int TAKERS_MAX = Math.max(1, THREADS / 2);

  private static final PoolWorkers WORKERS = new PoolWorkers(THREADS);
  private static final ExecutorService VERIFIERS = threads("verify-", THREADS, CHECKS_MAX);
  private static final ExecutorService TAKERS = threads("take-", TAKERS_MAX, TAKING_MAX);

  private SharedThreads() {}

  /// Run the protocol floor's tasks.
  static PoolWorkers workers() {
    return WORKERS;
  }

  /// Check signatures.
  static ExecutorService verifiers() {
    return VERIFIERS;
  }

  /// Recover senders of what peers bring: apart from the verifiers, whose answers votes wait for.
  static ExecutorService takers() {
    return TAKERS;
  }

  private static ExecutorService threads(String name, int count, int tasksMax) {
    return new ThreadPoolExecutor(
        count,
        count,
        1,
        TimeUnit.MINUTES,
        new ArrayBlockingQueue<>(tasksMax),
        Thread.ofPlatform().name(name, 0).daemon().factory(),
        new ThreadPoolExecutor.CallerRunsPolicy());
  }
}

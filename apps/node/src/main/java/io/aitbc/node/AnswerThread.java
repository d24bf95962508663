// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Reads what peers ask for on a thread of its own: neither votes nor checks of signatures wait for
/// what a stranger asks for. Of each peer one request waits, so that whoever asks again and again
/// waits for itself; what is too much is dropped, as who gets no answer asks another. Protocol
/// §15.5.
final class AnswerThread implements AutoCloseable {
  /// Requests that wait: as many as a node has peers at most, unless it has hundreds of validators.
  static final int WAITING_MAX = 128;

  private static final int STOP_SECONDS_MAX = 5;

  private final Set<Peer> waiting = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor thread;

  AnswerThread(String name) {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().name(name).daemon().factory(),
            new ThreadPoolExecutor.AbortPolicy());
  }

  /// Has `answer`, which reads and sends what `to` asked for, run when its turn comes.
  void serve(Peer to, Runnable answer) {
    if (!waiting.add(to)) {
      return;
    }
    try {
      thread.execute(() -> {
        waiting.remove(to);
        answer.run();
      });
    } catch (RejectedExecutionException full) {
      waiting.remove(to);
    }
  }

  /// Ends; what is being read is read to its end, before the store closes.
  @Override
  public void close() {
    List<Runnable> _ = thread.shutdownNow();
    try {
      boolean _ = thread.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

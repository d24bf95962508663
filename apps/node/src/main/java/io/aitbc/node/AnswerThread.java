// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Reads what peers ask for on a thread of its own: neither votes nor checks of signatures wait for
/// what a stranger asks for. Of each peer one request waits, so that whoever asks again and again
/// waits for itself; what is too much is dropped, as who gets no answer asks another. Peers with
/// places of their own and strangers take turns: no number of the ones keeps an answer from the
/// others. Protocol §15.5.
///
/// What a peer may ask for is judged before; an answer that throws met a failed disk or a broken
/// promise, which stops the node.
final class AnswerThread implements AutoCloseable {
  /// Requests of strangers that wait: more than these can be.
  static final int WAITING_MAX = 128;

  private static final int STOP_SECONDS_MAX = 5;

  private final Predicate<Peer> isReserved;
  private final Consumer<Throwable> whenBroken;

  // In the order in which they came; guarded by this.

  private final LinkedHashMap<Peer, Runnable> validators = new LinkedHashMap<>();
  private final LinkedHashMap<Peer, Runnable> strangers = new LinkedHashMap<>();
  private boolean strangersTurn;

  /// Has a task for each request that waits.
  private final ExecutorService thread;

  /// @param isReserved whether a peer has a place of its own
  /// @param whenBroken gets what an answer throws
  AnswerThread(String name, Predicate<Peer> isReserved, Consumer<Throwable> whenBroken) {
    this.isReserved = isReserved;
    this.whenBroken = whenBroken;
    thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon().factory());
  }

  /// Has `answer`, which reads and sends what `to` asked for, run when its turn comes.
  void serve(Peer to, Runnable answer) {
    boolean hasPlace = isReserved.test(to);
    synchronized (this) {
      Map<Peer, Runnable> lane = hasPlace ? validators : strangers;
      boolean isFull = !hasPlace && strangers.size() >= WAITING_MAX;
      if (isFull || lane.putIfAbsent(to, answer) != null) {
        return;
      }
    }
    try {
      thread.execute(this::answer);
    } catch (RejectedExecutionException closed) {
      return; // Nobody is answered any more.
    }
  }

  private void answer() {
    try {
      next().run();
    } catch (RuntimeException | Error broken) {
      whenBroken.accept(broken);
    }
  }

  private synchronized Runnable next() {
    boolean isStrangers = validators.isEmpty() || (strangersTurn && !strangers.isEmpty());
    strangersTurn = !isStrangers;
    return (isStrangers ? strangers : validators).pollFirstEntry().getValue();
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

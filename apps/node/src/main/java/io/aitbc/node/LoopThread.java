// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The one thread that owns consensus and everything around it. Others hand it tasks through a
/// bounded queue; what is to happen later waits in a list of its own. A task that throws ends the
/// thread: a broken invariant stops the node.
final class LoopThread implements AutoCloseable {
  /// Tasks that may wait. A validator set of 1,000 sends about 4,000 votes a round; four rounds of
  /// them fit, and whoever is blocked beyond that is a network thread, which then reads no more.
  static final int TASKS_MAX = 16_384;

  /// Of these, messages of peers: a few milliseconds of them, so that timers, answers to checks and
  /// the next peer's turn do not wait behind a flood. The others wait where each peer has a share.
  static final int PEER_TASKS_MAX = 1_024;

  private static final long STOP_MILLIS_MAX = 5_000;

  /// Something to do at a moment of the monotonic clock.
  private record Later(long atNanos, long order, Runnable task) {}

  private final BlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(TASKS_MAX);
  private final Semaphore peerTasks = new Semaphore(PEER_TASKS_MAX);
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(
          Comparator.<Later>comparingLong(Later::atNanos).thenComparingLong(Later::order));
  private final Consumer<Throwable> whenBroken;
  private final Thread thread;
  private long order;
  private volatile boolean running = true;

  /// A loop, not started, that hands what ended it to `whenBroken`.
  LoopThread(String name, Consumer<Throwable> whenBroken) {
    this.whenBroken = whenBroken;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  /// Has `task` run on the loop; waits while the queue is full. The loop itself never waits for
  /// room that only it can make: what it posts comes next.
  void post(Runnable task) {
    if (Thread.currentThread().equals(thread)) {
      after(Duration.ZERO, task);
      return;
    }
    try {
      while (running && !tasks.offer(task, 100, TimeUnit.MILLISECONDS)) {
        // The queue is full: whoever posts waits, so that what it reads from waits too.
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Has what a peer sent handled on the loop; waits while {@link #PEER_TASKS_MAX} of these wait.
  /// Not to be called from the loop.
  void postForPeer(Runnable task) {
    try {
      while (running && !peerTasks.tryAcquire(100, TimeUnit.MILLISECONDS)) {
        // As in post.
      }
      post(() -> {
        peerTasks.release();
        task.run();
      });
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Has `task` run on the loop: at once if this is the loop.
  void run(Runnable task) {
    if (Thread.currentThread().equals(thread)) {
      task.run();
    } else {
      post(task);
    }
  }

  /// Has `task` run on the loop if there is room; false if it was dropped.
  boolean offer(Runnable task) {
    return tasks.offer(task);
  }

  /// Has `task` run after `delay`. To be called from the loop only.
  void after(Duration delay, Runnable task) {
    later.add(new Later(System.nanoTime() + delay.toNanos(), order++, task));
  }

  /// How many tasks wait.
  int waiting() {
    return tasks.size();
  }

  @Override
  public void close() {
    running = false;
    thread.interrupt();
    try {
      if (!Thread.currentThread().equals(thread)) {
        thread.join(STOP_MILLIS_MAX);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (running) {
        Runnable task = next();
        if (task != null) {
          task.run();
        }
      }
    } catch (InterruptedException closing) {
      if (running) {
        whenBroken.accept(closing);
      }
    } catch (RuntimeException | Error broken) {
      running = false;
      whenBroken.accept(broken);
    }
  }

  /// The next task that is due, or null when it is time to look again.
  private @Nullable Runnable next() throws InterruptedException {
    Later first = later.peek();
    if (first == null) {
      return tasks.poll(1, TimeUnit.SECONDS);
    }
    long wait = first.atNanos() - System.nanoTime();
    if (wait <= 0) {
      later.remove();
      return first.task();
    }
    return tasks.poll(wait, TimeUnit.NANOSECONDS);
  }
}

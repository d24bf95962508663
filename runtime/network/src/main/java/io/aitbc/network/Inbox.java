// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// What has arrived and waits for the handler, in order of {@link TrafficClass}; one thread takes
/// it out. Bounded through the connections: each stops reading its socket while more than {@link
/// #BYTES_PER_PEER_MAX} of its messages wait here, so a slow handler slows the peers down instead
/// of filling the memory. Protocol §15.4.
final class Inbox {
  /// Bytes of one peer that may wait before its socket is no longer read. One frame and one read of
  /// the socket may come on top.
  static final int BYTES_PER_PEER_MAX = 2 << 20;

  /// What a message weighs at least: the objects around a small one take about this many bytes.
  static final int MESSAGE_BYTES_MIN = 256;

  /// One thing to be done on the handler's thread.
  @FunctionalInterface
  interface Task {
    /// Does it. May take its time, but everything else waits.
    void run();
  }

  private final Map<TrafficClass, Queue<Task>> queues = new EnumMap<>(TrafficClass.class);
  private boolean closed;

  Inbox() {
    for (TrafficClass each : TrafficClass.values()) {
      queues.put(each, new ArrayDeque<>());
    }
  }

  /// Appends a task.
  synchronized void add(TrafficClass traffic, Task task) {
    if (!closed) {
      boolean _ = requireNonNull(queues.get(traffic)).add(task);
      notifyAll();
    }
  }

  /// Takes tasks out and runs them until the inbox is closed and empty. What a task throws ends the
  /// loop and comes out here.
  void drain() throws InterruptedException {
    while (true) {
      Task next = take();
      if (next == null) {
        return;
      }
      next.run();
    }
  }

  /// Whether nothing waits.
  synchronized boolean isEmpty() {
    return queues.values().stream().allMatch(Queue::isEmpty);
  }

  /// Accepts nothing more; what waits is still done.
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  private synchronized @Nullable Task take() throws InterruptedException {
    while (true) {
      for (Queue<Task> each : queues.values()) {
        Task next = each.poll();
        if (next != null) {
          return next;
        }
      }
      if (closed) {
        return null;
      }
      wait();
    }
  }
}

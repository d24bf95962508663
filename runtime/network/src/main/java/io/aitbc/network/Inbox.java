// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// What has arrived and waits for the handler; one thread takes it out. Bounded through the
/// connections: each stops reading its socket while more than {@link #BYTES_PER_PEER_MAX} of its
/// messages wait here, so a slow handler slows the peers down instead of filling the memory.
/// Protocol §15.2, §15.4.
final class Inbox {
  /*
   * Whoever sends most must not have most of the handler's time: peers have turns. Those with
   * places of their own have theirs before strangers, so that no number of strangers holds up the
   * votes of validators; and each peer's votes go before its proposals. Transactions and sync wait
   * until no consensus does, but for a turn now and then, or a flood would end them; the turn is
   * another lane's each time, or a second flood would.
   */

  /// Bytes of one peer that may wait before its socket is no longer read. One frame and one read of
  /// the socket may come on top.
  static final int BYTES_PER_PEER_MAX = 2 << 20;

  /// What a message weighs at least: the objects around a small one take about this many bytes.
  static final int MESSAGE_BYTES_MIN = 256;

  /// Of so many turns one begins with another lane than the first: each of them in its turn.
  static final int TURNS_UPWARDS = 64;

  /// One thing to be done on the handler's thread.
  @FunctionalInterface
  interface Task {
    /// Does it. May take its time, but everything else waits.
    void run();
  }

  /// Whose task it is.
  ///
  /// @param name stays the same as long as order matters between its tasks of consensus
  /// @param hasPlace whether it goes before strangers
  record Source(Object name, boolean hasPlace) {
    /// This node itself.
    static final Source SELF = new Source("self", true);
  }

  /// Peers whose turns come one after the other.
  private static final class Lane {
    private final LinkedHashMap<Object, Waiting> turns = new LinkedHashMap<>();

    boolean holds(Source source) {
      return turns.containsKey(source.name());
    }

    void add(Source source, TrafficClass traffic, Task task) {
      turns.computeIfAbsent(source.name(), _ -> new Waiting()).add(traffic, task);
    }

    @Nullable Task poll() {
      Map.@Nullable Entry<Object, Waiting> first = turns.pollFirstEntry();
      if (first == null) {
        return null;
      }
      Task next = first.getValue().poll();
      if (!first.getValue().isEmpty()) {
        turns.put(first.getKey(), first.getValue()); // Behind the others.
      }
      return next;
    }
  }

  /// What one peer waits for in a lane.
  private static final class Waiting {
    private final Queue<Task> urgent = new ArrayDeque<>(1);
    private final Queue<Task> others = new ArrayDeque<>(1);

    void add(TrafficClass traffic, Task task) {
      boolean _ = (traffic == TrafficClass.VOTES ? urgent : others).add(task);
    }

    Task poll() {
      return urgent.isEmpty() ? others.remove() : urgent.remove();
    }

    boolean isEmpty() {
      return urgent.isEmpty() && others.isEmpty();
    }
  }

  private final Lane validators = new Lane();
  private final Lane strangers = new Lane();
  private final Lane transactions = new Lane();
  private final Lane sync = new Lane();
  private final List<Lane> lanes = List.of(validators, strangers, transactions, sync);
  private int turns;
  private int upwards;
  private boolean closed;

  /// Appends a task.
  synchronized void add(Source source, TrafficClass traffic, Task task) {
    if (!closed) {
      laneOf(source, traffic).add(source, traffic, task);
      notifyAll();
    }
  }

  /// What waits of a peer keeps its order, though it gets a place of its own meanwhile.
  private Lane laneOf(Source source, TrafficClass traffic) {
    return switch (traffic) {
      case VOTES, PROPOSALS -> {
        boolean isFirst = source.hasPlace() ? !strangers.holds(source) : validators.holds(source);
        yield isFirst ? validators : strangers;
      }
      case TRANSACTIONS -> transactions;
      case SYNC -> sync;
    };
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

  /// Accepts nothing more; what waits is still done.
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  private int firstLane() {
    turns = (turns + 1) % TURNS_UPWARDS;
    if (turns > 0) {
      return 0;
    }
    int lane = lanes.size() - 1 - upwards;
    upwards = (upwards + 1) % (lanes.size() - 1);
    return lane;
  }

  private synchronized @Nullable Task take() throws InterruptedException {
    while (true) {
      int first = firstLane();
      for (int i = 0; i < lanes.size(); i++) {
        Task next = lanes.get((first + i) % lanes.size()).poll();
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

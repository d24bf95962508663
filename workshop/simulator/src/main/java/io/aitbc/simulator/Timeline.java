// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.testkit.Seed;
import java.util.PriorityQueue;

/// Virtual time: what happens next, in microseconds since the run began. Events of one moment come
/// in the order in which they were planned, or in a drawn one, which finds races.
final class Timeline {
  /// How events of one moment follow each other.
  enum Ties {
    /// As they were planned.
    FIRST_COME,
    /// As drawn.
    DRAWN
  }

  private record Event(long atMicros, long tie, long order, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int first = Long.compare(atMicros, other.atMicros);
      first = first != 0 ? first : Long.compare(tie, other.tie);
      return first != 0 ? first : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>(1_024);
  private final Seed ties;
  private final Ties manner;
  private long nowMicros;
  private long planned;

  /// A timeline at moment 0.
  Timeline(Seed ties, Ties manner) {
    this.ties = ties;
    this.manner = manner;
  }

  /// The present moment, in microseconds.
  long nowMicros() {
    return nowMicros;
  }

  /// How many events wait.
  int waiting() {
    return events.size();
  }

  /// Has `action` happen at a moment, at once if that is past.
  void at(long micros, Runnable action) {
    long tie = manner == Ties.DRAWN ? ties.nextLong() : 0;
    events.add(new Event(Math.max(micros, nowMicros), tie, planned++, action));
  }

  /// Has `action` happen after a while.
  void after(long micros, Runnable action) {
    at(nowMicros + micros, action);
  }

  /// Lets the next event happen if it is due by `endMicros`; else time goes on to that moment.
  ///
  /// @return whether something happened
  boolean step(long endMicros) {
    Event next = events.peek();
    if (next == null || next.atMicros > endMicros) {
      nowMicros = Math.max(nowMicros, endMicros);
      return false;
    }
    events.remove();
    nowMicros = next.atMicros;
    next.action.run();
    return true;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/// What happened in a run: a hash of all of it, and the last events for a reader.
final class Trace {
  /// Events kept for a reader.
  static final int KEPT = 60;

  private record Event(long atMicros, int node, String what, Object subject) {}

  private final ArrayDeque<Event> last = new ArrayDeque<>();
  private long hash;
  private long count;

  /// Notes an event.
  ///
  /// @param fingerprint tells this event from others of its kind; the same on every machine
  void note(long atMicros, int node, String what, Object subject, long fingerprint) {
    count++;
    hash = KeyedHashes.mix(hash ^ KeyedHashes.mix(atMicros * 1_024 + node) ^ fingerprint);
    if (last.size() == KEPT) {
      last.removeFirst();
    }
    last.addLast(new Event(atMicros, node, what, subject));
  }

  /// The hash of all events so far.
  long hash() {
    return hash;
  }

  long count() {
    return count;
  }

  /// The last events as text.
  List<String> lines() {
    return last.stream()
        .map(event ->
            String.format(
                Locale.ROOT,
                "%12.3f ms  node %2d  %s %s",
                event.atMicros / 1_000.0,
                event.node,
                event.what,
                event.subject))
        .toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.model.Proposal;
import java.util.EnumMap;
import java.util.Map;

/// How often each {@link Coverage} was seen, the most that a node held, and the most blocks that a
/// censored transaction waited for.
final class CoverageCount {
  private final EnumMap<Coverage, Long> counts = new EnumMap<>(Coverage.class);
  private long heldMost;
  private long waitedMost;

  void count(Coverage seen) {
    add(seen, 1);
  }

  /// A proposal was sent.
  void proposed(Proposal proposal) {
    if (proposal.prepared().isPresent()) {
      count(Coverage.PROPOSED_AGAIN);
    }
    if (proposal.round().number() >= 3) {
      count(Coverage.ROUND_THREE);
    }
  }

  private void add(Coverage seen, long times) {
    counts.merge(seen, times, Long::sum);
  }

  long of(Coverage seen) {
    return counts.getOrDefault(seen, 0L);
  }

  /// A node held so many things.
  void held(long things) {
    heldMost = Math.max(heldMost, things);
  }

  /// The most things that a node held.
  long heldMost() {
    return heldMost;
  }

  /// A censored transaction became final, that many blocks after it was sent.
  void waited(long blocks) {
    waitedMost = Math.max(waitedMost, blocks);
  }

  /// The most blocks that a censored transaction waited for, its own included.
  long waitedMost() {
    return waitedMost;
  }

  /// Adds the counts of another run.
  void add(CoverageCount other) {
    other.counts.forEach(this::add);
    held(other.heldMost);
    waited(other.waitedMost);
  }

  /// All counts by name.
  Map<Coverage, Long> all() {
    Map<Coverage, Long> all = new EnumMap<>(Coverage.class);
    for (Coverage each : Coverage.values()) {
      all.put(each, of(each));
    }
    return all;
  }
}

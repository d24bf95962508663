// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.util.EnumMap;
import java.util.Map;

/// How often each {@link Coverage} was seen.
final class CoverageCount {
  private final long[] counts = new long[Coverage.values().length];

  void count(Coverage seen) {
    counts[seen.ordinal()]++;
  }

  long of(Coverage seen) {
    return counts[seen.ordinal()];
  }

  /// Adds the counts of another run.
  void add(CoverageCount other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
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

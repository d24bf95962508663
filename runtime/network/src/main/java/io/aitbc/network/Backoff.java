// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next attempt to reach a peer: doubling from attempt to attempt up to
/// a cap, each wait drawn from its upper half, so that nodes that lost each other at one moment do
/// not come back at one moment. Protocol §15.1.
///
/// @param first the first wait
/// @param max the longest wait
record Backoff(Duration first, Duration max) {
  /// For peers that the operator named and for validators. The cap keeps the promise that a network
  /// whose quorum comes back has final blocks again within 12 seconds (Protocol §6).
  static final Backoff WANTED = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(4));

  /// For peers that were only heard of.
  static final Backoff HEARSAY = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(10));

  /// The wait after `failures` failures in a row, in nanoseconds.
  long waitNanos(int failures, RandomGenerator random) {
    int doublings = Math.clamp(failures - 1, 0, 30);
    long longest = Math.min(max.toNanos(), first.toNanos() << doublings);
    long shortest = longest / 2;
    return shortest + random.nextLong(longest - shortest + 1);
  }
}

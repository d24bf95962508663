// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Hashes of transactions that this node is going to spread among its peers. The first after a
/// pause leave at once; what comes within the pause after that leaves together, so that the
/// messages of a second do not grow with its transactions. Protocol §15.3.
///
/// Safe for use by several threads.
final class Announcements {
  /// The least time between two announcements of what callers brought: a tenth of a block in FAST.
  static final long PAUSE_NANOS = 10_000_000L;

  /// The same of what peers brought. Most peers have it by then from where it came from, and what
  /// they have told or what is in a block is not told any more.
  static final long RELAY_PAUSE_NANOS = 100_000_000L;

  private final long pauseNanos;
  private List<Hash> waiting = new ArrayList<>();
  private boolean arranged;
  private boolean toldBefore;
  private long toldAt;

  /// @param pauseNanos the least time between two announcements
  Announcements(long pauseNanos) {
    this.pauseNanos = pauseNanos;
  }

  /// Takes more of them.
  ///
  /// @param now of `System.nanoTime()`, as in {@link #take}
  /// @return nanoseconds until the caller has to take what waits then; empty if that was asked of
  ///   an earlier caller
  synchronized OptionalLong add(List<Hash> hashes, long now) {
    waiting.addAll(hashes);
    if (arranged) {
      return OptionalLong.empty();
    }
    arranged = true;
    return OptionalLong.of(toldBefore ? Math.max(0, toldAt + pauseNanos - now) : 0);
  }

  /// What is to be told now.
  synchronized List<Hash> take(long now) {
    List<Hash> taken = waiting;
    waiting = new ArrayList<>();
    arranged = false;
    toldBefore = true;
    toldAt = now;
    return taken;
  }
}

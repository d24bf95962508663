// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.time.Duration;
import java.time.Instant;

/// The clocks of one node: a wall clock that is off, drifts and jumps, and a monotonic one that
/// only drifts.
final class VirtualClock {
  /// The wall clock's time at moment 0, were it right: in whole seconds since 1970.
  static final Instant BEGIN = Instant.ofEpochSecond(1_700_000_000);

  private static final long PARTS = 1_000_000;

  private final Timeline timeline;
  private final long driftPerMillion;
  private long offsetMillis;

  VirtualClock(Timeline timeline, long driftPerMillion, long offsetMillis) {
    this.timeline = timeline;
    this.driftPerMillion = driftPerMillion;
    this.offsetMillis = offsetMillis;
  }

  /// The wall clock, in whole milliseconds.
  Instant now() {
    return BEGIN.plusMillis(ownMicros() / 1_000 + offsetMillis);
  }

  /// The monotonic clock.
  long nanos() {
    return 1_000 * ownMicros();
  }

  private long ownMicros() {
    return timeline.nowMicros() + timeline.nowMicros() * driftPerMillion / PARTS;
  }

  /// What this node's `delay` lasts, in microseconds.
  long micros(Duration delay) {
    long micros = delay.toNanos() / 1_000;
    return micros - micros * driftPerMillion / PARTS;
  }

  /// The wall clock jumps.
  void jump(long millis) {
    offsetMillis += millis;
  }

  /// The wall clock is set right, but for a few milliseconds.
  void correct(long restMillis) {
    offsetMillis = restMillis - timeline.nowMicros() * driftPerMillion / PARTS / 1_000;
  }
}

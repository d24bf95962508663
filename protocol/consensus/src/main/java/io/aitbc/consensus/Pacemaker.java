// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Round;
import java.time.Duration;

/// How long a round may last: from the measured time of a decision, growing by half per round, up
/// to a cap, so that after any length of silence the next attempt is near. Protocol §5.8.
final class Pacemaker {
  /// Shortest timer of round 0, in milliseconds: a pause of the collector or the disk must not end
  /// a round.
  static final long ROUND_MILLIS_MIN = 500;

  /// Timer of round 0 before anything was measured, in milliseconds.
  static final long ROUND_MILLIS_START = 1_000;

  /// How many measured decisions fit in the timer of round 0.
  static final long MARGIN = 4;

  private long decisionMillis = ROUND_MILLIS_START / MARGIN;

  /// Takes the time from a proposal to its certificate, as a moving mean over about eight.
  void measured(Duration decision, Duration cap) {
    long sample = Math.clamp(decision.toMillis(), 0, cap.toMillis());
    decisionMillis = (7 * decisionMillis + sample + 7) / 8;
  }

  /// The timer of a round.
  Duration roundTimer(Round round, Duration cap) {
    long millis = Math.max(ROUND_MILLIS_MIN, MARGIN * decisionMillis);
    for (int i = 0; i < round.number() && millis < cap.toMillis(); i++) {
      millis = millis * 3 / 2;
    }
    return Duration.ofMillis(Math.min(millis, cap.toMillis()));
  }

  /// How far the timestamp of a fresh content may be from a voter's clock: 1 s, growing by half per
  /// round up to 10 s.
  static Duration clockTolerance(Round round) {
    long millis = 1_000;
    for (int i = 0; i < round.number() && millis < 10_000; i++) {
      millis = millis * 3 / 2;
    }
    return Duration.ofMillis(Math.min(millis, 10_000));
  }
}

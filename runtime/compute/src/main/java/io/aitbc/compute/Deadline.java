// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.crypto.Bytes;
import java.time.Duration;
import java.util.List;

/// The time and the bounds of one call.
///
/// @param timeMax what was given
/// @param endNanos when it is over, by `System.nanoTime`
record Deadline(Duration timeMax, long endNanos) {
  /// Begins a call.
  ///
  /// @throws EngineRefusedException if its items are too many or too long
  static Deadline of(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
    check("items", items.size(), Engine.ITEMS_MAX);
    check("bytes of inputs", items.stream().mapToLong(Bytes::length).sum(), Engine.INPUT_BYTES_MAX);
    return new Deadline(timeMax, System.nanoTime() + timeMax.toNanos());
  }

  /// Refuses more than there may be.
  static void check(String what, long given, long max) throws EngineRefusedException {
    if (given > max) {
      throw new EngineRefusedException(new EngineRefusal.TooMuch(what, given, max));
    }
  }

  /// What is left.
  ///
  /// @throws EngineRefusedException if nothing is
  Duration left() throws EngineRefusedException {
    long nanos = endNanos - System.nanoTime();
    if (nanos <= 0) {
      throw late();
    }
    return Duration.ofNanos(nanos);
  }

  /// Too late.
  EngineRefusedException late() {
    return new EngineRefusedException(new EngineRefusal.Late(timeMax));
  }
}

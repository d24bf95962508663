// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Decompresses and checks points from outside, and remembers those that passed: some 60 us of a
/// public key and 200 us of a signature become a look-up. Any thread may use it. What is remembered
/// never changes an answer.
///
/// @param <T> the compressed form
/// @param <P> the point
final class CheckedPoints<T, P> {
  /// A value may stand in any of this many neighbouring places. With a full set of 1,000 validators
  /// fewer than one key in a thousand finds no place of its own among eight times as many.
  private static final int WAYS = 4;

  private record Checked<T, P>(T value, P point) {}

  private final Function<T, Optional<P>> check;
  private final int buckets;

  // Atomic, not plain: a point's fields are not final, so a race could show a half-built one.
  private final AtomicReferenceArray<@Nullable Checked<T, P>> places;

  /// @param capacity most points that are remembered, a multiple of four; one takes some 500 bytes
  /// @param check the point of a value; empty if it is none that may be used
  CheckedPoints(int capacity, Function<T, Optional<P>> check) {
    this.check = check;
    buckets = capacity / WAYS;
    places = new AtomicReferenceArray<>(buckets * WAYS);
  }

  /// The point of `value`; empty if it does not pass the check. The point must not be changed.
  Optional<P> point(T value) {
    int first = first(value);
    for (int way = 0; way < WAYS; way++) {
      Checked<T, P> checked = places.get(first + way);
      if (checked != null && checked.value.equals(value)) {
        return Optional.of(checked.point);
      }
    }
    Optional<P> point = check.apply(value);
    point.ifPresent(valid -> remember(value, valid));
    return point;
  }

  /// Remembers a point that passes the check by how it was made. Newest first; the oldest of the
  /// bucket falls out.
  void remember(T value, P point) {
    int first = first(value);
    for (int way = WAYS - 1; way > 0; way--) {
      places.set(first + way, places.get(first + way - 1));
    }
    places.set(first, new Checked<>(value, point));
  }

  private int first(T value) {
    return WAYS * Math.floorMod((value.hashCode() * 0x9e3779b9) >>> 8, buckets);
  }
}

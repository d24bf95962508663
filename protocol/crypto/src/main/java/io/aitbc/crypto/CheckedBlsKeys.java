// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import supranational.blst.P1_Affine;

/// Decompresses and checks public keys, and remembers the points of those that passed: 60 us become
/// a look-up. Any thread may use it. What is remembered never changes an answer.
final class CheckedBlsKeys {
  /// Keys remembered at most: eight times the validators of the largest set, so that the keys of
  /// two epochs and of newcomers fit. About 4 MB.
  static final int KEYS_MAX = 8192;

  /// A key may stand in any of this many neighbouring places. With a full set of 1,000 validators
  /// fewer than one key in a thousand finds no place of its own.
  private static final int WAYS = 4;

  private static final int BUCKETS = KEYS_MAX / WAYS;

  private record Checked(BlsPublicKey key, P1_Affine point) {}

  // Atomic, not plain: a point's fields are not final, so a race could show a half-built one.
  private final AtomicReferenceArray<@Nullable Checked> places =
      new AtomicReferenceArray<>(KEYS_MAX);

  /// The point of `key`; empty if it is no point of the curve, outside of the subgroup or the
  /// identity. The point must not be changed.
  Optional<P1_Affine> point(BlsPublicKey key) {
    int first = WAYS * Math.floorMod((key.hashCode() * 0x9e3779b9) >>> 8, BUCKETS);
    for (int way = 0; way < WAYS; way++) {
      Checked checked = places.get(first + way);
      if (checked != null && checked.key.equals(key)) {
        return Optional.of(checked.point);
      }
    }
    Optional<P1_Affine> point = check(key);
    point.ifPresent(valid -> remember(first, new Checked(key, valid)));
    return point;
  }

  /// Newest first; the oldest of the bucket falls out.
  private void remember(int first, Checked newest) {
    for (int way = WAYS - 1; way > 0; way--) {
      places.set(first + way, places.get(first + way - 1));
    }
    places.set(first, newest);
  }

  private static Optional<P1_Affine> check(BlsPublicKey key) {
    P1_Affine point;
    try {
      point = new P1_Affine(key.bytes().toArray());
    } catch (RuntimeException notOnCurve) {
      return Optional.empty();
    }
    return !point.is_inf() && point.in_group() ? Optional.of(point) : Optional.empty();
  }
}

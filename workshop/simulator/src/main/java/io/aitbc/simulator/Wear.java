// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.testkit.Seed;

/// How long the parts of a node take, and how wrong its clock is.
///
/// @param executionMicros to execute a content
/// @param commitMicros to make a block durable
/// @param verifyMicros to check signatures, at most
/// @param driftPerMillion drift of clocks, at most, either way
/// @param offsetMillis error of wall clocks, at most, either way
record Wear(
    long executionMicros,
    long commitMicros,
    long verifyMicros,
    int driftPerMillion,
    int offsetMillis) {
  /// Fast machines with right clocks.
  static final Wear CALM = new Wear(300, 300, 200, 0, 0);

  static Wear drawn(Seed seed) {
    return new Wear(
        seed.pick(50L, 1_000L, 20_000L),
        seed.pick(50L, 2_000L, 50_000L),
        seed.pick(10L, 500L, 5_000L),
        seed.chance(1, 2) ? 500 : 0,
        seed.chance(1, 2) ? seed.pick(20, 200, 2_000) : 0);
  }
}

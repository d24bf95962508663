// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

/// Which kind of run is drawn.
enum Profile {
  /// Everything, drawn anew for every seed.
  SWARM,
  /// No faults: for measuring.
  CALM,
  /// 1,000 validators in SECURE without faults: for measuring.
  LARGE,
  /// The same with real signatures.
  LARGE_BLS,
  /// From 100 validators to 1,000 over epochs, as stake joins.
  GROWTH,
  /// A third or more of the deciding class is Byzantine: a fork is allowed, and evidence must still
  /// name only the guilty.
  CONTROL
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.testkit.Seed;

/// What users send.
///
/// @param betweenMicros mean time between two entries; 0 for none at all
/// @param gasPerEntry gas of each, of {@link Ledger#GAS_LIMIT} per block
/// @param amountMax most AITBC of a transfer
/// @param pendingMax room in a node's pool
record Workload(long betweenMicros, int gasPerEntry, int amountMax, int pendingMax) {
  /// A few small transfers.
  static final Workload CALM = new Workload(20_000, 1_000, 100, 1_000);

  /// Always something to order, with a load of its own.
  static Workload busy(Seed seed) {
    return new Workload(
        3_000,
        seed.pick(1_000, 100_000, 400_000, 900_000),
        seed.pick(10, 1_000, Execution.TRANSFER_MAX),
        100);
  }

  static Workload drawn(Seed seed) {
    return new Workload(
        seed.pick(0L, 3_000L, 20_000L, 200_000L, 2_000_000L),
        seed.pick(1_000, 100_000, 400_000),
        seed.pick(10, 1_000, Execution.TRANSFER_MAX),
        seed.pick(4, 50, 1_000));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

/// How a network decides about its blocks, for its whole life: CONSENSUS_MODE of its genesis.
/// Protocol §10.4.
public sealed interface NetworkKind {
  /// By votes and certificates; a block is final.
  record Hybrid() implements NetworkKind {}

  /// Without votes: the proposer of a slot signs its block, and nothing is ever final.
  ///
  /// @param slotMillis how long a slot lasts, from {@link #SLOT_MILLIS_MIN} to {@link
  ///   #SLOT_MILLIS_MAX}
  record Poa(int slotMillis) implements NetworkKind {
    /// As long as a block of the greatest gas limit may take.
    public static final int SLOT_MILLIS_DEFAULT = 2_000;

    /// Shorter ones would be over before a block has come around the earth.
    public static final int SLOT_MILLIS_MIN = 100;

    /// A minute: who waits longer for a block does not need a chain.
    public static final int SLOT_MILLIS_MAX = 60_000;

    /// Blocks below the highest head that a node ever had that it may still take back. The base
    /// below them only rises, so that many small reorganizations go no deeper than one.
    public static final int REORGANIZATION_BLOCKS_MAX = 10;

    /// @throws IllegalArgumentException if the length is out of range
    public Poa {
      if (slotMillis < SLOT_MILLIS_MIN || slotMillis > SLOT_MILLIS_MAX) {
        throw new IllegalArgumentException(
            "slots of %d ms are not between %d and %d ms"
                .formatted(slotMillis, SLOT_MILLIS_MIN, SLOT_MILLIS_MAX));
      }
    }
  }

  /// The word for it in CONSENSUS_MODE and in genesis files.
  default String title() {
    return switch (this) {
      case Hybrid _ -> "hybrid";
      case Poa _ -> "poa";
    };
  }
}

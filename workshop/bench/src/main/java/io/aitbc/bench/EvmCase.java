// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

/// Work for the machine whose gas per second is measured.
///
/// @param name name on the command line, unique
/// @param group what it is part of
/// @param work does it once
record EvmCase(String name, Group group, Work work) {
  /// What a case is part of.
  enum Group {
    /// Arithmetic, comparison and bits: held to the floor.
    ARITHMETIC(true),
    /// Memory and copying: held to the floor.
    MEMORY(true),
    /// Slots that the transaction touched before: held to the floor.
    STORAGE(true),
    /// Jumps, the stack, what tells of the surroundings: held to the floor.
    CONTROL(true),
    /// Calls and creations.
    CALL(false),
    /// What no memory holds: read from the disk, so it counts by the clock.
    COLD(false),
    /// Functions outside of the machine.
    PRECOMPILE(false),
    /// Ordinary transactions.
    ORDINARY(false),
    /// The public benchmark blocks.
    BLOCK(false);

    private final boolean held;

    Group(boolean held) {
      this.held = held;
    }

    /// Whether its cases are held to {@link EvmReport#FLOOR_MGAS}.
    boolean isHeld() {
      return held;
    }

    /// Whether its cases wait for the disk, so that processor time says little of them.
    boolean isWaiting() {
      return this == COLD;
    }
  }

  /// Work that can be repeated; each time begins in the same state.
  @FunctionalInterface
  interface Work {
    /// Does it once and returns the gas it took.
    long run();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.signer;

import io.aitbc.testkit.Seed;

/// Two slots in memory whose writes can fail the way disks do.
final class TearingSlots implements SlotMedium {
  /// What becomes of a write.
  enum Fate {
    DURABLE,
    /// Reported durable, and gone.
    LOST,
    /// Interrupted: the old content stays.
    CRASH_BEFORE,
    /// Interrupted within the sector.
    CRASH_TORN,
    /// Interrupted after the sector, before the report.
    CRASH_AFTER,
  }

  /// The process or the machine stopped.
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  final byte[][] slots = new byte[SLOTS][SLOT_BYTES];
  private final Seed seed;
  Fate next = Fate.DURABLE;
  int writes;

  TearingSlots(Seed seed) {
    this.seed = seed;
  }

  @Override
  public byte[] read(int slot) {
    return slots[slot].clone();
  }

  @Override
  public void write(int slot, byte[] content) {
    Fate fate = next;
    next = Fate.DURABLE;
    writes++;
    switch (fate) {
      case DURABLE -> slots[slot] = content.clone();
      case LOST -> {}
      case CRASH_BEFORE -> throw new Crash();
      case CRASH_TORN -> {
        tear(slots[slot], content);
        throw new Crash();
      }
      case CRASH_AFTER -> {
        slots[slot] = content.clone();
        throw new Crash();
      }
    }
  }

  /// Some bytes are new, some are old, some are noise.
  private void tear(byte[] old, byte[] content) {
    int cut = seed.between(1, SLOT_BYTES - 1);
    switch (seed.below(3)) {
      case 0 -> System.arraycopy(content, 0, old, 0, cut);
      case 1 -> System.arraycopy(content, cut, old, cut, SLOT_BYTES - cut);
      default -> System.arraycopy(seed.bytes(cut), 0, old, 0, cut);
    }
  }

  @Override
  public void close() {}
}

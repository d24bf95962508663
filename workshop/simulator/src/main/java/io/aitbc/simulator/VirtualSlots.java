// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.signer.RecordDiskException;
import io.aitbc.signer.SlotMedium;
import io.aitbc.testkit.Seed;
import java.util.function.Consumer;

/// The two slots of a signing record, of which the one being written tears when power is lost.
final class VirtualSlots implements SlotMedium {
  private final Seed seed;
  private final Consumer<Fault.Crash.Moment> boundary;
  private byte[][] slots = {new byte[SLOT_BYTES], new byte[SLOT_BYTES]};
  private boolean nextWriteFails;
  private boolean failed;
  private int torn;

  /// Slots that were never written.
  ///
  /// @param boundary called before and within every write: power may be lost there
  VirtualSlots(Seed seed, Consumer<Fault.Crash.Moment> boundary) {
    this.seed = seed;
    this.boundary = boundary;
  }

  /// The next write fails.
  void failNextWrite() {
    nextWriteFails = true;
  }

  /// Whether a write failed as it was to since the last call.
  boolean hasFailed() {
    boolean was = failed;
    failed = false;
    return was;
  }

  /// How many writes a crash tore.
  int torn() {
    return torn;
  }

  /// A copy.
  byte[][] image() {
    return new byte[][] {slots[0].clone(), slots[1].clone()};
  }

  /// Puts an older copy in the place of what is there.
  void restore(byte[][] image) {
    slots = new byte[][] {image[0].clone(), image[1].clone()};
  }

  /// Everything is gone.
  void wipe() {
    slots = new byte[][] {new byte[SLOT_BYTES], new byte[SLOT_BYTES]};
  }

  @Override
  public byte[] read(int slot) {
    return slots[slot].clone();
  }

  @Override
  public void write(int slot, byte[] content) {
    boundary.accept(Fault.Crash.Moment.EFFECT);
    if (nextWriteFails) {
      nextWriteFails = false;
      failed = true;
      tear(slot, content);
      throw new RecordDiskException("the write failed");
    }
    try {
      boundary.accept(Fault.Crash.Moment.RECORD_WRITE);
    } catch (PowerLoss lost) {
      tear(slot, content);
      throw lost;
    }
    slots[slot] = content.clone();
  }

  private void tear(int slot, byte[] content) {
    int written = seed.below(SLOT_BYTES + 1);
    if (written > 0 && written < SLOT_BYTES) {
      torn++;
    }
    System.arraycopy(content, 0, slots[slot], 0, written);
  }

  @Override
  public void close() {}
}

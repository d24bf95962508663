// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a {@link Machine} computes in, kept from one transaction to the next: frames by depth and
/// scratch space. Belongs to one thread.
final class Workspace {
  /// Greatest number of callers above a frame (Yellow Paper §8).
  static final int DEPTH_MAX = 1_024;

  /// Frames at this depth and below it are not kept: each holds 32 KiB and more.
  private static final int KEPT_FRAMES_MAX = 64;

  final Division division = new Division();
  final long[] scratch = new long[8];
  final byte[] digest = new byte[Hash.BYTES];
  final SlotHashes slotHashes = new SlotHashes();
  final SlotTable slots = new SlotTable(new Mixing(Hash.ZERO));
  final SlotTable transients = new SlotTable(new Mixing(Hash.ZERO));
  final Journal journal = new Journal();
  private final @Nullable Frame[] frames = new Frame[DEPTH_MAX + 1];

  /// The frame at this depth, for these accounts; the caller fills in the rest.
  Frame frame(int depth, LiveAccount self, LiveAccount caller) {
    Frame frame = frames[depth];
    if (frame == null) {
      frame = new Frame(depth, self, caller);
      frames[depth] = frame;
    }
    frame.self = self;
    frame.caller = caller;
    return frame;
  }

  /// The frame that called the one at `depth`.
  Frame callerOf(int depth) {
    Frame frame = frames[depth - 1];
    if (frame == null) {
      throw new IllegalStateException("no frame at depth " + (depth - 1));
    }
    return frame;
  }

  /// Forgets what an ordinary transaction does not need again.
  void trim() {
    if (frames[KEPT_FRAMES_MAX] != null) {
      Arrays.fill(frames, KEPT_FRAMES_MAX, frames.length, null);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Writes the tables of state on the caller's thread, some blocks after it was asked to. A store
/// that cannot wait so long writes them itself.
final class HeldFlush implements Executor {
  /// Blocks after which nothing was written by itself.
  static final int NEVER = Integer.MAX_VALUE;

  private final int delayBlocks;
  private @Nullable Runnable held;
  private int blocks;

  /// @param delayBlocks 0 writes at once
  HeldFlush(int delayBlocks) {
    this.delayBlocks = delayBlocks;
  }

  @Override
  public void execute(Runnable task) {
    held = task;
    blocks = 0;
    runIfDue();
  }

  /// A block was appended.
  void appended() {
    blocks++;
    runIfDue();
  }

  private void runIfDue() {
    Runnable task = held;
    if (task != null && blocks >= delayBlocks) {
      held = null;
      task.run();
    }
  }
}

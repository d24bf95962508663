// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.List;

/// Somebody who runs independent pure tasks, perhaps on several threads. The protocol floor starts
/// no threads: it hands its tasks to this argument, and no result depends on how many run at once.
@FunctionalInterface
public interface Workers {
  /// Runs the tasks one after another on the calling thread.
  Workers NONE = tasks -> tasks.forEach(Runnable::run);

  /// Runs every task once and returns when all have ended. If tasks throw, one of their exceptions
  /// is thrown after all have ended.
  void run(List<? extends Runnable> tasks);
}

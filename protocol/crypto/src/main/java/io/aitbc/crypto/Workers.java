// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/// Somebody who runs independent pure tasks, perhaps on several threads. The protocol floor starts
/// no threads: it hands its tasks to this argument, and no result depends on how many run at once.
@FunctionalInterface
public interface Workers {
  /// Runs the tasks one after another on the calling thread.
  Workers NONE = tasks -> tasks.forEach(Runnable::run);

  /// Runs every task once and returns when all have ended. If tasks throw, one of their exceptions
  /// is thrown after all have ended.
  void run(List<? extends Runnable> tasks);

  /// How many tasks may run at once, so that whoever works ahead knows whether it pays. A hint: no
  /// result depends on it.
  default int width() {
    return 1;
  }

  /// Most tasks that {@link #forEach} makes: enough for every core, few enough to hand over.
  int CHUNKS_MAX = 64;

  /// Runs `job` for every number from 0 to `count - 1`, neighbours in one task.
  default void forEach(int count, IntConsumer job) {
    int chunks = Math.min(CHUNKS_MAX, count);
    List<Runnable> tasks = new ArrayList<>();
    for (int chunk = 0; chunk < chunks; chunk++) {
      int from = (int) ((long) count * chunk / chunks); // rounded down
      int to = (int) ((long) count * (chunk + 1) / chunks);
      tasks.add(() -> {
        for (int i = from; i < to; i++) {
          job.accept(i);
        }
      });
    }
    run(tasks);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class PoolWorkersTest {
  @Test
  void everyTaskRunsOnceForAnyNumberOfThreads() {
    for (int threads = 1; threads <= 4; threads++) {
      try (PoolWorkers workers = new PoolWorkers(threads)) {
        for (int count = 0; count < 50; count++) {
          AtomicIntegerArray runs = new AtomicIntegerArray(count);
          workers.forEach(count, runs::incrementAndGet);
          for (int i = 0; i < count; i++) {
            assertEquals(1, runs.get(i));
          }
        }
      }
    }
  }

  @Test
  void tasksThatHandOutTasksComeToAnEnd() {
    try (PoolWorkers workers = new PoolWorkers(2)) {
      AtomicInteger runs = new AtomicInteger();
      workers.forEach(8, _ -> workers.forEach(8, _ -> runs.incrementAndGet()));
      assertEquals(64, runs.get());
    }
  }

  @Test
  void aFailureIsThrownWhenAllTasksHaveEnded() {
    try (PoolWorkers workers = new PoolWorkers(3)) {
      AtomicInteger ended = new AtomicInteger();
      List<Runnable> tasks = new ArrayList<>();
      tasks.add(() -> {
        throw new IllegalStateException("the first");
      });
      for (int i = 0; i < 20; i++) {
        tasks.add(ended::incrementAndGet);
      }
      assertThrows(IllegalStateException.class, () -> workers.run(tasks));
      assertEquals(20, ended.get());
    }
  }
}

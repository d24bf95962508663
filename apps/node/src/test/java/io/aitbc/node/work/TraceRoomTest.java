// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TraceRoomTest { // Protocol §17.4
  private static final int ROOM_BYTES = 1 << 20;

  private final TraceRoom room = new TraceRoom(ROOM_BYTES);

  @Test
  void whoFindsNoRoomWaitsForIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<String> large =
          threads.submit(() ->
              room.with(
                  2 * ROOM_BYTES,
                  () -> {
                    begun.countDown();
                    await(end);
                    return "large";
                  }));
      begun.await();
      Future<String> small = threads.submit(() -> room.with(1, () -> "small"));
      while (room.waiting() == 0) {
        Thread.sleep(1);
      }
      assertFalse(small.isDone());
      end.countDown();
      assertEquals("large", large.get(10, TimeUnit.SECONDS));
      assertEquals("small", small.get(10, TimeUnit.SECONDS));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void whatBreaksGivesItsRoomBack() {
    for (int i = 0; i < 3; i++) {
      assertThrows(
          IllegalStateException.class,
          () ->
              room.with(
                  ROOM_BYTES,
                  () -> {
                    throw new IllegalStateException("broken");
                  }));
    }
    assertEquals(0, room.with(ROOM_BYTES, room::waiting));
  }
}

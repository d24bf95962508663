// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §15.5: when peers are told of a head.
class HeadAnnouncementTest {
  private final List<Task> tasks = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private long nowNanos = -5; // A monotonic clock may begin anywhere.

  private final HeadAnnouncement<String> announcement =
      new HeadAnnouncement<>(
          () -> nowNanos,
          (delay, task) -> tasks.add(new Task(nowNanos + delay.toNanos(), task)),
          head -> told.add(nowMillis() + " " + head));

  private record Task(long atNanos, Runnable run) {}

  private long nowMillis() {
    return Duration.ofNanos(nowNanos + 5).toMillis();
  }

  private void pass(long millis) {
    long end = nowNanos + Duration.ofMillis(millis).toNanos();
    while (!tasks.isEmpty() && tasks.getFirst().atNanos() <= end) {
      Task next = tasks.removeFirst();
      nowNanos = next.atNanos();
      next.run().run();
    }
    nowNanos = end;
  }

  @Test
  void theLastHeadBeforeAnIdleTimeIsToldToo() {
    announcement.head("a");
    pass(100);
    announcement.head("b");
    pass(60_000);
    assertEquals(List.of("0 a", "350 b"), told);
  }

  @Test
  void whileBlocksComeQuicklyNoMoreIsToldThanOneInAnInterval() {
    for (int i = 0; i < 10; i++) {
      announcement.head("" + i);
      pass(100);
    }
    pass(60_000);
    assertEquals(List.of("0 0", "300 3", "600 6", "900 9"), told);
  }

  @Test
  void aHeadOfItsOwnIsToldAtOnce() {
    announcement.head("a");
    pass(250);
    announcement.head("b");
    pass(60_000);
    assertEquals(List.of("0 a", "250 b"), told);
  }
}

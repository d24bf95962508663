// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LoopThreadTest {
  private final AtomicReference<Throwable> broken = new AtomicReference<>();

  @Test
  void aCheckThatRunsOnTheLoopAnswersALoopWhoseQueueIsFull() throws Exception {
    Executor full = Runnable::run; // What a full pool of verifiers does with a check.
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch filled = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    try (LoopThread loop = new LoopThread("test", broken::set)) {
      loop.post(() -> {
        began.countDown();
        Latches.await(filled);
        full.execute(() -> loop.post(answered::countDown));
      });
      loop.start();
      Latches.await(began);
      while (loop.offer(() -> {})) {}
      assertEquals(LoopThread.TASKS_MAX, loop.waiting());
      filled.countDown();
      assertTrue(
          answered.await(Latches.SECONDS_MAX, TimeUnit.SECONDS), "the loop waits for itself");
    }
    assertEquals(null, broken.get());
  }

  @Test
  void whatPeersSendDoesNotHoldUpTheNodesOwnTasks() throws Exception {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch filled = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(5 * LoopThread.PEER_TASKS_MAX);
    AtomicReference<Long> before = new AtomicReference<>();
    try (LoopThread loop = new LoopThread("test", broken::set)) {
      loop.post(() -> {
        began.countDown();
        Latches.await(filled);
      });
      loop.start();
      Latches.await(began);
      long all = done.getCount();
      Thread flood =
          Thread.ofVirtual()
              .start(() -> {
                for (long i = 0; i < all; i++) {
                  loop.postForPeer(done::countDown);
                }
              });
      while (loop.waiting() < LoopThread.PEER_TASKS_MAX) {
        Thread.sleep(1);
      }
      loop.post(() -> before.set(all - done.getCount()));
      filled.countDown();
      Latches.await(done);
      flood.join();
    }
    assertTrue(before.get() <= LoopThread.PEER_TASKS_MAX, before::toString);
    assertEquals(null, broken.get());
  }

  @Test
  void whatTheLoopPostsRunsAfterTheTaskThatPostsItInTheOrderOfPosting() throws Exception {
    ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(1);
    try (LoopThread loop = new LoopThread("test", broken::set)) {
      loop.post(() -> {
        loop.post(() -> order.add(2));
        loop.post(() -> order.add(3));
        loop.post(done::countDown);
        order.add(1);
      });
      loop.start();
      Latches.await(done);
    }
    assertEquals(List.of(1, 2, 3), List.copyOf(order));
  }
}

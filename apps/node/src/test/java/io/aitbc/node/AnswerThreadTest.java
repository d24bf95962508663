// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.consensus.Peer;
import io.aitbc.storage.DiskException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AnswerThreadTest { // Protocol §15.5
  private static void isWhole(Throwable broken) {
    throw new AssertionError(broken);
  }

  @Test
  void anAnswerThatFailsIsTold() {
    DiskException failure = new DiskException("reading a block");
    ConcurrentLinkedQueue<Throwable> broken = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(1);
    try (AnswerThread server = new AnswerThread("blocks", _ -> false, broken::add)) {
      server.serve(
          FakePorts.peer(1),
          () -> {
            throw failure;
          });
      server.serve(FakePorts.peer(2), done::countDown);
      Latches.await(done);
    }
    assertEquals(List.of(failure), List.copyOf(broken));
  }

  @Test
  void whoAsksAgainAndAgainWaitsForItselfAlone() {
    ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(3);
    try (AnswerThread server = new AnswerThread("blocks", _ -> false, AnswerThreadTest::isWhole)) {
      server.serve(
          FakePorts.peer(1),
          () -> {
            reading.countDown();
            Latches.await(goOn);
            served.add(1);
            done.countDown();
          });
      Latches.await(reading);
      for (int i = 0; i < 1_000; i++) { // None of these waits for the thread that reads.
        server.serve(
            FakePorts.peer(1),
            () -> {
              served.add(1);
              done.countDown();
            });
      }
      server.serve(
          FakePorts.peer(2),
          () -> {
            served.add(2);
            done.countDown();
          });
      goOn.countDown();
      Latches.await(done);
    }
    assertEquals(List.of(1, 1, 2), List.copyOf(served));
  }

  @Test
  void peersWithPlacesAndStrangersTakeTurns() {
    ConcurrentLinkedQueue<Integer> served = new ConcurrentLinkedQueue<>();
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(5);
    List<Integer> reserved = List.of(7, 8, 9);
    Set<Peer> validators = new HashSet<>();
    reserved.forEach(each -> validators.add(FakePorts.peer(each)));
    try (AnswerThread server =
        new AnswerThread("blocks", validators::contains, AnswerThreadTest::isWhole)) {
      server.serve(
          FakePorts.peer(0),
          () -> {
            reading.countDown();
            Latches.await(goOn);
          });
      Latches.await(reading);
      for (int number : List.of(1, 2, 7, 8, 9)) {
        server.serve(
            FakePorts.peer(number),
            () -> {
              served.add(number);
              done.countDown();
            });
      }
      goOn.countDown();
      Latches.await(done);
    }
    assertEquals(List.of(7, 1, 8, 2, 9), List.copyOf(served));
  }

  @Test
  void whatIsTooMuchIsDroppedAndMayBeAskedForLater() {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1 + AnswerThread.WAITING_MAX);
    CountDownLatch again = new CountDownLatch(1);
    try (AnswerThread server = new AnswerThread("blocks", _ -> false, AnswerThreadTest::isWhole)) {
      CountDownLatch reading = new CountDownLatch(1);
      server.serve(
          FakePorts.peer(0),
          () -> {
            reading.countDown();
            Latches.await(goOn);
            done.countDown();
          });
      Latches.await(reading);
      for (int i = 1; i <= AnswerThread.WAITING_MAX; i++) {
        server.serve(FakePorts.peer(i), done::countDown);
      }
      server.serve(FakePorts.peer(200), again::countDown);
      goOn.countDown();
      Latches.await(done);
      assertEquals(1, again.getCount());
      server.serve(FakePorts.peer(200), again::countDown);
      Latches.await(again);
    }
  }
}

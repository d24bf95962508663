// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ServiceLoopTest {
  /// A service that does one thing again and again.
  private record Doing(Step doing, Runnable tidying, CountDownLatch closed)
      implements ServiceLoop.Service {
    interface Step {
      void run() throws IOException;
    }

    Doing(Step doing, CountDownLatch closed) {
      this(doing, () -> {}, closed);
    }

    @Override
    public void step() throws IOException {
      doing.run();
    }

    @Override
    public void tidy() {
      tidying.run();
    }

    @Override
    public void awaitNews() throws InterruptedException {
      Thread.sleep(1);
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void whatNoServiceSurvivesIsAFailureToWhoeverStartedIt() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    Doing doing =
        new Doing(
            () -> {
              throw new OutOfMemoryError("as a model with a large trace would");
            },
            closed);
    try (ServiceLoop loop = ServiceLoop.start("test", () -> doing)) {
      assertFalse(loop.awaitEnd());
      closed.await();
    }
  }

  @Test // A job that breaks a duty again and again would fill the disk, and leases would end.
  void whatIsKeptIsLookedAfterAlsoWhileStepsFail() throws Exception {
    CountDownLatch tidied = new CountDownLatch(2);
    Doing doing =
        new Doing(
            () -> {
              throw new IOException("a duty broke");
            },
            tidied::countDown,
            new CountDownLatch(1));
    try (ServiceLoop _ = ServiceLoop.start("test", Duration.ofNanos(1), () -> doing)) {
      assertTrue(tidied.await(1, TimeUnit.MINUTES));
    }
  }

  @Test
  void aNodeThatDoesNotAnswerIsWaitedForWhetherItIsOpenedOrInUse() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger steps = new AtomicInteger();
    CountDownLatch again = new CountDownLatch(3);
    Doing doing =
        new Doing(
            () -> {
              again.countDown();
              if (steps.incrementAndGet() == 1) {
                throw new IOException("no answer");
              }
            },
            new CountDownLatch(1));
    ServiceLoop loop =
        ServiceLoop.start(
            "test",
            () -> {
              if (opened.incrementAndGet() == 1) {
                throw new IOException("the port is taken");
              }
              return doing;
            });
    again.await();
    loop.close();
    assertTrue(loop.awaitEnd());
  }
}

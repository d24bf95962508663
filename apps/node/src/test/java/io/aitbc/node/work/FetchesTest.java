// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.ClaimId;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Workers that let checkers wait.
class FetchesTest { // Protocol §17.9
  private static final ClaimId SLOW = new ClaimId(1, 0);
  private static final ClaimId OTHER = new ClaimId(2, 0);

  /// Of a machine that is slow, and gets what comes at once all the same.
  private static final Duration LONG = Duration.ofMinutes(2);

  private final AtomicLong now = new AtomicLong();
  private final Fetches fetches = new Fetches(Duration.ofMillis(100), now::get);
  private final Fetches patient = new Fetches(LONG, now::get);
  private final CountDownLatch comes = new CountDownLatch(1);
  private final AtomicBoolean stopped = new AtomicBoolean();

  private final Callable<byte[]> slow =
      () -> {
        try {
          comes.await();
          return new byte[] {1};
        } catch (InterruptedException given) {
          stopped.set(true);
          throw given;
        }
      };

  @AfterEach
  void end() {
    fetches.close();
    patient.close();
  }

  private void assertOnItsWay(ClaimId claim, String what, Callable<byte[]> task) {
    var _ =
        assertThrows(
            OnItsWayException.class,
            () -> {
              byte[] _ = fetches.get(claim, what, task);
            });
    assertTrue(fetches.isAwaited(claim));
  }

  /// What comes soon, on a machine that is slow.
  private byte[] came(ClaimId claim, String what, Callable<byte[]> task) throws Exception {
    while (true) {
      try {
        return fetches.get(claim, what, task);
      } catch (OnItsWayException _) {
        Thread.sleep(1);
      }
    }
  }

  @Test
  void aSlowWorkerIsWaitedForOnceAndThenFoundWhenItIsLookedForAgain() throws Exception {
    assertOnItsWay(SLOW, "model", slow);
    assertFalse(fetches.haveNews());
    assertArrayEquals(new byte[] {2}, came(OTHER, "model", () -> new byte[] {2}));
    long from = System.nanoTime();
    for (int look = 0; look < 1_000; look++) {
      assertOnItsWay(SLOW, "model", slow);
      assertOnItsWay(SLOW, "inputs", slow);
    }
    assertTrue(System.nanoTime() - from < 60_000_000_000L, "not its time each");
    comes.countDown();
    while (!fetches.haveNews()) {
      Thread.sleep(1);
    }
    assertArrayEquals(new byte[] {1}, fetches.get(SLOW, "model", slow));
    assertFalse(fetches.isAwaited(SLOW));
    assertFalse(fetches.haveNews());
  }

  @Test
  void whatFailsQuicklyIsAskedForAgainAndWhatFailsLateOnlyLater() throws Exception {
    Callable<byte[]> fails =
        () -> {
          throw new IOException("not here");
        };
    for (int look = 0; look < 2; look++) {
      IOException told = assertThrows(IOException.class, () -> take("page", fails));
      assertTrue(String.valueOf(told.getMessage()).contains("not here"));
    }
    assertArrayEquals(new byte[] {3}, patient.get(SLOW, "page", () -> new byte[] {3}));
    Callable<byte[]> failsLate =
        () -> {
          long _ = now.addAndGet(2_000_000_000L);
          throw new IOException("not here");
        };
    IOException _ = assertThrows(IOException.class, () -> take("page", failsLate));
    IOException again = assertThrows(IOException.class, () -> take("page", fails));
    assertTrue(String.valueOf(again.getMessage()).contains("not asked for again yet"));
    assertFalse(patient.isAwaited(SLOW));
    long _ = now.addAndGet(2_000_000_000L);
    assertArrayEquals(new byte[] {4}, patient.get(SLOW, "page", () -> new byte[] {4}));
  }

  private void take(String what, Callable<byte[]> task) throws IOException {
    byte[] _ = patient.get(SLOW, what, task);
  }

  @Test
  void whatNobodyNeedsAnyMoreIsGivenUp() throws Exception {
    assertOnItsWay(SLOW, "model", slow);
    fetches.retain(Set.of(OTHER));
    while (!stopped.get()) {
      Thread.sleep(1);
    }
    assertFalse(fetches.isAwaited(SLOW));
  }
}

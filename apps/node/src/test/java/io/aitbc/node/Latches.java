// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits that end on every machine. For tests.
final class Latches {
  static final long SECONDS_MAX = 60;

  private Latches() {}

  /// Waits where nothing may be thrown.
  static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(SECONDS_MAX, TimeUnit.SECONDS));
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BackoffTest {
  @Test // Protocol §15.1
  void waitsDoubleUpToTheCapAndKeepToTheirUpperHalf() {
    SplittableRandom random = new SplittableRandom(7);
    long[] longest = {250, 500, 1000, 2000, 4000, 4000, 4000};
    for (int failures = 1; failures <= longest.length; failures++) {
      for (int i = 0; i < 100; i++) {
        double millis = Backoff.WANTED.waitNanos(failures, random) / 1e6;
        assertTrue(millis <= longest[failures - 1] && millis >= longest[failures - 1] / 2.0);
      }
    }
  }

  @Test // Protocol §15.1
  void aThousandFailuresDoNotOverflow() {
    long wait = Backoff.HEARSAY.waitNanos(1000, new SplittableRandom(7));
    assertTrue(wait > 0 && wait <= Backoff.HEARSAY.max().toNanos());
  }
}

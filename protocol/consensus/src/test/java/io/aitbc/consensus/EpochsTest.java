// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Height;
import org.junit.jupiter.api.Test;

/// Protocol §2.
class EpochsTest {
  @Test // Protocol §2: an epoch is 100 blocks.
  void everyBlockHasOneEpoch() {
    assertEquals(0, Epochs.of(Height.GENESIS));
    assertEquals(0, Epochs.of(new Height(1)));
    assertEquals(0, Epochs.of(new Height(100)));
    assertEquals(1, Epochs.of(new Height(101)));
    for (long epoch = 0; epoch < 5; epoch++) {
      assertEquals(epoch, Epochs.of(Epochs.first(epoch)));
      assertEquals(epoch, Epochs.of(Epochs.last(epoch)));
      assertEquals(0, Epochs.position(Epochs.first(epoch)));
      assertEquals(99, Epochs.position(Epochs.last(epoch)));
      assertTrue(Epochs.isLast(Epochs.last(epoch)));
      assertFalse(Epochs.isLast(Epochs.first(epoch)));
    }
    assertFalse(Epochs.isLast(Height.GENESIS));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SeedTest {
  @Test
  void theFirstValuesOfSeedZeroAreThoseOfSplitMix64() {
    Seed seed = Seed.of(0);
    assertEquals(0xe220a8397b1dcdafL, seed.nextLong());
    assertEquals(0x6e789e6aa1b965f4L, seed.nextLong());
  }

  @Test
  void oneSeedGivesOneSequence() {
    assertArrayEquals(Seed.of(7).bytes(100), Seed.of(7).bytes(100));
  }

  @Test
  void numbersStayInsideOfTheirBounds() {
    Seed seed = Seed.of(1);
    for (int i = 0; i < 10_000; i++) {
      int drawn = seed.between(-3, 3);
      assertTrue(drawn >= -3 && drawn <= 3);
      assertTrue(seed.magnitude() >= 0);
    }
  }

  @Test
  void aFailureNamesItsSeed() {
    AssertionError failure =
        assertThrows(
            AssertionError.class,
            () ->
                Seed.forAll(
                    100,
                    10,
                    seed -> {
                      if (seed.origin() == 104) {
                        throw new IllegalStateException("no");
                      }
                    }));
    assertTrue(String.valueOf(failure.getMessage()).contains("seed 104"));
  }
}

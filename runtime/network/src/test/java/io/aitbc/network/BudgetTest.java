// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final long SECOND = 1_000_000_000L;

  @Test // Protocol §15.4
  void theBurstIsFreeAndWhatIsBeyondIsWaitedFor() {
    Budget budget = new Budget(100, 50, 0);
    assertEquals(0, budget.spend(50, 0));
    assertEquals(SECOND / 10, budget.spend(10, 0));
  }

  @Test // Protocol §15.4
  void debtIsPaidByTimeAlone() {
    Budget budget = new Budget(100, 0, 0);
    assertEquals(SECOND, budget.spend(100, 0));
    assertEquals(SECOND / 2 + SECOND / 100, budget.spend(1, SECOND / 2));
  }

  @Test // Protocol §15.4
  void restDoesNotSaveUpMoreThanTheBurst() {
    Budget budget = new Budget(100, 50, 0);
    assertEquals(0, budget.spend(50, 3600 * SECOND));
    assertEquals(SECOND / 100, budget.spend(1, 3600 * SECOND));
  }

  @Test // Protocol §15.4
  void whatDoesNotFitIsNotSpentByATry() {
    Budget budget = new Budget(1, 2, 0);
    assertTrue(budget.trySpend(2, 0));
    assertFalse(budget.trySpend(1, 0));
    assertFalse(budget.trySpend(1, SECOND - 1));
    assertTrue(budget.trySpend(1, SECOND));
  }

  @Test // Protocol §15.4
  void theClockMayPassTheLargestLong() {
    Budget budget = new Budget(100, 50, Long.MAX_VALUE - 5);
    assertEquals(0, budget.spend(50, Long.MAX_VALUE));
    assertEquals(SECOND / 10, budget.spend(10, Long.MAX_VALUE));
    assertEquals(0, budget.spend(10, Long.MIN_VALUE + SECOND));
  }

  @Test // Protocol §15.4
  void overAnySpanNoMoreIsSpentWithoutDebtThanRateAndBurstGive() {
    Seed.forAll(
        1,
        200,
        random -> {
          long rate = 1 + random.below(1_000_000L);
          long burst = random.below(rate * 10);
          long start = random.nextLong();
          Budget budget = new Budget(rate, burst, start);
          long elapsed = 0;
          long spent = 0;
          for (int i = 0; i < 100; i++) {
            long units = random.below(rate / 4 + 2);
            elapsed += budget.spend(units, start + elapsed) + random.below(1000);
            spent += units;
          }
          // In whole numbers: spent <= burst + rate * elapsed.
          assertTrue(spent - burst <= rate * (elapsed / 1e9) + 1);
        });
  }

  @Test // Protocol §15.4
  void ratesOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Budget(0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Budget(Budget.PER_SECOND_MAX + 1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Budget(1, 60, 0));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/// Money is exact or refused. Protocol §11.2.
class AmountTest {
  @Test
  void whatIsAddedCanBeTakenAway() {
    Seed.forAll(
        0xa,
        2_000,
        seed -> {
          EthereumValues values = new EthereumValues(seed);
          Amount held = values.amount();
          Amount more = values.amount();
          BigInteger sum = held.wei().toBigInteger().add(more.wei().toBigInteger());
          if (sum.bitLength() > 256) {
            assertThrows(ArithmeticException.class, () -> held.plus(more));
          } else {
            assertEquals(held, held.plus(more).minus(more));
            assertEquals(Amount.wei(sum), held.plus(more));
          }
        });
  }

  @Test
  void nobodyOwesMoney() {
    assertThrows(ArithmeticException.class, () -> Amount.wei(1).minus(Amount.wei(2)));
    assertThrows(IllegalArgumentException.class, () -> Amount.wei(-1));
    assertThrows(IllegalArgumentException.class, () -> Amount.wei(1).times(-1));
  }

  @Test
  void oneAitbcIsTenToThe18Wei() {
    assertEquals(Amount.wei(BigInteger.TEN.pow(18)), Amount.ONE_AITBC);
    assertEquals(Amount.wei(BigInteger.TEN.pow(20)), Amount.aitbc(100));
  }

  @Test
  void amountsAreOrderedByWei() {
    assertTrue(Amount.wei(1).compareTo(Amount.wei(2)) < 0);
    assertEquals(Amount.wei(1), Amount.wei(2).min(Amount.wei(1)));
    assertTrue(Amount.ZERO.isZero());
  }
}

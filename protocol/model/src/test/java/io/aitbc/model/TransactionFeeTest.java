// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.testkit.Seed;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a sender pays. Protocol §11.3.
class TransactionFeeTest {
  private static Transaction offering(Amount priority, Amount maximum) {
    return new DynamicFeeTransaction.Unsigned(
            UInt256.ONE,
            0,
            priority,
            maximum,
            21_000,
            Optional.of(Address.ZERO),
            Amount.wei(5),
            Bytes.EMPTY,
            List.of())
        .signedWith(new TransactionSignature(UInt256.ONE, UInt256.ONE, 0));
  }

  @Test
  void theProposerGetsThePriorityFeeIfThereIsRoom() {
    Transaction transaction = offering(Amount.wei(2), Amount.wei(10));
    assertEquals(Amount.wei(9), transaction.effectiveGasPrice(Amount.wei(7)));
    assertEquals(Amount.wei(10), transaction.effectiveGasPrice(Amount.wei(9)));
    assertEquals(Amount.wei(1), transaction.priorityFeePerGas(Amount.wei(9)));
    assertEquals(Amount.ZERO, transaction.priorityFeePerGas(Amount.wei(10)));
  }

  @Test
  void aBaseFeeAboveTheOfferHasNoPrice() {
    Transaction transaction = offering(Amount.wei(2), Amount.wei(10));
    assertThrows(
        IllegalArgumentException.class, () -> transaction.effectiveGasPrice(Amount.wei(11)));
  }

  @Test
  void theGreatestFeesDoNotOverflow() {
    Amount most = new Amount(UInt256.MAX);
    assertEquals(most, offering(most, most).effectiveGasPrice(Amount.wei(7)));
  }

  @Test
  void theGreatestCostIsExactOrNone() {
    Seed.forAll(
        0xc057,
        2_000,
        seed -> {
          Transaction transaction = new EthereumValues(seed).transaction();
          BigInteger limit = UInt256.unsigned(transaction.unsigned().gasLimit()).toBigInteger();
          BigInteger cost =
              limit
                  .multiply(transaction.maxFeePerGas().wei().toBigInteger())
                  .add(transaction.value().wei().toBigInteger());
          Optional<Amount> expected =
              cost.bitLength() > 256 ? Optional.empty() : Optional.of(Amount.wei(cost));
          assertEquals(expected, transaction.costMax());
        });
  }
}

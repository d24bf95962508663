// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.Bloom;
import io.aitbc.model.Mode;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.Seed;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeeParametersTest { // Protocol §14.4
  private static final FeeParameters FEES = FeeParameters.DEFAULT;

  // The last two columns by hand: base fee, and base fee times gas off the target / 48 x 10^9.
  @ParameterizedTest
  @CsvSource({
    "1000000000,  500000000,  250000000, 1000000000",
    "1000000000,  125000000,  125000000, 1005208333",
    "1000000000,  125000000,          0,  994791667",
    "1000000000,  500000000,  500000000, 1020833333",
    "1000000000,  100000000,   50000001, 1000000001",
    "         0,  100000000,   50000001,          1",
    "         0,  100000000,          0,          0",
    "         7,  100000000,          0,          7"
  })
  void theBaseFeeFollowsTheGasUsed(long baseFee, long limit, long used, long next) {
    assertEquals(Amount.wei(next), FEES.nextBaseFee(header(baseFee, limit, used)));
  }

  @Test
  void twelveSecondsOfFullBlocksRaiseItByAnEighthWhateverTheirLength() {
    BlockHeader whole = header(800_000, 3_000_000_000L, 3_000_000_000L);
    assertEquals(Amount.wei(900_000), FEES.nextBaseFee(whole));
  }

  @Test
  void theBaseFeeStaysBetweenItsBounds() {
    FeeParameters bounded =
        new FeeParameters(Amount.wei(995), Amount.wei(1_003), 1_000, Address.ZERO, 0, 0);
    assertEquals(Amount.wei(995), bounded.nextBaseFee(header(1_000, 1_000_000, 0)));
    assertEquals(Amount.wei(1_003), bounded.nextBaseFee(header(1_000, 1_000_000, 1_000_000)));
  }

  @Test
  void theSharesAreTheFeesToTheWei() {
    Seed.forAll(
        1,
        500,
        seed -> {
          int treasury = seed.below(FeeParameters.MILLIONTHS + 1);
          int maker = seed.below(FeeParameters.MILLIONTHS - treasury + 1);
          FeeParameters fees =
              new FeeParameters(Amount.ZERO, Amount.ZERO, 1, Address.ZERO, treasury, maker);
          Amount base = Amount.wei(seed.magnitude());
          Amount priority = Amount.wei(seed.magnitude());
          FeeParameters.Shares shares = fees.shares(base, priority);
          assertEquals(
              base.plus(priority), shares.maker().plus(shares.treasury()).plus(shares.burned()));
        });
  }

  @Test
  void moreThanAllFeesCannotBeGiven() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new FeeParameters(Amount.ZERO, Amount.ZERO, 1, Address.ZERO, 600_000, 400_001));
  }

  @Test
  void theGasLimitMovesInTenStepsWhileModesChange() {
    ExecutionParameters parameters = ExecutionParameters.of(UInt256.ONE);
    assertEquals(25_000_000, parameters.gasLimit(ModeSetting.settled(Mode.FAST)));
    assertEquals(55_000_000, parameters.gasLimit(new ModeSetting(Mode.FAST, Mode.BALANCED, 3)));
    assertEquals(125_000_000, parameters.gasLimit(new ModeSetting(Mode.FAST, Mode.BALANCED, 10)));
  }

  private static BlockHeader header(long baseFee, long gasLimit, long gasUsed) {
    return new BlockHeader(
        Hash.ZERO,
        Address.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        Hash.ZERO,
        Bloom.EMPTY,
        1,
        gasLimit,
        gasUsed,
        0,
        Bytes.EMPTY,
        Hash.ZERO,
        Amount.wei(baseFee),
        Hash.ZERO,
        0,
        0,
        Hash.ZERO,
        Optional.empty());
  }
}

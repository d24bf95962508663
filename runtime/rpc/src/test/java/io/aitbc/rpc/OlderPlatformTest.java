// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OlderPlatformTest {
  /// An example of EIP-55.
  private static final String MIXED = "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

  @Test
  void anAddressIsTheSameInItsThreeSpellings() {
    Address address = Address.fromHex(MIXED);
    for (String prefix : List.of("0x", "ait1", "aitbc1")) {
      for (String digits :
          List.of(MIXED, MIXED.toLowerCase(Locale.ROOT), MIXED.toUpperCase(Locale.ROOT))) {
        assertEquals(Optional.of(address), OlderPlatform.address(prefix + digits));
      }
    }
  }

  @Test
  void whatIsNoneOfThemIsNoAddress() {
    for (String wrong :
        List.of(
            MIXED,
            "0x" + MIXED.substring(1),
            "0x" + MIXED + "0",
            "0X" + MIXED,
            "ait2" + MIXED,
            "0x" + MIXED.replace('d', 'D'),
            "ait1" + MIXED.replace("aA", "Aa"),
            // What devnets of the older platform begin with: names, and nobody's.
            "ait1faucet000000000000000000000000000000000",
            "ait1devproposer000000000000000000000000000000",
            // The one that it wrote before, of 32 bytes in bech32.
            "ait1qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khce6mua7l")) {
      assertEquals(Optional.empty(), OlderPlatform.address(wrong), wrong);
    }
  }

  @Test
  void anAitIsAnAitbc() {
    assertEquals(Amount.ONE_AITBC, OlderPlatform.amount(BigInteger.valueOf(3_600)));
    assertEquals(Amount.ZERO, OlderPlatform.amount(BigInteger.ZERO));
    assertEquals(
        Amount.wei(277_777_777_777_778L), OlderPlatform.amount(BigInteger.ONE), "rounded up");
    assertThrows(
        IllegalArgumentException.class, () -> OlderPlatform.amount(BigInteger.valueOf(-1)));
  }

  @Test
  void everyBalanceIsTheSameNumberOfComputeSecondsAgain() {
    Random random = new Random(55);
    for (int i = 0; i < 10_000; i++) {
      BigInteger seconds = new BigInteger(random.nextInt(64), random);
      Amount amount = OlderPlatform.amount(seconds);
      assertEquals(seconds, OlderPlatform.seconds(amount));
      // Less than a wei more: 3,600 of the parts of which a wei has as many.
      BigInteger over =
          amount
              .wei()
              .toBigInteger()
              .multiply(BigInteger.valueOf(3_600))
              .subtract(seconds.multiply(Amount.ONE_AITBC.wei().toBigInteger()));
      assertTrue(over.signum() >= 0 && over.compareTo(BigInteger.valueOf(3_600)) < 0, "" + over);
    }
  }
}

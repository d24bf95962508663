// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.testkit.Seed;
import org.junit.jupiter.api.Test;

class AddressTest { // Protocol §11.2
  @Test
  void addressesAreOrderedAndComparedAsTheirBytesAre() {
    Seed.forAll(
        1,
        200,
        seed -> {
          byte[] one = seed.bytes(Address.BYTES);
          byte[] other = one.clone();
          if (seed.chance(3, 4)) {
            other[seed.below(Address.BYTES)] = (byte) seed.below(256);
          }
          Address first = new Address(Bytes.of(one));
          Address second = Address.of(other, 0);
          int order = Integer.signum(Bytes.of(one).compareTo(Bytes.of(other)));
          assertEquals(order, Integer.signum(first.compareTo(second)));
          assertEquals(order == 0, first.equals(second));
          assertEquals(Bytes.of(other), second.bytes());
          assertEquals(second, Address.fromHex(second.toString()));
          assertEquals(second.hashCode(), new Address(second.bytes()).hashCode());
        });
  }

  @Test
  void anyOtherLengthIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Address(Bytes.of(new byte[19])));
    assertThrows(IllegalArgumentException.class, () -> new Address(Bytes.of(new byte[21])));
  }
}

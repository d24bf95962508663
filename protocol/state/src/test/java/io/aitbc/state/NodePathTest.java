// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.testkit.Seed;
import org.junit.jupiter.api.Test;

class NodePathTest { // Protocol §13.2
  @Test
  void pathsAreOrderedAndComparedAsTheirBytesAre() {
    Seed.forAll(
        1,
        500,
        seed -> {
          byte[] one = bytes(seed);
          byte[] other = seed.chance(1, 4) ? one.clone() : bytes(seed);
          NodePath first = NodePath.of(Bytes.of(one));
          NodePath second = NodePath.of(Bytes.of(other));
          int order = Integer.signum(Bytes.of(one).compareTo(Bytes.of(other)));
          assertEquals(order, Integer.signum(first.compareTo(second)));
          assertEquals(order == 0, first.equals(second));
          assertEquals(Bytes.of(one), Bytes.of(first.toArray()));
          if (order == 0) {
            assertEquals(first.hashCode(), second.hashCode());
          }
        });
  }

  /// Few different nibbles, so that paths are often alike or begin alike.
  private static byte[] bytes(Seed seed) {
    boolean storage = seed.chance(1, 2);
    int from = storage ? 1 + Hash.BYTES : 1;
    byte[] bytes = new byte[from + seed.below(NodePath.NIBBLES_MAX + 1)];
    if (storage) {
      bytes[0] = 1;
      bytes[1] = (byte) (int) seed.pick(0, 127, 128, 255);
    }
    for (int i = from; i < bytes.length; i++) {
      bytes[i] = (byte) (seed.chance(1, 8) ? seed.below(16) : 0);
    }
    return bytes;
  }

  @Test
  void otherBytesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> NodePath.of(Bytes.EMPTY));
    assertThrows(IllegalArgumentException.class, () -> NodePath.of(Bytes.of((byte) 2)));
    assertThrows(IllegalArgumentException.class, () -> NodePath.of(Bytes.of((byte) 0, (byte) 16)));
    assertThrows(
        IllegalArgumentException.class, () -> NodePath.of(Bytes.of(new byte[NodePath.BYTES_MAX])));
  }
}

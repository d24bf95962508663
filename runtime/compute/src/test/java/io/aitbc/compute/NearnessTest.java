// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import static io.aitbc.compute.Nearness.isNear;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NearnessTest { // Protocol §17.17
  private static final ElementType FLOAT = ElementType.FLOAT32;

  /// Half of the length.
  private static final long HALF = 500_000_000;

  private static Bytes floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float each : values) {
      ByteBuffer _ = bytes.putFloat(each);
    }
    return Bytes.wrap(bytes.array());
  }

  @Test // Protocol §17.17: the bound itself is near enough.
  void theDistanceIsMeasuredAgainstTheOwnOutputsLength() {
    Bytes own = floats(3, 4); // Of length 5.
    assertTrue(isNear(FLOAT, floats(3, 6.5f), own, HALF));
    assertFalse(isNear(FLOAT, floats(3, 6.5f), own, HALF - 1));
    assertTrue(isNear(FLOAT, floats(0.5f, 4), own, HALF));
    assertFalse(isNear(FLOAT, own, floats(3, 6.6f), 100_000_000), "not the judged one's");
    assertTrue(isNear(FLOAT, floats(300, 400), floats(300, 400.004f), 10_000));
    assertFalse(isNear(FLOAT, floats(300, 400), floats(300, 400.006f), 10_000));
  }

  @Test // Protocol §17.17
  void withAToleranceOfNothingOnlyTheSameNumbersDo() {
    assertTrue(isNear(FLOAT, floats(1, -2), floats(1, -2), 0));
    assertFalse(isNear(FLOAT, floats(1, Math.nextUp(2f)), floats(1, 2), 0));
    assertTrue(isNear(FLOAT, floats(-0f), floats(0f), 0), "zero has one value");
  }

  @Test // Protocol §17.17: what has no length allows nothing.
  void besideZerosOnlyZerosAreNear() {
    assertTrue(isNear(FLOAT, floats(0, -0f), floats(0, 0), HALF));
    assertFalse(isNear(FLOAT, floats(Float.MIN_VALUE, 0), floats(0, 0), HALF));
  }

  @Test // Protocol §17.17
  void lengthsAreTheSame() {
    assertFalse(isNear(FLOAT, floats(1), floats(1, 0), HALF));
    assertFalse(isNear(FLOAT, floats(1, 0), floats(1), HALF));
    assertTrue(isNear(FLOAT, Bytes.EMPTY, Bytes.EMPTY, HALF), "of an item that does not fit");
    assertFalse(isNear(FLOAT, floats(0), Bytes.EMPTY, HALF));
    assertFalse(isNear(FLOAT, Bytes.EMPTY, floats(0), HALF));
    Bytes odd = Bytes.wrap(new byte[5]);
    assertFalse(isNear(FLOAT, odd, odd, HALF), "no elements");
  }

  @Test // Protocol §17.17
  void whatIsNoNumberIsTheSameInBoth() {
    float infinity = Float.POSITIVE_INFINITY;
    Bytes own = floats(1, Float.NaN, infinity, -infinity);
    assertTrue(isNear(FLOAT, own, own, 0));
    Bytes otherNan = floats(1, Float.intBitsToFloat(0xffc12345), infinity, -infinity);
    assertTrue(isNear(FLOAT, otherNan, own, 0), "whatever its bits");
    assertFalse(isNear(FLOAT, floats(1, 0, infinity, -infinity), own, HALF));
    assertFalse(isNear(FLOAT, floats(1, Float.NaN, -infinity, -infinity), own, HALF));
    assertFalse(isNear(FLOAT, floats(1, Float.NaN, Float.MAX_VALUE, -infinity), own, HALF));
    assertFalse(isNear(FLOAT, floats(Float.NaN), floats(1), HALF));
    assertFalse(isNear(FLOAT, floats(infinity), floats(Float.MAX_VALUE), HALF));
    assertTrue(isNear(FLOAT, floats(2, infinity), floats(4, infinity), HALF), "others count");
    assertFalse(isNear(FLOAT, floats(1.9f, infinity), floats(4, infinity), HALF));
  }

  @Test // Protocol §17.17: squares of the greatest elements are no infinity.
  void theGreatestElementsAreCompared() {
    float greatest = Float.MAX_VALUE;
    assertTrue(isNear(FLOAT, floats(greatest, greatest), floats(greatest, greatest), 0));
    assertFalse(isNear(FLOAT, floats(-greatest, greatest), floats(greatest, greatest), HALF));
  }

  @Test // Protocol §17.17
  void integersAreComparedAsNumbers() {
    Bytes own = Bytes.of((byte) -100, (byte) 0);
    assertTrue(isNear(ElementType.INT8, Bytes.of((byte) -50, (byte) 0), own, HALF));
    assertFalse(isNear(ElementType.INT8, Bytes.of((byte) -49, (byte) 0), own, HALF));
    ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    Bytes least = Bytes.wrap(word.putInt(0, Integer.MIN_VALUE).array().clone());
    Bytes most = Bytes.wrap(word.putInt(0, Integer.MAX_VALUE).array().clone());
    assertTrue(isNear(ElementType.INT32, least, least, 0));
    assertFalse(isNear(ElementType.INT32, most, least, HALF));
  }
}

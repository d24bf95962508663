// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;

/// Whether an output is as near to another one of the same item as a job of class TOLERANCE allows:
/// by relative L2, in binary64, added in ascending order, so that everybody who has both says the
/// same. Protocol §17.17.
public final class Nearness {
  private static final double BILLION = 1e9;

  private Nearness() {}

  /// Compares.
  ///
  /// @param type of the elements
  /// @param output that is judged
  /// @param own what it is measured against
  /// @param billionths how far it may be from that, in parts of its length
  public static boolean isNear(ElementType type, Bytes output, Bytes own, long billionths) {
    if (output.length() != own.length() || own.length() % type.bytes() != 0) {
      return false;
    }
    int count = own.length() / type.bytes();
    Elements theirs = Elements.read(type, output.toArray(), 0, count);
    Elements ours = Elements.read(type, own.toArray(), 0, count);
    double difference = 0;
    double length = 0;
    for (int i = 0; i < count; i++) {
      double x = number(theirs, i);
      double y = number(ours, i);
      if (!Double.isFinite(y)) {
        // NaN is NaN, whatever its bits.
        if (Double.compare(x, y) != 0) {
          return false;
        }
      } else if (!Double.isFinite(x)) {
        return false;
      } else {
        difference += (x - y) * (x - y);
        length += y * y;
      }
    }
    double limit = billionths / BILLION;
    return difference <= limit * limit * length;
  }

  private static double number(Elements elements, int index) {
    return elements.type() == ElementType.FLOAT32
        ? Float.intBitsToFloat(elements.bits(index))
        : elements.bits(index);
  }
}

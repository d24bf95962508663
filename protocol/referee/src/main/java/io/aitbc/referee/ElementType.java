// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.Optional;

/// What an element is. On the wire and in every hash: little-endian, two's complement or IEEE 754.
/// Protocol §17.1.
public enum ElementType {
  /// Signed integer of 8 bits; arithmetic saturates.
  INT8(0, 1),
  /// Signed integer of 32 bits; arithmetic wraps, and sums are bounded so that they do not.
  INT32(1, 4),
  /// IEEE 754 binary32, round to nearest even; subnormals and -0 are kept, every NaN is 0x7fc00000.
  FLOAT32(2, 4);

  private final int code;
  private final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /// Number on the wire.
  public int code() {
    return code;
  }

  /// Length of an element in bytes.
  public int bytes() {
    return bytes;
  }

  /// The type with this number, if there is one.
  static Optional<ElementType> ofCode(int code) {
    for (ElementType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}

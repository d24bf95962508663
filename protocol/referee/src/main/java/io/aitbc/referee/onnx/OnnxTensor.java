// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee.onnx;

import io.aitbc.crypto.Bytes;
import io.aitbc.referee.ElementType;
import io.aitbc.referee.Elements;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// An initializer: a named constant. Protocol §17.7.
///
/// @param name its name
/// @param type ONNX's number of its type
/// @param sizes its dimensions; none for a scalar
/// @param raw its elements, little-endian
public record OnnxTensor(String name, int type, List<Integer> sizes, Bytes raw) {
  /// ONNX's number of binary32.
  public static final int FLOAT = 1;

  /// ONNX's number of signed 8 bits.
  public static final int INT8 = 3;

  /// ONNX's number of signed 32 bits.
  public static final int INT32 = 6;

  /// ONNX's number of signed 64 bits.
  public static final int INT64 = 7;

  /// ONNX's number of binary64.
  public static final int DOUBLE = 11;

  /// An initializer with a copy of the sizes.
  public OnnxTensor {
    sizes = List.copyOf(sizes);
  }

  /// An initializer of elements.
  public static OnnxTensor of(String name, Elements elements, Integer... sizes) {
    return new OnnxTensor(
        name, typeOf(elements.type()), Arrays.asList(sizes), Bytes.wrap(elements.encoded()));
  }

  /// A scalar of binary64.
  public static OnnxTensor ofDouble(String name, double value) {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value);
    return new OnnxTensor(name, DOUBLE, List.of(), Bytes.wrap(bytes.array()));
  }

  /// An input or output.
  public static OnnxValue value(String name, ElementType type, Integer... sizes) {
    return new OnnxValue(name, typeOf(type), Arrays.asList(sizes));
  }

  static int typeOf(ElementType type) {
    return switch (type) {
      case INT8 -> INT8;
      case INT32 -> INT32;
      case FLOAT32 -> FLOAT;
    };
  }

  /// Length of an element of a type in bytes; 0 if the subset does not have it.
  static int elementBytes(int type) {
    return switch (type) {
      case INT8 -> 1;
      case FLOAT, INT32 -> 4;
      case INT64, DOUBLE -> 8;
      default -> 0;
    };
  }

  /// Number of elements.
  int count() {
    return raw.length() / elementBytes(type);
  }

  /// The value of a scalar of binary64.
  double doubleValue() {
    return ByteBuffer.wrap(raw.toArray()).order(ByteOrder.LITTLE_ENDIAN).getDouble();
  }

  /// Numbers of 64 bits, such as a shape.
  long[] longs() {
    long[] values = new long[count()];
    ByteBuffer.wrap(raw.toArray()).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
    return values;
  }
}

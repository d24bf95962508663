// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Elements of one type in an array. Belongs to whoever made it; not safe for writers on several
/// threads.
public final class Elements {
  /// What every NaN is written as. Protocol §17.1.
  public static final int NAN_BITS = 0x7fc00000;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] NO_BYTES = {};
  private static final int[] NO_INTS = {};
  private static final float[] NO_FLOATS = {};

  private final ElementType type;
  private final byte[] bytes;
  private final int[] ints;
  private final float[] floats;

  private Elements(ElementType type, byte[] bytes, int[] ints, float[] floats) {
    this.type = type;
    this.bytes = bytes;
    this.ints = ints;
    this.floats = floats;
  }

  /// Over these numbers themselves, not a copy.
  public static Elements of(byte[] values) {
    return new Elements(ElementType.INT8, values, NO_INTS, NO_FLOATS);
  }

  /// Over these numbers themselves, not a copy.
  public static Elements of(int[] values) {
    return new Elements(ElementType.INT32, NO_BYTES, values, NO_FLOATS);
  }

  /// Over these numbers themselves, not a copy.
  public static Elements of(float[] values) {
    return new Elements(ElementType.FLOAT32, NO_BYTES, NO_INTS, values);
  }

  /// `count` zeros.
  public static Elements zeros(ElementType type, int count) {
    return switch (type) {
      case INT8 -> of(new byte[count]);
      case INT32 -> of(new int[count]);
      case FLOAT32 -> of(new float[count]);
    };
  }

  /// The elements in `count` times the type's length little-endian bytes from `offset` on.
  public static Elements read(ElementType type, byte[] source, int offset, int count) {
    Elements elements = zeros(type, count);
    elements.readFrom(source, offset, 0, count);
    return elements;
  }

  /// Sets `count` elements from `from` on to what stands in `source` from `offset` on.
  void readFrom(byte[] source, int offset, int from, int count) {
    switch (type) {
      case INT8 -> System.arraycopy(source, offset, bytes, from, count);
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          ints[from + i] = (int) INTS.get(source, offset + 4 * i);
        }
      }
      case FLOAT32 -> {
        for (int i = 0; i < count; i++) {
          floats[from + i] = Float.intBitsToFloat((int) INTS.get(source, offset + 4 * i));
        }
      }
    }
  }

  /// What the elements are.
  public ElementType type() {
    return type;
  }

  /// How many there are.
  public int count() {
    return switch (type) {
      case INT8 -> bytes.length;
      case INT32 -> ints.length;
      case FLOAT32 -> floats.length;
    };
  }

  /// The array itself. The elements are of INT8.
  public byte[] bytes() {
    return expect(ElementType.INT8, bytes);
  }

  /// The array itself. The elements are of INT32.
  public int[] ints() {
    return expect(ElementType.INT32, ints);
  }

  /// The array itself. The elements are of FLOAT32.
  public float[] floats() {
    return expect(ElementType.FLOAT32, floats);
  }

  private <T> T expect(ElementType expected, T array) {
    if (type != expected) {
      throw new IllegalStateException("elements of " + type + ", not " + expected);
    }
    return array;
  }

  /// An element as 32 bits: a number, or the bits of a float, of which NaN has one form.
  public int bits(int index) {
    return switch (type) {
      case INT8 -> bytes[index];
      case INT32 -> ints[index];
      case FLOAT32 -> Float.floatToIntBits(floats[index]);
    };
  }

  /// Sets an element from {@link #bits}.
  public void setBits(int index, int bits) {
    switch (type) {
      case INT8 -> bytes[index] = (byte) bits;
      case INT32 -> ints[index] = bits;
      case FLOAT32 -> floats[index] = Float.intBitsToFloat(bits);
    }
  }

  /// Copies `count` elements of `source`, which has this type.
  void copyFrom(Elements source, int sourceFrom, int from, int count) {
    switch (type) {
      case INT8 -> System.arraycopy(source.bytes(), sourceFrom, bytes, from, count);
      case INT32 -> System.arraycopy(source.ints(), sourceFrom, ints, from, count);
      case FLOAT32 -> System.arraycopy(source.floats(), sourceFrom, floats, from, count);
    }
  }

  /// Sets `count` elements from `from` on to element `index` of `source`, which has this type.
  void fillFrom(Elements source, int index, int from, int count) {
    switch (type) {
      case INT8 -> Arrays.fill(bytes, from, from + count, source.bytes()[index]);
      case INT32 -> Arrays.fill(ints, from, from + count, source.ints()[index]);
      case FLOAT32 -> Arrays.fill(floats, from, from + count, source.floats()[index]);
    }
  }

  /// Sets `count` elements from `from` on to zero.
  void clear(int from, int count) {
    switch (type) {
      case INT8 -> Arrays.fill(bytes, from, from + count, (byte) 0);
      case INT32 -> Arrays.fill(ints, from, from + count, 0);
      case FLOAT32 -> Arrays.fill(floats, from, from + count, 0f);
    }
  }

  /// Writes `count` elements from `from` on as canonical little-endian bytes.
  public void writeTo(int from, int count, byte[] target, int offset) {
    switch (type) {
      case INT8 -> System.arraycopy(bytes, from, target, offset, count);
      case INT32 -> {
        for (int i = 0; i < count; i++) {
          INTS.set(target, offset + 4 * i, ints[from + i]);
        }
      }
      case FLOAT32 -> {
        for (int i = 0; i < count; i++) {
          INTS.set(target, offset + 4 * i, Float.floatToIntBits(floats[from + i]));
        }
      }
    }
  }

  /// All elements as canonical little-endian bytes.
  public byte[] encoded() {
    byte[] encoding = new byte[count() * type.bytes()];
    writeTo(0, count(), encoding, 0);
    return encoding;
  }

  /// The 32 bits of element `index` of a tile's bytes, as they stand there.
  static int rawBits(ElementType type, byte[] tile, int offset, int index) {
    return type == ElementType.INT8
        ? tile[offset + index]
        : (int) INTS.get(tile, offset + 4 * index);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/// Writes the canonical encoding (RLP, Yellow Paper appendix B). Protocol §11.1.
///
/// Values are appended in field order; a list is opened, filled and closed. One writer makes one
/// encoding and belongs to one thread.
public final class RlpWriter {
  private byte[] buffer;
  private int size;
  private int[] starts = new int[8];
  private int depth;

  /// A writer with room for 256 bytes, which grows.
  public RlpWriter() {
    this(256);
  }

  /// A writer with room for `capacity` bytes, which grows.
  public RlpWriter(int capacity) {
    buffer = new byte[Math.max(16, capacity)];
  }

  /// Opens a list.
  @CanIgnoreReturnValue
  public RlpWriter begin() {
    if (depth == starts.length) {
      starts = Arrays.copyOf(starts, depth * 2);
    }
    starts[depth++] = size;
    return this;
  }

  /// Closes the list that was opened last.
  ///
  /// @throws IllegalStateException if none is open
  @CanIgnoreReturnValue
  public RlpWriter end() {
    if (depth == 0) {
      throw new IllegalStateException("no list is open");
    }
    int start = starts[--depth];
    int length = size - start;
    int header = length < 56 ? 1 : 1 + lengthBytes(length);
    reserve(header);
    System.arraycopy(buffer, start, buffer, start + header, length);
    size += header;
    putHeader(start, 0xc0, length);
    return this;
  }

  /// Appends a string of `length` bytes of `bytes` from `offset` on.
  @CanIgnoreReturnValue
  public RlpWriter string(byte[] bytes, int offset, int length) {
    if (length == 1 && bytes[offset] >= 0) {
      reserve(1);
      buffer[size++] = bytes[offset];
      return this;
    }
    header(length);
    System.arraycopy(bytes, offset, buffer, size, length);
    size += length;
    return this;
  }

  /// Appends a string.
  @CanIgnoreReturnValue
  public RlpWriter string(byte[] bytes) {
    return string(bytes, 0, bytes.length);
  }

  /// Appends a string.
  @CanIgnoreReturnValue
  public RlpWriter string(Bytes bytes) {
    int length = bytes.length();
    if (length == 1 && bytes.at(0) >= 0) {
      reserve(1);
      buffer[size++] = bytes.at(0);
      return this;
    }
    header(length);
    bytes.copyTo(buffer, size);
    size += length;
    return this;
  }

  /// Appends a string of 32 bytes.
  @CanIgnoreReturnValue
  public RlpWriter hash(Hash hash) {
    header(Hash.BYTES);
    hash.copyTo(buffer, size);
    size += Hash.BYTES;
    return this;
  }

  /// Appends a string of 20 bytes.
  @CanIgnoreReturnValue
  public RlpWriter address(Address address) {
    header(Address.BYTES);
    address.copyTo(buffer, size);
    size += Address.BYTES;
    return this;
  }

  /// Appends a number: big-endian bytes without leading zeros, the empty string for 0.
  ///
  /// @throws IllegalArgumentException if it is negative
  @CanIgnoreReturnValue
  public RlpWriter number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative: " + value);
    }
    if (value != 0 && value < 0x80) {
      reserve(1);
      buffer[size++] = (byte) value;
      return this;
    }
    int length = (64 - Long.numberOfLeadingZeros(value) + 7) >>> 3;
    header(length);
    for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (value >>> shift);
    }
    return this;
  }

  /// Appends a number of 64 bits without sign.
  @CanIgnoreReturnValue
  public RlpWriter unsigned(long value) {
    return value >= 0 ? number(value) : number(UInt256.unsigned(value));
  }

  /// Appends a number.
  @CanIgnoreReturnValue
  public RlpWriter number(UInt256 value) {
    if (value.fitsLong()) {
      return number(value.low());
    }
    int length = value.byteLength();
    header(length);
    for (int i = length - 1; i >= 0; i--) {
      buffer[size++] = (byte) (value.word(i >>> 3) >>> ((i & 7) << 3));
    }
    return this;
  }

  /// Appends a number of wei.
  @CanIgnoreReturnValue
  public RlpWriter amount(Amount amount) {
    return number(amount.wei());
  }

  /// Appends a list whose elements `each` writes.
  @CanIgnoreReturnValue
  public <T> RlpWriter list(List<T> elements, BiConsumer<RlpWriter, T> each) {
    begin();
    for (T element : elements) {
      each.accept(this, element);
    }
    return end();
  }

  /// Appends bytes that are an encoding already.
  @CanIgnoreReturnValue
  public RlpWriter encoded(Bytes encoding) {
    reserve(encoding.length());
    encoding.copyTo(buffer, size);
    size += encoding.length();
    return this;
  }

  /// Appends a byte that is no item: a type in front of an encoding (EIP-2718).
  ///
  /// @throws IllegalArgumentException if it is not in 0 .. 127
  @CanIgnoreReturnValue
  public RlpWriter raw(int value) {
    if (value < 0 || value > Byte.MAX_VALUE) {
      throw new IllegalArgumentException("not in 0 .. 127: " + value);
    }
    reserve(1);
    buffer[size++] = (byte) value;
    return this;
  }

  /// What was written.
  ///
  /// @throws IllegalStateException if a list is still open
  public byte[] toArray() {
    if (depth != 0) {
      throw new IllegalStateException(depth + " lists are open");
    }
    return Arrays.copyOf(buffer, size);
  }

  /// What was written.
  ///
  /// @throws IllegalStateException if a list is still open
  public Bytes toBytes() {
    return Bytes.wrap(toArray());
  }

  private void header(int length) {
    reserve(5 + length);
    size += putHeader(size, 0x80, length);
  }

  @CanIgnoreReturnValue
  private int putHeader(int at, int kind, int length) {
    if (length < 56) {
      buffer[at] = (byte) (kind + length);
      return 1;
    }
    int bytes = lengthBytes(length);
    buffer[at] = (byte) (kind + 55 + bytes);
    for (int i = 0; i < bytes; i++) {
      buffer[at + bytes - i] = (byte) (length >>> (8 * i));
    }
    return 1 + bytes;
  }

  private static int lengthBytes(int length) {
    return (32 - Integer.numberOfLeadingZeros(length) + 7) >>> 3;
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
    }
  }
}

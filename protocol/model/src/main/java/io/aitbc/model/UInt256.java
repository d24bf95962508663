// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Hash;
import java.math.BigInteger;
import java.util.Optional;

/// An unsigned number below 2^256: a storage value, a chain id, a fee. Arithmetic is exact or
/// throws; nothing wraps. Protocol §11.2.
///
/// @param high bits 192 to 255
/// @param midHigh bits 128 to 191
/// @param midLow bits 64 to 127
/// @param low bits 0 to 63
public record UInt256(long high, long midHigh, long midLow, long low)
    implements Comparable<UInt256> {
  /// Length of the fixed-width encoding in bytes.
  public static final int BYTES = 32;

  /// 0.
  public static final UInt256 ZERO = new UInt256(0, 0, 0, 0);

  /// 1.
  public static final UInt256 ONE = new UInt256(0, 0, 0, 1);

  /// 2^256 - 1.
  public static final UInt256 MAX = new UInt256(-1, -1, -1, -1);

  /// The number `value`.
  ///
  /// @throws IllegalArgumentException if it is negative
  public static UInt256 of(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("negative: " + value);
    }
    return new UInt256(0, 0, 0, value);
  }

  /// The number whose 64 bits, without sign, are those of `bits`.
  public static UInt256 unsigned(long bits) {
    return new UInt256(0, 0, 0, bits);
  }

  /// The number whose 32 big-endian bytes are those of `hash`.
  public static UInt256 of(Hash hash) {
    return of(hash.toArray(), 0, BYTES);
  }

  /// The number `value`.
  ///
  /// @throws IllegalArgumentException if it is negative or has more than 256 bits
  public static UInt256 of(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not in 0 .. 2^256 - 1: " + value);
    }
    return new UInt256(
        value.shiftRight(192).longValue(),
        value.shiftRight(128).longValue(),
        value.shiftRight(64).longValue(),
        value.longValue());
  }

  /// The number whose big-endian bytes are the `length` bytes of `bytes` from `offset` on.
  ///
  /// @throws IllegalArgumentException if `length` is not in 0 .. 32
  public static UInt256 of(byte[] bytes, int offset, int length) {
    if (length < 0 || length > BYTES) {
      throw new IllegalArgumentException("not in 0 .. 32 bytes: " + length);
    }
    long[] words = new long[4];
    for (int i = 0; i < length; i++) {
      int position = length - 1 - i;
      words[position >>> 3] |= (bytes[offset + i] & 0xffL) << ((position & 7) << 3);
    }
    return new UInt256(words[3], words[2], words[1], words[0]);
  }

  /// Reads decimal digits, or hexadecimal digits after `0x`.
  ///
  /// @throws IllegalArgumentException if it is no such number or too large
  public static UInt256 parse(String text) {
    return of(text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text));
  }

  /// Whether this is 0.
  public boolean isZero() {
    return (high | midHigh | midLow | low) == 0;
  }

  /// Whether this is below 2^63.
  public boolean fitsLong() {
    return (high | midHigh | midLow) == 0 && low >= 0;
  }

  /// This number as a long.
  ///
  /// @throws ArithmeticException if it is 2^63 or more
  public long toLongExact() {
    if (!fitsLong()) {
      throw new ArithmeticException("2^63 or more: " + this);
    }
    return low;
  }

  /// This number.
  public BigInteger toBigInteger() {
    return fitsLong() ? BigInteger.valueOf(low) : new BigInteger(1, toArray());
  }

  /// The 32 big-endian bytes.
  public byte[] toArray() {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[BYTES - 1 - i] = (byte) (word(i >>> 3) >>> ((i & 7) << 3));
    }
    return bytes;
  }

  /// The 32 big-endian bytes.
  public Hash toHash() {
    return Hash.of(toArray());
  }

  /// How many bytes are needed without leading zeros; 0 for 0.
  public int byteLength() {
    return (bitLength() + 7) >>> 3;
  }

  /// How many bits are needed; 0 for 0.
  public int bitLength() {
    for (int i = 3; i >= 0; i--) {
      if (word(i) != 0) {
        return 64 * i + 64 - Long.numberOfLeadingZeros(word(i));
      }
    }
    return 0;
  }

  /// The 64 bits number `index` counted from the low end, 0 to 3.
  public long word(int index) {
    return switch (index) {
      case 0 -> low;
      case 1 -> midLow;
      case 2 -> midHigh;
      case 3 -> high;
      default -> throw new IllegalArgumentException("not in 0 .. 3: " + index);
    };
  }

  /// This plus `other`.
  ///
  /// @throws ArithmeticException if the sum is 2^256 or more
  public UInt256 plus(UInt256 other) {
    long word0 = low + other.low;
    long carry = Long.compareUnsigned(word0, low) < 0 ? 1 : 0;
    long word1 = midLow + other.midLow;
    long carry1 = Long.compareUnsigned(word1, midLow) < 0 ? 1 : 0;
    word1 += carry;
    carry1 |= carry == 1 && word1 == 0 ? 1 : 0;
    long word2 = midHigh + other.midHigh;
    long carry2 = Long.compareUnsigned(word2, midHigh) < 0 ? 1 : 0;
    word2 += carry1;
    carry2 |= carry1 == 1 && word2 == 0 ? 1 : 0;
    long word3 = high + other.high;
    long carry3 = Long.compareUnsigned(word3, high) < 0 ? 1 : 0;
    word3 += carry2;
    carry3 |= carry2 == 1 && word3 == 0 ? 1 : 0;
    if (carry3 != 0) {
      throw new ArithmeticException("2^256 or more: " + this + " + " + other);
    }
    return new UInt256(word3, word2, word1, word0);
  }

  /// This plus `other`, if that is below 2^256.
  public Optional<UInt256> plusIfFits(UInt256 other) {
    return other.compareTo(MAX.minus(this)) <= 0 ? Optional.of(plus(other)) : Optional.empty();
  }

  /// This minus `other`.
  ///
  /// @throws ArithmeticException if `other` is larger
  public UInt256 minus(UInt256 other) {
    if (compareTo(other) < 0) {
      throw new ArithmeticException("negative: " + this + " - " + other);
    }
    long word0 = low - other.low;
    long borrow = Long.compareUnsigned(low, other.low) < 0 ? 1 : 0;
    long word1 = midLow - other.midLow - borrow;
    borrow = borrows(midLow, other.midLow, borrow);
    long word2 = midHigh - other.midHigh - borrow;
    borrow = borrows(midHigh, other.midHigh, borrow);
    return new UInt256(high - other.high - borrow, word2, word1, word0);
  }

  private static long borrows(long from, long subtrahend, long borrow) {
    int order = Long.compareUnsigned(from, subtrahend);
    return order < 0 || (order == 0 && borrow == 1) ? 1 : 0;
  }

  /// This times `other`.
  ///
  /// @throws ArithmeticException if the product is 2^256 or more
  public UInt256 times(UInt256 other) {
    if (fitsLong() && other.fitsLong()) {
      return new UInt256(0, 0, Math.unsignedMultiplyHigh(low, other.low), low * other.low);
    }
    BigInteger product = toBigInteger().multiply(other.toBigInteger());
    if (product.bitLength() > 256) {
      throw new ArithmeticException("2^256 or more: " + this + " * " + other);
    }
    return of(product);
  }

  /// This times `other`, if that is below 2^256.
  public Optional<UInt256> timesIfFits(UInt256 other) {
    if (fitsLong() && other.fitsLong()) {
      return Optional.of(times(other));
    }
    BigInteger product = toBigInteger().multiply(other.toBigInteger());
    return product.bitLength() > 256 ? Optional.empty() : Optional.of(of(product));
  }

  /// This divided by `other`, rounded down.
  ///
  /// @throws ArithmeticException if `other` is 0
  public UInt256 dividedBy(UInt256 other) {
    if (fitsLong() && other.fitsLong()) {
      return of(low / other.low);
    }
    return of(toBigInteger().divide(other.toBigInteger()));
  }

  /// The smaller of this and `other`.
  public UInt256 min(UInt256 other) {
    return compareTo(other) <= 0 ? this : other;
  }

  @Override
  public int compareTo(UInt256 other) {
    int order = Long.compareUnsigned(high, other.high);
    order = order != 0 ? order : Long.compareUnsigned(midHigh, other.midHigh);
    order = order != 0 ? order : Long.compareUnsigned(midLow, other.midLow);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  /// Lower-case hexadecimal digits without leading zeros, `0x` in front: a JSON-RPC quantity.
  public String toHex() {
    return "0x" + toBigInteger().toString(16);
  }

  /// Decimal digits.
  @Override
  public String toString() {
    return toBigInteger().toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.evm;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// 256-bit words in a flat array, four longs each with the lowest first, against everything else:
/// big-endian bytes, addresses, numbers.
final class Words {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /// For every number of bytes, which bits of the four limbs are in that many lowest bytes.
  private static final long[] OPERAND_MASKS = operandMasks();

  private Words() {}

  /// Puts `number` at `w[at]`.
  static void set(UInt256 number, long[] w, int at) {
    w[at] = number.low();
    w[at + 1] = number.midLow();
    w[at + 2] = number.midHigh();
    w[at + 3] = number.high();
  }

  /// Puts the big-endian number of 32 bytes from `bytes[offset]` on at `w[at]`.
  static void load(byte[] bytes, int offset, long[] w, int at) {
    w[at + 3] = (long) LONGS.get(bytes, offset);
    w[at + 2] = (long) LONGS.get(bytes, offset + 8);
    w[at + 1] = (long) LONGS.get(bytes, offset + 16);
    w[at] = (long) LONGS.get(bytes, offset + 24);
  }

  /// Writes the word at `w[at]` as 32 big-endian bytes from `bytes[offset]` on.
  static void store(long[] w, int at, byte[] bytes, int offset) {
    LONGS.set(bytes, offset, w[at + 3]);
    LONGS.set(bytes, offset + 8, w[at + 2]);
    LONGS.set(bytes, offset + 16, w[at + 1]);
    LONGS.set(bytes, offset + 24, w[at]);
  }

  /// Copies the word at `from[fromAt]` to `to[toAt]`.
  static void copy(long[] from, int fromAt, long[] to, int toAt) {
    to[toAt] = from[fromAt];
    to[toAt + 1] = from[fromAt + 1];
    to[toAt + 2] = from[fromAt + 2];
    to[toAt + 3] = from[fromAt + 3];
  }

  /// Puts `hash` as a number at `w[at]`.
  static void set(Hash hash, long[] w, int at) {
    set(UInt256.of(hash), w, at);
  }

  /// The word at `w[at]`.
  static UInt256 number(long[] w, int at) {
    return new UInt256(w[at + 3], w[at + 2], w[at + 1], w[at]);
  }

  /// The word at `w[at]` as 32 bytes.
  static Hash hash(long[] w, int at) {
    byte[] bytes = new byte[Hash.BYTES];
    store(w, at, bytes, 0);
    return Hash.of(bytes);
  }

  /// The address with these bits 128 to 159, 64 to 127 and 0 to 63.
  static Address address(long high, long middle, long low) {
    byte[] bytes = new byte[Address.BYTES];
    INTS.set(bytes, 0, (int) high);
    LONGS.set(bytes, 4, middle);
    LONGS.set(bytes, 12, low);
    return Address.of(bytes, 0);
  }

  /// Puts `address` as a number at `w[at]`.
  static void set(Address address, long[] w, int at) {
    byte[] bytes = new byte[UInt256.BYTES];
    address.copyTo(bytes, UInt256.BYTES - Address.BYTES);
    load(bytes, 0, w, at);
  }

  /// The operand of a PUSH of `count` bytes, 1 to 8, that begins at `code[begin]`. At least 8 bytes
  /// lie from there on.
  static long shortOperand(byte[] code, int begin, int count) {
    return (long) LONGS.get(code, begin) >>> (64 - 8 * count);
  }

  /// Puts the operand of a PUSH of `count` bytes, 1 to 32, that ends before `code[end]` at `w[at]`.
  /// At least 32 bytes lie before `end`.
  static void loadOperand(byte[] code, int end, int count, long[] w, int at) {
    int mask = 4 * count;
    w[at] = (long) LONGS.get(code, end - 8) & OPERAND_MASKS[mask];
    w[at + 1] = (long) LONGS.get(code, end - 16) & OPERAND_MASKS[mask + 1];
    w[at + 2] = (long) LONGS.get(code, end - 24) & OPERAND_MASKS[mask + 2];
    w[at + 3] = (long) LONGS.get(code, end - 32) & OPERAND_MASKS[mask + 3];
  }

  private static long[] operandMasks() {
    long[] masks = new long[4 * (UInt256.BYTES + 1)];
    for (int at = 0; at < masks.length; at++) {
      int bytes = at / 4 - 8 * (at % 4);
      masks[at] = bytes >= 8 ? -1L : bytes <= 0 ? 0 : -1L >>> (64 - 8 * bytes);
    }
    return masks;
  }

  /// Whether the word at `w[at]` is below 2^63.
  static boolean fitsLong(long[] w, int at) {
    return (w[at + 1] | w[at + 2] | w[at + 3]) == 0 && w[at] >= 0;
  }

  /// The word at `w[at]`, or 2^63 - 1 if it is more.
  static long toLongCapped(long[] w, int at) {
    return fitsLong(w, at) ? w[at] : Long.MAX_VALUE;
  }
}

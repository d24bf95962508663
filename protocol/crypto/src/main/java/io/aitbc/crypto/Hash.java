// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// A 32-byte digest, or any other value of that size and role (a key of the state trie, a root).
/// Ordered as unsigned big-endian bytes.
public final class Hash implements Comparable<Hash> {
  /// Length in bytes.
  public static final int BYTES = 32;

  /// 32 zero bytes.
  public static final Hash ZERO = new Hash(0, 0, 0, 0);

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long a;
  private final long b;
  private final long c;
  private final long d;

  private Hash(long a, long b, long c, long d) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  /// The hash with these 32 bytes, which are copied.
  ///
  /// @throws IllegalArgumentException if there are not 32 of them
  public static Hash of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a hash has 32 bytes, not " + bytes.length);
    }
    return of(bytes, 0);
  }

  /// The hash with the 32 bytes of `bytes` from `offset` on, which are copied.
  public static Hash of(byte[] bytes, int offset) {
    return new Hash(
        (long) LONGS.get(bytes, offset),
        (long) LONGS.get(bytes, offset + 8),
        (long) LONGS.get(bytes, offset + 16),
        (long) LONGS.get(bytes, offset + 24));
  }

  /// Reads 64 hexadecimal digits, with or without `0x` in front.
  ///
  /// @throws IllegalArgumentException if they are not 64 digits
  public static Hash fromHex(String hex) {
    return of(HexFormat.of().parseHex(hex.startsWith("0x") ? hex.substring(2) : hex));
  }

  /// A copy of the 32 bytes.
  public byte[] toArray() {
    byte[] bytes = new byte[BYTES];
    copyTo(bytes, 0);
    return bytes;
  }

  /// The 32 bytes as a byte string.
  public Bytes toBytes() {
    return Bytes.wrap(toArray());
  }

  /// Writes the 32 bytes to `target` from `offset` on.
  public void copyTo(byte[] target, int offset) {
    LONGS.set(target, offset, a);
    LONGS.set(target, offset + 8, b);
    LONGS.set(target, offset + 16, c);
    LONGS.set(target, offset + 24, d);
  }

  /// The first eight bytes as a big-endian number; enough to pick a bucket or a random seed.
  public long firstLong() {
    return a;
  }

  /// Lower-case hexadecimal digits with `0x` in front.
  public String toHex() {
    return "0x" + HexFormat.of().formatHex(toArray());
  }

  @Override
  public int compareTo(Hash other) {
    int order = Long.compareUnsigned(a, other.a);
    order = order != 0 ? order : Long.compareUnsigned(b, other.b);
    order = order != 0 ? order : Long.compareUnsigned(c, other.c);
    return order != 0 ? order : Long.compareUnsigned(d, other.d);
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Hash hash && a == hash.a && b == hash.b && c == hash.c && d == hash.d);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(a ^ Long.rotateLeft(d, 32));
  }

  @Override
  public String toString() {
    return toHex();
  }
}

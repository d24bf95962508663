// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1PublicKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The 20-byte address of an account: the last 20 bytes of the Keccak-256 hash of its public key,
/// or of what created a contract. Ordered as unsigned big-endian bytes. Yellow Paper §4.1.
public final class Address implements Comparable<Address> {
  /// Length in bytes.
  public static final int BYTES = 20;

  /// Twenty zero bytes.
  public static final Address ZERO = new Address(0, 0, 0);

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  // One object without references: every table of accounts compares addresses.
  private final long first;
  private final long middle;
  private final int last;

  private Address(long first, long middle, int last) {
    this.first = first;
    this.middle = middle;
    this.last = last;
  }

  /// The address with these 20 bytes.
  ///
  /// @throws IllegalArgumentException if there are not 20 bytes
  public Address(Bytes bytes) {
    if (bytes.length() != BYTES) {
      throw new IllegalArgumentException("an address has 20 bytes, not " + bytes.length());
    }
    byte[] copy = new byte[BYTES];
    bytes.copyTo(copy, 0);
    first = (long) LONGS.get(copy, 0);
    middle = (long) LONGS.get(copy, 8);
    last = (int) INTS.get(copy, 16);
  }

  /// The address with the 20 bytes of `bytes` from `offset` on, which are copied.
  public static Address of(byte[] bytes, int offset) {
    return new Address(
        (long) LONGS.get(bytes, offset),
        (long) LONGS.get(bytes, offset + 8),
        (int) INTS.get(bytes, offset + 16));
  }

  /// Reads 40 hexadecimal digits, with or without `0x` in front; upper and lower case alike.
  ///
  /// @throws IllegalArgumentException if they are not 40 digits
  public static Address fromHex(String hex) {
    return new Address(Bytes.fromHex(hex));
  }

  /// The address of the account with this public key.
  public static Address of(Secp256k1PublicKey key) {
    return of(key.addressHash().toArray(), Hash.BYTES - BYTES);
  }

  /// The 20 bytes as a byte string.
  public Bytes bytes() {
    byte[] bytes = new byte[BYTES];
    copyTo(bytes, 0);
    return Bytes.wrap(bytes);
  }

  /// Writes the 20 bytes to `target` from `offset` on.
  public void copyTo(byte[] target, int offset) {
    LONGS.set(target, offset, first);
    LONGS.set(target, offset + 8, middle);
    INTS.set(target, offset + 16, last);
  }

  /// The first eight bytes as a big-endian number, to sort or to spread by.
  public long firstLong() {
    return first;
  }

  @Override
  public int compareTo(Address other) {
    int order = Long.compareUnsigned(first, other.first);
    order = order != 0 ? order : Long.compareUnsigned(middle, other.middle);
    return order != 0 ? order : Integer.compareUnsigned(last, other.last);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Address address
        && first == address.first
        && middle == address.middle
        && last == address.last;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first ^ Long.rotateLeft(middle, 32)) ^ last;
  }

  /// Lower-case hexadecimal digits with `0x` in front.
  @Override
  public String toString() {
    return bytes().toHex();
  }
}

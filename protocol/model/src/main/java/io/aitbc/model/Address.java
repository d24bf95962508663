// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.model;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Secp256k1PublicKey;

/// The 20-byte address of an account: the last 20 bytes of the Keccak-256 hash of its public key,
/// or of what created a contract. Yellow Paper §4.1.
public record Address(Bytes bytes) implements Comparable<Address> {
  /// Length in bytes.
  public static final int BYTES = 20;

  /// Twenty zero bytes.
  public static final Address ZERO = new Address(Bytes.wrap(new byte[BYTES]));

  /// @throws IllegalArgumentException if there are not 20 bytes
  public Address {
    if (bytes.length() != BYTES) {
      throw new IllegalArgumentException("an address has 20 bytes, not " + bytes.length());
    }
  }

  /// Reads 40 hexadecimal digits, with or without `0x` in front; upper and lower case alike.
  ///
  /// @throws IllegalArgumentException if they are not 40 digits
  public static Address fromHex(String hex) {
    return new Address(Bytes.fromHex(hex));
  }

  /// The address of the account with this public key.
  public static Address of(Secp256k1PublicKey key) {
    return new Address(key.addressHash().toBytes().slice(Hash.BYTES - BYTES, BYTES));
  }

  @Override
  public int compareTo(Address other) {
    return bytes.compareTo(other.bytes);
  }

  /// Lower-case hexadecimal digits with `0x` in front.
  @Override
  public String toString() {
    return bytes.toHex();
  }
}

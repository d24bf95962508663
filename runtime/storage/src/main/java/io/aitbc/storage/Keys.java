// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.storage;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Address;
import io.aitbc.model.Height;
import io.aitbc.model.UInt256;
import java.nio.ByteBuffer;

/// The keys of the tables. Accounts and slots are kept under hashes, as the tries order them, so
/// that a range of a table is a range of a trie.
final class Keys {
  private Keys() {}

  static byte[] of(Height height) {
    return of(height.number());
  }

  static byte[] of(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  static byte[] of(Address address) {
    return Keccak256.hash(address.bytes()).toArray();
  }

  static byte[] of(Hash hash) {
    return hash.toArray();
  }

  /// The key of a slot.
  static byte[] of(Address address, UInt256 slot) {
    byte[] key = new byte[2 * Hash.BYTES];
    Keccak256.hash(address.bytes()).copyTo(key, 0);
    Keccak256.hash(slot.toArray(), 0, UInt256.BYTES, key, Hash.BYTES);
    return key;
  }

  /// The key of a slot whose number has this hash.
  static byte[] of(Address address, Hash slot) {
    byte[] key = new byte[2 * Hash.BYTES];
    Keccak256.hash(address.bytes()).copyTo(key, 0);
    slot.copyTo(key, Hash.BYTES);
    return key;
  }

  /// `key` and then `height`.
  static byte[] at(byte[] key, long height) {
    return ByteBuffer.allocate(key.length + Long.BYTES).put(key).putLong(height).array();
  }

  static byte[] prepared(long height, int round) {
    return ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(height).putInt(round).array();
  }

  static long number(byte[] bytes, int offset) {
    return ByteBuffer.wrap(bytes).getLong(offset);
  }
}

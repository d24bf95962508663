// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;

/// Where a trie node stands, which is the key it is stored under: the trie it belongs to and the
/// nibbles that lead to it from the root. A node of a later state overwrites the earlier one at its
/// place. Protocol §13.2.
///
/// @param bytes 0 and the nibbles, one in a byte, for the trie of accounts; 1, the hash of the
///   account's address and the nibbles for an account's storage trie
public record NodePath(Bytes bytes) implements Comparable<NodePath> {
  /// Nibbles from the root to the deepest place.
  public static final int NIBBLES_MAX = 64;

  /// Bytes of the longest path.
  public static final int BYTES_MAX = 1 + Hash.BYTES + NIBBLES_MAX;

  private static final byte ACCOUNTS = 0;
  private static final byte STORAGE = 1;

  /// @throws IllegalArgumentException if the bytes are no path
  public NodePath {
    if (!isPath(bytes)) {
      throw new IllegalArgumentException("no path of a trie node: " + bytes);
    }
  }

  /// Whether a path has these bytes.
  static boolean isPath(Bytes bytes) {
    if (bytes.isEmpty() || bytes.length() > BYTES_MAX) {
      return false;
    }
    int nibbles =
        switch (bytes.at(0)) {
          case ACCOUNTS -> 1;
          case STORAGE -> 1 + Hash.BYTES;
          default -> BYTES_MAX;
        };
    if (bytes.length() < nibbles || bytes.length() - nibbles > NIBBLES_MAX) {
      return false;
    }
    for (int i = nibbles; i < bytes.length(); i++) {
      if ((bytes.at(i) & 0xf0) != 0) {
        return false;
      }
    }
    return true;
  }

  /// The place in the trie of accounts that the first `length` of `nibbles` lead to.
  public static NodePath inAccounts(byte[] nibbles, int length) {
    byte[] bytes = new byte[1 + length];
    bytes[0] = ACCOUNTS;
    System.arraycopy(nibbles, 0, bytes, 1, length);
    return new NodePath(Bytes.wrap(bytes));
  }

  /// The place in the storage trie of the account whose address has the hash `owner` that the first
  /// `length` of `nibbles` lead to.
  public static NodePath inStorage(Hash owner, byte[] nibbles, int length) {
    byte[] bytes = new byte[1 + Hash.BYTES + length];
    bytes[0] = STORAGE;
    owner.copyTo(bytes, 1);
    System.arraycopy(nibbles, 0, bytes, 1 + Hash.BYTES, length);
    return new NodePath(Bytes.wrap(bytes));
  }

  @Override
  public int compareTo(NodePath other) {
    return bytes.compareTo(other.bytes);
  }

  @Override
  public String toString() {
    return bytes.toHex();
  }
}

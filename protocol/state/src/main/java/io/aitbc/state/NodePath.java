// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a trie node stands, which is the key it is stored under: the trie it belongs to and the
/// nibbles that lead to it from the root. A node of a later state overwrites the earlier one at its
/// place. Ordered as its bytes are. Protocol §13.2.
public final class NodePath implements Comparable<NodePath> {
  /// Nibbles from the root to the deepest place.
  public static final int NIBBLES_MAX = 64;

  /// Bytes of the longest path.
  public static final int BYTES_MAX = 1 + Hash.BYTES + NIBBLES_MAX;

  private static final byte ACCOUNTS = 0;
  private static final byte STORAGE = 1;
  private static final int NIBBLES_OF_WORD = Long.SIZE / 4;

  /// Whose storage trie; null for the trie of accounts.
  private final @Nullable Hash owner;

  // The nibbles from the first word's upper bits on, then zeros. They lie in this object, for every
  // table of nodes compares paths.
  private final long first;
  private final long second;
  private final long third;
  private final long fourth;
  private final int length;

  private NodePath(@Nullable Hash owner, byte[] nibbles, int from, int length) {
    this.owner = owner;
    this.first = word(nibbles, from, length, 0);
    this.second = word(nibbles, from, length, 1);
    this.third = word(nibbles, from, length, 2);
    this.fourth = word(nibbles, from, length, 3);
    this.length = length;
  }

  private static long word(byte[] nibbles, int from, int length, int index) {
    int begin = index * NIBBLES_OF_WORD;
    int end = Math.min(length, begin + NIBBLES_OF_WORD);
    long word = 0;
    for (int i = begin; i < end; i++) {
      word |= (long) nibbles[from + i] << (Long.SIZE - 4 - 4 * (i - begin));
    }
    return word;
  }

  /// The path with these bytes.
  ///
  /// @throws IllegalArgumentException if no path has them
  public static NodePath of(Bytes bytes) {
    if (!isPath(bytes)) {
      throw new IllegalArgumentException("no path of a trie node: " + bytes);
    }
    byte[] all = bytes.toArray();
    boolean storage = all[0] == STORAGE;
    int from = storage ? 1 + Hash.BYTES : 1;
    return new NodePath(storage ? Hash.of(all, 1) : null, all, from, all.length - from);
  }

  /// Whether a path has these bytes.
  public static boolean isPath(Bytes bytes) {
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
    return new NodePath(null, nibbles, 0, length);
  }

  /// The place in the storage trie of the account whose address has the hash `owner` that the first
  /// `length` of `nibbles` lead to.
  public static NodePath inStorage(Hash owner, byte[] nibbles, int length) {
    return new NodePath(owner, nibbles, 0, length);
  }

  /// The path as it is stored: 0 and the nibbles, one in a byte, for the trie of accounts; 1, the
  /// hash of the account's address and the nibbles for an account's storage trie.
  public byte[] toArray() {
    int from = owner == null ? 1 : 1 + Hash.BYTES;
    byte[] bytes = new byte[from + length];
    if (owner != null) {
      bytes[0] = STORAGE;
      owner.copyTo(bytes, 1);
    }
    for (int i = 0; i < length; i++) {
      bytes[from + i] = (byte) nibble(i);
    }
    return bytes;
  }

  /// Whose storage trie; null for the trie of accounts.
  public @Nullable Hash owner() {
    return owner;
  }

  /// Nibbles from the root.
  public int length() {
    return length;
  }

  /// Whether `nibbles` are the path's next from `depth` on.
  boolean continuesWith(byte[] nibbles, int depth) {
    if (depth + nibbles.length > length) {
      return false;
    }
    for (int i = 0; i < nibbles.length; i++) {
      if (nibble(depth + i) != nibbles[i]) {
        return false;
      }
    }
    return true;
  }

  /// The nibble at `index`, below the length.
  public int nibble(int index) {
    long word =
        switch (index / NIBBLES_OF_WORD) {
          case 0 -> first;
          case 1 -> second;
          case 2 -> third;
          default -> fourth;
        };
    return (int) (word >>> (Long.SIZE - 4 - 4 * (index % NIBBLES_OF_WORD))) & 15;
  }

  @Override
  public int compareTo(NodePath other) {
    if (!Objects.equals(owner, other.owner)) {
      if (owner == null || other.owner == null) {
        return owner == null ? -1 : 1;
      }
      return owner.compareTo(other.owner);
    }
    int order = Long.compareUnsigned(first, other.first);
    order = order != 0 ? order : Long.compareUnsigned(second, other.second);
    order = order != 0 ? order : Long.compareUnsigned(third, other.third);
    order = order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
    // What is the beginning of another differs from it at most by zeros, and comes before it.
    return order != 0 ? order : Integer.compare(length, other.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NodePath path
        && first == path.first
        && second == path.second
        && third == path.third
        && fourth == path.fourth
        && length == path.length
        && Objects.equals(owner, path.owner);
  }

  @Override
  public int hashCode() {
    long mixed = first + Long.rotateLeft(second, 17) + Long.rotateLeft(third, 34) + fourth + length;
    // A path is short: the multiplication carries its upper bits on to all others.
    int nibbles = (int) (((mixed ^ (mixed >>> 32)) * 0x9e3779b97f4a7c15L) >>> 32);
    return owner == null ? nibbles : nibbles ^ owner.hashCode();
  }

  @Override
  public String toString() {
    return Bytes.wrap(toArray()).toHex();
  }
}

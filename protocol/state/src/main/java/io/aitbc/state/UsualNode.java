// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import org.jspecify.annotations.Nullable;

/// Reads the two forms that nearly all stored nodes have: a branch whose children all stand as
/// hashes, and a leaf with an account. It knows no refusal: what has another form, malformed or
/// not, is left to {@link TrieNode#decode}, which agrees with it on these two. Protocol §13.2.
final class UsualNode {
  private static final int LIST_OF_ONE_LENGTH_BYTE = 0xf8;
  private static final int LIST_OF_TWO_LENGTH_BYTES = 0xf9;
  private static final int STRING_OF_ONE_LENGTH_BYTE = 0xb8;

  /// A length that needs a byte of its own.
  private static final int LONG_MIN = 56;

  private UsualNode() {}

  /// The node; null if it has another form.
  static @Nullable TrieNode read(Bytes encoding) {
    int at = contentOf(encoding);
    if (at < 0) {
      return null;
    }
    int first = encoding.at(at) & 0xff;
    return first > 0x80 && first < 0x80 + Hash.BYTES
        ? leaf(encoding, at, first - 0x80)
        : branch(encoding, at);
  }

  /// Where the content of a list of 56 to 65,535 bytes begins, which ends with the encoding; -1 if
  /// it is none.
  private static int contentOf(Bytes encoding) {
    if (encoding.length() < 2 + LONG_MIN) {
      return -1;
    }
    int second = encoding.at(1) & 0xff;
    return switch (encoding.at(0) & 0xff) {
      case LIST_OF_ONE_LENGTH_BYTE ->
          second >= LONG_MIN && second == encoding.length() - 2 ? 2 : -1;
      case LIST_OF_TWO_LENGTH_BYTES ->
          second != 0 && ((second << 8) | (encoding.at(2) & 0xff)) == encoding.length() - 3
              ? 3
              : -1;
      default -> -1;
    };
  }

  private static TrieNode.@Nullable Branch branch(Bytes encoding, int begin) {
    short[] starts = new short[TrieNode.WIDTH + 2];
    int at = begin;
    int children = 0;
    for (int i = 0; i < TrieNode.WIDTH; i++) {
      if (at >= encoding.length()) {
        return null;
      }
      starts[i] = (short) at;
      if (encoding.at(at) == TrieNode.HASH_HEADER) {
        children++;
        at += 1 + Hash.BYTES;
      } else if (encoding.at(at) == TrieNode.EMPTY_ITEM) {
        at++;
      } else {
        return null;
      }
    }
    if (children < 2 || at != encoding.length() - 1 || encoding.at(at) != TrieNode.EMPTY_ITEM) {
      return null;
    }
    starts[TrieNode.WIDTH] = (short) at;
    starts[TrieNode.WIDTH + 1] = (short) (at + 1);
    return new TrieNode.Branch(encoding.toArray(), starts);
  }

  /// @param at where the item of the compact path begins
  /// @param length of the compact path
  private static TrieNode.@Nullable Leaf leaf(Bytes encoding, int at, int length) {
    int path = at + 1;
    int value = path + length;
    // A path of one byte below 0x80 has no header, so one with a header is longer.
    if (length < 2
        || value + 2 > encoding.length()
        || (encoding.at(value) & 0xff) != STRING_OF_ONE_LENGTH_BYTE
        || (encoding.at(value + 1) & 0xff) < LONG_MIN
        || (encoding.at(value + 1) & 0xff) != encoding.length() - value - 2
        || !Nibbles.isLeaf(encoding.at(path))) {
      return null;
    }
    byte[] compact = new byte[length];
    encoding.copyTo(path, compact, 0, length);
    if (!Nibbles.isCompact(compact, 0, length)) {
      return null;
    }
    byte[] content = new byte[encoding.length() - value - 2];
    encoding.copyTo(value + 2, content, 0, content.length);
    return new TrieNode.Leaf(compact, content);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import java.util.Arrays;

/// Keys as nibbles, one in a byte, and their compact form in a node. Yellow Paper appendix C.
final class Nibbles {
  private static final int LEAF = 0x20;
  private static final int ODD = 0x10;

  private Nibbles() {}

  /// The nibble at `index` of a key of whole bytes.
  static int at(byte[] key, int index) {
    int pair = key[index >>> 1];
    return ((index & 1) == 0 ? pair >>> 4 : pair) & 15;
  }

  /// How many nibbles a key of whole bytes has in common with `nibbles` from `depth` on.
  static int commonLength(byte[] key, int depth, byte[] nibbles) {
    int length = 0;
    while (length < nibbles.length && at(key, depth + length) == nibbles[length]) {
      length++;
    }
    return length;
  }

  /// The nibbles of `key` from `from` to before `to`.
  static byte[] of(byte[] key, int from, int to) {
    byte[] nibbles = new byte[to - from];
    for (int i = 0; i < nibbles.length; i++) {
      nibbles[i] = (byte) at(key, from + i);
    }
    return nibbles;
  }

  /// Nibbles and nibbles.
  static byte[] join(byte[] front, byte[] back) {
    byte[] joined = new byte[front.length + back.length];
    System.arraycopy(front, 0, joined, 0, front.length);
    System.arraycopy(back, 0, joined, front.length, back.length);
    return joined;
  }

  /// Length of the compact form of a leaf's rest of a key of `keyBytes`, from `depth` on.
  static int compactRestLength(int keyBytes, int depth) {
    return 1 + keyBytes - ((depth + 1) >>> 1);
  }

  /// Writes the compact form of a leaf's rest of a key of whole bytes, from `depth` on.
  static void putCompactRest(byte[] key, int depth, byte[] target, int at) {
    int whole = (depth + 1) >>> 1;
    target[at] = leafKind(key, depth);
    System.arraycopy(key, whole, target, at + 1, key.length - whole);
  }

  /// Whether the compact form of a leaf from `from` to before `to` is that of the rest of a key of
  /// whole bytes from `depth` on.
  static boolean isCompactRest(byte[] compact, int from, int to, byte[] key, int depth) {
    int whole = (depth + 1) >>> 1;
    return compact[from] == leafKind(key, depth)
        && Arrays.equals(compact, from + 1, to, key, whole, key.length);
  }

  private static byte leafKind(byte[] key, int depth) {
    return (byte) ((depth & 1) == 0 ? LEAF : LEAF | ODD | at(key, depth));
  }

  /// The key of whole bytes whose first `depth` nibbles are those of `path`, one in a byte, and
  /// whose rest is the compact form from `from` to before `to`.
  static byte[] withCompactRest(byte[] path, int depth, byte[] compact, int from, int to) {
    int whole = (depth + 1) >>> 1;
    byte[] key = new byte[whole + to - from - 1];
    for (int i = 0; i < depth; i++) {
      key[i >>> 1] |= (byte) (path[i] << ((i & 1) == 0 ? 4 : 0));
    }
    if ((depth & 1) == 1) {
      key[depth >>> 1] |= (byte) (compact[from] & 15);
    }
    System.arraycopy(compact, from + 1, key, whole, to - from - 1);
    return key;
  }

  /// The compact form of a leaf's rest of the key.
  static byte[] compactLeaf(byte[] nibbles) {
    return compact(nibbles, LEAF);
  }

  /// The compact form of an extension's part of the key.
  static byte[] compactExtension(byte[] nibbles) {
    return compact(nibbles, 0);
  }

  private static byte[] compact(byte[] nibbles, int kind) {
    int odd = nibbles.length & 1;
    byte[] compact = new byte[1 + nibbles.length / 2];
    compact[0] = (byte) (odd == 0 ? kind : kind | ODD | nibbles[0]);
    for (int i = 1; i < compact.length; i++) {
      int at = 2 * (i - 1) + odd;
      compact[i] = (byte) (nibbles[at] << 4 | nibbles[at + 1]);
    }
    return compact;
  }

  /// Whether bytes are a compact form: a kind, an oddness, no bits but these.
  static boolean isCompact(byte[] bytes, int offset, int length) {
    if (length == 0 || length > 1 + NodePath.NIBBLES_MAX / 2) {
      return false;
    }
    int first = bytes[offset] & 0xff;
    return first < 0x40 && ((first & ODD) != 0 || (first & 15) == 0);
  }

  /// Whether a compact form is that of a leaf.
  static boolean isLeaf(int firstByte) {
    return (firstByte & LEAF) != 0;
  }

  /// The nibbles of a compact form.
  static byte[] expand(byte[] bytes, int offset, int length) {
    int odd = (bytes[offset] & ODD) != 0 ? 1 : 0;
    byte[] nibbles = new byte[2 * (length - 1) + odd];
    if (odd == 1) {
      nibbles[0] = (byte) (bytes[offset] & 15);
    }
    for (int i = odd; i < nibbles.length; i++) {
      int at = i - odd;
      int pair = bytes[offset + 1 + (at >>> 1)];
      nibbles[i] = (byte) (((at & 1) == 0 ? pair >>> 4 : pair) & 15);
    }
    return nibbles;
  }
}

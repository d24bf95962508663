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

  /// The nibbles of `key` from `from` to before `to`.
  static byte[] of(byte[] key, int from, int to) {
    byte[] nibbles = new byte[to - from];
    for (int i = 0; i < nibbles.length; i++) {
      nibbles[i] = (byte) at(key, from + i);
    }
    return nibbles;
  }

  /// Nibbles, one between, nibbles.
  static byte[] join(byte[] front, int nibble, byte[] back) {
    byte[] joined = new byte[front.length + 1 + back.length];
    System.arraycopy(front, 0, joined, 0, front.length);
    joined[front.length] = (byte) nibble;
    System.arraycopy(back, 0, joined, front.length + 1, back.length);
    return joined;
  }

  /// Nibbles and nibbles.
  static byte[] join(byte[] front, byte[] back) {
    byte[] joined = new byte[front.length + back.length];
    System.arraycopy(front, 0, joined, 0, front.length);
    System.arraycopy(back, 0, joined, front.length, back.length);
    return joined;
  }

  /// The compact form of a leaf's rest of a key of whole bytes, from `depth` on.
  static byte[] compactRest(byte[] key, int depth) {
    int whole = (depth + 1) >>> 1;
    byte[] compact = new byte[1 + key.length - whole];
    compact[0] = (byte) ((depth & 1) == 0 ? LEAF : LEAF | ODD | at(key, depth));
    System.arraycopy(key, whole, compact, 1, key.length - whole);
    return compact;
  }

  /// Whether a leaf's compact form is that of the rest of a key of whole bytes from `depth` on.
  static boolean isCompactRest(byte[] compact, byte[] key, int depth) {
    int whole = (depth + 1) >>> 1;
    return compact[0] == (byte) ((depth & 1) == 0 ? LEAF : LEAF | ODD | at(key, depth))
        && Arrays.equals(compact, 1, compact.length, key, whole, key.length);
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

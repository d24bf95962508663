// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.MalformedException;
import io.aitbc.model.RlpReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A node of a Merkle Patricia trie in which no key is the beginning of another, as an update works
/// on it. Yellow Paper appendix D, Protocol §13.2.
abstract sealed class TrieNode {
  /// Children of a branch.
  static final int WIDTH = 16;

  private static final int REFERENCE_BYTES = 1 + Hash.BYTES;
  static final byte HASH_HEADER = (byte) (0x80 + Hash.BYTES);
  static final byte EMPTY_ITEM = (byte) 0x80;

  /// What stands for this node in its parent: the item of its hash, or the node itself if that is
  /// shorter than 32 bytes. Null as long as the node is new or changed and not sealed.
  byte @Nullable [] reference;

  /// What the store holds at a place.
  ///
  /// @param path the place
  /// @param encoding the node there
  record Stored(NodePath path, Bytes encoding) {}

  /// What the store holds at this node's place; null if nothing.
  @Nullable Stored stored;

  /// Whether the reference was made by sealing: the parent does not have it yet.
  boolean isSealed;

  /// A node below that was not read.
  static final class Unread extends TrieNode {
    Unread(byte[] reference) {
      this.reference = reference;
    }
  }

  /// The rest of a key, and the value.
  static final class Leaf extends TrieNode {
    /// The rest of the key in its compact form.
    final byte[] compact;

    final byte[] value;

    Leaf(byte[] compact, byte[] value) {
      this.compact = compact;
      this.value = value;
    }

    /// The nibbles of the rest of the key.
    byte[] rest() {
      return Nibbles.expand(compact, 0, compact.length);
    }
  }

  /// What all keys below share. The child is a branch.
  static final class Extension extends TrieNode {
    final byte[] shared;
    final TrieNode child;

    Extension(byte[] shared, TrieNode child) {
      this.shared = shared;
      this.child = child;
    }
  }

  /// One child per next nibble. Children are taken out of the encoding only when asked for. The
  /// encoding is this node's own: when children change and keep their lengths, it is written over.
  static final class Branch extends TrieNode {
    private final byte[] encoding;
    private final short @Nullable [] starts;
    private final @Nullable TrieNode[] children = new @Nullable TrieNode[WIDTH];
    private int taken;

    /// Without children.
    Branch() {
      encoding = new byte[0];
      starts = null;
      taken = (1 << WIDTH) - 1;
    }

    /// @param encoding a branch's, this node's from here on
    /// @param starts where its 17 items begin in it, and where the last ends
    Branch(byte[] encoding, short[] starts) {
      this.encoding = encoding;
      this.starts = starts;
    }

    /// The child at `nibble`; null if there is none.
    @Nullable TrieNode child(int nibble) {
      if ((taken >>> nibble & 1) == 0) {
        children[nibble] = referred(encoding, start(nibble), start(nibble + 1));
        taken |= 1 << nibble;
      }
      return children[nibble];
    }

    /// Puts a child in place. This node counts as changed if the child is another, is changed, or
    /// came or went.
    void put(int nibble, @Nullable TrieNode child) {
      if (child == null ? has(nibble) : child.reference == null || child.isSealed) {
        reference = null;
      }
      children[nibble] = child;
      taken |= 1 << nibble;
    }

    /// A child that has to be sealed before this node.
    @Nullable TrieNode unsealed(int nibble) {
      TrieNode child = children[nibble];
      return child != null && child.reference == null ? child : null;
    }

    /// Whether there are at least two children.
    boolean forks() {
      int count = 0;
      for (int i = 0; i < WIDTH && count < 2; i++) {
        count += has(i) ? 1 : 0;
      }
      return count == 2;
    }

    private boolean has(int nibble) {
      return (taken >>> nibble & 1) == 1
          ? children[nibble] != null
          : encoding[start(nibble)] != EMPTY_ITEM;
    }

    private int start(int index) {
      if (starts == null) {
        throw new IllegalStateException("a new branch has no encoding");
      }
      return starts[index];
    }

    /// The encoding. Every child is sealed.
    byte[] assembled() {
      return starts != null && keepsLengths(starts) ? patched(starts) : joined();
    }

    private boolean keepsLengths(short[] from) {
      for (int i = 0; i < WIDTH; i++) {
        if ((taken >>> i & 1) == 1 && itemLength(i) != from[i + 1] - from[i]) {
          return false;
        }
      }
      return true;
    }

    /// The earlier encoding with other children of the same length: the usual case.
    private byte[] patched(short[] from) {
      for (int i = 0; i < WIDTH; i++) {
        TrieNode child = children[i];
        if (child != null) {
          byte[] item = child.sealedReference();
          System.arraycopy(item, 0, encoding, from[i], item.length);
        }
      }
      return encoding;
    }

    private byte[] joined() {
      int length = 1;
      for (int i = 0; i < WIDTH; i++) {
        length += itemLength(i);
      }
      byte[] bytes = withListHeader(length);
      int at = bytes.length - length;
      for (int i = 0; i < WIDTH; i++) {
        at += putItem(i, bytes, at);
      }
      bytes[at] = EMPTY_ITEM;
      return bytes;
    }

    private int itemLength(int nibble) {
      if ((taken >>> nibble & 1) == 0) {
        return start(nibble + 1) - start(nibble);
      }
      TrieNode child = children[nibble];
      return child == null ? 1 : child.sealedReference().length;
    }

    private int putItem(int nibble, byte[] target, int at) {
      int length = itemLength(nibble);
      TrieNode child = children[nibble];
      if ((taken >>> nibble & 1) == 0) {
        System.arraycopy(encoding, start(nibble), target, at, length);
      } else if (child == null) {
        target[at] = EMPTY_ITEM;
      } else {
        System.arraycopy(child.sealedReference(), 0, target, at, length);
      }
      return length;
    }
  }

  byte[] sealedReference() {
    if (reference == null) {
      throw new IllegalStateException("a child is not sealed");
    }
    return reference;
  }

  /// The encoding of this node. What is below is sealed.
  final byte[] encode() {
    return switch (this) {
      case Unread _ -> throw new IllegalStateException("an unread node has no encoding");
      case Branch branch -> branch.assembled();
      case Leaf leaf -> pair(leaf.compact, leaf.value, itemLength(leaf.value));
      case Extension extension -> {
        byte[] below = extension.child.sealedReference();
        yield pair(Nibbles.compactExtension(extension.shared), below, below.length);
      }
    };
  }

  /// A list of the string `compact` and of `second`, whose item is `secondLength` long: its own
  /// length if it is an item already.
  private static byte[] pair(byte[] compact, byte[] second, int secondLength) {
    int length = itemLength(compact) + secondLength;
    byte[] bytes = withListHeader(length);
    int at = putString(compact, bytes, bytes.length - length);
    if (secondLength == second.length) {
      System.arraycopy(second, 0, bytes, at, secondLength);
    } else {
      int _ = putString(second, bytes, at);
    }
    return bytes;
  }

  private static int itemLength(byte[] string) {
    if (string.length == 1 && string[0] >= 0) {
      return 1;
    }
    return headerLength(string.length) + string.length;
  }

  private static int headerLength(int length) {
    return length < 56 ? 1 : 1 + (39 - Integer.numberOfLeadingZeros(length)) / 8;
  }

  private static int putString(byte[] string, byte[] target, int at) {
    int from = at;
    if (string.length != 1 || string[0] < 0) {
      from = putHeader(0x80, string.length, target, at);
    }
    System.arraycopy(string, 0, target, from, string.length);
    return from + string.length;
  }

  private static byte[] withListHeader(int length) {
    byte[] bytes = new byte[headerLength(length) + length];
    int _ = putHeader(0xc0, length, bytes, 0);
    return bytes;
  }

  private static int putHeader(int kind, int length, byte[] target, int at) {
    int more = headerLength(length) - 1;
    target[at] = (byte) (more == 0 ? kind + length : kind + 55 + more);
    for (int i = 0; i < more; i++) {
      target[at + more - i] = (byte) (length >>> (8 * i));
    }
    return at + 1 + more;
  }

  /// The item that stands in a parent for the node with this encoding, of 32 bytes or more.
  static byte[] referenceOf(byte[] encoding) {
    byte[] item = new byte[REFERENCE_BYTES];
    item[0] = HASH_HEADER;
    Keccak256.hash(encoding, 0, encoding.length, item, 1);
    return item;
  }

  /// The item that stands in a parent for a node with this hash.
  static byte[] referenceTo(byte[] hash) {
    byte[] item = new byte[REFERENCE_BYTES];
    item[0] = HASH_HEADER;
    System.arraycopy(hash, 0, item, 1, Hash.BYTES);
    return item;
  }

  /// The hash in the item of a node that is not inside of its parent; null if it is.
  static @Nullable Hash hashIn(byte[] item) {
    return item.length == REFERENCE_BYTES && item[0] == HASH_HEADER ? Hash.of(item, 1) : null;
  }

  /// The node an item of a checked parent stands for; null for none.
  private static @Nullable TrieNode referred(byte[] bytes, int from, int to) {
    if (to - from == 1) {
      return null;
    }
    byte[] item = Arrays.copyOfRange(bytes, from, to);
    return item[0] == HASH_HEADER ? new Unread(item) : inline(item);
  }

  private static TrieNode inline(byte[] item) {
    try {
      TrieNode node = decode(item);
      node.reference = item;
      return node;
    } catch (MalformedException impossible) {
      throw new IllegalStateException("a node was checked but is malformed", impossible);
    }
  }

  /// Reads a node and all that is inside of it, quickly if it has a usual form.
  ///
  /// @throws MalformedException if it is no node, or not in the one form it has
  static TrieNode decode(Bytes encoding) throws MalformedException {
    TrieNode usual = UsualNode.read(encoding);
    return usual != null ? usual : decode(encoding.toArray());
  }

  /// Reads a node and all that is inside of it.
  ///
  /// @param encoding the node's from here on, which may write over it
  /// @throws MalformedException if it is no node, or not in the one form it has
  static TrieNode decode(byte[] encoding) throws MalformedException {
    RlpReader reader = RlpReader.of(encoding);
    RlpReader items = reader.list();
    reader.finish();
    short[] starts = new short[WIDTH + 2];
    int count = 0;
    while (items.hasNext()) {
      if (count > WIDTH) {
        throw items.refuse("trie node", "more than 17 items");
      }
      starts[count++] = position(items);
      items.skip();
    }
    starts[count] = position(items);
    return switch (count) {
      case 2 -> pair(encoding, starts, items);
      case WIDTH + 1 -> branch(encoding, starts, items);
      default -> throw items.refuse("trie node", count + " items");
    };
  }

  private static short position(RlpReader items) throws MalformedException {
    if (items.position() > Short.MAX_VALUE) {
      throw items.refuse("trie node", items.position() + " bytes");
    }
    return (short) items.position();
  }

  private static Branch branch(byte[] encoding, short[] starts, RlpReader items)
      throws MalformedException {
    if (encoding[starts[WIDTH]] != EMPTY_ITEM) {
      throw items.refuse("branch value", "not empty");
    }
    int children = 0;
    for (int i = 0; i < WIDTH; i++) {
      if (encoding[starts[i]] != EMPTY_ITEM) {
        checkReference(encoding, starts[i], starts[i + 1], items);
        children++;
      }
    }
    if (children < 2) {
      throw items.refuse("branch", children + " children");
    }
    return new Branch(encoding, starts);
  }

  private static TrieNode pair(byte[] encoding, short[] starts, RlpReader items)
      throws MalformedException {
    // The two items were walked over, so their headers are canonical and within bounds.
    int compactStart = contentOf(encoding, starts[0], items);
    int compactLength = starts[1] - compactStart;
    if (!Nibbles.isCompact(encoding, compactStart, compactLength)) {
      throw items.refuse("trie path", compactLength + " bytes");
    }
    if (Nibbles.isLeaf(encoding[compactStart])) {
      int valueStart = contentOf(encoding, starts[1], items);
      if (valueStart == starts[2]) {
        throw items.refuse("trie value", "empty");
      }
      return new Leaf(
          Arrays.copyOfRange(encoding, compactStart, starts[1]),
          Arrays.copyOfRange(encoding, valueStart, starts[2]));
    }
    byte[] nibbles = Nibbles.expand(encoding, compactStart, compactLength);
    if (nibbles.length == 0) {
      throw items.refuse("trie path", "an extension by nothing");
    }
    checkReference(encoding, starts[1], starts[2], items);
    TrieNode child = referred(encoding, starts[1], starts[2]);
    if (child == null || child instanceof Leaf || child instanceof Extension) {
      throw items.refuse("extension", "of no branch");
    }
    return new Extension(nibbles, child);
  }

  /// Where the content of the string that begins at `start` begins.
  private static int contentOf(byte[] encoding, int start, RlpReader items)
      throws MalformedException {
    int first = encoding[start] & 0xff;
    if (first >= 0xc0) {
      throw items.refuse("trie node", "a list in place of a string");
    }
    return first < 0x80 ? start : first < 0xb8 ? start + 1 : start + 1 + first - 0xb7;
  }

  private static void checkReference(byte[] encoding, int from, int to, RlpReader items)
      throws MalformedException {
    int length = to - from;
    if (length == REFERENCE_BYTES && encoding[from] == HASH_HEADER) {
      return;
    }
    if ((encoding[from] & 0xff) < 0xc0 || length >= Hash.BYTES) {
      throw items.refuse("trie reference", Bytes.of(encoding, from, Math.min(length, Hash.BYTES)));
    }
    TrieNode _ = decode(Arrays.copyOfRange(encoding, from, to));
  }
}

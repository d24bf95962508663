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

/// A node of a Merkle Patricia trie in which no key is the beginning of another: its encoding, and
/// the nodes below that are in memory. What it stands for never changes; nodes below come into
/// memory when they are read and go when memory is short, so any number of states share a node.
/// Yellow Paper appendix D, Protocol §13.2.
///
/// Threads may read and fill it at once without a lock: what one does not see that another has read
/// it reads again. A node that is not stored yet reaches other threads only within a {@link Trie}
/// that was handed on to them.
abstract sealed class TrieNode {
  /// Children of a branch.
  static final int WIDTH = 16;

  static final byte HASH_HEADER = (byte) (0x80 + Hash.BYTES);
  static final byte EMPTY_ITEM = (byte) 0x80;

  /// What stands in a parent for a node of 32 bytes or more.
  static final int REFERENCE_BYTES = 1 + Hash.BYTES;

  /// Bytes of an object with its array of an encoding, about, without the encoding.
  private static final int OBJECT_BYTES = 64;

  /// The encoding. Nobody writes into it.
  final byte[] encoding;

  /// Whether this node and all below are in the store. Only the thread that stores looks at it.
  boolean isStored;

  /// Whether an update came by since memory was last looked through.
  boolean isUsed = true;

  private TrieNode(byte[] encoding) {
    this.encoding = encoding;
  }

  /// Whether the node stands inside of its parent, unless it is a root.
  boolean isInline() {
    return encoding.length < Hash.BYTES;
  }

  /// Memory it takes, about, in bytes.
  int weight() {
    return OBJECT_BYTES + encoding.length;
  }

  /// This node with all that is in memory below, in objects of their own. They share encodings.
  final TrieNode copy() {
    return switch (this) {
      case Leaf leaf -> {
        Leaf copy = new Leaf(encoding, leaf.compactAt, leaf.compactEnd, leaf.valueAt);
        copy.storage = copy(leaf.storage);
        yield copy;
      }
      case Extension extension -> {
        Extension copy = new Extension(encoding, extension.shared, extension.itemAt);
        copy.child = copy(extension.child);
        yield copy;
      }
      case Branch branch -> {
        @Nullable TrieNode[] children = new @Nullable TrieNode[WIDTH];
        Arrays.setAll(children, nibble -> copy(branch.known(nibble)));
        yield new Branch(encoding, branch.present, branch.starts, children);
      }
    };
  }

  private static @Nullable TrieNode copy(@Nullable TrieNode node) {
    return node == null ? null : node.copy();
  }

  /// The rest of a key, and the value.
  static final class Leaf extends TrieNode {
    private final int compactAt;
    private final int compactEnd;
    private final int valueAt;

    /// The top of the storage trie of the account that this leaf holds; null if it is not in
    /// memory, or there is none.
    @Nullable TrieNode storage;

    private Leaf(byte[] encoding, int compactAt, int compactEnd, int valueAt) {
      super(encoding);
      this.compactAt = compactAt;
      this.compactEnd = compactEnd;
      this.valueAt = valueAt;
    }

    /// The leaf at `depth` of a key of 32 bytes.
    static Leaf of(byte[] key, int depth, byte[] value, @Nullable TrieNode storage) {
      int compactLength = Nibbles.compactRestLength(key.length, depth);
      int pathLength = compactLength == 1 ? 1 : 1 + compactLength;
      int length = pathLength + itemLength(value);
      byte[] encoding = withListHeader(length);
      int at = encoding.length - length;
      if (compactLength > 1) {
        encoding[at++] = (byte) (0x80 + compactLength);
      }
      Nibbles.putCompactRest(key, depth, encoding, at);
      int end = putString(value, encoding, at + compactLength);
      Leaf leaf = new Leaf(encoding, at, at + compactLength, end - value.length);
      leaf.storage = storage;
      return leaf;
    }

    /// Whether the key ends here, which leads here with its first `depth` nibbles.
    boolean ends(byte[] key, int depth) {
      return Nibbles.isCompactRest(encoding, compactAt, compactEnd, key, depth);
    }

    /// The whole key of 32 bytes, whose first `depth` nibbles are those of `path`.
    byte[] key(byte[] path, int depth) {
      return Nibbles.withCompactRest(path, depth, encoding, compactAt, compactEnd);
    }

    /// The nibbles of the rest of the key.
    byte[] rest() {
      return Nibbles.expand(encoding, compactAt, compactEnd - compactAt);
    }

    byte[] value() {
      return Arrays.copyOfRange(encoding, valueAt, encoding.length);
    }

    boolean holds(byte[] value) {
      return Arrays.equals(encoding, valueAt, encoding.length, value, 0, value.length);
    }
  }

  /// What all keys below share. The child is a branch.
  static final class Extension extends TrieNode {
    final byte[] shared;
    private final int itemAt;

    /// The child; null if it is not in memory.
    @Nullable TrieNode child;

    private Extension(byte[] encoding, byte[] shared, int itemAt) {
      super(encoding);
      this.shared = shared;
      this.itemAt = itemAt;
    }

    /// An extension by at least one nibble to a branch.
    static Extension of(byte[] shared, TrieNode child) {
      Extension made = of(shared, TrieNode.itemLength(child));
      int _ = TrieNode.putItem(child, made.encoding, made.itemAt);
      made.child = child;
      return made;
    }

    /// An extension by more to where `below` leads.
    static Extension of(byte[] front, Extension below) {
      byte[] shared = Nibbles.join(front, below.shared);
      int length = below.encoding.length - below.itemAt;
      Extension made = of(shared, length);
      System.arraycopy(below.encoding, below.itemAt, made.encoding, made.itemAt, length);
      made.child = below.child;
      return made;
    }

    private static Extension of(byte[] shared, int itemLength) {
      byte[] compact = Nibbles.compactExtension(shared);
      int length = TrieNode.itemLength(compact) + itemLength;
      byte[] encoding = withListHeader(length);
      int itemAt = putString(compact, encoding, encoding.length - length);
      return new Extension(encoding, shared, itemAt);
    }

    Item item() {
      return new Item(encoding, itemAt, encoding.length);
    }
  }

  /// One child per next nibble, at least two.
  static final class Branch extends TrieNode {
    private static final int CHILDREN_BYTES = 80;

    /// Where the 16 items begin in the encoding, and where the last ends; null if every item is a
    /// hash or empty, the usual form, for then it follows from which there are.
    private final short @Nullable [] starts;

    private final int present;
    private @Nullable TrieNode @Nullable [] children;

    private Branch(
        byte[] encoding,
        int present,
        short @Nullable [] starts,
        @Nullable TrieNode @Nullable [] children) {
      super(encoding);
      this.present = present;
      this.starts = starts;
      this.children = children;
    }

    @Override
    int weight() {
      return super.weight() + (children == null ? 0 : CHILDREN_BYTES);
    }

    boolean has(int nibble) {
      return (present >>> nibble & 1) == 1;
    }

    /// The child, if it is in memory.
    @Nullable TrieNode known(int nibble) {
      @Nullable TrieNode[] all = children;
      return all == null ? null : all[nibble];
    }

    /// Keeps a child that was read.
    void remember(int nibble, TrieNode child) {
      @Nullable TrieNode[] all = children;
      if (all == null) {
        all = new @Nullable TrieNode[WIDTH];
        children = all;
      }
      all[nibble] = child;
    }

    /// Forgets a child that can be read again.
    void forget(int nibble) {
      @Nullable TrieNode[] all = children;
      if (all != null) {
        all[nibble] = null;
      }
    }

    /// Gives back the memory for children, if none is known.
    void releaseUnknown() {
      @Nullable TrieNode[] all = children;
      if (all != null && isStored) {
        for (TrieNode child : all) {
          if (child != null) {
            return;
          }
        }
        children = null;
      }
    }

    /// What stands for a child that there is.
    Item item(int nibble) {
      return new Item(encoding, start(nibble), start(nibble + 1));
    }

    private int start(int nibble) {
      if (starts != null) {
        return starts[nibble];
      }
      int items = encoding.length - 1 - WIDTH - Hash.BYTES * Integer.bitCount(present);
      return items + nibble + Hash.BYTES * Integer.bitCount(present & (1 << nibble) - 1);
    }

    /// This branch with other children. At least two remain.
    ///
    /// @param changed which differ, as bits
    /// @param now the children that differ; null for one that goes
    Branch with(int changed, @Nullable TrieNode[] now) {
      @Nullable TrieNode[] all = children;
      @Nullable TrieNode[] next = all == null ? new @Nullable TrieNode[WIDTH] : all.clone();
      boolean isUsual = starts == null;
      for (int rest = changed; rest != 0; rest &= rest - 1) {
        int nibble = Integer.numberOfTrailingZeros(rest);
        TrieNode child = now[nibble];
        next[nibble] = child;
        isUsual &= child != null && !child.isInline() && has(nibble);
      }
      if (!isUsual) {
        return joined(changed, next);
      }
      // Every child keeps its length.
      byte[] bytes = encoding.clone();
      for (int rest = changed; rest != 0; rest &= rest - 1) {
        int nibble = Integer.numberOfTrailingZeros(rest);
        TrieNode child = next[nibble];
        if (child != null) {
          Keccak256.hash(child.encoding, 0, child.encoding.length, bytes, start(nibble) + 1);
        }
      }
      return new Branch(bytes, present, null, next);
    }

    private Branch joined(int changed, @Nullable TrieNode[] next) {
      int length = 1;
      for (int i = 0; i < WIDTH; i++) {
        length += itemLength(i, changed, next);
      }
      byte[] bytes = withListHeader(length);
      int at = bytes.length - length;
      for (int i = 0; i < WIDTH; i++) {
        TrieNode child = next[i];
        if ((changed >>> i & 1) == 0) {
          int itemLength = itemLength(i, changed, next);
          System.arraycopy(encoding, start(i), bytes, at, itemLength);
          at += itemLength;
        } else if (child == null) {
          bytes[at++] = EMPTY_ITEM;
        } else {
          at = putItem(child, bytes, at);
        }
      }
      bytes[at] = EMPTY_ITEM;
      return read(bytes, bytes.length - length, next);
    }

    private int itemLength(int nibble, int changed, @Nullable TrieNode[] next) {
      if ((changed >>> nibble & 1) == 0) {
        return start(nibble + 1) - start(nibble);
      }
      TrieNode child = next[nibble];
      return child == null ? 1 : TrieNode.itemLength(child);
    }

    /// A branch of these children, at least two.
    static Branch of(@Nullable TrieNode[] children) {
      int length = 1;
      for (TrieNode child : children) {
        length += child == null ? 1 : TrieNode.itemLength(child);
      }
      byte[] bytes = withListHeader(length);
      int at = bytes.length - length;
      for (TrieNode child : children) {
        if (child == null) {
          bytes[at++] = EMPTY_ITEM;
        } else {
          at = putItem(child, bytes, at);
        }
      }
      bytes[at] = EMPTY_ITEM;
      return read(bytes, bytes.length - length, children);
    }

    /// A branch from its encoding, which is canonical.
    ///
    /// @param from where the items begin
    private static Branch read(
        byte[] encoding, int from, @Nullable TrieNode @Nullable [] children) {
      short[] starts = new short[WIDTH + 1];
      int at = from;
      int present = 0;
      boolean isUsual = true;
      for (int i = 0; i < WIDTH; i++) {
        starts[i] = (short) at;
        byte first = encoding[at];
        if (first == EMPTY_ITEM) {
          at++;
          continue;
        }
        present |= 1 << i;
        if (first == HASH_HEADER) {
          at += REFERENCE_BYTES;
        } else {
          isUsual = false;
          at += 1 + (first & 0xff) - 0xc0;
        }
      }
      starts[WIDTH] = (short) at;
      return new Branch(encoding, present, isUsual ? null : starts, children);
    }
  }

  /// What stands for a child in the encoding of its parent: its hash, or the child itself.
  static final class Item {
    private final byte[] encoding;
    private final int from;
    private final int to;

    private Item(byte[] encoding, int from, int to) {
      this.encoding = encoding;
      this.from = from;
      this.to = to;
    }

    /// The hash; null if the child itself stands here.
    @Nullable Hash hash() {
      return encoding[from] == HASH_HEADER ? Hash.of(encoding, from + 1) : null;
    }

    /// The child that stands here, which was checked with its parent.
    TrieNode inline() {
      try {
        return decode(Arrays.copyOfRange(encoding, from, to));
      } catch (MalformedException impossible) {
        throw new IllegalStateException("a node was checked but is malformed", impossible);
      }
    }
  }

  private static int itemLength(TrieNode child) {
    return child.isInline() ? child.encoding.length : REFERENCE_BYTES;
  }

  /// Writes what stands for `child` in a parent, and returns where it ends.
  private static int putItem(TrieNode child, byte[] target, int at) {
    int length = child.encoding.length;
    if (child.isInline()) {
      System.arraycopy(child.encoding, 0, target, at, length);
      return at + length;
    }
    target[at] = HASH_HEADER;
    Keccak256.hash(child.encoding, 0, length, target, at + 1);
    return at + REFERENCE_BYTES;
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

  /// Reads a node and all that is inside of it.
  ///
  /// @param encoding the node's from here on
  /// @throws MalformedException if it is no node, or not in the one form it has
  static TrieNode decode(byte[] encoding) throws MalformedException {
    RlpReader reader = RlpReader.of(encoding);
    RlpReader items = reader.list();
    reader.finish();
    int[] starts = new int[WIDTH + 2];
    int count = 0;
    while (items.hasNext()) {
      if (count > WIDTH) {
        throw items.refuse("trie node", "more than 17 items");
      }
      starts[count++] = items.position();
      items.skip();
    }
    starts[count] = items.position();
    return switch (count) {
      case 2 -> pair(encoding, starts, items);
      case WIDTH + 1 -> branch(encoding, starts, items);
      default -> throw items.refuse("trie node", count + " items");
    };
  }

  private static Branch branch(byte[] encoding, int[] starts, RlpReader items)
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
    return Branch.read(encoding, starts[0], null);
  }

  private static TrieNode pair(byte[] encoding, int[] starts, RlpReader items)
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
      return new Leaf(encoding, compactStart, starts[1], valueStart);
    }
    byte[] nibbles = Nibbles.expand(encoding, compactStart, compactLength);
    if (nibbles.length == 0) {
      throw items.refuse("trie path", "an extension by nothing");
    }
    checkReference(encoding, starts[1], starts[2], items);
    Extension extension = new Extension(encoding, nibbles, starts[1]);
    if (encoding[starts[1]] != HASH_HEADER && !(extension.item().inline() instanceof Branch)) {
      throw items.refuse("extension", "of no branch");
    }
    return extension;
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

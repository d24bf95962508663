// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.crypto;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// A tree of SHA-256 hashes: an inner node is SHA-256(0x01 ‖ left ‖ right), a node without a
/// neighbour moves up alone. Number of leaves and index of a leaf determine the length of its path.
/// Whoever walks somebody else's tree starts from a copy of the own one and {@link #learn}s what
/// the other lays open. Belongs to one thread. Protocol §17.4.
public final class MerkleTree {
  /// Levels that an answer in a dispute goes down: at most 256 hashes, 8 KiB.
  public static final int ANSWER_LEVELS = 8;

  private static final byte LEAF = 0;
  private static final byte INNER = 1;

  /// Hashes of a level one behind the other; level 0 are the leaves.
  private final List<byte[]> levels;

  private MerkleTree(List<byte[]> levels) {
    this.levels = levels;
  }

  /// The tree over leaf hashes that stand one behind the other, 32 bytes each; for no leaves its
  /// root is zeros. The array is kept.
  public static MerkleTree over(byte[] leaves) {
    List<byte[]> levels = new ArrayList<>();
    levels.add(leaves);
    byte[] level = leaves;
    byte[] pair = new byte[1 + 2 * Hash.BYTES];
    pair[0] = INNER;
    while (level.length > Hash.BYTES) {
      int width = level.length / Hash.BYTES;
      byte[] parents = new byte[(width + 1) / 2 * Hash.BYTES];
      for (int i = 0; i < width / 2; i++) {
        System.arraycopy(level, 2 * i * Hash.BYTES, pair, 1, 2 * Hash.BYTES);
        Sha256.hash(pair).copyTo(parents, i * Hash.BYTES);
      }
      if (width % 2 == 1) {
        System.arraycopy(
            level, level.length - Hash.BYTES, parents, parents.length - Hash.BYTES, Hash.BYTES);
      }
      levels.add(parents);
      level = parents;
    }
    return new MerkleTree(levels);
  }

  /// The tree over these leaf hashes.
  public static MerkleTree over(List<Hash> leaves) {
    byte[] joined = new byte[leaves.size() * Hash.BYTES];
    for (int i = 0; i < leaves.size(); i++) {
      leaves.get(i).copyTo(joined, i * Hash.BYTES);
    }
    return over(joined);
  }

  /// A tree of which one leaf and what its path leads to are known; the other nodes are zeros.
  ///
  /// @param index of the leaf
  /// @param leaves how many there are
  /// @param path of its siblings from the leaf up
  public static MerkleTree ofPath(Hash leaf, int index, int leaves, List<Hash> path) {
    List<byte[]> levels = new ArrayList<>();
    Iterator<Hash> siblings = path.iterator();
    Hash node = leaf;
    int position = index;
    for (int width = leaves; width > 1; width = (width + 1) / 2, position /= 2) {
      byte[] level = new byte[width * Hash.BYTES];
      node.copyTo(level, position * Hash.BYTES);
      if ((position ^ 1) < width) {
        Hash sibling = siblings.next();
        sibling.copyTo(level, (position ^ 1) * Hash.BYTES);
        node = (position & 1) == 0 ? inner(node, sibling) : inner(sibling, node);
      }
      boolean _ = levels.add(level);
    }
    boolean _ = levels.add(node.toArray());
    return new MerkleTree(levels);
  }

  /// A tree of its own with the same hashes.
  public MerkleTree copy() {
    return new MerkleTree(new ArrayList<>(levels.stream().map(byte[]::clone).toList()));
  }

  /// SHA-256(0x00 ‖ content): the leaf of a tile, of a plan's entry or of a blob's chunk.
  public static Hash leaf(byte[] content) {
    return leaf(content, 0, content.length);
  }

  /// The leaf of `length` bytes from `offset` on.
  public static Hash leaf(byte[] content, int offset, int length) {
    return Sha256.hash(LEAF, content, offset, length);
  }

  static Hash inner(Hash left, Hash right) {
    byte[] bytes = new byte[1 + 2 * Hash.BYTES];
    bytes[0] = INNER;
    left.copyTo(bytes, 1);
    right.copyTo(bytes, 1 + Hash.BYTES);
    return Sha256.hash(bytes);
  }

  /// The root; zeros if there are no leaves.
  public Hash root() {
    return width(0) == 0 ? Hash.ZERO : node(height(), 0);
  }

  /// Level of the root.
  public int height() {
    return levels.size() - 1;
  }

  /// Number of nodes of a level.
  public int width(int level) {
    return levels.get(level).length / Hash.BYTES;
  }

  /// A node; level 0 are the leaves.
  public Hash node(int level, int index) {
    return Hash.of(levels.get(level), index * Hash.BYTES);
  }

  /// The siblings of a leaf from the leaf up, 32 bytes each.
  public byte[] path(int leaf) {
    byte[] path = new byte[pathLength(leaf, width(0)) * Hash.BYTES];
    int next = 0;
    int index = leaf;
    for (int level = 0; level < height(); level++, index /= 2) {
      int sibling = index ^ 1;
      if (sibling < width(level)) {
        node(level, sibling).copyTo(path, next);
        next += Hash.BYTES;
      }
    }
    return path;
  }

  /// What it takes beside neighbouring leaves to come to the root: the nodes next to them, from the
  /// leaves up, of each level the left one before the right one. Protocol §17.14 rule 2.
  ///
  /// @param first of the leaves
  /// @param count how many they are, at least one
  public List<Hash> beside(int first, int count) {
    List<Hash> path = new ArrayList<>();
    int from = first;
    int last = first + count - 1;
    for (int level = 0; level < height(); level++, from /= 2, last /= 2) {
      if (from % 2 == 1) {
        path.add(node(level, from - 1));
      }
      if (last % 2 == 0 && last + 1 < width(level)) {
        path.add(node(level, last + 1));
      }
    }
    return path;
  }

  /// Number of siblings of a leaf on the way up.
  public static int pathLength(int leaf, int leaves) {
    int length = 0;
    int index = leaf;
    for (int width = leaves; width > 1; width = (width + 1) / 2, index /= 2) {
      length += (index ^ 1) < width ? 1 : 0;
    }
    return length;
  }

  /// The root that a leaf hash and its siblings, from `offset` on, lead to.
  public static Hash fold(Hash leaf, int index, int leaves, byte[] path, int offset) {
    Hash node = leaf;
    int next = offset;
    int position = index;
    for (int width = leaves; width > 1; width = (width + 1) / 2, position /= 2) {
      if ((position ^ 1) < width) {
        Hash sibling = Hash.of(path, next);
        next += Hash.BYTES;
        node = (position & 1) == 0 ? inner(node, sibling) : inner(sibling, node);
      }
    }
    return node;
  }

  /// What is below a node: the hashes up to eight levels down, from left to right. An answer in a
  /// dispute.
  public List<Hash> below(int level, int index) {
    int down = Math.min(level, ANSWER_LEVELS);
    int from = index << down;
    int to = Math.min(width(level - down), (index + 1) << down);
    List<Hash> hashes = new ArrayList<>();
    for (int i = from; i < to; i++) {
      hashes.add(node(level - down, i));
    }
    return hashes;
  }

  /// Checks an answer about a node against the node and takes over its hashes and those between, so
  /// that paths lead to the other's root.
  ///
  /// @return whether the answer is true
  public boolean learn(int level, int index, List<Hash> answer) {
    int down = Math.min(level, ANSWER_LEVELS);
    int from = index << down;
    if (answer.size() != Math.min(width(level - down), (index + 1) << down) - from) {
      return false;
    }
    MerkleTree part = over(answer);
    if (!part.root().equals(node(level, index))) {
      return false;
    }
    for (int i = 0; i <= part.height(); i++) {
      byte[] hashes = part.levels.get(i);
      System.arraycopy(
          hashes, 0, levels.get(level - down + i), (from >> i) * Hash.BYTES, hashes.length);
    }
    return true;
  }

  /// Takes over the other's root, with which a walk begins.
  public void learnRoot(Hash root) {
    root.copyTo(levels.get(height()), 0);
  }

  /// The first of the answered nodes that is not the own one.
  public Optional<Integer> firstDifference(int level, int index, List<Hash> answer) {
    int down = Math.min(level, ANSWER_LEVELS);
    for (int i = 0; i < answer.size(); i++) {
      int at = (index << down) + i;
      if (!answer.get(i).equals(node(level - down, at))) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }
}

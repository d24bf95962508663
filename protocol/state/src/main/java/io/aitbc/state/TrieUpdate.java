// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The change of one trie, or of one of its sub-tries, by a batch of values: makes new nodes on the
/// way to the keys of the batch, and shares all others with the trie before. Protocol §13.2.
///
/// A node is encoded as it is made and hashed into its parent, so what comes out does not depend on
/// how the batch was worked through. A node that moves because another key goes was hashed at its
/// first place for nothing, which is rare.
final class TrieUpdate {
  /// One key of the batch, and the value it gets.
  static final class Put implements Comparable<Put> {
    final byte[] key;
    final byte @Nullable [] value;

    /// The top of the account's storage trie, if that changed as well.
    final @Nullable TrieNode storage;

    private static final int NIBBLES_OF_BEGINNING = Long.SIZE / 4;

    private final long beginning;
    private final boolean changesStorage;

    /// @param key 32 bytes
    /// @param value null to remove the key
    Put(byte[] key, byte @Nullable [] value) {
      this(key, value, null, false);
    }

    private Put(
        byte[] key, byte @Nullable [] value, @Nullable TrieNode storage, boolean changesStorage) {
      this.key = key;
      this.value = value;
      this.storage = storage;
      this.changesStorage = changesStorage;
      this.beginning = Hash.of(key).firstLong();
    }

    /// An account whose storage trie is another too.
    ///
    /// @param storage its top; null if it is empty
    static Put withStorage(byte[] key, byte @Nullable [] value, @Nullable TrieNode storage) {
      return new Put(key, value, storage, true);
    }

    /// Sorts a batch by key.
    static void sort(Put[] batch) {
      BeginningSort.sort(batch, put -> put.beginning, Comparator.naturalOrder());
    }

    /// The nibble at `index` of the key.
    int nibble(int index) {
      return index < NIBBLES_OF_BEGINNING
          ? (int) (beginning >>> (Long.SIZE - 4 - 4 * index)) & 15
          : Nibbles.at(key, index);
    }

    @Override
    public int compareTo(Put other) {
      return beginning != other.beginning
          ? Long.compareUnsigned(beginning, other.beginning)
          : Arrays.compareUnsigned(key, other.key);
    }
  }

  private final TrieReader reader;
  private final Put[] batch;
  private final List<NodePath> vacated = new ArrayList<>();

  /// An update of the trie that `reader` reads.
  ///
  /// @param batch ascending by key, each key once
  TrieUpdate(TrieReader reader, Put[] batch) {
    this.reader = reader;
    this.batch = batch;
  }

  /// An update of the same trie by the same batch, for a task of its own.
  TrieUpdate part() {
    return new TrieUpdate(reader.another(), batch);
  }

  /// Places where a node was stored and now none is. Some may be named where none was.
  List<NodePath> vacated() {
    return vacated;
  }

  /// Where the trie's root stands.
  NodePath rootPlace() {
    return reader.place(0);
  }

  /// What the node at the place `depth` nibbles down the path becomes by the part of the batch from
  /// `low` to before `high`, all of whose keys begin with that path; null if nothing is left there.
  /// The same object if nothing changes.
  @Nullable TrieNode update(@Nullable TrieNode node, int depth, int low, int high) {
    if (node == null) {
      return build(batch, depth, low, high);
    }
    if (!node.isUsed) {
      node.isUsed = true;
    }
    TrieNode updated =
        switch (node) {
          case TrieNode.Leaf leaf -> updateLeaf(leaf, depth, low, high);
          case TrieNode.Extension extension -> updateExtension(extension, depth, low, high);
          case TrieNode.Branch branch -> updateBranch(branch, depth, low, high);
        };
    if (isStoredAt(node, depth) && (updated == null || !isStoredAt(updated, depth))) {
      vacated.add(reader.place(depth));
    }
    return updated;
  }

  private static boolean isStoredAt(TrieNode node, int depth) {
    return depth == 0 || !node.isInline();
  }

  /// What the child at `nibble` of a root that is a branch becomes.
  @Nullable TrieNode updateChild(TrieNode.Branch root, int nibble, int low, int high) {
    return update(reader.child(root, nibble, 0), 1, low, high);
  }

  @SuppressWarnings("ReferenceEquality") // An update that changes nothing gives back the object.
  private @Nullable TrieNode updateBranch(TrieNode.Branch branch, int depth, int low, int high) {
    int changed = 0;
    @Nullable TrieNode[] now = new @Nullable TrieNode[TrieNode.WIDTH];
    int from = low;
    while (from < high) {
      int nibble = batch[from].nibble(depth);
      int to = endOf(nibble, depth, from, high);
      TrieNode child = reader.child(branch, nibble, depth);
      TrieNode updated = update(child, depth + 1, from, to);
      if (updated != child) {
        now[nibble] = updated;
        changed |= 1 << nibble;
      }
      from = to;
    }
    return withChildren(branch, depth, changed, now);
  }

  /// The branch at `depth` with other children, or what it becomes with fewer than two.
  ///
  /// @param changed which differ, as bits
  @Nullable TrieNode withChildren(
      TrieNode.Branch branch, int depth, int changed, @Nullable TrieNode[] now) {
    if (changed == 0) {
      return branch;
    }
    int left = 0;
    for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
      boolean is = (changed >>> nibble & 1) == 1 ? now[nibble] != null : branch.has(nibble);
      left |= is ? 1 << nibble : 0;
    }
    if (Integer.bitCount(left) > 1) {
      return branch.with(changed, now);
    }
    if (left == 0) {
      return null;
    }
    int nibble = Integer.numberOfTrailingZeros(left);
    TrieNode only = (changed & left) != 0 ? now[nibble] : reader.child(branch, nibble, depth);
    return only == null ? null : prefixed(new byte[] {(byte) nibble}, only, depth);
  }

  /// The end of the part of the batch from `from` on that goes to `nibble` at `depth`.
  int endOf(int nibble, int depth, int from, int high) {
    int to = from;
    while (to < high && batch[to].nibble(depth) == nibble) {
      to++;
    }
    return to;
  }

  private @Nullable TrieNode updateLeaf(TrieNode.Leaf leaf, int depth, int low, int high) {
    if (high - low == 1 && leaf.ends(batch[low].key, depth)) {
      return withValue(leaf, depth, batch[low]);
    }
    byte[] key = leaf.key(reader.path, depth);
    int at = Arrays.binarySearch(batch, low, high, new Put(key, null));
    if (at < 0 && noneIsPut(low, high)) {
      return leaf;
    }
    Put[] with = Arrays.copyOfRange(batch, low, at < 0 ? high + 1 : high);
    if (at < 0) {
      int before = -at - 1 - low;
      System.arraycopy(batch, low + before, with, before + 1, high - low - before);
      with[before] = Put.withStorage(key, leaf.value(), leaf.storage);
    } else {
      with[at - low] = Put.withStorage(key, batch[at].value, storage(leaf, batch[at]));
    }
    return build(with, depth, 0, with.length);
  }

  /// The leaf with another value: the usual change.
  private static @Nullable TrieNode withValue(TrieNode.Leaf leaf, int depth, Put put) {
    byte[] value = put.value;
    if (value == null) {
      return null;
    }
    return leaf.holds(value) ? leaf : TrieNode.Leaf.of(put.key, depth, value, storage(leaf, put));
  }

  private static @Nullable TrieNode storage(TrieNode.Leaf before, Put put) {
    return put.changesStorage ? put.storage : before.storage;
  }

  private boolean noneIsPut(int low, int high) {
    for (int i = low; i < high; i++) {
      if (batch[i].value != null) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // An update that changes nothing gives back the object.
  private @Nullable TrieNode updateExtension(
      TrieNode.Extension extension, int depth, int low, int high) {
    byte[] shared = extension.shared;
    int split = shared.length;
    for (int i = low; i < high; i++) {
      if (batch[i].value != null) {
        split = Math.min(split, Nibbles.commonLength(batch[i].key, depth, shared));
      }
    }
    // Some keys of the batch may only remove what is not there, beside the shared part.
    int from = low;
    while (from < high && Nibbles.commonLength(batch[from].key, depth, shared) < split) {
      from++;
    }
    int to = high;
    while (to > from && Nibbles.commonLength(batch[to - 1].key, depth, shared) < split) {
      to--;
    }
    if (from == to) {
      return extension;
    }
    TrieNode child = reader.child(extension, depth);
    if (split < shared.length) {
      return updateSplit(shared, split, child, depth, from, to);
    }
    int below = depth + shared.length;
    TrieNode updated = update(child, below, from, to);
    if (updated == child) {
      return extension;
    }
    return updated == null ? null : prefixed(shared, updated, depth);
  }

  /// A branch in the midst of what an extension at `depth` shares.
  private @Nullable TrieNode updateSplit(
      byte[] shared, int split, TrieNode child, int depth, int low, int high) {
    int fork = depth + split;
    @Nullable TrieNode[] children = new @Nullable TrieNode[TrieNode.WIDTH];
    byte[] rest = Arrays.copyOfRange(shared, split + 1, shared.length);
    children[shared[split]] = rest.length == 0 ? child : TrieNode.Extension.of(rest, child);
    int from = low;
    while (from < high) {
      int nibble = batch[from].nibble(fork);
      int to = endOf(nibble, fork, from, high);
      reader.path[fork] = (byte) nibble;
      children[nibble] = update(children[nibble], fork + 1, from, to);
      from = to;
    }
    byte[] front = Arrays.copyOf(shared, split);
    return ofChildren(front, children, depth);
  }

  /// What stands at `depth` where `front` leads to a place with these children, all in memory.
  private @Nullable TrieNode ofChildren(byte[] front, @Nullable TrieNode[] children, int depth) {
    int only = -1;
    int count = 0;
    for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
      if (children[nibble] != null) {
        only = nibble;
        count++;
      }
    }
    if (count == 0) {
      return null;
    }
    TrieNode below = children[only];
    if (count == 1 && below != null) {
      return prefixed(Nibbles.join(front, new byte[] {(byte) only}), below, depth);
    }
    TrieNode branch = TrieNode.Branch.of(children);
    return front.length == 0 ? branch : TrieNode.Extension.of(front, branch);
  }

  /// What stands at `depth` where `front` leads to `below` and nothing else. A node that is no
  /// branch leaves its place.
  private TrieNode prefixed(byte[] front, TrieNode below, int depth) {
    reader.follow(front, depth);
    int place = depth + front.length;
    if (!(below instanceof TrieNode.Branch) && isStoredAt(below, place)) {
      vacated.add(reader.place(place));
    }
    return switch (below) {
      case TrieNode.Leaf leaf ->
          TrieNode.Leaf.of(leaf.key(reader.path, place), depth, leaf.value(), leaf.storage);
      case TrieNode.Extension extension -> TrieNode.Extension.of(front, extension);
      case TrieNode.Branch branch -> TrieNode.Extension.of(front, branch);
    };
  }

  /// A sub-trie at `depth` of the values from `low` to before `high`, where nothing is; null if
  /// there is no value.
  private static @Nullable TrieNode build(Put[] puts, int depth, int low, int high) {
    int first = low;
    while (first < high && puts[first].value == null) {
      first++;
    }
    int last = high - 1;
    while (last > first && puts[last].value == null) {
      last--;
    }
    if (first == high) {
      return null;
    }
    byte[] value = puts[first].value;
    if (first == last && value != null) {
      return TrieNode.Leaf.of(puts[first].key, depth, value, puts[first].storage);
    }
    int fork = depth;
    while (puts[first].nibble(fork) == puts[last].nibble(fork)) {
      fork++;
    }
    @Nullable TrieNode[] children = new @Nullable TrieNode[TrieNode.WIDTH];
    int from = first;
    while (from <= last) {
      int nibble = puts[from].nibble(fork);
      int to = from + 1;
      while (to <= last && puts[to].nibble(fork) == nibble) {
        to++;
      }
      children[nibble] = build(puts, fork + 1, from, to);
      from = to;
    }
    TrieNode branch = TrieNode.Branch.of(children);
    return fork == depth
        ? branch
        : TrieNode.Extension.of(Nibbles.of(puts[first].key, depth, fork), branch);
  }
}

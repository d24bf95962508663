// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.MalformedException;
import io.aitbc.state.TrieNode.Branch;
import io.aitbc.state.TrieNode.Extension;
import io.aitbc.state.TrieNode.Leaf;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// The change of one trie, or of one of its sub-tries, by a batch of values. It reads only the
/// nodes on the way to the keys of the batch, and tells which stored nodes change. Protocol §13.2.
///
/// {@link #update} turns the batch into a tree of changed nodes, and {@link #seal} encodes and
/// hashes them from the leaves up. In a batch that removes nothing no branch collapses, so a child
/// is sealed as soon as it is updated, while it is in the processor's cache; otherwise once the
/// whole is updated. A node belongs to a place. Whoever makes another node at a place hands on what
/// is stored there, and whoever leaves a place empty discards it; so the stored nodes that change
/// are exactly those of which both states differ, however the batch was worked through.
final class TrieUpdate {
  /// One key of the batch, and the value it gets.
  static final class Put implements Comparable<Put> {
    final byte[] key;
    final byte @Nullable [] value;

    private static final int NIBBLES_OF_BEGINNING = Long.SIZE / 4;

    private final long beginning;

    /// @param key 32 bytes
    /// @param value null to remove the key
    Put(byte[] key, byte @Nullable [] value) {
      this.key = key;
      this.value = value;
      this.beginning = Hash.of(key).firstLong();
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

  private final FinalState state;
  private final @Nullable Hash owner;
  private final Put[] batch;
  private final boolean removes;
  private final byte[] path = new byte[NodePath.NIBBLES_MAX];
  private final NodeChanges changes = new NodeChanges();

  /// An update of the trie of accounts, or of the storage trie of `owner`.
  ///
  /// @param batch ascending by key, each key once
  TrieUpdate(FinalState state, @Nullable Hash owner, Put[] batch) {
    this(state, owner, batch, removes(batch));
  }

  private TrieUpdate(FinalState state, @Nullable Hash owner, Put[] batch, boolean removes) {
    this.state = state;
    this.owner = owner;
    this.batch = batch;
    this.removes = removes;
  }

  private static boolean removes(Put[] batch) {
    for (Put put : batch) {
      if (put.value == null) {
        return true;
      }
    }
    return false;
  }

  /// An update of the same trie by the same batch, for a task of its own.
  TrieUpdate part() {
    return new TrieUpdate(state, owner, batch, removes);
  }

  /// The stored nodes that change, once all is sealed.
  NodeChanges changes() {
    return changes;
  }

  /// The root of the trie with this root hash; null if it is empty.
  @Nullable TrieNode root(Hash root) {
    return root.equals(Account.EMPTY_TRIE_ROOT)
        ? null
        : read(new TrieNode.Unread(TrieNode.referenceTo(root.toArray())), 0);
  }

  /// The node at the place `depth` nibbles down the path, with the part of the batch from `low` to
  /// before `high`, all of whose keys begin with that path; null if nothing is left there.
  @Nullable TrieNode update(@Nullable TrieNode place, int depth, int low, int high) {
    if (low == high) {
      return place;
    }
    return switch (place) {
      case null -> build(batch, depth, low, high);
      case TrieNode.Unread unread -> update(read(unread, depth), depth, low, high);
      case Leaf leaf -> updateLeaf(leaf, depth, low, high);
      case Extension extension -> updateExtension(extension, depth, low, high);
      case Branch branch -> {
        // From the last child to the first, like the sealing.
        int to = high;
        while (to > low) {
          int nibble = batch[to - 1].nibble(depth);
          int from = startOf(nibble, depth, low, to);
          path[depth] = (byte) nibble;
          TrieNode child = update(branch.child(nibble), depth + 1, from, to);
          branch.put(nibble, child);
          sealIfStaying(child, depth + 1);
          to = from;
        }
        yield settle(branch, depth);
      }
    };
  }

  /// The child at `nibble` of a root that is a branch, with a part of the batch.
  @Nullable TrieNode updateAt(int nibble, @Nullable TrieNode child, int low, int high) {
    path[0] = (byte) nibble;
    TrieNode updated = update(child, 1, low, high);
    sealIfStaying(updated, 1);
    return updated;
  }

  /// Seals a child that was just updated, unless what is removed elsewhere may yet move it.
  private void sealIfStaying(@Nullable TrieNode child, int depth) {
    if (child != null && !removes) {
      seal(child, depth);
    }
  }

  /// The start of the part of the batch before `to` that goes to `nibble` at `depth`.
  int startOf(int nibble, int depth, int low, int to) {
    int from = to;
    while (from > low && batch[from - 1].nibble(depth) == nibble) {
      from--;
    }
    return from;
  }

  /// The branch at `depth`, or what it becomes with fewer than two children.
  @Nullable TrieNode settle(Branch branch, int depth) {
    if (branch.reference != null || branch.forks()) {
      return branch;
    }
    for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
      TrieNode child = branch.child(nibble);
      if (child != null) {
        path[depth] = (byte) nibble;
        TrieNode only = read(child, depth + 1);
        return prefixed(new byte[] {(byte) nibble}, only, branch.stored);
      }
    }
    discard(branch.stored);
    return null;
  }

  private @Nullable TrieNode updateLeaf(Leaf leaf, int depth, int low, int high) {
    if (high - low == 1 && Nibbles.isCompactRest(leaf.compact, batch[low].key, depth)) {
      return withValue(leaf, batch[low].value);
    }
    byte[] key = batch[low].key.clone();
    byte[] rest = leaf.rest();
    for (int i = depth; i < NodePath.NIBBLES_MAX; i++) {
      int shift = (i & 1) == 0 ? 4 : 0;
      key[i >>> 1] = (byte) ((key[i >>> 1] & ~(15 << shift)) | (rest[i - depth] << shift));
    }
    int at = Arrays.binarySearch(batch, low, high, new Put(key, null));
    @Nullable TrieNode made;
    if (at >= 0) {
      made = build(batch, depth, low, high);
    } else if (noneIsPut(low, high)) {
      return leaf;
    } else {
      Put[] with = new Put[high - low + 1];
      int before = -at - 1 - low;
      System.arraycopy(batch, low, with, 0, before);
      with[before] = new Put(key, leaf.value);
      System.arraycopy(batch, low + before, with, before + 1, high - low - before);
      made = build(with, depth, 0, with.length);
    }
    return inPlaceOf(leaf, made);
  }

  /// The leaf with another value: the usual change.
  private @Nullable TrieNode withValue(Leaf leaf, byte @Nullable [] value) {
    if (value == null) {
      return inPlaceOf(leaf, null);
    }
    return Arrays.equals(value, leaf.value) ? leaf : inPlaceOf(leaf, new Leaf(leaf.compact, value));
  }

  private boolean noneIsPut(int low, int high) {
    for (int i = low; i < high; i++) {
      if (batch[i].value != null) {
        return false;
      }
    }
    return true;
  }

  private @Nullable TrieNode updateExtension(Extension extension, int depth, int low, int high) {
    byte[] shared = extension.shared;
    int split = shared.length;
    for (int i = low; i < high; i++) {
      if (batch[i].value != null) {
        split = Math.min(split, commonLength(batch[i].key, depth, shared));
      }
    }
    if (split < shared.length) {
      return updateSplit(extension, split, depth, low, high);
    }
    // What remains leads through, or removes what is not there.
    int from = low;
    while (from < high && commonLength(batch[from].key, depth, shared) < shared.length) {
      from++;
    }
    int to = from;
    while (to < high && commonLength(batch[to].key, depth, shared) == shared.length) {
      to++;
    }
    if (from == to) {
      return extension;
    }
    int below = depth + shared.length;
    follow(shared, depth);
    TrieNode child = read(extension.child, below);
    TrieNode updated = update(child, below, from, to);
    if (updated == child && updated.reference != null) {
      return extension;
    }
    if (updated == null) {
      discard(extension.stored);
      return null;
    }
    return prefixed(shared, updated, extension.stored);
  }

  private @Nullable TrieNode updateSplit(
      Extension extension, int split, int depth, int low, int high) {
    byte[] shared = extension.shared;
    byte[] rest = Arrays.copyOfRange(shared, split + 1, shared.length);
    Branch branch = new Branch();
    branch.put(
        shared[split], rest.length == 0 ? extension.child : new Extension(rest, extension.child));
    byte[] front = Arrays.copyOf(shared, split);
    // Some keys of the batch may only remove what is not there, beside the shared part.
    int from = low;
    while (commonLength(batch[from].key, depth, front) < split) {
      from++;
    }
    int to = high;
    while (commonLength(batch[to - 1].key, depth, front) < split) {
      to--;
    }
    follow(front, depth);
    TrieNode updated = update(branch, depth + split, from, to);
    if (updated == null) {
      throw new IllegalStateException("a branch that got a value is empty");
    }
    if (split == 0) {
      updated.stored = extension.stored;
      return updated;
    }
    return prefixed(front, updated, extension.stored);
  }

  /// A node for a place from which `front` leads to `below`; what `below` was stored as goes,
  /// unless it is a branch and stays.
  ///
  /// @param stored what is stored at the place
  private TrieNode prefixed(byte[] front, TrieNode below, TrieNode.@Nullable Stored stored) {
    TrieNode made =
        switch (below) {
          case Leaf leaf ->
              new Leaf(Nibbles.compactLeaf(Nibbles.join(front, leaf.rest())), leaf.value);
          case Extension extension ->
              new Extension(Nibbles.join(front, extension.shared), extension.child);
          case Branch branch -> new Extension(front, branch);
          case TrieNode.Unread _ -> throw new IllegalStateException("unread");
        };
    if (!(below instanceof Branch)) {
      discard(below.stored);
    }
    made.stored = stored;
    return made;
  }

  private @Nullable TrieNode inPlaceOf(TrieNode earlier, @Nullable TrieNode made) {
    if (made == null) {
      discard(earlier.stored);
    } else {
      made.stored = earlier.stored;
    }
    return made;
  }

  /// A sub-trie at `depth` of the values from `low` to before `high`, where nothing is stored.
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
      return new Leaf(Nibbles.compactRest(puts[first].key, depth), value);
    }
    int fork = depth;
    while (puts[first].nibble(fork) == puts[last].nibble(fork)) {
      fork++;
    }
    Branch branch = new Branch();
    int from = first;
    while (from <= last) {
      int nibble = puts[from].nibble(fork);
      int to = from + 1;
      while (to <= last && puts[to].nibble(fork) == nibble) {
        to++;
      }
      branch.put(nibble, build(puts, fork + 1, from, to));
      from = to;
    }
    return fork == depth ? branch : new Extension(Nibbles.of(puts[first].key, depth, fork), branch);
  }

  /// Encodes and hashes what changed at and below the place at `depth`. Goes from the last child to
  /// the first, so that the changes come in descending order and sorting them costs little.
  void seal(TrieNode node, int depth) {
    if (node.reference != null) {
      return;
    }
    node.isSealed = true;
    switch (node) {
      case TrieNode.Unread _, Leaf _ -> {}
      case Extension extension -> {
        follow(extension.shared, depth);
        seal(extension.child, depth + extension.shared.length);
      }
      case Branch branch -> {
        for (int nibble = TrieNode.WIDTH - 1; nibble >= 0; nibble--) {
          sealChild(branch, nibble, depth);
        }
      }
    }
    byte[] encoding = node.encode();
    if (depth > 0 && encoding.length < Hash.BYTES) {
      node.reference = encoding;
      discard(node.stored);
      return;
    }
    node.reference = TrieNode.referenceOf(encoding);
    Bytes after = Bytes.wrap(encoding);
    if (node.stored == null) {
      changes.add(new StateDiff.NodeChange(path(depth), Bytes.EMPTY, after));
    } else if (!after.equals(node.stored.encoding())) {
      changes.add(new StateDiff.NodeChange(node.stored.path(), node.stored.encoding(), after));
    }
  }

  /// Encodes and hashes one child of the branch at `depth`.
  void sealChild(Branch branch, int nibble, int depth) {
    TrieNode child = branch.unsealed(nibble);
    if (child != null) {
      path[depth] = (byte) nibble;
      seal(child, depth + 1);
    }
  }

  /// Hash of a sealed root; that of the empty trie for null.
  static Hash hash(@Nullable TrieNode root) {
    if (root == null) {
      return Account.EMPTY_TRIE_ROOT;
    }
    Hash hash = TrieNode.hashIn(root.sealedReference());
    if (hash == null) {
      throw new IllegalStateException("a root is always hashed");
    }
    return hash;
  }

  /// The node, taken from the store if it was not yet.
  TrieNode read(TrieNode node, int depth) {
    if (!(node instanceof TrieNode.Unread)) {
      return node;
    }
    NodePath at = path(depth);
    Bytes stored =
        state.node(at).orElseThrow(() -> new IllegalStateException("no trie node at " + at));
    try {
      TrieNode read = TrieNode.decode(stored);
      read.stored = new TrieNode.Stored(at, stored);
      read.reference = node.reference;
      return read;
    } catch (MalformedException damage) {
      throw new IllegalStateException("damaged trie node at " + at, damage);
    }
  }

  private void discard(TrieNode.@Nullable Stored stored) {
    if (stored != null) {
      changes.add(new StateDiff.NodeChange(stored.path(), stored.encoding(), Bytes.EMPTY));
    }
  }

  private NodePath path(int depth) {
    return owner == null
        ? NodePath.inAccounts(path, depth)
        : NodePath.inStorage(owner, path, depth);
  }

  /// Continues the path from `depth` on.
  private void follow(byte[] nibbles, int depth) {
    System.arraycopy(nibbles, 0, path, depth, nibbles.length);
  }

  private static int commonLength(byte[] key, int depth, byte[] shared) {
    int length = 0;
    while (length < shared.length && Nibbles.at(key, depth + length) == shared[length]) {
      length++;
    }
    return length;
  }
}

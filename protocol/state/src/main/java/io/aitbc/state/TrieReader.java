// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.MalformedException;
import org.jspecify.annotations.Nullable;

/// Goes down one trie of a state: takes nodes that are not in memory from the store, and keeps them
/// in memory if it is told to. Belongs to one thread.
final class TrieReader {
  private final FinalState state;
  private final @Nullable Hash owner;
  private final boolean remembers;

  /// The nibbles that led to where the reader is; those further down are left from before.
  final byte[] path = new byte[NodePath.NIBBLES_MAX];

  /// A reader of the trie of accounts, or of the storage trie of `owner`.
  ///
  /// @param remembers whether it keeps what it reads: who updates the trie will need it again, and
  ///   whoever asks for proofs must not fill the memory
  TrieReader(FinalState state, @Nullable Hash owner, boolean remembers) {
    this.state = state;
    this.owner = owner;
    this.remembers = remembers;
  }

  /// A reader of the storage trie of `other`.
  TrieReader ofStorage(Hash other) {
    return new TrieReader(state, other, remembers);
  }

  /// A reader of the same trie, for another thread.
  TrieReader another() {
    return new TrieReader(state, owner, remembers);
  }

  /// The place that the first `depth` nibbles of the path lead to.
  NodePath place(int depth) {
    return owner == null
        ? NodePath.inAccounts(path, depth)
        : NodePath.inStorage(owner, path, depth);
  }

  /// Continues the path from `depth` on.
  void follow(byte[] nibbles, int depth) {
    System.arraycopy(nibbles, 0, path, depth, nibbles.length);
  }

  /// The child at `nibble` of a branch at `depth`; null if there is none. The path leads to it.
  @Nullable TrieNode child(TrieNode.Branch branch, int nibble, int depth) {
    path[depth] = (byte) nibble;
    TrieNode child = branch.known(nibble);
    if (child == null && branch.has(nibble)) {
      child = read(branch.item(nibble), depth + 1);
      if (remembers) {
        branch.remember(nibble, child);
      }
    }
    return child;
  }

  /// The child of an extension at `depth`. The path leads to it.
  TrieNode child(TrieNode.Extension extension, int depth) {
    follow(extension.shared, depth);
    TrieNode child = extension.child;
    if (child == null) {
      child = read(extension.item(), depth + extension.shared.length);
      if (remembers) {
        extension.child = child;
      }
    }
    return child;
  }

  /// The leaf of a key of 32 bytes in the trie with this top; null if it has none.
  TrieNode.@Nullable Leaf leaf(@Nullable TrieNode top, byte[] key) {
    TrieNode node = top;
    int depth = 0;
    while (node != null) {
      switch (node) {
        case TrieNode.Leaf leaf -> {
          return leaf.ends(key, depth) ? leaf : null;
        }
        case TrieNode.Extension extension -> {
          if (Nibbles.commonLength(key, depth, extension.shared) < extension.shared.length) {
            return null;
          }
          node = child(extension, depth);
          depth += extension.shared.length;
        }
        case TrieNode.Branch branch -> {
          node = child(branch, Nibbles.at(key, depth), depth);
          depth++;
        }
      }
    }
    return null;
  }

  /// The top of the storage trie of the account in the trie of accounts with this top, which this
  /// reader reads; null if it is empty.
  ///
  /// @param of hash of the account's address
  @Nullable TrieNode storage(@Nullable TrieNode top, Hash of) {
    TrieNode.Leaf leaf = leaf(top, of.toArray());
    if (leaf == null) {
      return null;
    }
    TrieNode storage = leaf.storage;
    if (storage == null) {
      storage = ofStorage(of).top(storageRoot(leaf));
      if (remembers) {
        leaf.storage = storage;
      }
    }
    return storage;
  }

  private static Hash storageRoot(TrieNode.Leaf leaf) {
    try {
      return Account.decode(Bytes.wrap(leaf.value())).storageRoot();
    } catch (MalformedException damage) {
      throw new IllegalStateException("a damaged account in the trie", damage);
    }
  }

  /// The top of the trie with this root; null if it is empty.
  @Nullable TrieNode top(Hash root) {
    return root.equals(Account.EMPTY_TRIE_ROOT) ? null : stored(root, 0);
  }

  private TrieNode read(TrieNode.Item item, int depth) {
    Hash hash = item.hash();
    return hash == null ? item.inline() : stored(hash, depth);
  }

  private TrieNode stored(Hash hash, int depth) {
    NodePath at = place(depth);
    Bytes encoding =
        state
            .storedNode(at, hash)
            .orElseThrow(() -> new IllegalStateException("no trie node " + hash + " at " + at));
    try {
      TrieNode node = TrieNode.decode(encoding.toArray());
      node.isStored = true;
      return node;
    } catch (MalformedException damage) {
      throw new IllegalStateException("damaged trie node at " + at, damage);
    }
  }
}

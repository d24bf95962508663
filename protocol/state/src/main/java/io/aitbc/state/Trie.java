// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The tries of one state, that of accounts and below its leaves those of their storage, as far as
/// their nodes are in memory. The tries of a state and of the next share all that did not change.
/// Two are equal that have the same root. Protocol §13.2.
///
/// Any number of threads may read it and make the next from it. {@link #store} and {@link #shed}
/// belong to the one thread of one store.
public final class Trie {
  /// The tries of the state that holds nothing.
  public static final Trie EMPTY = unread(Account.EMPTY_TRIE_ROOT);

  /// Parts that {@link #shed} looks through, one by one.
  public static final int PARTS = TrieNode.WIDTH * TrieNode.WIDTH;

  private final Hash root;

  // A thread that reads the same again does no harm.
  private @Nullable TrieNode top;

  private Trie(Hash root, @Nullable TrieNode top) {
    this.root = root;
    this.top = top;
  }

  /// The tries of the state with this root, none of whose nodes is in memory yet.
  public static Trie unread(Hash root) {
    return new Trie(root, null);
  }

  /// The tries below `top`, the root of that of accounts; null if the state holds nothing.
  static Trie of(@Nullable TrieNode top) {
    return top == null ? EMPTY : new Trie(hash(top), top);
  }

  /// The hash of a node that is a root.
  static Hash hash(@Nullable TrieNode top) {
    return top == null ? Account.EMPTY_TRIE_ROOT : Keccak256.hash(top.encoding);
  }

  /// Root of the trie of accounts: the state root.
  public Hash root() {
    return root;
  }

  /// The root node of the trie of accounts, read if it was not; null if the trie is empty.
  @Nullable TrieNode top(TrieReader reader) {
    TrieNode known = top;
    if (known == null) {
      known = reader.top(root);
      top = known;
    }
    return known;
  }

  /// The encoding of the node at `place`, if one is stored there.
  Optional<Bytes> node(FinalState state, NodePath place) {
    Hash owner = place.owner();
    TrieReader reader = new TrieReader(state, null, false);
    TrieNode node = top(reader);
    if (owner != null) {
      node = reader.storage(node, owner);
      reader = reader.ofStorage(owner);
    }
    int depth = 0;
    while (node != null && depth < place.length()) {
      switch (node) {
        case TrieNode.Leaf _ -> node = null;
        case TrieNode.Extension extension -> {
          boolean leadsOn = place.continuesWith(extension.shared, depth);
          node = leadsOn ? reader.child(extension, depth) : null;
          depth += extension.shared.length;
        }
        case TrieNode.Branch branch -> {
          node = reader.child(branch, place.nibble(depth), depth);
          depth++;
        }
      }
    }
    return node == null || (depth > 0 && node.isInline())
        ? Optional.empty()
        : Optional.of(Bytes.wrap(node.encoding));
  }

  /// The first `max` leaves of the storage trie of the account whose address has the hash `owner`,
  /// from the key `from` on.
  List<TriePlace.Entry> slots(FinalState state, Hash owner, Hash from, int max) {
    TrieReader reader = new TrieReader(state, null, false);
    TrieNode storage = reader.storage(top(reader), owner);
    return storage == null
        ? List.of()
        : new TrieWalk(reader.ofStorage(owner), from, max).from(storage);
  }

  /// The same tries with nodes of their own, none of which counts as stored: for another store.
  /// Made of what is in memory.
  public Trie copy() {
    TrieNode known = top;
    return new Trie(root, known == null ? null : known.copy());
  }

  /// Hands every node that is not in the store yet to `store`, with its place. From then on they
  /// count as stored: the caller never uses this trie or a later one again if storing fails.
  public void store(BiConsumer<NodePath, Bytes> store) {
    if (top != null) {
      new Storing(store, null).node(top, 0);
    }
  }

  /// Goes down what is not stored.
  private static final class Storing {
    private final BiConsumer<NodePath, Bytes> store;
    private final @Nullable Hash owner;
    private final byte[] path = new byte[NodePath.NIBBLES_MAX];

    Storing(BiConsumer<NodePath, Bytes> store, @Nullable Hash owner) {
      this.store = store;
      this.owner = owner;
    }

    void node(TrieNode node, int depth) {
      if (node.isStored) {
        return;
      }
      if (depth == 0 || !node.isInline()) {
        NodePath place =
            owner == null
                ? NodePath.inAccounts(path, depth)
                : NodePath.inStorage(owner, path, depth);
        store.accept(place, Bytes.wrap(node.encoding));
      }
      switch (node) {
        case TrieNode.Leaf leaf -> {
          TrieNode storage = leaf.storage;
          if (storage != null && !storage.isStored) {
            new Storing(store, Hash.of(leaf.key(path, depth))).node(storage, 0);
          }
        }
        case TrieNode.Extension extension -> {
          TrieNode child = extension.child;
          if (child != null) {
            System.arraycopy(extension.shared, 0, path, depth, extension.shared.length);
            node(child, depth + extension.shared.length);
          }
        }
        case TrieNode.Branch branch -> {
          for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
            TrieNode child = branch.known(nibble);
            if (child != null) {
              path[depth] = (byte) nibble;
              node(child, depth + 1);
            }
          }
        }
      }
      node.isStored = true;
    }
  }

  /// Looks through one part of what is in memory.
  ///
  /// @param part from 0 to {@link #PARTS} - 1
  /// @param forgets whether to forget what is stored and was not used since it was last looked at
  /// @return memory that the part takes then, about, in bytes; 0 in a state with few accounts
  public long shed(int part, boolean forgets) {
    return top instanceof TrieNode.Branch first
            && first.known(part / TrieNode.WIDTH) instanceof TrieNode.Branch second
        ? shedChild(second, part % TrieNode.WIDTH, forgets)
        : 0;
  }

  private static long shedChild(TrieNode.Branch branch, int nibble, boolean forgets) {
    TrieNode child = branch.known(nibble);
    if (child == null) {
      return 0;
    }
    if (forgets && isForgotten(child)) {
      branch.forget(nibble);
      return 0;
    }
    return shed(child, forgets);
  }

  /// Whether a node goes, with all below; one that stays has to be used again to stay next time.
  private static boolean isForgotten(TrieNode node) {
    boolean goes = node.isStored && !node.isUsed;
    node.isUsed = false;
    return goes;
  }

  private static long shed(TrieNode node, boolean forgets) {
    long weight = node.weight();
    switch (node) {
      case TrieNode.Leaf leaf -> {
        TrieNode storage = leaf.storage;
        if (storage != null) {
          if (forgets && isForgotten(storage)) {
            leaf.storage = null;
          } else {
            weight += shed(storage, forgets);
          }
        }
      }
      case TrieNode.Extension extension -> {
        TrieNode child = extension.child;
        if (child != null) {
          if (forgets && isForgotten(child)) {
            extension.child = null;
          } else {
            weight += shed(child, forgets);
          }
        }
      }
      case TrieNode.Branch branch -> {
        for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
          weight += shedChild(branch, nibble, forgets);
        }
        if (forgets) {
          branch.releaseUnknown();
        }
      }
    }
    return weight;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Trie trie && root.equals(trie.root);
  }

  @Override
  public int hashCode() {
    return root.hashCode();
  }

  @Override
  public String toString() {
    return "Trie[" + root + "]";
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Goes through the leaves of one trie in the order of their keys. Belongs to one thread.
final class TrieWalk {
  private final TrieReader reader;
  private final byte[] from;
  private final int max;
  private final List<TriePlace.Entry> found = new ArrayList<>();

  /// A walk that keeps nothing of what it reads in memory.
  ///
  /// @param from the least key
  /// @param max after so many leaves it ends
  TrieWalk(TrieReader reader, Hash from, int max) {
    this.reader = reader;
    this.from = from.toArray();
    this.max = max;
  }

  /// The leaves below the root of the trie.
  List<TriePlace.Entry> from(TrieNode top) {
    below(top, 0, true);
    return found;
  }

  /// @param onEdge whether the path so far is the beginning of the least key
  private void below(TrieNode node, int depth, boolean onEdge) {
    if (found.size() >= max) {
      return;
    }
    switch (node) {
      case TrieNode.Leaf leaf -> {
        byte[] key = leaf.key(reader.path, depth);
        if (!onEdge || Arrays.compareUnsigned(key, from) >= 0) {
          found.add(new TriePlace.Entry(Hash.of(key), Bytes.wrap(leaf.value())));
        }
      }
      case TrieNode.Extension extension -> {
        int shared = onEdge ? Nibbles.commonLength(from, depth, extension.shared) : 0;
        boolean stays = onEdge && shared == extension.shared.length;
        if (!onEdge || stays || extension.shared[shared] > Nibbles.at(from, depth + shared)) {
          TrieNode child = reader.child(extension, depth);
          below(child, depth + extension.shared.length, stays);
        }
      }
      case TrieNode.Branch branch -> {
        int first = onEdge ? Nibbles.at(from, depth) : 0;
        for (int nibble = first; nibble < TrieNode.WIDTH; nibble++) {
          TrieNode child = reader.child(branch, nibble, depth);
          if (child != null) {
            below(child, depth + 1, onEdge && nibble == first);
          }
        }
      }
    }
  }
}

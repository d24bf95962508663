// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.RlpWriter;

/// Writes a node from what was read of it, by other code than the node's own.
final class NodeParts {
  private NodeParts() {}

  static byte[] madeAnew(TrieNode node) {
    RlpWriter writer = new RlpWriter().begin();
    switch (node) {
      case TrieNode.Leaf leaf ->
          writer.string(Nibbles.compactLeaf(leaf.rest())).string(leaf.value());
      case TrieNode.Extension extension ->
          item(writer.string(Nibbles.compactExtension(extension.shared)), extension.item());
      case TrieNode.Branch branch -> {
        for (int nibble = 0; nibble < TrieNode.WIDTH; nibble++) {
          if (branch.has(nibble)) {
            item(writer, branch.item(nibble));
          } else {
            writer.string(new byte[0]);
          }
        }
        writer.string(new byte[0]);
      }
    }
    return writer.end().toArray();
  }

  private static void item(RlpWriter writer, TrieNode.Item item) {
    Hash hash = item.hash();
    if (hash != null) {
      writer.hash(hash);
    } else {
      writer.encoded(Bytes.wrap(madeAnew(item.inline())));
    }
  }
}

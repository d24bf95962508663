// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.util.List;

/// Hashes tensors tile by tile. Protocol §17.4.
final class Tiles {
  private Tiles() {}

  /// The tree over all tiles of tensors that fill a space.
  static MerkleTree tree(List<Tensor> tensors, List<Elements> contents) {
    int tiles = tensors.stream().mapToInt(Tensor::tiles).sum();
    byte[] leaves = new byte[tiles * Hash.BYTES];
    int next = 0;
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = tensors.get(i);
      for (int tile = tensor.firstTile(); tile < tensor.endTile(); tile++) {
        MerkleTree.leaf(content(tensor, contents.get(i), tile)).copyTo(leaves, next);
        next += Hash.BYTES;
      }
    }
    return MerkleTree.over(leaves);
  }

  /// The canonical bytes of a tile.
  static byte[] content(Tensor tensor, Elements elements, int tile) {
    byte[] content = new byte[tensor.bytesOf(tile)];
    elements.writeTo(tensor.firstElementOf(tile), tensor.elementsOf(tile), content, 0);
    return content;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.util.Arrays;
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

  /// The tree over the tiles of an input as its bytes are: NaN has one form in what an entry makes,
  /// any in an input.
  ///
  /// @param tensors of the input, in order
  static MerkleTree tree(List<Tensor> tensors, byte[] input) {
    byte[] leaves = new byte[tensors.stream().mapToInt(Tensor::tiles).sum() * Hash.BYTES];
    int next = 0;
    int offset = 0;
    for (Tensor tensor : tensors) {
      for (int tile = tensor.firstTile(); tile < tensor.endTile(); tile++) {
        int length = tensor.bytesOf(tile);
        MerkleTree.leaf(input, offset, length).copyTo(leaves, next);
        next += Hash.BYTES;
        offset += length;
      }
    }
    return MerkleTree.over(leaves);
  }

  /// A tile of an input as its bytes are.
  ///
  /// @param tensors of the input, in order
  static byte[] content(List<Tensor> tensors, byte[] input, int tile) {
    int offset = 0;
    for (Tensor tensor : tensors) {
      if (tile < tensor.endTile()) {
        int from = offset + tensor.firstElementOf(tile) * tensor.type().bytes();
        return Arrays.copyOfRange(input, from, from + tensor.bytesOf(tile));
      }
      offset += (int) tensor.bytes();
    }
    throw new IndexOutOfBoundsException(tile);
  }

  /// The canonical bytes of a tile.
  static byte[] content(Tensor tensor, Elements elements, int tile) {
    byte[] content = new byte[tensor.bytesOf(tile)];
    elements.writeTo(tensor.firstElementOf(tile), tensor.elementsOf(tile), content, 0);
    return content;
  }
}

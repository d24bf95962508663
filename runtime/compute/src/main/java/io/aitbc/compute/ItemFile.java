// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.compute;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Model;
import io.aitbc.referee.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Inputs or outputs in one file, each with its length (4 bytes) in front, and the trees over them.
/// Protocol §17.4, §17.9.
public final class ItemFile {
  /// Longest file: what a worker's memory holds with ease.
  public static final long BYTES_MAX = 1L << 28;

  private ItemFile() {}

  /// The file of items.
  ///
  /// @throws IllegalArgumentException if they are longer than {@link #BYTES_MAX}
  public static byte[] encoded(List<Bytes> items) {
    long length = items.stream().mapToLong(item -> 4L + item.length()).sum();
    if (length > BYTES_MAX) {
      throw new IllegalArgumentException(length + " bytes of items, of at most " + BYTES_MAX);
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) length);
    for (Bytes item : items) {
      buffer.putInt(item.length()).put(item.toArray());
    }
    return buffer.array();
  }

  /// Reads a file of any number of items; empty if it is none.
  public static Optional<List<Bytes>> decode(byte[] file) {
    return items(file, Long.MAX_VALUE);
  }

  /// Reads the file of `count` items; empty if it is none.
  public static Optional<List<Bytes>> decode(byte[] file, long count) {
    return items(file, count).filter(items -> items.size() == count);
  }

  private static Optional<List<Bytes>> items(byte[] file, long max) {
    ByteBuffer buffer = ByteBuffer.wrap(file);
    List<Bytes> items = new ArrayList<>();
    while (buffer.remaining() >= 4 && items.size() < max) {
      int length = buffer.getInt();
      if (length < 0 || length > buffer.remaining()) {
        return Optional.empty();
      }
      items.add(Bytes.of(file, buffer.position(), length));
      buffer.position(buffer.position() + length);
    }
    return buffer.hasRemaining() ? Optional.empty() : Optional.of(items);
  }

  /// The tree over a job's inputs.
  public static MerkleTree inputTree(Model model, List<Bytes> inputs) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Bytes input = inputs.get(i);
      leaves.add(ItemLeaf.input(i, input.length(), tileTree(model, input).root()));
    }
    return MerkleTree.over(leaves);
  }

  /// The tree over the tiles of an input.
  public static MerkleTree tileTree(Model model, Bytes input) {
    return MerkleTree.over(
        tiles(model, input).stream().map(tile -> MerkleTree.leaf(tile.toArray())).toList());
  }

  /// The tiles of an input; one that does not fit the model is one tile.
  public static List<Bytes> tiles(Model model, Bytes input) {
    if (input.length() != model.header().inputBytes()) {
      return List.of(input);
    }
    List<Bytes> tiles = new ArrayList<>();
    int offset = 0;
    for (Tensor tensor : model.inputs()) {
      for (int tile = tensor.firstTile(); tile < tensor.endTile(); tile++) {
        int from = offset + tensor.firstElementOf(tile) * tensor.type().bytes();
        tiles.add(input.slice(from, tensor.bytesOf(tile)));
      }
      offset += (int) tensor.bytes();
    }
    return tiles;
  }

  /// Bytes of the tiles of an input that fits the model.
  public static List<Integer> tileLengths(Model model) {
    List<Integer> lengths = new ArrayList<>();
    for (Tensor tensor : model.inputs()) {
      for (int tile = tensor.firstTile(); tile < tensor.endTile(); tile++) {
        lengths.add(tensor.bytesOf(tile));
      }
    }
    return lengths;
  }

  /// The tree over a claim's outputs.
  public static MerkleTree outputTree(List<Bytes> outputs) {
    List<Hash> leaves = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      leaves.add(ItemLeaf.output(i, outputs.get(i).toArray()));
    }
    return MerkleTree.over(leaves);
  }

  /// A path of a tree as hashes.
  public static List<Hash> path(MerkleTree tree, int leaf) {
    byte[] path = tree.path(leaf);
    List<Hash> hashes = new ArrayList<>();
    for (int at = 0; at < path.length; at += Hash.BYTES) {
      hashes.add(Hash.of(path, at));
    }
    return hashes;
  }
}

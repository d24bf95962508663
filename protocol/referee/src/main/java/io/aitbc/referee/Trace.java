// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import java.util.ArrayList;
import java.util.List;

/// A plan carried out for one item, with the trees over input, state and trace: what a challenged
/// worker answers from, and what a challenger compares with. Belongs to one thread. Protocol §17.4.
public final class Trace {
  private final Model model;
  private final Memory memory;
  private final byte[] input;
  private final MerkleTree inputTree;
  private final MerkleTree stateTree;
  private final MerkleTree tree;

  /// @param input that was carried out; kept, not copied
  Trace(Model model, Memory memory, byte[] input) {
    this.model = model;
    this.memory = memory;
    this.input = input;
    this.inputTree = Tiles.tree(model.inputs(), input);
    this.stateTree = treeOf(model.states());
    this.tree = treeOf(model.entries().stream().map(Entry::output).toList());
  }

  private MerkleTree treeOf(List<Tensor> tensors) {
    return Tiles.tree(tensors, tensors.stream().map(memory::of).toList());
  }

  /// The model that was carried out.
  public Model model() {
    return model;
  }

  /// The tree over the trace's tiles.
  public MerkleTree tree() {
    return tree;
  }

  /// The tree over the input's tiles, as the job's tree has them.
  public MerkleTree inputTree() {
    return inputTree;
  }

  /// A tile of the input as its bytes are.
  byte[] inputTile(int tile) {
    return Tiles.content(model.inputs(), input, tile);
  }

  /// The tree over the state's tiles before the step.
  public MerkleTree stateTree() {
    return stateTree;
  }

  /// The tree over the tiles of the state after the step: the last of the trace.
  public MerkleTree nextStateTree() {
    int first = model.header().traceTiles() - model.header().stateTiles();
    List<Hash> leaves = new ArrayList<>();
    for (int tile = first; tile < model.header().traceTiles(); tile++) {
      leaves.add(tree.node(0, tile));
    }
    return MerkleTree.over(leaves);
  }

  /// The canonical bytes of a tile of the trace: the last answer of a dispute.
  public byte[] tile(int tile) {
    Tensor output = model.entries().get(entryOf(tile)).output();
    return Tiles.content(output, memory.of(output), tile);
  }

  /// Number of the entry that makes a tile of the trace.
  public int entryOf(int tile) {
    int low = 0;
    int high = model.entries().size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (model.entries().get(middle).output().firstTile() <= tile) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// The elements of what an entry made, or of an operand.
  public Elements elements(Tensor tensor) {
    return memory.of(tensor);
  }

  /// The output's canonical bytes.
  public byte[] output() {
    return memory.of(model.output()).encoded();
  }
}

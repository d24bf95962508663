// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import io.aitbc.crypto.MerkleTree;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The state of a training model between two steps: as bytes, as a tree, by the tile. Protocol
/// §17.4, §17.9.
public final class TrainingState {
  private TrainingState() {}

  /// Length of a state of a model in bytes.
  public static long bytes(Model model) {
    return model.states().stream().mapToLong(Tensor::bytes).sum();
  }

  /// The elements of the state's tensors one behind the other, little-endian.
  public static byte[] encoded(List<Elements> state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    state.forEach(each -> bytes.writeBytes(each.encoded()));
    return bytes.toByteArray();
  }

  /// Reads a state; empty if it has another length than the model's.
  public static Optional<List<Elements>> decode(Model model, byte[] encoded) {
    if (encoded.length != bytes(model)) {
      return Optional.empty();
    }
    List<Elements> state = new ArrayList<>();
    int offset = 0;
    for (Tensor tensor : model.states()) {
      state.add(Elements.read(tensor.type(), encoded, offset, tensor.elements()));
      offset += (int) tensor.bytes();
    }
    return Optional.of(List.copyOf(state));
  }

  /// The tree over its tiles.
  ///
  /// @param state as the model's
  public static MerkleTree tree(Model model, List<Elements> state) {
    return Tiles.tree(model.states(), state);
  }

  /// The canonical bytes of one of its tiles.
  public static byte[] tile(Model model, List<Elements> state, int tile) {
    for (int i = 0; i < state.size(); i++) {
      Tensor tensor = model.states().get(i);
      if (tile >= tensor.firstTile() && tile < tensor.endTile()) {
        return Tiles.content(tensor, state.get(i), tile);
      }
    }
    throw new IndexOutOfBoundsException(tile);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Workers;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;

/// Valid encodings to damage.
final class Samples {
  private Samples() {}

  static StateDiff diff() {
    MemoryState state = new MemoryState();
    Overlay overlay = new Overlay(state);
    RandomStates.change(Seed.of(21), overlay, 8, 20);
    var _ = RandomStates.advance(state, overlay, Workers.NONE);
    overlay = new Overlay(state);
    RandomStates.change(Seed.of(22), overlay, 8, 10);
    return StateTrie.diff(state, overlay, Workers.NONE);
  }

  static List<byte[]> nodes() {
    List<byte[]> nodes = new ArrayList<>();
    diff().before().store((_, node) -> nodes.add(node.toArray()));
    diff().after().store((_, node) -> nodes.add(node.toArray()));
    return nodes;
  }

  static List<byte[]> accounts() {
    return diff().accounts().stream().map(change -> change.after().encoded().toArray()).toList();
  }
}

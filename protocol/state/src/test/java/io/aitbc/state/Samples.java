// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.testkit.Seed;
import java.util.List;
import java.util.stream.Stream;

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
    return diff().nodes().stream()
        .flatMap(change -> Stream.of(change.before(), change.after()))
        .filter(node -> !node.isEmpty())
        .map(Bytes::toArray)
        .toList();
  }

  static List<byte[]> accounts() {
    return diff().accounts().stream().map(change -> change.after().encoded().toArray()).toList();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import java.util.List;
import java.util.Optional;

/// A node whose key is in bad hands.
final class ByzantineNode extends VirtualNode {
  private final List<Vice> vices;

  ByzantineNode(World world, int index, Keyed key, List<Vice> vices) {
    super(world, index, Optional.of(key));
    this.vices = vices;
  }

  List<Vice> vices() {
    return vices;
  }
}

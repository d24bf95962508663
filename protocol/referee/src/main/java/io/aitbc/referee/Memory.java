// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The values of all spaces while a plan is carried out, for one item or several at once: of input
/// and trace there is one copy per item, one behind the other; constants and state are shared.
/// Belongs to one thread.
final class Memory {
  private final int items;
  private final List<TreeMap<Integer, Elements>> spaces = new ArrayList<>();

  /// Memory for a model's trace and input.
  Memory(Model model, int items) {
    this.items = items;
    for (Space _ : Space.values()) {
      spaces.add(new TreeMap<>());
    }
    for (int i = 0; i < model.constants().size(); i++) {
      put(model.constantTensors().get(i), model.constants().get(i));
    }
    for (Tensor input : model.inputs()) {
      put(input, Elements.zeros(input.type(), Math.multiplyExact(items, input.elements())));
    }
    for (Entry entry : model.entries()) {
      Tensor output = entry.output();
      put(output, Elements.zeros(output.type(), Math.multiplyExact(items, output.elements())));
    }
  }

  /// One item's copy of everything.
  Memory of(Model model, int item) {
    Memory one = new Memory(model, 1);
    for (Tensor input : model.inputs()) {
      one.of(input).copyFrom(of(input), base(input, item), 0, input.elements());
    }
    for (Entry entry : model.entries()) {
      Tensor output = entry.output();
      one.of(output).copyFrom(of(output), base(output, item), 0, output.elements());
    }
    return one;
  }

  void put(Tensor tensor, Elements elements) {
    spaces.get(tensor.space().code()).put(tensor.firstTile(), elements);
  }

  /// All elements of a tensor, of all items.
  Elements of(Tensor tensor) {
    Elements elements = spaces.get(tensor.space().code()).get(tensor.firstTile());
    if (elements == null) {
      throw new IllegalStateException("nothing is stored for " + tensor);
    }
    return elements;
  }

  int items() {
    return items;
  }

  /// Whether there is a copy per item.
  boolean isPerItem(Tensor tensor) {
    return items > 1 && (tensor.space() == Space.INPUT || tensor.space() == Space.TRACE);
  }

  /// Where an item's copy begins.
  int base(Tensor tensor, int item) {
    return isPerItem(tensor) ? item * tensor.elements() : 0;
  }
}

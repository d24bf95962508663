// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.referee;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Which tensors the spaces consist of, by what is said about them. Protocol §17.3.
final class SpaceLayout {
  private final TreeMap<Space, NavigableMap<Integer, Tensor>> spaces = new TreeMap<>();

  /// The tensors of a space in the order of their tiles.
  List<Tensor> tensors(Space space) {
    return List.copyOf(byFirstTile(space).values());
  }

  private NavigableMap<Integer, Tensor> byFirstTile(Space space) {
    return spaces.computeIfAbsent(space, _ -> new TreeMap<>());
  }

  /// Adds a tensor; a fault if it shares tiles with one that is described otherwise.
  Optional<PlanFault> add(Tensor tensor) {
    var byFirstTile = byFirstTile(tensor.space());
    var before = byFirstTile.floorEntry(tensor.endTile() - 1);
    if (before != null && before.getValue().overlaps(tensor)) {
      return before.getValue().equals(tensor)
          ? Optional.empty()
          : Optional.of(new PlanFault.Overlap(before.getValue(), tensor));
    }
    byFirstTile.put(tensor.firstTile(), tensor);
    return Optional.empty();
  }

  /// Adds all.
  Optional<PlanFault> addAll(Collection<Tensor> tensors) {
    for (Tensor tensor : tensors) {
      Optional<PlanFault> fault = add(tensor);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }

  /// A fault unless the tensors fill the space from the first tile to the last.
  Optional<PlanFault> gap(Space space, int tiles) {
    int next = 0;
    for (Tensor tensor : byFirstTile(space).values()) {
      if (tensor.firstTile() != next) {
        break;
      }
      next = tensor.endTile();
    }
    return next == tiles
        ? Optional.empty()
        : Optional.of(new PlanFault.Undescribed(space, next, tiles));
  }

  /// The operands of a space.
  static List<Tensor> operands(List<Entry> entries, Space space) {
    List<Tensor> found = new ArrayList<>();
    for (Entry entry : entries) {
      for (Tensor operand : entry.operands()) {
        if (operand.space() == space) {
          found.add(operand);
        }
      }
    }
    return found;
  }
}

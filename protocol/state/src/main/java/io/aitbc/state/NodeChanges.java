// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import io.aitbc.state.StateDiff.NodeChange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The stored nodes of one trie that change. Most updates tell them in descending order of their
/// paths; whether one did is seen while its changes are at hand, so that they need not be visited
/// once more to be sorted.
final class NodeChanges {
  private final List<NodeChange> changes = new ArrayList<>();
  private boolean descending = true;

  /// Adds a change.
  void add(NodeChange change) {
    descending = descending && continues(change);
    changes.add(change);
  }

  /// Adds all changes of another part of the trie.
  void addAll(NodeChanges other) {
    if (!other.changes.isEmpty()) {
      descending = descending && other.descending && continues(other.changes.getFirst());
      changes.addAll(other.changes);
    }
  }

  private boolean continues(NodeChange next) {
    return changes.isEmpty() || changes.getLast().compareTo(next) > 0;
  }

  /// All that was added, ascending by path.
  List<NodeChange> sorted() {
    List<NodeChange> sorted = new ArrayList<>(changes);
    if (descending) {
      Collections.reverse(sorted);
    } else {
      Collections.sort(sorted);
    }
    return sorted;
  }
}

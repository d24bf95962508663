// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import java.util.List;
import java.util.Optional;

/// How far a worker's answers lead down a tree of its own, beside the challenger's. Belongs to one
/// thread. Protocol §17.4.
final class Walk {
  private final MerkleTree own;
  private final MerkleTree other;
  private List<Hash> answer = List.of();
  private boolean differs;
  private int level;
  private int index;
  private int first;

  /// A walk that begins.
  ///
  /// @param own the challenger's tree
  /// @param root of the worker's
  Walk(MerkleTree own, Hash root) {
    this.own = own;
    this.other = own.copy();
    other.learnRoot(root);
    this.level = own.height();
  }

  /// The next answer; the contract checked that it is true.
  void answered(List<Hash> hashes) {
    if (!other.learn(level, index, hashes)) {
      throw new IllegalStateException("an answer that the contract took is not true");
    }
    Optional<Integer> at = own.firstDifference(level, index, hashes);
    int down = Math.min(level, MerkleTree.ANSWER_LEVELS);
    answer = hashes;
    first = index << down;
    differs = at.isPresent();
    index = at.orElse(first);
    level -= down;
  }

  /// The worker's tree as far as it is known.
  MerkleTree other() {
    return other;
  }

  /// Whether the last answer holds a node that is not the own one.
  boolean differs() {
    return differs;
  }

  /// Level of the last answer's nodes.
  int level() {
    return level;
  }

  /// The first of them that differs, in its level.
  int index() {
    return index;
  }

  /// Goes to that node.
  EconomyCall descend(long dispute) {
    int child = index - first;
    return DisputeCall.descend(
        dispute, child, answer.get(child), ItemFile.path(MerkleTree.over(answer), child));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.simulator;

import io.aitbc.consensus.DerivedState;
import io.aitbc.consensus.FinalizedBlock;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.BlockContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The results of pure functions that every node computes: each is computed once, then given to
/// all. Some are computed again and compared.
final class Executions {
  /// Results remembered; those of a few heights.
  private static final int REMEMBERED_MAX = 64;

  /// One in so many is computed again and compared: three nodes of a small network in a block.
  private static final int REPEATED_ONE_IN = 64;

  private record Key(Hash parent, Hash proposalId, Hash extension) {}

  private final Execution execution;
  private final Map<Key, Execution.Result> results = bounded();
  private final Map<Hash, DerivedState> states = bounded();
  private int asked;

  Executions(Execution execution) {
    this.execution = execution;
  }

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > REMEMBERED_MAX;
      }
    };
  }

  /// Executes a content, or the entries of its block, on its parent.
  Execution.Result execute(BlockContext context, Archive.Tip parent, List<Bytes> entries) {
    Key key = new Key(parent.hash(), context.proposalId(), context.extension().hash());
    Execution.Result known = results.get(key);
    if (known != null && ++asked % REPEATED_ONE_IN != 0) {
      return known;
    }
    Execution.Result result = execution.execute(context, parent.state(), parent.derived(), entries);
    if (known != null && !known.hash().equals(result.hash())) {
      throw new Violation(Invariant.NO_DIVERGENCE, "executed twice: %s".formatted(key));
    }
    results.put(key, result);
    return result;
  }

  /// What consensus derives from the chain after one more block.
  DerivedState after(DerivedState before, FinalizedBlock block) {
    DerivedState known = states.get(block.blockHash());
    if (known != null && ++asked % REPEATED_ONE_IN != 0) {
      return known;
    }
    DerivedState after = before.after(block);
    if (known != null && !known.hash().equals(after.hash())) {
      throw new Violation(Invariant.NO_DIVERGENCE, "derived twice: %s, %s".formatted(known, after));
    }
    states.put(block.blockHash(), after);
    return after;
  }
}

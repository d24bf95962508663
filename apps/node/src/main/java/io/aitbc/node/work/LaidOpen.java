// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Model;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Leaves of claims of inference that their workers laid open on the chain because somebody
/// demanded them; the contract compared them with the claim. Belongs to one thread. Protocol
/// §17.14.
final class LaidOpen {
  private final WorkChain chain;
  private final JobFiles files;

  /// @param files the own store, where the model is if it ever came
  LaidOpen(WorkChain chain, JobFiles files) {
    this.chain = chain;
    this.files = files;
  }

  /// The leaves of a claim that are laid open, by their numbers; none without the model.
  NavigableMap<Long, ClaimLeaf> leaves(ClaimId claim, WorkJob job, WorkClaim state)
      throws IOException {
    TreeMap<Long, ClaimLeaf> leaves = new TreeMap<>();
    Optional<Model> model = files.model(job);
    if (model.isEmpty() || job.trains()) {
      return leaves;
    }
    TreeMap<Long, Long> demanded = new TreeMap<>();
    for (WorkEvent event : chain.events(EconomyContract.DISPUTES, state.committedAt())) {
      switch (event) {
        case WorkEvent.Opened it when it.demand() && it.claim().equals(claim) -> {
          Long _ = demanded.put(it.dispute(), it.leaf());
        }
        case WorkEvent.Served it when demanded.containsKey(it.dispute()) -> {
          long leaf = demanded.getOrDefault(it.dispute(), 0L);
          ClaimLeaf _ = leaves.put(leaf, leaf(claim, job, model.get(), leaf, it));
        }
        default -> {}
      }
    }
    return leaves;
  }

  private static ClaimLeaf leaf(
      ClaimId claim, WorkJob job, Model model, long leaf, WorkEvent.Served served) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    served.tiles().forEach(tile -> input.writeBytes(tile.toArray()));
    List<Hash> tiles =
        served.tiles().stream().map(tile -> MerkleTree.leaf(tile.toArray())).toList();
    int item = JobWork.first(claim) + (int) leaf;
    return new ClaimLeaf(
        model,
        MerkleTree.ofPath(
            ItemLeaf.input(item, input.size(), MerkleTree.over(tiles).root()),
            item,
            (int) job.count(),
            served.inputPath()),
        item,
        Bytes.wrap(input.toByteArray()),
        MerkleTree.ofPath(
            ItemLeaf.output((int) leaf, served.output().toArray()),
            (int) leaf,
            (int) JobWork.itemsOf(claim, job),
            served.outputPath()),
        (int) leaf,
        served.output());
  }
}

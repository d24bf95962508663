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
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// What workers laid open of claims on the chain because somebody demanded it; the contract
/// compared it with the claim. Belongs to one thread. Protocol §17.14.
final class LaidOpen {
  private final WorkChain chain;
  private final JobFiles files;

  /// @param files the own store, where model and data are if they ever came
  LaidOpen(WorkChain chain, JobFiles files) {
    this.chain = chain;
    this.files = files;
  }

  /// How demands of a claim's leaves stand.
  ///
  /// @param demanded leaves that anybody demanded
  /// @param over those of them whose demand is over
  /// @param items of a claim of inference, by their leaves
  /// @param segments outputs of a claim that trains
  record Answers(
      TreeSet<Long> demanded,
      TreeSet<Long> over,
      TreeMap<Long, WorkEvent.Served> items,
      TreeMap<Integer, Bytes> segments) {}

  /// A claim that trains.
  ///
  /// @param work its model, its data and its first state, which came before
  record Training(JobWork work, Answers answers) {
    /// The outputs that are laid open.
    Segments.Outputs outputs() {
      return segment -> Optional.ofNullable(answers.segments.get(segment));
    }
  }

  /// What became of all demands about a claim.
  Answers answers(ClaimId claim, WorkClaim state) throws IOException {
    Answers answers =
        new Answers(new TreeSet<>(), new TreeSet<>(), new TreeMap<>(), new TreeMap<>());
    TreeMap<Long, Long> leaves = new TreeMap<>();
    for (WorkEvent event : chain.events(EconomyContract.DISPUTES, state.committedAt())) {
      switch (event) {
        case WorkEvent.Opened it when it.demand() && it.claim().equals(claim) -> {
          Long _ = leaves.put(it.dispute(), it.leaf());
          boolean _ = answers.demanded.add(it.leaf());
        }
        case WorkEvent.Served it when leaves.containsKey(it.dispute()) -> {
          WorkEvent.Served _ = answers.items.put(leaves.getOrDefault(it.dispute(), 0L), it);
        }
        case WorkEvent.TileServed it when leaves.containsKey(it.dispute()) -> {
          int segment = leaves.getOrDefault(it.dispute(), 0L).intValue();
          Bytes _ = answers.segments.put(segment, it.output().toBytes());
        }
        case WorkEvent.Ended it when leaves.containsKey(it.dispute()) -> {
          boolean _ = answers.over.add(leaves.getOrDefault(it.dispute(), 0L));
        }
        default -> {}
      }
    }
    return answers;
  }

  /// The model of a job, if it ever came.
  Optional<Model> model(WorkJob job) throws IOException {
    return files.model(job);
  }

  /// The leaves of a claim of inference that are laid open, by their numbers; none without the
  /// model.
  NavigableMap<Long, ClaimLeaf> leaves(ClaimId claim, WorkJob job, WorkClaim state)
      throws IOException {
    TreeMap<Long, ClaimLeaf> leaves = new TreeMap<>();
    Optional<Model> model = files.model(job);
    if (model.isPresent() && !job.trains()) {
      for (Map.Entry<Long, WorkEvent.Served> each : answers(claim, state).items.entrySet()) {
        ClaimLeaf _ =
            leaves.put(
                each.getKey(), leaf(claim, job, model.get(), each.getKey(), each.getValue()));
      }
    }
    return leaves;
  }

  /// What is laid open of a claim that trains; empty if its data never came.
  Optional<Training> training(ClaimId claim, WorkJob job, WorkClaim state) throws IOException {
    return job.trains() && files.find(job) instanceof JobFiles.Found.Whole(JobWork work)
        ? Optional.of(new Training(work, answers(claim, state)))
        : Optional.empty();
  }

  /// A leaf of inference as it was laid open.
  static ClaimLeaf leaf(
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

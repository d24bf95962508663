// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
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
import java.util.TreeSet;
import java.util.function.LongPredicate;

/// What workers laid open of claims on the chain because somebody demanded it; the contract
/// compared it with the claim. What somebody lays open may be long, and anybody may have it laid
/// open: nobody reads more of it than it needs. Belongs to one thread. Protocol §17.14.
final class LaidOpen {
  /// Demands of a leaf that are looked at, the first ones: one is answered as well as another.
  private static final int OF_LEAF_MAX = 4;

  /// Disputes that are asked about at a time: 64 KiB each, at most.
  private static final int TOGETHER_MAX = 32;

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

  /// What became of the demands about leaves of a claim.
  ///
  /// @param wanted which leaves; of the others it is only told whether they were demanded
  Answers answers(ClaimId claim, WorkClaim state, LongPredicate wanted) throws IOException {
    Answers answers =
        new Answers(new TreeSet<>(), new TreeSet<>(), new TreeMap<>(), new TreeMap<>());
    TreeMap<Long, Long> leaves = new TreeMap<>();
    TreeMap<Long, Integer> counts = new TreeMap<>();
    for (WorkEvent.Opened each : chain.opened(claim.job(), state.committedAt())) {
      if (each.demand() && each.claim().equals(claim)) {
        boolean _ = answers.demanded.add(each.leaf());
        if (wanted.test(each.leaf()) && counts.merge(each.leaf(), 1, Integer::sum) <= OF_LEAF_MAX) {
          Long _ = leaves.put(each.dispute(), each.leaf());
        }
      }
    }
    List<Long> numbers = List.copyOf(leaves.keySet());
    for (int from = 0; from < numbers.size(); from += TOGETHER_MAX) {
      List<Long> some = numbers.subList(from, Math.min(numbers.size(), from + TOGETHER_MAX));
      add(chain.disputes(some, state.committedAt()), leaves, answers);
    }
    return answers;
  }

  private static void add(
      List<WorkEvent> events, NavigableMap<Long, Long> leaves, Answers answers) {
    for (WorkEvent event : events) {
      switch (event) {
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
  }

  /// The model of a job, if it ever came.
  Optional<Model> model(WorkJob job) throws IOException {
    return files.model(job);
  }

  /// A leaf of a claim of inference, if it is laid open and the model is here.
  Optional<ClaimLeaf> leaf(ClaimId claim, WorkJob job, WorkClaim state, long number)
      throws IOException {
    Optional<Model> model = files.model(job);
    return model.isPresent() && !job.trains()
        ? Optional.ofNullable(answers(claim, state, each -> each == number).items.get(number))
            .map(served -> leaf(claim, job, model.get(), number, served))
        : Optional.empty();
  }

  /// What is laid open of a claim that trains; empty if its data never came.
  Optional<Training> training(ClaimId claim, WorkJob job, WorkClaim state) throws IOException {
    return job.trains() && files.find(job) instanceof JobFiles.Found.Whole(JobWork work)
        ? Optional.of(new Training(work, answers(claim, state, _ -> true)))
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

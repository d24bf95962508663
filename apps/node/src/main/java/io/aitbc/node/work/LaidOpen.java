// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.ItemFile;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.referee.ItemLeaf;
import io.aitbc.referee.Model;
import io.aitbc.referee.ModelHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What workers laid open of claims on the chain because somebody demanded it; the contract
/// compared it with the claim. What somebody lays open may be long, and anybody may have it laid
/// open: nobody reads more of it than it needs. Belongs to one thread. Protocol §17.14.
final class LaidOpen {
  /// Demands of a part of a leaf that are looked at, the first ones: one is answered as well as
  /// another.
  private static final int OF_PART_MAX = 4;

  /// Disputes that are asked about at a time: some 70 KiB each, at most.
  private static final int TOGETHER_MAX = 32;

  /// Parts of an input that are looked at: of a longer one the first is, which shows whether it
  /// fits the model. With 1 % of the reward for each, and an eighth of that for a base fee that
  /// rises, who has all but the first laid open pays 44 % of a reward for them, less than the half
  /// of one that the conviction brings. Protocol §17.14 rule 6.
  private static final int PARTS_MAX = 40;

  private final WorkChain chain;
  private final JobFiles files;

  /// @param files the own store, where model and data are if they ever came
  LaidOpen(WorkChain chain, JobFiles files) {
    this.chain = chain;
    this.files = files;
  }

  /// How demands of a claim's leaves stand. A part is named by its first tile.
  ///
  /// @param demanded parts that anybody demanded, by their leaves
  /// @param over those of them whose demand is over
  /// @param items of a claim of inference, by their leaves and parts
  /// @param segments outputs of a claim that trains
  record Answers(
      TreeMap<Long, NavigableSet<Long>> demanded,
      TreeMap<Long, NavigableSet<Long>> over,
      TreeMap<Long, TreeMap<Long, WorkEvent.Served>> items,
      TreeMap<Integer, Bytes> segments) {
    /// Parts of a leaf that are laid open.
    SortedMap<Long, WorkEvent.Served> parts(long leaf) {
      return items.getOrDefault(leaf, new TreeMap<>());
    }

    /// Whether anybody demanded a part of a leaf.
    boolean isDemanded(long leaf, long tile) {
      return demanded.getOrDefault(leaf, new TreeSet<>()).contains(tile);
    }

    /// Whether what was demanded of a part of a leaf did not come and does not any more.
    boolean isLost(long leaf, long tile) {
      return over.getOrDefault(leaf, new TreeSet<>()).contains(tile)
          && !parts(leaf).containsKey(tile);
    }
  }

  /// A part of a leaf's input.
  ///
  /// @param tile the first of it
  private record Part(long leaf, long tile) {}

  /// Which parts of which leaves are looked at.
  @FunctionalInterface
  interface Wanted {
    /// Whether the answer is looked at.
    ///
    /// @param tile the first of the part
    boolean test(long leaf, long tile);
  }

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
  /// @param wanted which; of the others it is only told whether they were demanded
  Answers answers(ClaimId claim, WorkClaim state, Wanted wanted) throws IOException {
    Answers answers =
        new Answers(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    TreeMap<Long, Part> parts = new TreeMap<>();
    Map<Part, Integer> counts = new LinkedHashMap<>();
    for (WorkEvent.Opened each : chain.opened(claim.job(), state.committedAt())) {
      if (each.demand() && each.claim().equals(claim)) {
        Part part = new Part(each.leaf(), each.tile());
        add(answers.demanded, part);
        if (wanted.test(part.leaf, part.tile)
            && counts.merge(part, 1, Integer::sum) <= OF_PART_MAX) {
          Part _ = parts.put(each.dispute(), part);
        }
      }
    }
    List<Long> numbers = List.copyOf(parts.keySet());
    for (int from = 0; from < numbers.size(); from += TOGETHER_MAX) {
      List<Long> some = numbers.subList(from, Math.min(numbers.size(), from + TOGETHER_MAX));
      add(chain.disputes(some, state.committedAt()), parts, answers);
    }
    return answers;
  }

  private static void add(NavigableMap<Long, NavigableSet<Long>> parts, Part part) {
    boolean _ = parts.computeIfAbsent(part.leaf, _ -> new TreeSet<>()).add(part.tile);
  }

  private static void add(List<WorkEvent> events, NavigableMap<Long, Part> parts, Answers answers) {
    for (WorkEvent event : events) {
      long number = event.disputeNumber().orElse(0);
      Part part = parts.getOrDefault(number, new Part(0, 0));
      switch (event) {
        case WorkEvent.Served it when parts.containsKey(number) -> {
          WorkEvent.Served _ =
              answers.items.computeIfAbsent(part.leaf, _ -> new TreeMap<>()).put(part.tile, it);
        }
        case WorkEvent.TileServed it when parts.containsKey(number) -> {
          Bytes _ = answers.segments.put((int) part.leaf, it.output().toBytes());
        }
        case WorkEvent.Ended _ when parts.containsKey(number) -> add(answers.over, part);
        default -> {}
      }
    }
  }

  /// The parts of an input of a model that are looked at, by their first tiles.
  static NavigableSet<Long> parts(Model model) {
    // Lengths of tiles are not listed of an input that has more parts however it is cut.
    ModelHeader header = model.header();
    boolean few =
        header.inputBytes() <= (long) PARTS_MAX * DisputeCall.PART_BYTES_MAX
            && header.inputTiles() <= (long) PARTS_MAX * DisputeCall.PART_TILES_MAX;
    List<Integer> all = few ? DisputeCall.parts(ItemFile.tileLengths(model)) : List.of();
    TreeSet<Long> parts = new TreeSet<>();
    boolean _ = parts.add(0L);
    if (all.size() <= PARTS_MAX) {
      all.forEach(each -> parts.add((long) each));
    }
    return parts;
  }

  /// The model of a job, if it ever came.
  Optional<Model> model(WorkJob job) throws IOException {
    return files.model(job);
  }

  /// A leaf of a claim of inference, if it is laid open and the model is here.
  Optional<ClaimLeaf> leaf(ClaimId claim, WorkJob job, WorkClaim state, long number)
      throws IOException {
    Optional<Model> model = files.model(job);
    if (model.isEmpty() || job.trains()) {
      return Optional.empty();
    }
    NavigableSet<Long> parts = parts(model.get());
    Answers answers = answers(claim, state, (leaf, tile) -> leaf == number && parts.contains(tile));
    return leaf(claim, job, model.get(), number, answers.parts(number));
  }

  /// What is laid open of a claim that trains; empty if its data never came.
  Optional<Training> training(ClaimId claim, WorkJob job, WorkClaim state) throws IOException {
    return job.trains() && files.find(job) instanceof JobFiles.Found.Whole(JobWork work)
        ? Optional.of(new Training(work, answers(claim, state, (_, _) -> true)))
        : Optional.empty();
  }

  /// A leaf of inference as it was laid open; empty until all of its parts are.
  ///
  /// @param parts by their first tiles
  static Optional<ClaimLeaf> leaf(
      ClaimId claim, WorkJob job, Model model, long leaf, SortedMap<Long, WorkEvent.Served> parts) {
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    WorkEvent.Served first = parts.sequencedValues().getFirst();
    Optional<Bytes> input =
        first.length() == model.header().inputBytes()
            ? joined(model, parts)
            : Optional.of(Bytes.EMPTY); // Its output is empty, whatever it holds.
    int item = JobWork.first(claim) + (int) leaf;
    return input.map(it ->
        new ClaimLeaf(
            model,
            MerkleTree.ofPath(
                ItemLeaf.input(item, first.length(), first.root()),
                item,
                (int) job.count(),
                first.inputPath()),
            item,
            it,
            first.length(),
            first.root(),
            MerkleTree.ofPath(
                ItemLeaf.output((int) leaf, first.output().toArray()),
                (int) leaf,
                (int) JobWork.itemsOf(claim, job),
                first.outputPath()),
            (int) leaf,
            first.output()));
  }

  /// The input, if its tiles are all there and as long as the model's: a client may have cut it in
  /// another way, and nobody could prove anything about it.
  private static Optional<Bytes> joined(Model model, SortedMap<Long, WorkEvent.Served> parts) {
    List<Integer> lengths = ItemFile.tileLengths(model);
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    int next = 0;
    for (Map.Entry<Long, WorkEvent.Served> part : parts.entrySet()) {
      if (part.getKey() != next) {
        return Optional.empty();
      }
      for (Bytes tile : part.getValue().tiles()) {
        if (tile.length() != lengths.get(next)) {
          return Optional.empty();
        }
        input.writeBytes(tile.toArray());
        next++;
      }
    }
    return next == lengths.size() ? Optional.of(Bytes.wrap(input.toByteArray())) : Optional.empty();
  }
}

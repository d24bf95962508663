// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.MerkleTree;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.referee.Model;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an auditor does about leaves that a worker does not serve: it demands on the chain what it
/// can judge from there, each leaf once, whoever demanded it, and judges what is laid open. Belongs
/// to one thread. Protocol §17.14.
final class Demands {
  /// A seat in so many pays for the parts of an input that nobody served. If each did, who
  /// withholds what is right would be paid for it with every claim. Withheld from ten seats, a
  /// third of them silent, a claim whose outputs are all false is convicted with 1 - (14/15)^10 =
  /// 50 %; from 1/11 on falsifying loses money. Protocol §17.13, §17.14 rule 6.
  static final int PAYS_ONE_IN = 10;

  /// A part of the deposit by which it may rise until the block. What is answered is paid whole.
  private static final UInt256 MARGIN_PART = UInt256.of(8);

  private final WorkChain chain;
  private final OpenJobs open;
  private final Outbox outbox;
  private final LaidOpen laidOpen;
  private final NearOutputs near;
  private final SegmentRuns runs;

  /// Trace roots of leaves that are right.
  private final TreeMap<ClaimId, TreeMap<Long, Hash>> traced = new TreeMap<>(OpenJobs.ORDER);

  /// Leaves of claims whose parts it pays for.
  private final TreeMap<ClaimId, TreeSet<Long>> paid = new TreeMap<>(OpenJobs.ORDER);

  /// Roots of the states after the first segments of claims that train.
  private final TreeMap<ClaimId, List<Hash>> trained = new TreeMap<>(OpenJobs.ORDER);

  /// What is known of leaves.
  sealed interface Finding {
    /// All are right.
    ///
    /// @param traces their trace roots
    record Right(List<Hash> traces) implements Finding {
      /// Copies the list.
      public Right {
        traces = List.copyOf(traces);
      }
    }

    /// One is wrong.
    record Wrong(long leaf) implements Finding {}

    /// The worker may lay them open yet.
    record Waiting() implements Finding {}

    /// What is laid open is not enough to run all of them again.
    record Unknown() implements Finding {}
  }

  Demands(
      WorkChain chain,
      OpenJobs open,
      Outbox outbox,
      LaidOpen laidOpen,
      NearOutputs near,
      SegmentRuns runs) {
    this.chain = chain;
    this.open = open;
    this.outbox = outbox;
    this.laidOpen = laidOpen;
    this.near = near;
    this.runs = runs;
  }

  /// Forgets all other claims.
  void retain(Set<ClaimId> claims) {
    boolean _ = traced.keySet().retainAll(claims);
    boolean _ = trained.keySet().retainAll(claims);
    boolean _ = paid.keySet().retainAll(claims);
  }

  /// Which leaf of a seat is laid open whole at the auditor's cost, if one is: nobody who has not
  /// its secret knows. It is drawn behind the leaves of the seat.
  ///
  /// @param leaves of the seat
  /// @param oneIn how many seats there are for each that pays
  static Optional<Long> drawn(
      Hash secret, Hash beacon, ClaimId claim, int seat, List<Long> leaves, int oneIn) {
    int count = leaves.size();
    long number =
        WorkCall.leaves(secret, beacon, claim, seat, count + 1, (long) oneIn * count).getLast();
    return number < count ? Optional.of(leaves.get((int) number)) : Optional.empty();
  }

  /// From now on it pays for the parts of a leaf, where they are needed.
  void pay(ClaimId claim, long leaf) {
    boolean _ = paid.computeIfAbsent(claim, _ -> new TreeSet<>()).add(leaf);
  }

  /// Demands leaves, as many at a time as have clocks there, and judges those that are laid open.
  ///
  /// @param free whether they are demanded without a deposit, which is for a time alone
  Finding again(ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves, boolean free)
      throws IOException {
    return job.trains()
        ? segments(claim, job, state, leaves, free)
        : items(claim, job, state, leaves, free);
  }

  /// An item is laid open part by part, so that whoever has the model runs it again: the first part
  /// without a deposit, the others of a few leaves with one. What anybody demanded counts.
  private Finding items(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves, boolean free)
      throws IOException {
    Optional<Model> model = laidOpen.model(job);
    if (model.isEmpty() || !ExecutionMemory.suffices(model.get())) {
      return new Finding.Unknown();
    }
    NavigableSet<Long> parts = LaidOpen.parts(model.get());
    TreeMap<Long, Hash> known = traced.computeIfAbsent(claim, _ -> new TreeMap<>());
    LaidOpen.Answers answers =
        laidOpen.answers(
            claim,
            state,
            (leaf, tile) ->
                leaves.contains(leaf) && !known.containsKey(leaf) && parts.contains(tile));
    Room room = new Room(state);
    if (free) {
      demand(claim, leaves, answers, room);
    }
    List<Hash> traces = new ArrayList<>();
    boolean lost = false;
    for (long leaf : leaves) {
      Optional<ClaimLeaf> it =
          known.containsKey(leaf)
              ? Optional.empty()
              : LaidOpen.leaf(claim, job, model.get(), leaf, answers.parts(leaf));
      if (it.isPresent()) {
        ClaimLeaf.Again again = again(job, it.get());
        if (!again.right()) {
          return new Finding.Wrong(leaf);
        }
        Hash _ = known.put(leaf, again.trace());
      }
      Optional<Hash> trace = Optional.ofNullable(known.get(leaf));
      trace.ifPresent(traces::add);
      lost |= trace.isEmpty() && !mayCome(claim, leaf, parts, answers, room);
    }
    if (traces.size() == leaves.size()) {
      return new Finding.Right(traces);
    }
    return lost ? new Finding.Unknown() : new Finding.Waiting();
  }

  /// Whether all parts of a leaf may be laid open yet. Those that it pays for are demanded when the
  /// first one is there, which may show that the input does not fit the model.
  private boolean mayCome(
      ClaimId claim, long leaf, NavigableSet<Long> parts, LaidOpen.Answers answers, Room room)
      throws IOException {
    if (!answers.parts(leaf).containsKey(0L)) {
      return !answers.isLost(leaf, 0);
    }
    boolean pays = paid.getOrDefault(claim, new TreeSet<>()).contains(leaf);
    boolean some = false;
    for (long part : parts.tailSet(0L, false)) {
      boolean demanded = answers.isDemanded(leaf, part);
      if (answers.isLost(leaf, part) || !(demanded || pays)) {
        return false;
      }
      if (!demanded && room.take()) {
        demandPart(claim, leaf, part);
      }
      some |= !answers.parts(leaf).containsKey(part);
    }
    return some; // If none is missing they are not the model's tiles, or more than are looked at.
  }

  private ClaimLeaf.Again again(WorkJob job, ClaimLeaf it) throws IOException {
    if (!job.isTolerant()) {
      return ClaimLeaf.Again.of(it);
    }
    return it.fits()
        ? near.again(it.model(), job, List.of(it.input()), List.of(it.output())).getFirst()
        : new ClaimLeaf.Again(MerkleTree.leaf(new byte[0]), it.output().isEmpty());
  }

  /// Of a segment its output is laid open, without what an auditor would need to defend a report of
  /// it: such an output can be found wrong, never right. Who has the data runs all segments up to
  /// it, and looks for the first false one by halves.
  private Finding segments(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves, boolean free)
      throws IOException {
    Optional<LaidOpen.Training> laid = laidOpen.training(claim, job, state);
    if (laid.isEmpty() || !ExecutionMemory.suffices(laid.get().work().model())) {
      return new Finding.Unknown();
    }
    LaidOpen.Answers answers = laid.get().answers();
    if (free) {
      demand(claim, leaves, answers, new Room(state));
    }
    boolean all = leaves.stream().allMatch(leaf -> answers.segments().containsKey(leaf.intValue()));
    if (!all) {
      return new Finding.Unknown();
    }
    int last = leaves.stream().mapToInt(Long::intValue).max().orElse(0);
    List<Hash> roots = roots(claim, job, laid.get().work(), last);
    if (roots.isEmpty()) {
      return new Finding.Unknown();
    }
    int right = -1;
    for (Map.Entry<Integer, Bytes> each : answers.segments().headMap(last, true).entrySet()) {
      int segment = each.getKey();
      if (Segments.isOutput(each.getValue(), roots.get(segment))) {
        right = segment;
      } else if (segment == right + 1) {
        return new Finding.Wrong(segment);
      } else {
        long middle = ((long) right + segment) / 2;
        if (!answers.isDemanded(middle, 0)) {
          demandWithDeposit(claim, middle);
        }
        return new Finding.Unknown();
      }
    }
    return new Finding.Unknown();
  }

  /// The own roots of the states after the segments up to the last; none if training them broke.
  private List<Hash> roots(ClaimId claim, WorkJob job, JobWork work, int last) throws IOException {
    List<Hash> known = trained.getOrDefault(claim, List.of());
    if (known.size() > last) {
      return known;
    }
    List<Hash> roots = runs.roots(claim, work, last, job.steps()).orElse(List.of());
    List<Hash> _ = trained.put(claim, roots);
    return roots;
  }

  /// Places among the disputes of a worker whose clocks run.
  private final class Room {
    private long places;

    Room(WorkClaim state) throws IOException {
      long running =
          open.disputes().values().stream()
              .filter(each -> each.worker().equals(state.worker()))
              .count();
      places = Math.max(1, chain.parameter(EconomyParameter.DISPUTES_MAX)) - running;
    }

    boolean take() {
      return places-- > 0;
    }
  }

  private void demand(ClaimId claim, List<Long> leaves, LaidOpen.Answers answers, Room room) {
    for (long leaf : new TreeSet<>(leaves)) {
      if (!answers.isDemanded(leaf, 0) && room.take()) {
        outbox.post(List.of(demand(claim, leaf, Amount.ZERO)));
      }
    }
  }

  /// A worker that withholds what is right earns it.
  private void demandPart(ClaimId claim, long leaf, long part) throws IOException {
    Optional<Amount> deposit = chain.read(WorkRead.deposit(claim));
    if (deposit.isPresent()) {
      Amount margin = new Amount(deposit.get().wei().dividedBy(MARGIN_PART));
      outbox.post(
          "demand tiles from %d on of leaf %d of %s".formatted(part, leaf, claim),
          DisputeCall.demandPart(claim, leaf, part, deposit.get().plus(margin)));
    }
  }

  private static Outbox.Choice demand(ClaimId claim, long leaf, Amount deposit) {
    return new Outbox.Choice(
        "demand leaf " + leaf + " of " + claim, DisputeCall.demand(claim, leaf, deposit));
  }

  /// Of a claim that is known to be false: its worker pays for it in the end.
  private void demandWithDeposit(ClaimId claim, long leaf) throws IOException {
    List<Outbox.Choice> choices = new ArrayList<>();
    boolean _ = choices.add(demand(claim, leaf, Amount.ZERO));
    // The base fee, and the deposit with it, may rise until the block.
    chain
        .read(WorkRead.deposit(claim))
        .ifPresent(deposit -> choices.add(demand(claim, leaf, deposit.times(2))));
    outbox.post(choices);
  }
}

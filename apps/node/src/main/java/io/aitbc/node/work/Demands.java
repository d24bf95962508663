// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.referee.Model;
import io.aitbc.referee.ModelHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What an auditor does about leaves that a worker does not serve: it demands on the chain what it
/// can judge from there, each leaf once, whoever demanded it, and judges what is laid open. Belongs
/// to one thread. Protocol §17.14.
final class Demands {
  private final WorkChain chain;
  private final OpenJobs open;
  private final Outbox outbox;
  private final LaidOpen laidOpen;
  private final NearOutputs near;
  private final SegmentRuns runs;

  /// Trace roots of leaves that are right.
  private final TreeMap<ClaimId, TreeMap<Long, Hash>> traced = new TreeMap<>(OpenJobs.ORDER);

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

  /// An item is laid open whole, so that whoever has the model runs it again; a longer input, or
  /// one of more tiles, is not.
  private Finding items(
      ClaimId claim, WorkJob job, WorkClaim state, List<Long> leaves, boolean free)
      throws IOException {
    Optional<Model> model = laidOpen.model(job);
    if (model.isEmpty()
        || !isServedWhole(model.get().header())
        || !ExecutionMemory.suffices(model.get())) {
      return new Finding.Unknown();
    }
    LaidOpen.Answers answers = laidOpen.answers(claim, state, leaves::contains);
    if (free) {
      demand(claim, state, leaves, answers);
    }
    TreeMap<Long, Hash> known = traced.computeIfAbsent(claim, _ -> new TreeMap<>());
    List<Hash> traces = new ArrayList<>();
    boolean lost = false;
    for (long leaf : leaves) {
      Optional<WorkEvent.Served> it = Optional.ofNullable(answers.items().get(leaf));
      if (it.isPresent() && !known.containsKey(leaf)) {
        ClaimLeaf.Again again = again(job, LaidOpen.leaf(claim, job, model.get(), leaf, it.get()));
        if (!again.right()) {
          return new Finding.Wrong(leaf);
        }
        Hash _ = known.put(leaf, again.trace());
      }
      Optional.ofNullable(known.get(leaf)).ifPresent(traces::add);
      // Of an input that does not fit the model and is too long nothing but its length is shown.
      lost |= it.isEmpty() && answers.over().contains(leaf);
    }
    if (traces.size() == leaves.size()) {
      return new Finding.Right(traces);
    }
    return lost ? new Finding.Unknown() : new Finding.Waiting();
  }

  private static boolean isServedWhole(ModelHeader header) {
    return DisputeCall.isServedWhole(header.inputBytes(), header.inputTiles());
  }

  private ClaimLeaf.Again again(WorkJob job, ClaimLeaf it) throws IOException {
    return job.isTolerant()
        ? near.again(it.model(), job, List.of(it.input()), List.of(it.output())).getFirst()
        : ClaimLeaf.Again.of(it.model(), it.input(), it.output());
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
      demand(claim, state, leaves, answers);
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
        if (!answers.demanded().contains(middle)) {
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

  private void demand(ClaimId claim, WorkClaim state, List<Long> leaves, LaidOpen.Answers answers)
      throws IOException {
    long most = Math.max(1, chain.parameter(EconomyParameter.DISPUTES_MAX));
    long running =
        open.disputes().values().stream()
            .filter(each -> each.worker().equals(state.worker()))
            .count();
    for (long leaf : new TreeSet<>(leaves)) {
      if (running < most && !answers.demanded().contains(leaf)) {
        outbox.post(List.of(demand(claim, leaf, Amount.ZERO)));
        running++;
      }
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

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkEvent;
import io.aitbc.referee.Prover;
import io.aitbc.referee.Trace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A challenger's moves about a segment: to the first step whose state is not its own, down the
/// trace of that step or, if that is right, down the state after it, and the proof. Where a dispute
/// stands is told by the chain alone. Protocol §17.6, §17.14.
final class SegmentChallenger {
  private final long number;
  private final WorkDispute dispute;
  private final JobWork work;
  private final Segments.Run own;
  private final SegmentRuns runs;
  private List<Hash> states = List.of();
  private Optional<Walk> walk = Optional.empty();
  private Optional<Trace> trace = Optional.empty();
  private Optional<Bytes> tile = Optional.empty();
  private boolean inState;

  private SegmentChallenger(
      long number, WorkDispute dispute, JobWork work, Segments.Run own, SegmentRuns runs) {
    this.number = number;
    this.dispute = dispute;
    this.work = work;
    this.own = own;
    this.runs = runs;
  }

  /// The next move, if it is the challenger's and there is one: none if states, trace and output
  /// are right.
  ///
  /// @param own the disputed segment, run again from the state before it
  /// @param runs where the step is traced
  /// @param fromHeight a block not after the one that opened the dispute
  /// @throws OnItsWayException until its step is traced
  static Optional<EconomyCall> move(
      WorkChain chain,
      long number,
      WorkDispute dispute,
      JobWork work,
      Segments.Run own,
      SegmentRuns runs,
      long fromHeight)
      throws IOException {
    SegmentChallenger challenger = new SegmentChallenger(number, dispute, work, own, runs);
    for (WorkEvent event : chain.disputes(List.of(number), fromHeight)) {
      if (!challenger.follow(event)) {
        return Optional.empty();
      }
    }
    return challenger.next();
  }

  /// Says whether it can go on.
  private boolean follow(WorkEvent event) throws IOException {
    switch (event) {
      case WorkEvent.StatesAnswered(long of, Hash before, List<Hash> answered)
          when of == number -> {
        states = new ArrayList<>(List.of(before));
        boolean _ = states.addAll(answered);
      }
      case WorkEvent.StepNamed(long of, long step) when of == number -> {
        trace = runs.trace(dispute.claim(), work, own, (int) dispute.leaf(), (int) step);
        walk = trace.map(traced -> new Walk(traced.tree(), dispute.trace()));
        return trace.isPresent();
      }
      case WorkEvent.StateEntered(long of) when of == number -> {
        inState = true;
        walk = Optional.of(new Walk(trace.orElseThrow().nextStateTree(), dispute.stateAfter()));
      }
      case WorkEvent.Answered(long of, List<Hash> hashes) when of == number ->
          walk.orElseThrow().answered(hashes);
      case WorkEvent.TileOpened(long of, Bytes opened) when of == number ->
          tile = Optional.of(opened);
      default -> {}
    }
    return true;
  }

  private Optional<EconomyCall> next() {
    if (walk.isEmpty()) {
      return nameStep();
    }
    Walk at = walk.get();
    Prover prover =
        new Prover(
            trace.orElseThrow(), inState ? trace.orElseThrow().tree() : at.other(), work.tree(), 0);
    if (tile.isPresent()) {
      return prove(prover.element(at.index(), tile.get().toArray()));
    }
    if (at.differs()) {
      return inState && at.level() == 0
          ? prove(prover.state(at.other(), at.index()))
          : Optional.of(at.descend(number));
    }
    return inState ? Optional.empty() : Optional.of(DisputeCall.descendState(number));
  }

  private Optional<EconomyCall> prove(byte[] proof) {
    return Optional.of(DisputeCall.prove(number, Bytes.wrap(proof)));
  }

  private Optional<EconomyCall> nameStep() {
    for (int step = 0; step + 1 < states.size(); step++) {
      if (!states.get(step + 1).equals(own.states().get(step + 1))) {
        return Optional.of(
            DisputeCall.nameStep(
                number, step, Segments.Run.at(states, step), Segments.Run.at(states, step + 1)));
      }
    }
    return Optional.empty();
  }
}

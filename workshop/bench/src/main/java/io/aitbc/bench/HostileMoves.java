// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.bench.HonestTrials.Kind;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// What strangers, auditors with seats and other workers do to an honest claim: they challenge and
/// demand what is right, in floods too, walk down traces, prove nothing, copy what was committed,
/// and try to end everything before its time. Belongs to one thread.
final class HostileMoves {
  private static final int FLOOD = 20;
  private static final int FEW = 3;

  private final HonestTrial trial;
  private final VirtualChain chain;
  private final SplittableRandom dice;

  /// Disputes that they begin in the claim's window.
  private int budget;

  /// All at once.
  private final boolean floods;

  HostileMoves(HonestTrial trial) {
    this.trial = trial;
    this.chain = trial.chain;
    this.dice = trial.dice;
    int kind = dice.nextInt(10);
    floods = kind == 0;
    budget = floods ? FLOOD : kind < 8 ? dice.nextInt(FEW + 1) : 0;
  }

  private Address stranger() {
    return HonestTrials.STRANGERS.get(dice.nextInt(HonestTrials.STRANGERS.size()));
  }

  /// Whatever comes to their minds in a block.
  void move(Optional<WorkClaim> state) {
    endEarly(state.isPresent());
    if (state.isPresent() && dice.nextInt(4) == 0) {
      copy(state.get());
    }
    boolean revealed = state.filter(it -> it.state() == WorkClaim.State.REVEALED).isPresent();
    if (revealed && budget > 0 && dice.nextInt(8) == 0) {
      for (int count = floods ? budget : 1; count > 0; count--) {
        budget--;
        begin(state.get());
      }
    }
    for (Map.Entry<Long, WorkDispute> each : List.copyOf(trial.disputes.entrySet())) {
      if (dice.nextInt(3) == 0) {
        move(each.getKey());
      }
    }
  }

  /// Ends what is not over yet, or wants it to.
  private void endEarly(boolean accepted) {
    ClaimId claim = trial.claim();
    Address who = stranger();
    switch (dice.nextInt(8)) {
      case 0 -> {
        boolean _ = chain.takes(who, WorkCall.late(claim));
      }
      case 1 -> {
        boolean _ = chain.takes(who, WorkCall.voidClaim(claim));
      }
      case 2 -> {
        boolean _ = chain.takes(who, WorkCall.settle(claim));
      }
      case 3 -> {
        boolean _ = chain.takes(who, WorkCall.drawSeats(claim));
      }
      case 4 -> {
        boolean _ = chain.takes(who, WorkCall.closeReports(claim));
      }
      case 5 -> {
        boolean _ = chain.takes(who, WorkCall.cancel(claim));
      }
      case 6 -> {
        if (accepted && chain.takes(HonestTrials.CLIENT, WorkCall.cancel(claim))) {
          throw new IllegalStateException("a client took a claim back that was accepted");
        }
      }
      default -> {}
    }
  }

  /// Other workers commit and reveal what the claim's worker did, and say what it never said.
  private void copy(WorkClaim state) {
    Address other = HonestTrials.WORKERS.get(dice.nextInt(HonestTrials.WORKERS.size()));
    if (other.equals(state.worker())) {
      return;
    }
    Hash root = trial.items.outputs().root();
    Hash salt = Keccak256.hash(new byte[] {(byte) dice.nextInt(4)});
    boolean taken =
        chain.takes(other, WorkCall.accept(trial.claim()))
            || chain.takes(other, WorkCall.commit(trial.claim(), state.commitment()))
            || chain.takes(other, WorkCall.reveal(trial.claim(), root, salt));
    if (taken) {
      throw new IllegalStateException("another worker's move was taken");
    }
  }

  private void begin(WorkClaim state) {
    ClaimId claim = trial.claim();
    Address who = stranger();
    Amount deposit = chain.read(WorkRead.deposit(claim)).orElseThrow();
    Optional<Address> seat = seat(state);
    if (seat.isPresent() && dice.nextBoolean()) {
      who = seat.get();
      if (dice.nextBoolean()) {
        deposit = Amount.ZERO; // Enough for a demand of a leaf of its own, at most.
      }
    }
    int leaf = dice.nextInt(HonestTrials.ITEMS);
    boolean _ =
        switch (dice.nextInt(4)) {
          case 0 -> chain.takes(who, DisputeCall.demand(claim, leaf, deposit));
          case 1 ->
              chain.takes(who, DisputeCall.demandPart(claim, leaf, dice.nextInt(400), deposit));
          default -> chain.takes(who, DisputeCall.challenge(claim, leaf, deposit));
        };
  }

  /// A seat of an auditor that means harm.
  private Optional<Address> seat(WorkClaim state) {
    List<Address> seats = new ArrayList<>();
    for (long place : state.places()) {
      Address auditor = trial.world.places.get((int) place);
      if (!HonestTrial.isHonest(auditor)) {
        boolean _ = seats.add(auditor);
      }
    }
    return seats.isEmpty() ? Optional.empty() : Optional.of(seats.get(dice.nextInt(seats.size())));
  }

  /// A move in a dispute, or none: some never move again.
  private void move(long number) {
    WorkDispute now = chain.read(WorkRead.dispute(number)).orElseThrow();
    if (HonestTrial.isHonest(now.challenger())) {
      return; // It challenges a false report.
    }
    switch (now.stage()) {
      case DESCEND, PROVE -> {
        boolean never = number % 3 == 0;
        if (!never) {
          walk(number, now);
        }
      }
      case SERVE, TRACE_ROOT, NODES, TILE -> {
        // Somebody else's answer, and an end before the time.
        boolean answered = chain.takes(stranger(), trial.items.answer(number, now));
        if (answered) {
          throw new IllegalStateException("a stranger answered for the worker");
        }
      }
      case WAITING, STATES, STEP, OVER -> {}
    }
    if (dice.nextInt(3) == 0) {
      trial.timeOut(stranger(), number);
    }
  }

  private void walk(long number, WorkDispute now) {
    if (trial.kind == Kind.MALFORMED_MODEL && dice.nextInt(4) == 0) {
      boolean _ =
          chain.takes(now.challenger(), DisputeCall.prove(number, trial.world.malformedProof()));
    } else if (now.stage() == WorkDispute.Stage.DESCEND && dice.nextBoolean()) {
      // Too late, perhaps.
      boolean _ = chain.takes(now.challenger(), trial.items.descend(number, now, dice));
    } else {
      boolean _ =
          chain.takes(
              now.challenger(),
              DisputeCall.prove(number, trial.items.worthless((int) now.leaf(), dice)));
    }
  }
}

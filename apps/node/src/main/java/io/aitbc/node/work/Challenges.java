// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkDispute;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Challenges of one account against outputs that it computed to be others, from the first move to
/// the proof. Belongs to one thread. Protocol §17.14.
final class Challenges {
  /// A part of the deposit by which it may rise where the account has not twice of it.
  private static final UInt256 MARGIN_PART = UInt256.of(4);

  private static final Logger LOG = LoggerFactory.getLogger(Challenges.class);

  private final WorkChain chain;
  private final Address self;
  private final Outbox outbox;
  private final OpenJobs open;
  private final ServedClaims served;
  private final LaidOpen laidOpen;
  private final SegmentRuns segments;

  /// @param laidOpen what workers served on the chain alone
  /// @param segments where segments are run again
  Challenges(
      WorkChain chain,
      Outbox outbox,
      OpenJobs open,
      ServedClaims served,
      LaidOpen laidOpen,
      SegmentRuns segments) {
    this.chain = chain;
    this.self = chain.account();
    this.outbox = outbox;
    this.open = open;
    this.served = served;
    this.laidOpen = laidOpen;
    this.segments = segments;
  }

  /// Whether the account challenges an output of a claim.
  boolean has(ClaimId claim) throws IOException {
    return open.disputes().values().stream()
        .filter(each -> !each.demand() && each.report().isEmpty())
        .anyMatch(each -> each.claim().equals(claim) && each.challenger().equals(self));
  }

  /// Challenges what an auditor reported of a leaf.
  ///
  /// @param hashes all of the report
  /// @param stake what the report set aside of the auditor's bond
  void challengeReport(ClaimId claim, int seat, int number, List<Hash> hashes, Amount stake)
      throws IOException {
    Optional<Amount> deposit = chain.read(WorkRead.deposit(claim));
    if (deposit.isPresent()) {
      LOG.atInfo()
          .addKeyValue("claim", claim)
          .addKeyValue("seat", seat)
          .addKeyValue("number", number)
          .log("a report is wrong and is challenged");
      String name = "challenge of the report of seat " + seat + " of " + claim;
      post(
          name,
          deposit.get(),
          money ->
              DisputeCall.challengeReport(
                  claim, seat, number, hashes, DisputeCall.reportDeposit(money, stake)));
    }
  }

  /// Challenges a leaf that is wrong.
  void challenge(ClaimId claim, long leaf) throws IOException {
    Optional<Amount> deposit = chain.read(WorkRead.deposit(claim));
    if (deposit.isPresent() && !has(claim)) {
      LOG.atInfo()
          .addKeyValue("claim", claim)
          .addKeyValue("leaf", leaf)
          .log("a leaf is wrong and is challenged");
      post(
          "challenge of " + claim,
          deposit.get(),
          money -> DisputeCall.challenge(claim, leaf, money));
    }
  }

  /// Posts a challenge with twice the deposit, as the base fee, and the deposit with it, may rise
  /// until the block; with less where the account has not so much.
  private void post(String name, Amount deposit, Function<Amount, EconomyCall> call) {
    Amount margin = new Amount(deposit.wei().dividedBy(MARGIN_PART));
    outbox.post(
        List.of(
            new Outbox.Choice(name, call.apply(deposit.times(2))),
            new Outbox.Choice(name, call.apply(deposit.plus(margin)))));
  }

  /// Moves in the account's disputes wherever it can, each as one of the duties.
  ///
  /// @return the claims that they are about
  Set<ClaimId> pursue(Duties duties) throws IOException {
    TreeSet<ClaimId> claims = new TreeSet<>(OpenJobs.ORDER);
    TreeSet<Address> waitingFor = new TreeSet<>();
    for (Map.Entry<Long, WorkDispute> each : open.disputes().entrySet()) {
      if (each.getValue().challenger().equals(self)) {
        boolean _ = claims.add(each.getValue().claim());
        boolean waits = each.getValue().stage() == WorkDispute.Stage.WAITING;
        boolean _ = waits && waitingFor.add(each.getValue().worker());
        duties.attempt(() -> pursue(each.getKey(), each.getValue()));
      }
    }
    duties.attempt(() -> makeRoom(waitingFor));
    return claims;
  }

  private void pursue(long number, WorkDispute dispute) throws IOException {
    switch (dispute.stage()) {
      case WAITING -> outbox.post(List.of(dismissal(number)));
      case SERVE, STATES, TRACE_ROOT, NODES, TILE ->
          // The worker's move; without it in time it is fraud.
          outbox.post(List.of(timeOut(number), dismissal(number)));
      case STEP, DESCEND, PROVE -> {
        String name = DisputedWorker.name(number, dispute);
        if (!outbox.isOnItsWay(name)) { // It takes long to compute.
          move(name, number, dispute);
        }
      }
      case OVER -> {}
    }
  }

  private static Outbox.Choice timeOut(long number) {
    return new Outbox.Choice("time out of dispute " + number, DisputeCall.timeOut(number));
  }

  /// If it is about a claim that is over.
  private static Outbox.Choice dismissal(long number) {
    return new Outbox.Choice("dismissal of dispute " + number, DisputeCall.dismiss(number));
  }

  /// Ends what has a place and need not have it any more, be it a stranger's: its time is over, or
  /// the claim is.
  private void makeRoom(Set<Address> workers) throws IOException {
    if (workers.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, WorkDispute> each : open.disputes().entrySet()) {
      long number = each.getKey();
      WorkDispute dispute = each.getValue();
      boolean runs = dispute.stage() != WorkDispute.Stage.WAITING;
      if (runs && workers.contains(dispute.worker()) && !dispute.challenger().equals(self)) {
        outbox.postAttempt(List.of(timeOut(number), dismissal(number)));
      }
    }
  }

  private void move(String name, long number, WorkDispute dispute) throws IOException {
    ClaimId claim = dispute.claim();
    Optional<WorkJob> job = chain.read(WorkRead.job(claim.job()));
    Optional<WorkClaim> state = chain.read(WorkRead.claim(claim));
    if (job.isEmpty() || state.isEmpty()) {
      return;
    }
    if (dispute.report().isEmpty() && state.get().state() != WorkClaim.State.REVEALED) {
      outbox.post(List.of(dismissal(number)));
      return;
    }
    if (job.get().trains()) {
      Optional<ServedClaim> files = served.fetch(claim, job.get(), state.get());
      Optional<LaidOpen.Training> laid =
          files.isPresent() ? Optional.empty() : laidOpen.training(claim, job.get(), state.get());
      if (files.isPresent()) {
        JobWork work = files.get().work();
        Segments.Outputs outputs = Segments.Outputs.all(files.get().outputs());
        Optional<Segments.Run> own =
            again(dispute, job.get(), work, outputs, served.states(claim, state.get(), work));
        moveAboutASegment(name, number, dispute, state.get(), work, own);
      } else if (laid.isPresent()) {
        JobWork work = laid.get().work();
        Optional<Segments.Run> own =
            again(dispute, job.get(), work, laid.get().outputs(), _ -> Optional.empty());
        moveAboutASegment(name, number, dispute, state.get(), work, own);
      }
      return;
    }
    Optional<List<ServedLeaf>> few =
        served.leaves(claim, job.get(), state.get(), List.of(dispute.leaf()));
    Optional<ClaimLeaf> leaf =
        few.isPresent()
            ? Optional.of(few.get().getFirst().disputed(claim, job.get()))
            : laidOpen.leaf(claim, job.get(), state.get(), dispute.leaf());
    if (leaf.isPresent()) {
      var call = Challenger.move(chain, number, dispute, leaf.get(), state.get().committedAt());
      if (call.isPresent()) {
        outbox.post(name, call.get());
      }
    }
  }

  /// The disputed segment, run again.
  private Optional<Segments.Run> again(
      WorkDispute dispute,
      WorkJob job,
      JobWork work,
      Segments.Outputs outputs,
      Segments.Source source)
      throws IOException {
    return segments
        .disputed(dispute.claim(), work, outputs, (int) dispute.leaf(), job.steps(), source)
        .flatMap(Segments.Again::ran);
  }

  private void moveAboutASegment(
      String name,
      long number,
      WorkDispute dispute,
      WorkClaim state,
      JobWork work,
      Optional<Segments.Run> own)
      throws IOException {
    if (own.isPresent()) {
      var call =
          SegmentChallenger.move(
              chain, number, dispute, work, own.get(), segments, state.committedAt());
      if (call.isPresent()) {
        outbox.post(name, call.get());
      }
    }
  }
}

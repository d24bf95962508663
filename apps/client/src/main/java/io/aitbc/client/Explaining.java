// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.client.JobExplanation.Awaited;
import io.aitbc.client.JobExplanation.Deadline;
import io.aitbc.client.JobExplanation.Decision;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvaluation;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Puts events and state of a job into words. Protocol §17.12 to §17.17.
final class Explaining {
  /// Digits of an AITBC behind the point.
  private static final int DECIMALS = 18;

  private static final BigInteger MILLIONTHS = BigInteger.valueOf(1_000_000);

  /// Protocol §2.
  private static final int EPOCH_BLOCKS = 100;

  private final JobChain chain;
  private final JobStatus status;

  Explaining(JobChain chain, JobStatus status) {
    this.chain = chain;
    this.status = status;
  }

  JobExplanation explanation(List<DatedEvent> events) throws IOException {
    List<Decision> decisions = new ArrayList<>();
    Map<Long, Long> claims = new TreeMap<>(); // By dispute.
    JuryWords juries = new JuryWords(chain, status, events);
    for (DatedEvent each : events) {
      if (each.event() instanceof WorkEvent.Opened it) {
        var _ = claims.put(it.dispute(), it.claim().claim());
      }
      decision(each, claims, juries).ifPresent(decisions::add);
    }
    List<Awaited> awaited = new ArrayList<>();
    for (JobStatus.Claim claim : status.claims()) {
      if (claim.isOpen()) {
        awaited.add(open(claim));
      } else if (claim.taken().isPresent()) {
        awaited.addAll(taken(claim, claim.taken().get(), events));
        awaited.addAll(juries.awaited(claim.id()));
      }
    }
    return new JobExplanation(status, decisions, awaited);
  }

  private static String aitbc(Amount amount) {
    return new BigDecimal(amount.wei().toBigInteger(), DECIMALS)
            .stripTrailingZeros()
            .toPlainString()
        + " AITBC";
  }

  private Optional<Decision> decision(DatedEvent dated, Map<Long, Long> claims, JuryWords juries)
      throws IOException {
    return switch (dated.event()) {
      case WorkEvent.Submitted it ->
          Optional.of(
              new Decision(
                  dated.height(),
                  dated.timestampSeconds(),
                  OptionalLong.empty(),
                  submitted(it),
                  "%s ordered it; the beacon of the next block draws three workers for each claim"
                      .formatted(it.client())));
      case WorkEvent.Declined it ->
          of(
              dated,
              it.claim().claim(),
              "worker %s declined".formatted(it.worker()),
              "it passed its turn on: the files that it got are not those of the chain, %sor it will"
                      .formatted(
                          status.job().isAttested() ? "no hardware there vouches for it, " : "")
                  + " not");
      case WorkEvent.DrawnAgain it ->
          of(
              dated,
              it.claim().claim(),
              "three workers are drawn again: draw %d of %d"
                  .formatted(it.round() + 1, JobClient.DRAWS),
              "the three before let their turns pass");
      case WorkEvent.Accepted it ->
          of(
              dated,
              it.claim().claim(),
              "worker %s accepted; %s of its bond are set aside"
                  .formatted(it.worker(), aitbc(it.reserved())),
              "it was its turn; it says that all files are with it, whole and checked");
      case WorkEvent.Cancelled it -> Optional.of(cancelled(dated, it));
      case WorkEvent.Committed it ->
          of(
              dated,
              it.claim().claim(),
              "the worker committed to its outputs",
              "from here on it cannot change them; who audits follows from a later beacon");
      case WorkEvent.Revealed it ->
          of(
              dated,
              it.claim().claim(),
              "the outputs' root is revealed: " + it.outputs(),
              "it is the one of the commitment; the window for challenges began");
      case WorkEvent.Attested it ->
          of(
              dated,
              it.claim().claim(),
              "machine %s vouches for the outputs: platform %d, level %d"
                  .formatted(
                      it.attestation().hardware(),
                      it.attestation().platform(),
                      it.attestation().level()),
              it.attestation().fewerSeats()
                  ? "its evidence is right, so fewer auditors are drawn"
                  : "its evidence is right, and audited like any other work");
      case WorkEvent.Late it ->
          of(
              dated,
              it.claim().claim(),
              "worker %s was late; its bond paid %s to the client"
                  .formatted(it.worker(), aitbc(it.penalty())),
              "its time had passed by both clocks; the claim is offered to others");
      case WorkEvent.SeatsDrawn it ->
          of(
              dated,
              it.claim().claim(),
              "%d seats of auditors are drawn".formatted(it.places().size()),
              "by the beacon that the commitment named, which nobody knew then");
      case WorkEvent.Reported it ->
          of(
              dated,
              it.claim().claim(),
              it.seat() == WorkAudit.SECOND
                  ? "the second auditor reported"
                  : "seat %d reported".formatted(it.seat()),
              "its auditor ran its leaves again and found them right");
      case WorkEvent.NotServed it ->
          of(
              dated,
              it.claim().claim(),
              "seat %d says that it is not served".formatted(it.seat()),
              "its auditor did not get what it needs to run its leaves; if more than half of"
                  + " the seats say so, nobody is paid");
      case WorkEvent.ReportsClosed it ->
          of(
              dated,
              it.claim().claim(),
              "the reports are closed; %d seats count".formatted(Long.bitCount(it.seats())),
              "they reported and showed their secrets; a second auditor is given a tenth of their"
                  + " leaves");
      case WorkEvent.FalseReport it ->
          of(
              dated,
              it.claim().claim(),
              "the report of auditor %s is false: it is slashed".formatted(it.auditor()),
              "%s proved a wrong element, or the auditor did not answer in time"
                  .formatted(it.challenger()));
      case WorkEvent.CommitteeDrawn it ->
          of(
              dated,
              it.claim().claim(),
              "%d seats of evaluators are drawn".formatted(it.places().size()),
              "by the beacon of the block after the reveal, by their bonds");
      case WorkEvent.ScoreCommitted it ->
          of(
              dated,
              it.claim().claim(),
              "evaluator %s sealed its score".formatted(it.evaluator()),
              "nobody can copy it, nor change it after others are open");
      case WorkEvent.ScoreRevealed it ->
          of(
              dated,
              it.claim().claim(),
              "evaluator %s opened its score: utility %d, novelty %d millionths"
                  .formatted(it.evaluator(), it.utility(), it.novelty()),
              "all were sealed, or the time for that had passed");
      case WorkEvent.Scored it ->
          of(
              dated,
              it.claim().claim(),
              "quality is %d millionths, by %d opened scores"
                  .formatted(it.quality(), it.seatsRevealed()),
              "the trimmed mean of the scores; all of it if fewer than half were opened");
      case WorkEvent.Settled it ->
          of(
              dated,
              it.claim().claim(),
              "settled: worker %s got %s, %d parts went to auditors"
                  .formatted(it.worker(), aitbc(it.reward()), it.seatsPaid()),
              "the window is over and no dispute was open; %s"
                  .formatted(withheld(it.claim().claim(), it.reward())));
      case WorkEvent.Voided it ->
          of(
              dated,
              it.claim().claim(),
              "void: nobody is paid or slashed, the fee went back",
              "worker %s was convicted of another claim, or served too few auditors, there was no"
                      .formatted(it.worker())
                  + " audit, the model is malformed, or a jury was divided");
      case WorkEvent.Fraud it ->
          of(
              dated,
              it.claim().claim(),
              "fraud of worker %s is proven: it is slashed, the fee went back"
                  .formatted(it.worker()),
              "%s proved a wrong element, had two thirds of a jury, or no answer in time"
                  .formatted(it.challenger()));
      case WorkEvent.Opened it ->
          of(
              dated,
              it.claim().claim(),
              "dispute %d: leaf %d is %s%s"
                  .formatted(
                      it.dispute(),
                      it.leaf(),
                      it.demand() ? "demanded" : "challenged",
                      it.tile() > 0 ? " from tile " + it.tile() + " on" : ""),
              it.demand()
                  ? "somebody says that it is not served"
                  : "somebody computed something else");
      case WorkEvent.Judged it ->
          of(
              dated,
              claims.getOrDefault(it.dispute(), 0L),
              "dispute %d: a proof was judged, verdict %d".formatted(it.dispute(), it.verdict()),
              "1 is fraud, 2 a malformed model, every other changes nothing (Protocol §17.5)");
      case WorkEvent.Ended it ->
          of(
              dated,
              claims.getOrDefault(it.dispute(), 0L),
              "dispute %d is over: %s".formatted(it.dispute(), it.fraud() ? "fraud" : "no fraud"),
              "it was proven or answered, or whose turn it was let it pass");
      case WorkEvent.Objected it -> Optional.of(juries.objected(dated, it));
      case WorkEvent.MembersDrawn it -> Optional.of(juries.drawn(dated, it));
      case WorkEvent.OpinionCommitted it -> Optional.of(juries.sealed(dated, it));
      case WorkEvent.OpinionRevealed it -> Optional.of(juries.opened(dated, it));
      case WorkEvent.JuryCalled it -> Optional.of(juries.called(dated, it));
      case WorkEvent.Decided it -> Optional.of(juries.decided(dated, it));
      case WorkEvent.Calibrated _,
          WorkEvent.EvaluationBegun _,
          WorkEvent.WorkCounted _,
          WorkEvent.ReportOpened _,
          WorkEvent.Begun _,
          WorkEvent.Served _,
          WorkEvent.TileServed _,
          WorkEvent.StatesAnswered _,
          WorkEvent.StepNamed _,
          WorkEvent.StateEntered _,
          WorkEvent.Answered _,
          WorkEvent.Descended _,
          WorkEvent.TileOpened _,
          WorkEvent.Described _,
          WorkEvent.ChainRegistered _,
          WorkEvent.SecretShown _,
          WorkEvent.ModelRegistered _,
          WorkEvent.ModelClosed _,
          WorkEvent.ModelMalformed _,
          WorkEvent.Credited _ ->
          Optional.empty();
    };
  }

  /// What became of the worker's part of the fee, if that is what it is today.
  private String withheld(long claim, Amount reward) throws IOException {
    Amount fee = status.claims().get(Math.toIntExact(claim)).size().fee();
    Amount whole =
        Amount.wei(
            fee.wei()
                .toBigInteger()
                .multiply(BigInteger.valueOf(parameter(EconomyParameter.WORKER_SHARE)))
                .divide(MILLIONTHS));
    return reward.compareTo(whole) < 0
        ? "quality withheld %s of %s".formatted(aitbc(whole.minus(reward)), aitbc(whole))
        : "quality withheld nothing";
  }

  private String submitted(WorkEvent.Submitted it) {
    WorkJob.Request request = it.request();
    String what =
        request.steps() > 0
            ? "submitted: training, %d segments of %d steps, %s in escrow"
                .formatted(request.count(), request.steps(), aitbc(it.fee()))
            : "submitted: %d items in %d claims, %s in escrow"
                .formatted(request.count(), status.claims().size(), aitbc(it.fee()));
    if (!request.profile().equals(Hash.ZERO)) {
      return what + "; of class TOLERANCE, under profile " + request.profile();
    }
    return request.code().equals(Hash.ZERO)
        ? what
        : what + "; hardware must vouch for code " + request.code();
  }

  private static Optional<Decision> of(DatedEvent dated, long claim, String what, String why) {
    return Optional.of(
        new Decision(dated.height(), dated.timestampSeconds(), OptionalLong.of(claim), what, why));
  }

  private Decision cancelled(DatedEvent dated, WorkEvent.Cancelled it) {
    long claim = it.claim().claim();
    boolean whole =
        claim < status.claims().size()
            && status.claims().get((int) claim).size().fee().equals(it.refunded());
    return new Decision(
        dated.height(),
        dated.timestampSeconds(),
        OptionalLong.of(claim),
        "ended before anybody accepted it; %s came back".formatted(aitbc(it.refunded())),
        whole ? "the client cancelled it" : "nobody took it in all draws; a small part is burned");
  }

  private long parameter(EconomyParameter parameter) throws IOException {
    return chain
        .read(WorkRead.parameter(parameter))
        .filter(UInt256::fitsLong)
        .map(UInt256::low)
        .orElseThrow(() -> new IOException("this network has no parameter " + parameter));
  }

  private Awaited open(JobStatus.Claim claim) throws IOException {
    long number = claim.id().claim();
    WorkJob.Assignment assignment = claim.assignment();
    if (status.height() <= assignment.causeHeight()) {
      return new Awaited(
          number,
          "the beacon of block %d, which draws three workers"
              .formatted(assignment.causeHeight() + 1),
          Optional.empty(),
          "the chain makes it by itself");
    }
    boolean last = assignment.round() + 1 == JobClient.DRAWS;
    String then = last ? "the claim can be given up: its fee comes back" : "others can be drawn";
    if (claim.turn() == JobClient.TURNS) {
      return new Awaited(
          number,
          last
              ? "anybody gives the claim up: nobody took it in all draws"
              : "anybody has it drawn again: the workers of draw %d let their turns pass"
                  .formatted(assignment.round() + 1),
          Optional.empty(),
          "nothing happens; `aitbc job follow` does it");
    }
    long turns = claim.turn() - assignment.turn() + 1;
    Deadline until =
        new Deadline(
            assignment.turnHeight() + turns * parameter(EconomyParameter.TURN_BLOCKS),
            assignment.turnSeconds() + turns * parameter(EconomyParameter.TURN_SECONDS));
    String who =
        claim.turn() < claim.workers().size()
            ? "worker %s accepts: turn %d of %d of draw %d of %d"
                .formatted(
                    claim.workers().get((int) claim.turn()),
                    claim.turn() + 1,
                    JobClient.TURNS,
                    assignment.round() + 1,
                    JobClient.DRAWS)
            : "there is no worker with bond to spare who could be drawn; the turns pass";
    return new Awaited(
        number,
        who,
        Optional.of(until),
        claim.turn() + 1 < JobClient.TURNS ? "the next worker's turn" : then);
  }

  private List<Awaited> taken(JobStatus.Claim claim, WorkClaim work, List<DatedEvent> events)
      throws IOException {
    long number = claim.id().claim();
    Deadline until = new Deadline(work.untilHeight(), work.untilSeconds());
    boolean passed =
        status.height() > until.height() && status.activeSeconds() > until.activeSeconds();
    return switch (work.state()) {
      case ACCEPTED, COMMITTED -> {
        boolean accepted = work.state() == WorkClaim.State.ACCEPTED;
        String what =
            "worker %s %s"
                .formatted(
                    work.worker(),
                    accepted
                        ? "commits to its outputs"
                        : status.job().isAttested()
                            ? "reveals its outputs, with its hardware's evidence"
                            : "reveals its outputs");
        yield List.of(
            passed
                ? new Awaited(
                    number,
                    "anybody reports that worker %s is late".formatted(work.worker()),
                    Optional.empty(),
                    "nothing happens; `aitbc job follow` does it")
                : new Awaited(
                    number,
                    what,
                    Optional.of(until),
                    accepted || status.job().isAttested()
                        ? "its bond pays a part of the fee, the claim goes to others"
                        : "its bond pays the fee, the claim goes to others"));
      }
      case REVEALED -> revealed(claim.id(), work, passed, until, events);
      case SETTLED, VOID, FRAUD -> List.of();
    };
  }

  private List<Awaited> revealed(
      ClaimId claim, WorkClaim work, boolean passed, Deadline until, List<DatedEvent> events)
      throws IOException {
    long number = claim.claim();
    List<Awaited> awaited = new ArrayList<>();
    long reports = reports(number, work, events);
    if (work.auditBeacon().isEmpty()) {
      awaited.add(
          new Awaited(
              number,
              "anybody has the seats of auditors drawn, from block %d on".formatted(work.auditAt()),
              Optional.empty(),
              "once the beacon is forgotten the claim is void"));
    } else if (!passed && reports < work.places().size()) {
      awaited.add(
          new Awaited(
              number,
              "reports of auditors: %d of %d seats reported"
                  .formatted(reports, work.places().size()),
              Optional.of(until),
              "who did not report is not paid"));
    }
    if (work.disputes() > 0) {
      awaited.add(
          new Awaited(
              number,
              "the end of %d disputes or objections".formatted(work.disputes()),
              Optional.empty(),
              "a claim with one is not settled"));
    }
    scores(claim).ifPresent(awaited::add);
    long epoch = (Math.max(1, work.auditAt()) - 1) / EPOCH_BLOCKS;
    awaited.add(
        passed
            ? new Awaited(
                number,
                "anybody settles the claim",
                Optional.empty(),
                ("if auditors that reported owe a secret, not before they showed it or block %d is"
                        + " final")
                    .formatted((epoch + 2) * EPOCH_BLOCKS + 1))
            : new Awaited(
                number,
                "challenges by anybody",
                Optional.of(until),
                "the claim can be settled: the worker is paid"));
    return awaited;
  }

  /// Empty if no evaluator is drawn, or all that they can do is done.
  private Optional<Awaited> scores(ClaimId claim) throws IOException {
    Optional<WorkEvaluation> found = chain.read(WorkRead.evaluation(claim));
    if (found.isEmpty() || chain.read(WorkRead.committee(claim)).isEmpty()) {
      return Optional.empty();
    }
    WorkEvaluation evaluation = found.get();
    if (!evaluation.opens(status.height(), status.activeSeconds())) {
      return Optional.of(
          new Awaited(
              claim.claim(),
              "scores of evaluators: %d of %d seats sealed theirs"
                  .formatted(evaluation.committed(), evaluation.seats()),
              Optional.of(new Deadline(evaluation.commitHeight(), evaluation.commitSeconds())),
              "who did not seal is not paid; the others open theirs"));
    }
    if (evaluation.revealed() < evaluation.committed()
        && evaluation.isOpen(status.height(), status.activeSeconds())) {
      return Optional.of(
          new Awaited(
              claim.claim(),
              "evaluators open their scores: %d of %d sealed seats did"
                  .formatted(evaluation.revealed(), evaluation.committed()),
              Optional.of(new Deadline(evaluation.revealHeight(), evaluation.revealSeconds())),
              "who did not open is not paid; if fewer than half did, quality withholds nothing"));
    }
    return Optional.empty();
  }

  /// Those since the commitment: an earlier worker's do not count.
  private static long reports(long claim, WorkClaim work, List<DatedEvent> events) {
    return events.stream()
        .filter(each -> each.height() >= work.committedAt())
        .filter(
            each -> each.event() instanceof WorkEvent.Reported it && it.claim().claim() == claim)
        .count();
  }
}

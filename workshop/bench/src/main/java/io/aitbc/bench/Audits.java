// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvaluation;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.work.AuditorService;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/// Seats, second auditor and evaluators of an honest claim. Those who are honest report the right
/// traces, show their secrets, lay open what they reported, and challenge the second time what is
/// false; the others report noise or nothing, say that they were not served, hide secrets, and seal
/// scores of 0. Belongs to one thread.
final class Audits {
  private static final Hash SALT = Keccak256.hash(new byte[] {2});

  private final HonestTrial trial;
  private final VirtualChain chain;
  private final SplittableRandom dice;
  private final TreeMap<Integer, List<Hash>> reports = new TreeMap<>();
  private final TreeSet<Integer> noise = new TreeSet<>();
  private final TreeSet<Address> shown = new TreeSet<>();
  private final TreeMap<Address, WorkCall.Score> scores = new TreeMap<>();
  private final TreeSet<Address> opened = new TreeSet<>();

  /// Reports of honest auditors that are challenged.
  private int challenges;

  Audits(HonestTrial trial) {
    this.trial = trial;
    this.chain = trial.chain;
    this.dice = trial.dice;
    this.challenges = dice.nextInt(3) == 0 ? 2 : 0;
  }

  /// What they do in a block.
  void move(WorkClaim state) {
    ClaimId claim = trial.claim();
    score();
    if (state.auditBeacon().isEmpty()) {
      if (chain.height() >= state.auditAt()) {
        chain.require(HonestTrials.CLIENT, WorkCall.drawSeats(claim));
      }
      return;
    }
    WorkAudit audit = chain.read(WorkRead.audit(claim)).orElseThrow();
    showSecrets(state);
    if (audit.closedAt() == 0) {
      report(state, audit);
      if (audit.isToBeClosed(state, chain.height())) {
        boolean _ = chain.takes(HonestTrials.CLIENT, WorkCall.closeReports(claim));
      }
    } else {
      checkAgain(state, audit);
    }
  }

  private static long epochOf(long height) {
    return (height - 1) / VirtualChain.EPOCH_BLOCKS;
  }

  private Address auditor(WorkClaim state, int seat) {
    return trial.world.places.get((int) (long) state.places().get(seat));
  }

  private List<Long> leaves(WorkClaim state, int seat) {
    return WorkCall.leaves(
        HonestTrials.link(auditor(state, seat), epochOf(state.auditAt())),
        state.auditBeacon().orElseThrow(),
        trial.claim(),
        seat,
        AuditorService.LEAVES,
        HonestTrials.ITEMS);
  }

  private Hash rightTrace(long leaf) {
    return trial.items.items().get((int) leaf).traceRoot();
  }

  /// Nobody can run a model that is malformed: its honest auditors are silent.
  private boolean isRunnable() {
    return trial.items.plan().isPresent();
  }

  private void report(WorkClaim state, WorkAudit audit) {
    for (int seat = 0; seat < state.places().size(); seat++) {
      Address auditor = auditor(state, seat);
      boolean honest = HonestTrial.isHonest(auditor);
      if (audit.hasReported(seat) || !isRunnable() || (!honest && dice.nextInt(10) > 0)) {
        continue;
      }
      if (!honest && dice.nextInt(3) == 0) {
        // It says once that it was not served, and may report all the same.
        boolean _ = chain.takes(auditor, WorkCall.notServed(trial.claim(), seat));
        continue;
      }
      boolean isNoise = !honest && dice.nextBoolean();
      List<Long> leaves = leaves(state, seat);
      List<Hash> hashes = new ArrayList<>();
      for (int i = 0; i < leaves.size(); i++) {
        Hash trace = isNoise ? SALT : rightTrace(leaves.get(i));
        boolean _ = hashes.add(hash(auditor, seat, i, leaves.get(i), trace));
      }
      if (chain.takes(auditor, WorkCall.report(trial.claim(), seat, hashes))) {
        List<Hash> _ = reports.put(seat, hashes);
        boolean _ = isNoise && noise.add(seat);
      } else if (honest) {
        // The window of an honest one may be over, if proposers left its report out.
        long until = state.untilHeight();
        if (chain.height() <= until) {
          throw new IllegalStateException("an honest report was refused");
        }
      }
    }
  }

  private Hash hash(Address auditor, int seat, int number, long leaf, Hash trace) {
    return WorkCall.report(
        VirtualChain.CHAIN_ID, auditor, trial.claim(), seat, number, leaf, trace);
  }

  /// In the epoch after that of the beacon; half of those who mean harm do not.
  private void showSecrets(WorkClaim state) {
    long epoch = epochOf(state.auditAt());
    if (epochOf(chain.height()) <= epoch) {
      return;
    }
    for (int seat : reports.headMap(WorkAudit.SECOND).keySet()) {
      Address auditor = auditor(state, seat);
      if (!shown.add(auditor)) {
        continue;
      }
      if (HonestTrial.isHonest(auditor) || dice.nextBoolean()) {
        chain.require(
            auditor, WorkCall.showSecret(auditor, 0, epoch, HonestTrials.link(auditor, epoch)));
      }
    }
  }

  /// Whether more than half of the seats lie that they were not served: then the claim is void.
  boolean isUnserved() {
    Optional<WorkAudit> audit = chain.read(WorkRead.audit(trial.claim()));
    int lies = 0;
    for (int seat = 0; audit.isPresent() && seat < WorkAudit.SECOND; seat++) {
      lies += audit.get().isUnserved(seat) && !audit.get().hasReported(seat) ? 1 : 0;
    }
    int seats =
        chain.read(WorkRead.claim(trial.claim())).map(claim -> claim.places().size()).orElse(0);
    return 2 * lies > seats;
  }

  private void checkAgain(WorkClaim state, WorkAudit audit) {
    Optional<WorkAudit.Given> given = chain.read(WorkRead.given(trial.claim()));
    if (given.isEmpty()) {
      return;
    }
    Address second = given.get().second();
    boolean honest = HonestTrial.isHonest(second);
    if (!audit.hasReported(WorkAudit.SECOND) && (honest || dice.nextInt(10) == 0)) {
      reportSecond(state, given.get(), honest);
    }
    for (int seat : reports.headMap(WorkAudit.SECOND).keySet()) {
      long number = given.get().numbers().get(seat);
      boolean isGiven = number < AuditorService.LEAVES;
      if (!audit.counts(seat) || audit.isDisputed(seat)) {
        continue;
      }
      if (noise.contains(seat) && honest && isGiven) {
        challenge(second, seat, (int) number, state.stake());
      } else if (!noise.contains(seat) && challenges > 0 && dice.nextInt(10) == 0) {
        challenges--;
        challenge(HonestTrials.STRANGERS.getFirst(), seat, 0, state.stake());
      }
    }
  }

  private void challenge(Address challenger, int seat, int number, Amount stake) {
    Amount deposit =
        DisputeCall.reportDeposit(chain.read(WorkRead.deposit(trial.claim())).orElseThrow(), stake);
    List<Hash> hashes = Objects.requireNonNull(reports.get(seat));
    boolean _ =
        chain.takes(
            challenger, DisputeCall.challengeReport(trial.claim(), seat, number, hashes, deposit));
  }

  private void reportSecond(WorkClaim state, WorkAudit.Given given, boolean honest) {
    List<Hash> hashes = new ArrayList<>(Collections.nCopies(state.places().size(), Hash.ZERO));
    for (int seat = 0; seat < hashes.size(); seat++) {
      int number = (int) (long) given.numbers().get(seat);
      if (number < AuditorService.LEAVES) {
        long leaf = leaves(state, seat).get(number);
        Hash trace = honest ? rightTrace(leaf) : SALT;
        Hash _ = hashes.set(seat, hash(given.second(), WorkAudit.SECOND, seat, leaf, trace));
      }
    }
    if (chain.takes(given.second(), WorkCall.report(trial.claim(), WorkAudit.SECOND, hashes))) {
      List<Hash> _ = reports.put(WorkAudit.SECOND, hashes);
    }
  }

  /// Scores are sealed at once, and opened when they can be.
  private void score() {
    Optional<WorkEvaluation> evaluation = chain.read(WorkRead.evaluation(trial.claim()));
    if (evaluation.isEmpty() || evaluation.get().closed()) {
      return;
    }
    for (Address evaluator : chain.read(WorkRead.committee(trial.claim())).orElse(List.of())) {
      boolean honest = HonestTrial.isHonest(evaluator);
      if (!scores.containsKey(evaluator)) {
        WorkCall.Score score = new WorkCall.Score(honest ? 900_000 + dice.nextInt(100_000) : 0, 0);
        Hash sealed =
            WorkCall.scoreCommitment(VirtualChain.CHAIN_ID, trial.claim(), evaluator, score, SALT);
        if (chain.takes(evaluator, WorkCall.commitScore(trial.claim(), sealed))) {
          WorkCall.Score _ = scores.put(evaluator, score);
        }
      } else if (!opened.contains(evaluator) && (honest || dice.nextBoolean())) {
        WorkCall.Score score = Objects.requireNonNull(scores.get(evaluator));
        if (chain.takes(evaluator, WorkCall.revealScore(trial.claim(), score, SALT))) {
          boolean _ = opened.add(evaluator);
        }
      }
    }
  }
}

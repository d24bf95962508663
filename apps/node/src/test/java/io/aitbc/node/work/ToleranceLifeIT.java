// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.Reach;
import io.aitbc.compute.Engine;
import io.aitbc.compute.EngineRefusal;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.JuryCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkObjection.Said;
import io.aitbc.execution.WorkObjection.Verdict;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.referee.Kernel;
import io.aitbc.referee.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Claims of class TOLERANCE with the services: a worker whose engine has other bits than the
/// referee, auditors that compare, objections, and jurors. Protocol §17.17.
class ToleranceLifeIT extends ToleranceNetwork { // Protocol §17.17
  @Test // Protocol §17.17
  void otherBitsWithinTheToleranceAreAuditedAndPaid() throws Exception {
    List<ClaimChecker> checkers = checkers();
    submitUnderTheProfile(checkers);
    WorkerService worker = worker(NEAR);
    upload(worker);
    WorkClaim settled = until(WorkClaim.State.SETTLED, worker, checkers);
    assertEquals(10, settled.places().size());
    List<WorkEvent.Reported> reports =
        events(EconomyContract.WORK_LEDGER).stream()
            .filter(WorkEvent.Reported.class::isInstance)
            .map(WorkEvent.Reported.class::cast)
            .toList();
    assertEquals(10, reports.size(), "each seat, and no second auditor");
    assertEquals(List.of(), heard(WorkEvent.Objected.class));
    assertEquals(BOND, bond());
    assertFalse(credit(1).isZero());
  }

  @Test // Protocol §17.17
  void aJuryConvictsAWorkerWhoseOutputsAreTooFar() throws Exception {
    List<ClaimChecker> checkers = checkers();
    submitUnderTheProfile(checkers);
    WorkerService worker = worker(FAR);
    upload(worker);
    WorkClaim fraud = until(WorkClaim.State.FRAUD, worker, checkers);
    assertEquals(signers.get(1).address(), fraud.worker());
    assertEquals(FEE, credit(0), "the client has its fee back");
    assertNotEquals(BOND, bond());
    assertFalse(heard(WorkEvent.Objected.class).isEmpty());
    assertFalse(heard(WorkEvent.JuryCalled.class).isEmpty(), "two auditors do not convict");
    List<WorkEvent.OpinionRevealed> opinions = heard(WorkEvent.OpinionRevealed.class);
    assertFalse(opinions.isEmpty());
    opinions.forEach(each -> assertEquals(Said.WRONG, each.said()));
    assertTrue(
        heard(WorkEvent.Decided.class).stream().anyMatch(each -> each.verdict() == Verdict.WRONG));
  }

  @Test // Protocol §17.17: what its own engine says is compared with the referee first.
  void anAuditorWhoseOwnEngineIsFarOffAccusesNobody() throws Exception {
    List<ClaimChecker> checkers = new ArrayList<>();
    checkers.add(auditor(2, accounts.get(2)));
    checkers.add(
        new AuditorService(
            accounts.get(3), folder.resolve("far"), new JobFiles(store("far")), Reach.ANY, FAR));
    checkers.addAll(evaluators());
    submitUnderTheProfile(checkers);
    WorkerService worker = worker(NEAR);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, checkers);
    assertEquals(List.of(), heard(WorkEvent.Objected.class));
    assertEquals(BOND, bond());
  }

  @Test // Protocol §17.17
  void whoObjectsWithoutReasonConvictsNobodyAndPays() throws Exception {
    List<ClaimChecker> checkers = checkers();
    submitUnderTheProfile(checkers);
    WorkerService worker = worker(NEAR);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, checkers);
    Amount deposit = accounts.getFirst().read(WorkRead.objectionDeposit(CLAIM)).orElseThrow();
    assertTrue(accounts.getFirst().send(JuryCall.object(CLAIM, 3, deposit.times(2))));
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, checkers);
    assertEquals(
        List.of(Said.RIGHT, Said.RIGHT),
        heard(WorkEvent.OpinionRevealed.class).stream()
            .map(WorkEvent.OpinionRevealed::said)
            .toList());
    assertEquals(
        List.of(Verdict.RIGHT),
        heard(WorkEvent.Decided.class).stream().map(WorkEvent.Decided::verdict).toList());
    assertEquals(List.of(), heard(WorkEvent.JuryCalled.class));
    assertEquals(Amount.ZERO, credit(0), "the deposit is the worker's, the auditors' and burned");
    assertEquals(BOND, bond());
  }

  @Test // Protocol §17.17: the referee is always there.
  void anAuditorWhoseEngineFailsJudgesWithTheReferee() throws Exception {
    NearOutputs near =
        new NearOutputs(
            new ProfiledEngines(new EngineChoice.Referee(), ENGINE, _ -> new Failing()));
    Model model = model();
    Bytes input = Bytes.wrap(new byte[64]);
    try (RefereeEngine referee = new RefereeEngine(model, Kernel.plain(), Workers.NONE)) {
      Bytes right = referee.run(List.of(input), Duration.ofMinutes(1)).getFirst();
      WorkJob job =
          new WorkJob(
              signers.getFirst().address(),
              Amount.ZERO,
              model.id(),
              Hash.ZERO,
              Hash.ZERO,
              1,
              1,
              1,
              1,
              Amount.ZERO,
              0,
              Hash.ZERO,
              Hash.ZERO,
              Hash.ZERO,
              PROFILE,
              1);
      assertTrue(near.again(model, job, List.of(input), List.of(right)).getFirst().right());
      assertFalse(near.again(model, job, List.of(input), List.of(input)).getFirst().right());
    }
  }

  @Test // Protocol §17.17
  void aWorkerWithoutAnEngineOfTheProfileDeclines() throws Exception {
    List<ClaimChecker> checkers = List.of();
    submitUnderTheProfile(checkers);
    WorkerService worker = worker(new EngineChoice.Referee());
    upload(worker);
    for (int block = 0; block < 6; block++) {
      round(worker, checkers);
    }
    assertEquals(Optional.empty(), accounts.getFirst().read(WorkRead.claim(CLAIM)));
    assertTrue(
        events(EconomyContract.JOB_MARKET).stream().anyMatch(WorkEvent.Declined.class::isInstance));
  }

  /// An engine that never does.
  private static final class Failing implements Engine {
    @Override
    public String name() {
      return "failing";
    }

    @Override
    public List<Bytes> run(List<Bytes> items, Duration timeMax) throws EngineRefusedException {
      throw new EngineRefusedException(new EngineRefusal.Failed("it is broken"));
    }

    @Override
    public void close() {}
  }
}

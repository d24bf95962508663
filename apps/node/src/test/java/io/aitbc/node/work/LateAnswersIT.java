// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.ServiceAccount;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import io.aitbc.referee.Kernel;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A worker that serves nobody and lays open on the chain what is demanded in time for its moves,
/// but when nobody can report it any more.
class LateAnswersIT extends WorkNetwork { // Protocol §17.13, §17.14 rule 4
  private boolean answers;

  @Override
  WorkChain workersChain() {
    return new ChainAround(super.workersChain()) {
      @Override
      public boolean send(EconomyCall call) throws IOException {
        return (answers || call.contract() != EconomyContract.DISPUTES) && super.send(call);
      }
    };
  }

  private ServiceAccount service() {
    return accounts
        .getFirst()
        .read(WorkRead.service(ServiceRole.WORKER, signers.get(1).address()))
        .orElseThrow();
  }

  /// Nothing is answered until the window would be over; then everything is.
  private WorkerService late(Engines engines, List<AuditorService> auditors) throws Exception {
    servesNothing = true;
    submitInference(auditors);
    WorkerService worker = worker(engines);
    upload(worker);
    WorkClaim revealed = until(WorkClaim.State.REVEALED, worker, auditors);
    while (accounts.getFirst().height() <= revealed.untilHeight()) {
      round(worker, auditors);
    }
    assertFalse(told(EconomyContract.DISPUTES, WorkEvent.Opened.class).isEmpty(), "demanded");
    assertEquals(List.of(), told(EconomyContract.DISPUTES, WorkEvent.Served.class));
    assertEquals(
        10, told(EconomyContract.WORK_LEDGER, WorkEvent.NotServed.class).size(), "each seat");
    answers = true;
    return worker;
  }

  @Test // Protocol §17.13: a report takes it back.
  void whatIsLaidOpenWhenTheWindowWouldBeOverIsReportedAndPaidFor() throws Exception {
    List<AuditorService> auditors = auditors();
    WorkerService worker =
        late(model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE), auditors);
    WorkClaim settled = until(WorkClaim.State.SETTLED, worker, auditors);
    long reports =
        told(EconomyContract.WORK_LEDGER, WorkEvent.Reported.class).stream()
            .filter(each -> each.seat() < settled.places().size())
            .count();
    assertEquals(settled.places().size(), reports);
    assertEquals(Amount.aitbc(3_000), service().bond());
    assertEquals(Amount.aitbc(48), credit(1));
  }

  @Test // Protocol §17.14 rule 2: there is time to judge it.
  void falseItemsThatAreLaidOpenWhenTheWindowWouldBeOverConvict() throws Exception {
    List<AuditorService> auditors = auditors();
    WorkerService worker = late(AlteredEngine::falsifying, auditors);
    WorkClaim _ = until(WorkClaim.State.FRAUD, worker, auditors);
    assertEquals(FEE, credit(0), "the client has its fee back");
    assertEquals(1, service().convictions());
    assertTrue(service().bond().compareTo(Amount.aitbc(3_000)) < 0);
  }
}

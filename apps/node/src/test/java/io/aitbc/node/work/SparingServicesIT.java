// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.blobs.BlobId;
import io.aitbc.compute.RefereeEngine;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Workers;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.referee.Kernel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What services do not do twice, or in vain, in the life of a claim that nobody disputes.
class SparingServicesIT extends WorkNetwork { // Protocol §17.13
  private static final Engines RIGHT =
      model -> new RefereeEngine(model, Kernel.plain(), Workers.NONE);

  /// Calls that a contract would have refused, with the account and the height before.
  private final List<String> refused = new ArrayList<>();

  /// Items of which auditors computed the trace, and how often they did that of one again.
  private final TreeMap<Integer, Set<Bytes>> traced = new TreeMap<>();

  private int again;

  /// How often an auditor looked at the claim though nothing had happened since it had.
  private int looks;

  @Override
  WorkChain chainOf(int account) {
    return new ChainAround(super.chainOf(account)) {
      private final Map<Long, Long> heights = new HashMap<>();

      @Override
      public <T> Optional<T> read(ContractRead<T> read) throws IOException {
        if (traced.containsKey(account) && read.input().equals(WorkRead.claim(CLAIM).input())) {
          Long before = heights.putIfAbsent(version(1).orElseThrow(), height());
          looks += before == null || before == height() ? 0 : 1;
        }
        return super.read(read);
      }

      @Override
      public boolean send(EconomyCall call) throws IOException {
        boolean sent = super.send(call);
        if (!sent) {
          refused.add(
              "%d at %d: %s %s"
                  .formatted(account, height(), call.contract(), call.input().slice(0, 4)));
        }
        return sent;
      }
    };
  }

  @Override
  Tracer tracer(int account) {
    Set<Bytes> known = new HashSet<>();
    Set<Bytes> _ = traced.put(account, known);
    return (model, inputs) -> {
      for (byte[] input : inputs) {
        again += known.add(Bytes.wrap(input)) ? 0 : 1;
      }
      return Tracer.SHARED.traces(model, inputs);
    };
  }

  private long events(Class<? extends WorkEvent> kind) {
    return events(EconomyContract.WORK_LEDGER).stream().filter(kind::isInstance).count();
  }

  @Test
  void noLeafIsRunTwiceByAnAuditorAndHardlyACallIsRefused() throws Exception {
    List<ClaimChecker> checkers = new ArrayList<>(auditors());
    checkers.addAll(evaluators());
    submitInference(checkers);
    WorkerService worker = worker(RIGHT);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.SETTLED, worker, checkers);
    assertEquals(11, events(WorkEvent.Reported.class), "every seat, and the second auditor");
    assertTrue(traced.values().stream().allMatch(each -> each.size() > AuditorService.LEAVES));
    assertEquals(0, again, "a leaf was run again");
    assertTrue(looks <= 40, "looks without need: " + looks);
    assertTrue(refused.size() <= 4, refused::toString);
    BlobId outputs = BlobId.parse(text(results, Results.page(CLAIM)).orElseThrow()).orElseThrow();
    for (int evaluator = FIRST_EVALUATOR; evaluator < signers.size(); evaluator++) {
      assertFalse(hasFile(evaluator, outputs), "short outputs are on an evaluator's disk");
    }
  }

  @Test // Nobody but the worker closes reports and settles while it does.
  void othersEndAClaimWhoseWorkerIsGone() throws Exception {
    List<ClaimChecker> checkers = new ArrayList<>(auditors());
    checkers.addAll(evaluators());
    submitInference(checkers);
    WorkerService worker = worker(RIGHT);
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.REVEALED, worker, checkers);
    for (int block = 0; events(WorkEvent.Reported.class) < 10; block++) {
      assertTrue(block < 50, "every seat reports");
      round(worker, checkers);
    }
    for (int block = 0; events(WorkEvent.Settled.class) == 0; block++) {
      assertTrue(block < 300, "it is settled");
      for (ClaimChecker checker : checkers) {
        boolean _ = checker.step();
      }
      chain.grow();
    }
    assertFalse(accounts.get(1).send(WorkCall.closeReports(CLAIM)));
    assertEquals(1, events(WorkEvent.ReportsClosed.class));
  }
}

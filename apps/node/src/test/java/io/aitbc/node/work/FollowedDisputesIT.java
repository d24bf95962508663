// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.DisputeCall;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How challengers and auditors follow disputes that others make dear to follow.
class FollowedDisputesIT extends WorkNetwork { // Protocol §17.14
  /// Some fifty leaves are laid open, eight at a time.
  @Override
  int windowBlocks() {
    return 80;
  }

  /// All of its outputs are false, so that whoever has a seat has something to challenge.
  private WorkerService falsifying() throws Exception {
    return worker(model -> AlteredEngine.falsifying(model, 1));
  }

  private boolean isFraud() {
    return accounts
        .getFirst()
        .read(WorkRead.claim(CLAIM))
        .filter(each -> each.state() == WorkClaim.State.FRAUD)
        .isPresent();
  }

  @Test // Protocol §17.14: laying long inputs open costs little, and stops no challenger.
  void whoFloodsTheLogsOfDisputesIsConvictedAllTheSame() throws Exception {
    servesNothing = true;
    List<AuditorService> auditors = new ArrayList<>();
    for (int i = 2; i < 4; i++) {
      auditors.add(auditor(i, new FloodedChain(accounts.get(i))));
    }
    submitInference(auditors);
    WorkerService worker = falsifying();
    upload(worker);
    WorkClaim _ = until(WorkClaim.State.FRAUD, worker, auditors);
    assertTrue(
        events(EconomyContract.DISPUTES).stream()
            .anyMatch(it -> it instanceof WorkEvent.Judged(long _, long verdict) && verdict == 1),
        "by proof, not by a time that passed");
  }

  /// The chain of an auditor whose node answers nothing with all of the logs of Disputes.
  private static final class FloodedChain extends ChainAround {
    private final WorkChain real;

    FloodedChain(TestWorkChain real) {
      super(real);
      this.real = real;
    }

    @Override
    public List<WorkEvent> events(EconomyContract contract, long fromHeight) throws IOException {
      if (contract == EconomyContract.DISPUTES) {
        throw new IOException("the node refuses: an answer has at most 26214400 bytes");
      }
      return super.events(contract, fromHeight);
    }

    @Override
    public List<WorkEvent> disputes(List<Long> numbers, long fromHeight) throws IOException {
      assertTrue(numbers.size() <= 32, "64 KiB for each");
      return real.disputes(numbers, fromHeight);
    }

    @Override
    public List<WorkEvent.Opened> opened(long job, long fromHeight) throws IOException {
      return real.opened(job, fromHeight);
    }
  }

  @Test // Protocol §17.14: a trace may take long, and others wait.
  void aMoveThatIsOnItsWayIsNotComputedAgain() throws Exception {
    MovingChain moving = new MovingChain(accounts.get(2));
    List<AuditorService> auditors = List.of(auditor(2, moving));
    submitInference(auditors);
    WorkerService worker = falsifying();
    upload(worker);
    for (int block = 0; block < 150 && moving.held == 0; block++) {
      round(worker, auditors);
    }
    assertEquals(1, moving.held, "its first move");
    int before = moving.followed;
    for (int block = 1; block < Outbox.REPEAT_BLOCKS; block++) {
      round(worker, auditors);
    }
    assertEquals(before, moving.followed);
    for (int block = 0; block < 50 && !isFraud(); block++) {
      round(worker, auditors);
    }
    assertTrue(isFraud(), "it is sent again, and goes on");
  }

  /// The chain of a challenger whose first move gets into no block, though its node took it.
  private static final class MovingChain extends ChainAround {
    private static final List<Bytes> MOVES =
        List.of(
            DisputeCall.descend(1, 0, Hash.ZERO, List.of()).input().slice(0, 4),
            DisputeCall.prove(1, Bytes.EMPTY).input().slice(0, 4));

    private int held;

    /// How often it looked how a dispute went.
    private int followed;

    MovingChain(WorkChain chain) {
      super(chain);
    }

    @Override
    public List<WorkEvent> events(EconomyContract contract, long fromHeight) throws IOException {
      followed += contract == EconomyContract.DISPUTES ? 1 : 0;
      return super.events(contract, fromHeight);
    }

    @Override
    public boolean send(EconomyCall call) throws IOException {
      if (held == 0 && MOVES.contains(call.input().slice(0, 4))) {
        held++;
        return true;
      }
      return super.send(call);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyCall;
import io.aitbc.execution.WorkCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutboxTest { // Protocol §17.12
  private final List<List<EconomyCall>> batches = new ArrayList<>();
  private final Set<EconomyCall> refused = new HashSet<>();
  private boolean isGone;

  private final Outbox outbox =
      new Outbox(
          new ChainAround(new OpenJobsTest.Counted()) {
            @Override
            public List<Boolean> send(List<EconomyCall> calls) throws IOException {
              if (isGone) {
                throw new IOException("the node is gone");
              }
              boolean _ = batches.add(calls);
              return calls.stream().map(each -> !refused.contains(each)).toList();
            }

            @Override
            public boolean send(EconomyCall call) throws IOException {
              return send(List.of(call)).getFirst();
            }
          });

  private static EconomyCall call(long job) {
    return WorkCall.settle(new ClaimId(job, 0));
  }

  private void block(long height, long... jobs) throws IOException {
    outbox.at(height);
    for (long job : jobs) {
      outbox.postAttempt("settle " + job, call(job));
    }
    outbox.flush();
  }

  @Test
  void whatIsPostedIsSentTogetherAndOnce() throws IOException {
    outbox.at(1);
    outbox.post("first", call(1));
    outbox.post("second", call(2));
    outbox.post("first", call(1));
    assertTrue(outbox.isOnItsWay("first"));
    assertTrue(outbox.send("second", call(2)), "it is about to be");
    assertEquals(List.of(), batches);
    outbox.flush();
    outbox.flush();
    outbox.post("second", call(2));
    outbox.flush();
    assertEquals(List.of(List.of(call(1), call(2))), batches);
  }

  @Test
  void whatIsRefusedIsTriedAgainLaterAndHoldsUpNothing() throws IOException {
    boolean _ = refused.add(call(1));
    block(1, 1, 2);
    assertTrue(outbox.isPaused("settle 1"));
    assertFalse(outbox.isPaused("settle 2"));
    block(2, 1); // After one block, then two, then four.
    block(3, 1);
    block(4, 1);
    refused.clear();
    for (long height = 5; height < 12; height++) {
      block(height, 1);
    }
    assertEquals(
        List.of(List.of(call(1), call(2)), List.of(call(1)), List.of(call(1)), List.of(call(1))),
        batches);
    assertTrue(outbox.isOnItsWay("settle 1"));
  }

  @Test
  void whatDidNotGetThereIsDecidedAnewAfterTheNextBlock() throws IOException {
    isGone = true;
    IOException _ = assertThrows(IOException.class, () -> block(1, 1));
    assertFalse(outbox.isOnItsWay("settle 1"));
    isGone = false;
    block(2, 1);
    assertEquals(List.of(List.of(call(1))), batches);
  }
}

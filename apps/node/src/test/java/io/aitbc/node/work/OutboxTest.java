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
  private final Set<EconomyCall> pending = new HashSet<>();
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

            @Override
            public boolean isPending(EconomyCall call) {
              return pending.contains(call);
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
    assertFalse(outbox.isOnItsWay("settle 1"));
    assertTrue(outbox.isOnItsWay("settle 2"));
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
  void ofSeveralChoicesTheFirstThatIsTakenIsSentAndAllThatAreRefusedGoTogether()
      throws IOException {
    for (long job : new long[] {1, 2, 11}) {
      boolean _ = refused.add(call(job));
    }
    outbox.at(1);
    for (long job = 1; job <= 3; job++) {
      outbox.post(
          List.of(
              new Outbox.Choice("first of " + job, call(job)),
              new Outbox.Choice("second of " + job, call(10 + job))));
    }
    assertTrue(outbox.isOnItsWay("second of 3"), "it may be");
    outbox.flush();
    assertEquals(List.of(List.of(call(1), call(2), call(3)), List.of(call(11), call(12))), batches);
    assertFalse(outbox.isOnItsWay("first of 1"));
    assertFalse(outbox.isOnItsWay("second of 1"));
    assertTrue(outbox.isOnItsWay("second of 2"));
    assertTrue(outbox.isOnItsWay("first of 3"));
    assertFalse(outbox.isOnItsWay("second of 3"));
    outbox.post(
        List.of(new Outbox.Choice("first of 2", call(2)), new Outbox.Choice("other", call(4))));
    outbox.post(
        List.of(new Outbox.Choice("other", call(4)), new Outbox.Choice("second of 2", call(12))));
    outbox.flush();
    assertEquals(4, batches.size());
    assertEquals(
        List.of(call(4)), batches.getLast(), "once, and nothing beside what is on its way");
  }

  @Test
  void whatIsPendingIsNotSentTwiceHoweverLongItTakes() throws IOException {
    block(1, 1, 2);
    boolean _ = pending.add(call(1));
    for (long height = 2; height < 100; height++) {
      block(height, 1);
    }
    assertEquals(List.of(List.of(call(1), call(2))), batches);
    pending.clear();
    block(100, 1);
    assertEquals(List.of(call(1)), batches.getLast());
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

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
  private final Inbox inbox = new Inbox();
  private final List<String> done = new ArrayList<>();

  @Test // Protocol §15.2
  void votesAreHandledBeforeWhatCameEarlier() throws InterruptedException {
    inbox.add(TrafficClass.SYNC, () -> done.add("sync"));
    inbox.add(TrafficClass.TRANSACTIONS, () -> done.add("transactions"));
    inbox.add(TrafficClass.PROPOSALS, () -> done.add("proposal"));
    inbox.add(TrafficClass.VOTES, () -> done.add("vote"));
    inbox.close();
    inbox.drain();
    assertEquals(List.of("vote", "proposal", "transactions", "sync"), done);
  }

  @Test
  void nothingIsTakenAfterTheEnd() throws InterruptedException {
    inbox.close();
    inbox.add(TrafficClass.VOTES, () -> done.add("late"));
    inbox.drain();
    assertEquals(List.of(), done);
  }

  @Test
  void whatATaskThrowsComesOut() {
    inbox.add(
        TrafficClass.VOTES,
        () -> {
          throw new IllegalStateException("broken invariant");
        });
    assertThrows(IllegalStateException.class, inbox::drain);
  }
}

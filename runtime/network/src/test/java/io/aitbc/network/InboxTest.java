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
    inbox.add(Inbox.Source.SELF, TrafficClass.SYNC, () -> done.add("sync"));
    inbox.add(Inbox.Source.SELF, TrafficClass.TRANSACTIONS, () -> done.add("transactions"));
    inbox.add(Inbox.Source.SELF, TrafficClass.PROPOSALS, () -> done.add("proposal"));
    inbox.add(Inbox.Source.SELF, TrafficClass.VOTES, () -> done.add("vote"));
    inbox.close();
    inbox.drain();
    assertEquals(List.of("vote", "proposal", "transactions", "sync"), done);
  }

  private void arrives(String peer, boolean hasPlace, TrafficClass traffic, String what) {
    inbox.add(new Inbox.Source(peer, hasPlace), traffic, () -> done.add(peer + " " + what));
  }

  @Test // Protocol §15.2: one stranger's flood, or many, holds up nobody's votes.
  void peersHaveTurnsAndValidatorsTheirsBeforeStrangers() throws InterruptedException {
    for (int i = 0; i < 1_000; i++) {
      arrives("flood", false, TrafficClass.VOTES, "vote");
    }
    arrives("stranger", false, TrafficClass.VOTES, "vote");
    arrives("validator", true, TrafficClass.PROPOSALS, "proposal");
    arrives("validator", true, TrafficClass.VOTES, "vote");
    inbox.close();
    inbox.drain();
    assertEquals(
        List.of("validator vote", "validator proposal", "flood vote", "stranger vote"),
        done.subList(0, 4));
    assertEquals(1_003, done.size());
  }

  @Test // Protocol §15.2
  void aFloodOfVotesDoesNotEndTransactionsAndSync() throws InterruptedException {
    for (int i = 0; i < 4 * Inbox.TURNS_UPWARDS; i++) {
      arrives("flood", true, TrafficClass.VOTES, "vote");
    }
    arrives("stranger", false, TrafficClass.SYNC, "request");
    arrives("stranger", false, TrafficClass.TRANSACTIONS, "transaction");
    inbox.close();
    inbox.drain();
    assertEquals("stranger request", done.get(Inbox.TURNS_UPWARDS - 1));
    assertEquals("stranger transaction", done.get(2 * Inbox.TURNS_UPWARDS - 1));
  }

  @Test // Protocol §15.2: a second flood does not end what is before it either.
  void floodsOfVotesAndOfSyncDoNotEndTransactionsNorStrangers() throws InterruptedException {
    for (int i = 0; i < 4 * Inbox.TURNS_UPWARDS; i++) {
      arrives("flood", true, TrafficClass.VOTES, "vote");
      arrives("flood", false, TrafficClass.SYNC, "request");
    }
    arrives("stranger", false, TrafficClass.TRANSACTIONS, "transaction");
    arrives("stranger", false, TrafficClass.VOTES, "vote");
    inbox.close();
    inbox.drain();
    assertEquals("stranger transaction", done.get(2 * Inbox.TURNS_UPWARDS - 1));
    assertEquals("stranger vote", done.get(3 * Inbox.TURNS_UPWARDS - 1));
  }

  @Test // It is connected before it is gone, and both after what it was before.
  void whatWaitsOfAPeerKeepsItsOrderThoughItGetsAPlace() throws InterruptedException {
    arrives("peer", false, TrafficClass.VOTES, "comes");
    arrives("peer", true, TrafficClass.VOTES, "goes");
    arrives("other", true, TrafficClass.VOTES, "comes");
    arrives("other", false, TrafficClass.VOTES, "goes");
    inbox.close();
    inbox.drain();
    assertEquals(List.of("other comes", "other goes", "peer comes", "peer goes"), done);
  }

  @Test
  void nothingIsTakenAfterTheEnd() throws InterruptedException {
    inbox.close();
    inbox.add(Inbox.Source.SELF, TrafficClass.VOTES, () -> done.add("late"));
    inbox.drain();
    assertEquals(List.of(), done);
  }

  @Test
  void whatATaskThrowsComesOut() {
    inbox.add(
        Inbox.Source.SELF,
        TrafficClass.VOTES,
        () -> {
          throw new IllegalStateException("broken invariant");
        });
    assertThrows(IllegalStateException.class, inbox::drain);
  }
}

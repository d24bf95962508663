// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.Peer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §15.4: whoever brings most waits for itself.
class CheckTurnsTest {
  private static final Peer FLOODING = FakePorts.peer(1);
  private static final Peer OTHER = FakePorts.peer(2);
  private static final Peer RESERVED = FakePorts.peer(3);

  private final Deque<Runnable> threads = new ArrayDeque<>();
  private final List<Peer> done = new ArrayList<>();

  private void add(CheckTurns turns, Peer peer, int count) {
    for (int i = 0; i < count; i++) {
      turns.add(peer, peer.equals(RESERVED), () -> done.add(peer));
    }
  }

  private void runAll() {
    while (!threads.isEmpty()) {
      threads.pop().run();
    }
  }

  @Test
  void anotherPeersTaskDoesNotWaitBehindAFlood() {
    CheckTurns turns = new CheckTurns(threads::add, 1);
    add(turns, FLOODING, 1_000);
    add(turns, OTHER, 1);
    runAll();
    assertTrue(done.indexOf(OTHER) <= 1, "at " + done.indexOf(OTHER));
    assertEquals(1_001, done.size());
  }

  @Test
  void whoHasAPlaceOfItsOwnGoesBeforeStrangersButForATurnNowAndThen() {
    CheckTurns turns = new CheckTurns(threads::add, 1);
    add(turns, FLOODING, 10);
    add(turns, RESERVED, 10);
    runAll();
    List<Peer> first = done.subList(0, CheckTurns.TURNS_OF_STRANGERS);
    assertEquals(1, first.stream().filter(FLOODING::equals).count());
    assertEquals(20, done.size());
  }

  @Test
  void noMoreThreadsAreTakenThanItMay() {
    CheckTurns turns = new CheckTurns(threads::add, 2);
    add(turns, FLOODING, 10);
    add(turns, OTHER, 10);
    assertEquals(2, threads.size());
    runAll();
    assertEquals(20, done.size());
    add(turns, OTHER, 1);
    assertEquals(1, threads.size());
    runAll();
    assertEquals(21, done.size());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/// Does what peers cause, on some of the threads that others use too: one thing of each peer in its
/// turn, and those with places of their own before strangers, but for a turn now and then. So
/// whoever brings most waits for itself. How much waits is for those to bound who read from peers.
/// Protocol §15.4.
final class CheckTurns {
  /// Of so many turns one is given to strangers first.
  static final int TURNS_OF_STRANGERS = 4;

  private final Executor threads;
  private final int atOnce;
  private final LinkedHashMap<Peer, ArrayDeque<Runnable>> reserved = new LinkedHashMap<>();
  private final LinkedHashMap<Peer, ArrayDeque<Runnable>> strangers = new LinkedHashMap<>();
  private int working;
  private int turns;

  /// Nothing waits.
  ///
  /// @param atOnce threads that do this at one time, at least one
  CheckTurns(Executor threads, int atOnce) {
    this.threads = threads;
    this.atOnce = atOnce;
  }

  /// Has a task of a peer done when its turn comes. It must not throw.
  ///
  /// @param hasPlace whether the peer has a place of its own
  void add(Peer peer, boolean hasPlace, Runnable task) {
    synchronized (this) {
      (hasPlace ? reserved : strangers).computeIfAbsent(peer, _ -> new ArrayDeque<>(1)).add(task);
      if (working == atOnce) {
        return;
      }
      working++;
    }
    threads.execute(this::work);
  }

  private void work() {
    for (Optional<Runnable> next = next(); next.isPresent(); next = next()) {
      next.get().run();
    }
  }

  private synchronized Optional<Runnable> next() {
    turns = (turns + 1) % TURNS_OF_STRANGERS;
    boolean areStrangersFirst = turns == 0 ? !strangers.isEmpty() : reserved.isEmpty();
    LinkedHashMap<Peer, ArrayDeque<Runnable>> lane = areStrangersFirst ? strangers : reserved;
    Map.Entry<Peer, ArrayDeque<Runnable>> turn = lane.pollFirstEntry();
    if (turn == null) {
      working--;
      return Optional.empty();
    }
    Runnable task = turn.getValue().remove();
    if (!turn.getValue().isEmpty()) {
      lane.put(turn.getKey(), turn.getValue()); // Behind the others.
    }
    return Optional.of(task);
  }
}

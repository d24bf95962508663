// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.crypto.Bytes;
import io.aitbc.network.PeerId;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Transactions that peers brought and whose senders are not recovered yet. That takes a node far
/// longer than sending them takes a peer: so peers have turns, those with places of their own
/// before strangers, and what one brings beyond its share is dropped. Others have it, and whoever
/// lacks a transaction of a proposal asks for it. Protocol §15.4.
///
/// Safe for use by several threads.
final class TransactionIntake {
  /// Bytes of one peer that wait, or one message: eight answers to questions of this node.
  static final int BYTES_PER_PEER_MAX = 1 << 20;

  private final Executor threads;
  private final int threadsMax;
  private final Consumer<List<Bytes>> take;
  private final LinkedHashMap<PeerId, Waiting> validators = new LinkedHashMap<>();
  private final LinkedHashMap<PeerId, Waiting> strangers = new LinkedHashMap<>();
  private int working;

  /// What one peer brought.
  private static final class Waiting {
    private final Queue<List<Bytes>> messages = new ArrayDeque<>(1);
    private long bytes;
  }

  /// @param threads where it is done, on at most `threadsMax` of them
  /// @param take recovers the senders of some transactions and brings them to the pool
  TransactionIntake(Executor threads, int threadsMax, Consumer<List<Bytes>> take) {
    this.threads = threads;
    this.threadsMax = threadsMax;
    this.take = take;
  }

  /// A peer with a place of its own brings transactions.
  void fromValidator(PeerId peer, List<Bytes> transactions) {
    add(validators, peer, transactions);
  }

  /// Any other peer does.
  void fromStranger(PeerId peer, List<Bytes> transactions) {
    add(strangers, peer, transactions);
  }

  private void add(Map<PeerId, Waiting> lane, PeerId peer, List<Bytes> transactions) {
    long bytes = transactions.stream().mapToLong(Bytes::length).sum();
    synchronized (this) {
      Waiting waiting = lane.computeIfAbsent(peer, _ -> new Waiting());
      if (!waiting.messages.isEmpty() && waiting.bytes + bytes > BYTES_PER_PEER_MAX) {
        return;
      }
      boolean _ = waiting.messages.add(transactions);
      waiting.bytes += bytes;
      if (working == threadsMax) {
        return;
      }
      working++;
    }
    threads.execute(this::work);
  }

  /// Takes one message; a thread that serves several nodes takes one of each in turn.
  private void work() {
    Optional<List<Bytes>> next = next();
    if (next.isPresent()) {
      try {
        take.accept(next.get());
      } finally {
        threads.execute(this::work);
      }
    }
  }

  private synchronized Optional<List<Bytes>> next() {
    Optional<List<Bytes>> next = poll(validators).or(() -> poll(strangers));
    if (next.isEmpty()) {
      working--;
    }
    return next;
  }

  private static Optional<List<Bytes>> poll(SequencedMap<PeerId, Waiting> lane) {
    return Optional.ofNullable(lane.pollFirstEntry())
        .map(first -> {
          Waiting waiting = first.getValue();
          List<Bytes> message = waiting.messages.remove();
          waiting.bytes -= message.stream().mapToLong(Bytes::length).sum();
          if (!waiting.messages.isEmpty()) {
            lane.put(first.getKey(), waiting); // Behind the others.
          }
          return message;
        });
  }
}

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
/// lacks a transaction of a proposal asks for it. One validator that floods does not end what comes
/// of nodes that callers bring transactions to: a part of the work is strangers'. Protocol §15.4.
///
/// Safe for use by several threads.
final class TransactionIntake {
  /// Bytes of one peer that wait, or one message: eight answers to questions of this node.
  static final int BYTES_PER_PEER_MAX = 1 << 20;

  /// What a transaction counts at least: a transfer has about so many bytes, and who sends shorter
  /// ones would have more of them wait, and looked at, than its share.
  static final int TRANSACTION_BYTES_MIN = 100;

  /// So many bytes of peers with places of their own are followed by one of strangers, if these
  /// wait.
  static final int BYTES_BEFORE_STRANGERS = 4;

  /// What strangers save up of that while there are none.
  private static final long OWED_MAX = BYTES_PER_PEER_MAX;

  private final Executor threads;
  private final int threadsMax;
  private final Consumer<List<Bytes>> take;
  private final Consumer<Throwable> whenBroken;
  private final LinkedHashMap<PeerId, Waiting> validators = new LinkedHashMap<>();
  private final LinkedHashMap<PeerId, Waiting> strangers = new LinkedHashMap<>();
  private int working;

  /// Bytes of strangers that have their turn before others; below 0 they had more than their part.
  private long owed;

  /// A message.
  private record Message(List<Bytes> transactions, long bytes) {
    static Message of(List<Bytes> transactions) {
      long bytes =
          transactions.stream()
              .mapToLong(each -> Math.max(TRANSACTION_BYTES_MIN, each.length()))
              .sum();
      return new Message(transactions, Math.max(TRANSACTION_BYTES_MIN, bytes));
    }
  }

  /// What one peer brought.
  private static final class Waiting {
    private final Queue<Message> messages = new ArrayDeque<>(1);
    private long bytes;
  }

  /// @param threads where it is done, on at most `threadsMax` of them
  /// @param take recovers the senders of some transactions and brings them to the pool; refuses
  ///   what does not do, without throwing
  /// @param whenBroken gets what it throws: a failed disk or a broken promise, no fault of a peer's
  TransactionIntake(
      Executor threads,
      int threadsMax,
      Consumer<List<Bytes>> take,
      Consumer<Throwable> whenBroken) {
    this.threads = threads;
    this.threadsMax = threadsMax;
    this.take = take;
    this.whenBroken = whenBroken;
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
    Message message = Message.of(transactions);
    synchronized (this) {
      Waiting waiting = lane.computeIfAbsent(peer, _ -> new Waiting());
      if (!waiting.messages.isEmpty() && waiting.bytes + message.bytes > BYTES_PER_PEER_MAX) {
        return;
      }
      boolean _ = waiting.messages.add(message);
      waiting.bytes += message.bytes;
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
      } catch (RuntimeException | Error broken) {
        whenBroken.accept(broken);
      } finally {
        threads.execute(this::work);
      }
    }
  }

  private synchronized Optional<List<Bytes>> next() {
    boolean strangersFirst = !strangers.isEmpty() && owed >= Math.min(OWED_MAX, nextOfStrangers());
    if (!strangersFirst && !validators.isEmpty()) {
      Message next = poll(validators);
      owed = Math.min(OWED_MAX, owed + next.bytes / BYTES_BEFORE_STRANGERS);
      return Optional.of(next.transactions);
    } else if (!strangers.isEmpty()) {
      Message next = poll(strangers);
      owed -= strangersFirst ? next.bytes : 0;
      return Optional.of(next.transactions);
    }
    working--;
    return Optional.empty();
  }

  private long nextOfStrangers() {
    return strangers.firstEntry().getValue().messages.element().bytes;
  }

  private static Message poll(SequencedMap<PeerId, Waiting> lane) {
    Map.Entry<PeerId, Waiting> first = lane.pollFirstEntry();
    Waiting waiting = first.getValue();
    Message message = waiting.messages.remove();
    waiting.bytes -= message.bytes;
    if (!waiting.messages.isEmpty()) {
      lane.put(first.getKey(), waiting); // Behind the others.
    }
    return message;
  }
}

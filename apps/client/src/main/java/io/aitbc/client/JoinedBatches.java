// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Batches of several threads in one request: what is asked while another batch is on its way goes
/// together when that one is back. The services of a process send after the same blocks, and a
/// request takes longer than most calls in it. Safe for use by several threads.
final class JoinedBatches {
  /// Calls that are joined at most: far fewer than a node takes in one batch.
  private static final int CALLS_MAX = 256;

  /// Characters of their parameters: far fewer than a node takes in one request.
  private static final long CHARACTERS_MAX = 1 << 20;

  /// For how long nothing is joined after joined batches failed: nobody knows which of them did it.
  private static final Duration ALONE_TIME = Duration.ofSeconds(60);

  private final Sending sending;

  // What follows is guarded by this.

  private final Deque<Waiting> queue = new ArrayDeque<>();
  private boolean underWay;
  private Optional<Long> aloneUntilNanos = Optional.empty();

  /// Sends a batch.
  @FunctionalInterface
  interface Sending {
    /// What came of each call, in order.
    List<JsonRpc.Answer<JsonNode>> send(List<JsonRpc.Call> calls) throws IOException;
  }

  /// A batch that was not answered yet.
  private static final class Waiting {
    private final List<JsonRpc.Call> calls;
    private final long characters;
    private Optional<List<JsonRpc.Answer<JsonNode>>> answers = Optional.empty();
    private Optional<IOException> failure = Optional.empty();

    Waiting(List<JsonRpc.Call> calls) {
      this.calls = calls;
      this.characters =
          calls.stream()
              .flatMap(call -> call.parameters().stream())
              .mapToLong(each -> String.valueOf(each).length())
              .sum();
    }

    boolean isOver() {
      return answers.isPresent() || failure.isPresent();
    }
  }

  /// @param sending sends what was joined
  JoinedBatches(Sending sending) {
    this.sending = sending;
  }

  /// Sends calls, with those of others.
  ///
  /// @throws IOException if there is no answer
  List<JsonRpc.Answer<JsonNode>> send(List<JsonRpc.Call> calls) throws IOException {
    Waiting own = new Waiting(calls);
    if (!queued(own)) {
      return sending.send(calls);
    }
    for (List<Waiting> next = next(own); !next.isEmpty(); next = next(own)) {
      sendAll(next);
    }
    synchronized (this) {
      if (own.failure.isPresent()) {
        throw new IOException(own.failure.get().getMessage(), own.failure.get());
      }
      return own.answers.orElseThrow();
    }
  }

  private synchronized boolean queued(Waiting own) {
    if (aloneUntilNanos.isPresent() && System.nanoTime() - aloneUntilNanos.get() < 0) {
      return false;
    }
    return queue.add(own);
  }

  /// Waits until the own calls are answered, or it is on this thread to send what is next.
  ///
  /// @return empty if they are answered
  private synchronized List<Waiting> next(Waiting own) throws IOException {
    try {
      while (underWay && !own.isOver()) {
        wait();
      }
    } catch (InterruptedException interrupted) {
      boolean _ = queue.remove(own); // Nobody waits for it; it may be on its way.
      Thread.currentThread().interrupt();
      InterruptedIOException failed = new InterruptedIOException("interrupted");
      failed.initCause(interrupted);
      throw failed;
    }
    List<Waiting> next = new ArrayList<>();
    if (own.isOver()) {
      return next;
    }
    underWay = true;
    int calls = 0;
    long characters = 0;
    while (!queue.isEmpty()) {
      Waiting first = queue.getFirst();
      calls += first.calls.size();
      characters += first.characters;
      if (!next.isEmpty() && (calls > CALLS_MAX || characters > CHARACTERS_MAX)) {
        break;
      }
      boolean _ = next.add(queue.removeFirst());
    }
    return next;
  }

  private void sendAll(List<Waiting> batches) {
    List<JsonRpc.Call> calls = batches.stream().flatMap(each -> each.calls.stream()).toList();
    Optional<List<JsonRpc.Answer<JsonNode>>> answers = Optional.empty();
    IOException failure = new IOException("the batch was not sent");
    try {
      answers = Optional.of(sending.send(calls));
    } catch (IOException failed) {
      failure = failed;
    } finally {
      over(batches, answers, failure);
    }
  }

  /// @param failure if there are no answers
  private synchronized void over(
      List<Waiting> batches,
      Optional<List<JsonRpc.Answer<JsonNode>>> answers,
      IOException failure) {
    int from = 0;
    for (Waiting each : batches) {
      int to = from + each.calls.size();
      if (answers.isPresent()) {
        each.answers = Optional.of(answers.get().subList(from, to));
      } else {
        each.failure = Optional.of(failure);
      }
      from = to;
    }
    if (answers.isEmpty() && batches.size() > 1) {
      aloneUntilNanos = Optional.of(System.nanoTime() + ALONE_TIME.toNanos());
    }
    underWay = false;
    notifyAll();
  }
}

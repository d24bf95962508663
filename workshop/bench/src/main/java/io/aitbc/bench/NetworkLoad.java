// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Transaction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Transfers that were signed before, as the bytes of the requests that carry them, and when each
/// was offered. Each sender stays with one node. Sending takes little of the processors that the
/// nodes share with it.
final class NetworkLoad {
  /// Accounts that send.
  static final int SENDERS = 1_000;

  /// Transfers that wait for their block at most, where the network's pace is the load's: some two
  /// blocks, and what comes meanwhile.
  private static final int OUTSTANDING_MAX = 8_000;

  private static final int BATCH_MAX = 125;

  /// Batches a second to each node, where the load has a rate: no burst is longer than a block of
  /// FAST.
  private static final int BATCHES_PER_SECOND = 20;

  /// A hundred threads that wait for their turn must not look at the clock all the time; stopped
  /// they end within this.
  private static final long STOP_MILLIS_MAX = 100;

  private static final long NANOS_PER_MILLI = 1_000_000L;
  private static final int PAUSE_MILLIS = 2;
  private static final Duration ANSWER_TIME = Duration.ofSeconds(20);
  private static final long NANOS = 1_000_000_000L;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<List<Batch>> batches;
  private final Pace pace;
  private final Map<Hash, Long> offeredNanos = new ConcurrentHashMap<>();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicInteger offered = new AtomicInteger();
  private volatile boolean stopped;

  /// How fast transfers are offered.
  ///
  /// @param rate a second in sum; 0 for as many as the network takes
  /// @param warmRate a second in sum before what is measured; 0 only where `rate` is
  /// @param warm how long that is
  record Pace(int rate, int warmRate, Duration warm) {
    private int at(Duration passed) {
      return passed.compareTo(warm) < 0 ? warmRate : rate;
    }

    /// How many transfers take so long.
    ///
    /// @param most a second, where it is the network that decides
    private int count(Duration measured, int most) {
      long warming = (rate > 0 ? warmRate : most) * warm.toSeconds();
      return Math.toIntExact(warming + (rate > 0 ? rate : most) * measured.toSeconds());
    }
  }

  /// Transfers that are sent together.
  ///
  /// @param hashes of them
  /// @param request a batch of JSON-RPC
  private record Batch(List<Hash> hashes, Bytes request) {
    static Batch of(List<Transaction> transfers) {
      StringBuilder calls = new StringBuilder();
      for (int i = 0; i < transfers.size(); i++) {
        calls
            .append(i == 0 ? '[' : ',')
            .append("{\"jsonrpc\":\"2.0\",\"id\":")
            .append(i)
            .append(",\"method\":\"eth_sendRawTransaction\",\"params\":[\"")
            .append(transfers.get(i).encoded().toHex())
            .append("\"]}");
      }
      return new Batch(
          transfers.stream().map(Transaction::hash).toList(),
          Bytes.wrap(calls.append(']').toString().getBytes(StandardCharsets.US_ASCII)));
    }

    int size() {
      return hashes.size();
    }
  }

  private NetworkLoad(List<List<Batch>> batches, Pace pace) {
    this.batches = batches;
    this.pace = pace;
  }

  /// A load for `nodes` nodes.
  ///
  /// @param measured how long it lasts after what is not measured
  /// @param most transfers a second, where the network decides how many it takes
  static NetworkLoad signed(int nodes, Pace pace, Duration measured, int most, long chainId) {
    int perNode = SENDERS / nodes;
    int rounds = pace.count(measured, most) / (perNode * nodes) + 1;
    int rate = pace.rate();
    int size = rate > 0 ? Math.clamp(rate / (nodes * BATCHES_PER_SECOND), 1, BATCH_MAX) : BATCH_MAX;
    List<List<Batch>> all =
        IntStream.range(0, nodes)
            .parallel()
            .mapToObj(node -> {
              List<Batch> batches = new ArrayList<>();
              for (int nonce = 0; nonce < rounds; nonce++) {
                for (int from = 0; from < perNode; from += size) {
                  List<Transaction> batch = new ArrayList<>();
                  for (int i = from; i < Math.min(perNode, from + size); i++) {
                    batch.add(TransferBlocks.transfer(node * perNode + i, nonce, chainId));
                  }
                  batches.add(Batch.of(batch));
                }
              }
              return batches;
            })
            .toList();
    return new NetworkLoad(all, pace);
  }

  /// Sends a node's transfers until they are all sent or {@link #stop} is called.
  ///
  /// @param endpoint its JSON-RPC
  /// @return how many
  /// @throws IOException if the node does not take one
  int send(int node, URI endpoint) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return send(batches.get(node), endpoint, http, (double) node / batches.size());
    }
  }

  /// @param phase between the nodes, of 1: where there is a rate they do not send all at once
  private int send(List<Batch> batches, URI endpoint, HttpClient http, double phase)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    long due = began;
    int rate = pace.at(Duration.ZERO);
    int sent = 0;
    for (Batch batch : batches) {
      int before = rate;
      rate = pace.at(Duration.ofNanos(System.nanoTime() - began));
      if (rate > 0 && (sent == 0 || rate != before)) {
        due = System.nanoTime() + (long) (phase * interval(batch, rate));
      }
      while (!stopped
          && (rate > 0 ? System.nanoTime() < due : outstanding.get() >= OUTSTANDING_MAX)) {
        long millis = rate > 0 ? (due - System.nanoTime()) / NANOS_PER_MILLI : PAUSE_MILLIS;
        Thread.sleep(Math.clamp(millis, 1, STOP_MILLIS_MAX));
      }
      if (stopped) {
        break;
      }
      // At a rate, a transfer counts from when it was due: a slow answer is not the load's excuse.
      long now = rate > 0 ? due : System.nanoTime();
      batch.hashes().forEach(each -> offeredNanos.put(each, now));
      outstanding.addAndGet(batch.size());
      offered.addAndGet(batch.size());
      byte[] answer =
          http.send(
                  HttpRequest.newBuilder(endpoint)
                      .timeout(ANSWER_TIME)
                      .POST(HttpRequest.BodyPublishers.ofByteArray(batch.request().toArray()))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray())
              .body();
      requireTaken(batch, JSON.readTree(answer));
      sent += batch.size();
      due += rate == 0 ? 0 : interval(batch, rate);
    }
    return sent;
  }

  /// Nanoseconds from a batch to the node's next.
  private long interval(Batch batch, int rate) {
    return NANOS * batches.size() * batch.size() / rate;
  }

  private static void requireTaken(Batch batch, JsonNode answers) throws IOException {
    boolean whole = answers.isArray() && answers.size() == batch.size();
    for (JsonNode answer : answers) {
      if (!whole || !answer.path("result").isTextual()) {
        throw new IOException("a node refuses: " + answer);
      }
    }
    if (!whole) {
      throw new IOException("a batch of " + batch.size() + " was answered with " + answers);
    }
  }

  /// Ends the sending.
  void stop() {
    stopped = true;
  }

  /// A transfer is in a block.
  ///
  /// @return when it was offered, or -1 if it is not of this load
  long included(Hash transaction) {
    Long at = offeredNanos.remove(transaction);
    if (at == null) {
      return -1;
    }
    outstanding.decrementAndGet();
    return at;
  }

  /// Transfers that were offered and are in no block.
  int outstanding() {
    return outstanding.get();
  }

  /// Transfers that were offered.
  int offered() {
    return offered.get();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Transaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Transfers that were signed before, and when each was offered. Each sender stays with one node.
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

  private static final int PAUSE_MILLIS = 2;
  private static final long NANOS = 1_000_000_000L;

  private final List<List<List<Transaction>>> batches;
  private final int rate;
  private final Map<Hash, Long> offeredNanos = new ConcurrentHashMap<>();
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicInteger offered = new AtomicInteger();
  private volatile boolean stopped;

  private NetworkLoad(List<List<List<Transaction>>> batches, int rate) {
    this.batches = batches;
    this.rate = rate;
  }

  /// A load of `count` transfers for `nodes` nodes.
  ///
  /// @param rate offered a second in sum; 0 for as many as the network takes
  static NetworkLoad signed(int nodes, int rate, int count, long chainId) {
    int perNode = SENDERS / nodes;
    int rounds = count / (perNode * nodes) + 1;
    int size = rate > 0 ? Math.clamp(rate / (nodes * BATCHES_PER_SECOND), 1, BATCH_MAX) : BATCH_MAX;
    List<List<List<Transaction>>> all =
        IntStream.range(0, nodes)
            .parallel()
            .mapToObj(node -> {
              List<List<Transaction>> batches = new ArrayList<>();
              for (int nonce = 0; nonce < rounds; nonce++) {
                for (int from = 0; from < perNode; from += size) {
                  List<Transaction> batch = new ArrayList<>();
                  for (int i = from; i < Math.min(perNode, from + size); i++) {
                    batch.add(TransferBlocks.transfer(node * perNode + i, nonce, chainId));
                  }
                  batches.add(batch);
                }
              }
              return batches;
            })
            .toList();
    return new NetworkLoad(all, rate);
  }

  /// Sends a node's transfers until they are all sent or {@link #stop} is called.
  ///
  /// @return how many
  int send(int node, JsonRpc rpc) throws IOException, RpcException, InterruptedException {
    long began = System.nanoTime();
    long due = began;
    int sent = 0;
    for (List<Transaction> batch : batches.get(node)) {
      while (!stopped
          && (rate > 0 ? System.nanoTime() < due : outstanding.get() >= OUTSTANDING_MAX)) {
        Thread.sleep(PAUSE_MILLIS);
      }
      if (stopped) {
        break;
      }
      // At a rate, a transfer counts from when it was due: a slow answer is not the load's excuse.
      long now = rate > 0 ? due : System.nanoTime();
      batch.forEach(each -> offeredNanos.put(each.hash(), now));
      outstanding.addAndGet(batch.size());
      offered.addAndGet(batch.size());
      List<JsonNode> _ =
          rpc.batch(
              batch.stream()
                  .map(each -> JsonRpc.Call.of("eth_sendRawTransaction", each.encoded().toHex()))
                  .toList());
      sent += batch.size();
      due += rate == 0 ? 0 : NANOS * batches.size() * batch.size() / rate;
    }
    return sent;
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

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Asks one node for new blocks, which are final there, and notes when it saw each transfer.
final class FinalityWatch implements Callable<Integer> {
  private static final int ASK_MILLIS = 5;

  private final JsonRpc rpc;
  private final NetworkLoad load;
  private final List<Seen> seen = new ArrayList<>();
  private final List<Long> blocks = new ArrayList<>();
  private volatile boolean stopped;

  /// A transfer in a block.
  ///
  /// @param offeredNanos when it was handed to a node
  /// @param finalNanos when this saw it in a final block
  record Seen(long offeredNanos, long finalNanos) {
    double millis() {
      return (finalNanos - offeredNanos) / 1e6;
    }
  }

  FinalityWatch(JsonRpc rpc, NetworkLoad load) {
    this.rpc = rpc;
    this.load = load;
  }

  @Override
  public Integer call() throws IOException, RpcException, InterruptedException {
    ChainClient chain = new ChainClient(rpc);
    long next = chain.blockNumber() + 1;
    while (!stopped) {
      if (chain.blockNumber() < next) {
        Thread.sleep(ASK_MILLIS);
        continue;
      }
      long now = System.nanoTime();
      JsonNode block = rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(next), false);
      note(block, now);
      next++;
    }
    return seen.size();
  }

  private synchronized void note(JsonNode block, long now) {
    blocks.add(now);
    for (JsonNode hash : block.path("transactions")) {
      long offered = load.included(Hash.fromHex(hash.asText()));
      if (offered >= 0) {
        seen.add(new Seen(offered, now));
      }
    }
  }

  void stop() {
    stopped = true;
  }

  /// The transfers seen, in the order of their blocks.
  synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /// When blocks were seen.
  synchronized List<Long> blocks() {
    return List.copyOf(blocks);
  }
}

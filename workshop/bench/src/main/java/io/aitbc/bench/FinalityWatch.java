// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// Hears one node tell of new blocks, which are final there, and notes when each transfer was in
/// one.
final class FinalityWatch implements Callable<Integer> {
  private static final int WAIT_MILLIS = 100;

  private final JsonRpc rpc;
  private final NetworkLoad load;
  private final List<Seen> seen = new ArrayList<>();
  private final List<Long> blocks = new ArrayList<>();
  private volatile boolean stopped;

  /// A transfer in a block.
  ///
  /// @param offeredNanos when it was handed to a node
  /// @param finalNanos when the node told of the final block that holds it
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
    try (NewHeads heads = new NewHeads(rpc.endpoint())) {
      long next = 1; // The first transfer may be in a block before this thread has asked anything.
      while (!stopped) {
        Optional<NewHeads.Told> told = heads.next(WAIT_MILLIS);
        for (; told.isPresent() && next <= told.get().height(); next++) {
          String number = "0x" + Long.toHexString(next);
          note(rpc.call("eth_getBlockByNumber", number, false), told.get().nanos());
        }
      }
    }
    return seen.size();
  }

  /// Notes a final block.
  ///
  /// @param block as the node tells it, with the hashes of its transactions
  /// @param now when it was told of, by {@link System#nanoTime}
  synchronized void note(JsonNode block, long now) {
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

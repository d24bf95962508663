// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static java.util.Objects.requireNonNull;

import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.NodeProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Looks after the nodes of a network on this machine: none may end by itself. One that somebody
/// kills is an error too, or is started again where the network goes on.
final class NodeWatch {
  /// A process that was killed is seen to have ended, at most so long after it answers no more.
  private static final int END_MILLIS_MAX = 500;

  private final Devnet devnet;
  private final List<JsonRpc> rpcs;
  private final PrintStream out;

  /// Nodes that were killed by whoever watches.
  private final List<NodeProcess> down = new ArrayList<>();

  /// Nodes that were started again and have not caught up yet, each with the others' last block
  /// when it was gone.
  private final Map<NodeProcess, OptionalLong> coming = new LinkedHashMap<>();

  private boolean startsAgain;

  /// @param rpcs of the nodes, in their order
  NodeWatch(Devnet devnet, List<JsonRpc> rpcs, PrintStream out) {
    this.devnet = devnet;
    this.rpcs = List.copyOf(rpcs);
    this.out = out;
  }

  /// From now on a node that somebody kills is started again.
  void startKilledAgain() {
    startsAgain = true;
  }

  /// Kills a node as a power failure would. It stays down.
  void kill(NodeProcess node) throws InterruptedException {
    node.kill();
    boolean _ = down.add(node);
  }

  /// Starts a node again that stayed down.
  ///
  /// @throws IOException if its process cannot be started
  void startAgain(NodeProcess node) throws IOException {
    node.startAgain();
    boolean _ = down.remove(node);
  }

  /// Looks at every node but those that stay down: starts one again that was killed, where that is
  /// wanted, and says when it is back.
  ///
  /// @throws IOException if one has ended otherwise, with the end of its log
  void look() throws IOException {
    for (int i = 0; i < rpcs.size(); i++) {
      NodeProcess node = devnet.processes().get(i);
      if (down.contains(node)) {
        continue;
      }
      if (!node.isAlive()) {
        if (!startsAgain || !node.wasKilled()) {
          throw new IOException(node.name() + " has ended; the end of its log:\n" + node.logTail());
        }
        out.println(node.name() + " was killed; it is started again");
        coming.putIfAbsent(node, head());
        node.startAgain();
      } else if (coming.containsKey(node)) {
        lookFor(node, rpcs.get(i));
      }
    }
  }

  /// Says that a node is back, once it has what the others have.
  private void lookFor(NodeProcess node, JsonRpc rpc) {
    OptionalLong head = head();
    OptionalLong height = height(rpc);
    if (head.isEmpty() || height.isEmpty() || height.getAsLong() < head.getAsLong()) {
      return;
    }
    OptionalLong before = requireNonNull(coming.remove(node));
    String meanwhile =
        before.isPresent()
            ? "; the others went on from block %d to %d"
                .formatted(before.getAsLong(), head.getAsLong())
            : "";
    out.println(
        "%s is back and has block %d%s".formatted(node.name(), height.getAsLong(), meanwhile));
  }

  /// Whether something failed because a node was killed that is started again now; looks after it.
  ///
  /// @throws IOException if a node has ended otherwise
  boolean mends() throws IOException, InterruptedException {
    Thread.sleep(END_MILLIS_MAX);
    look();
    return !coming.isEmpty();
  }

  /// The first node that is there and has all blocks; the first of all if none is.
  JsonRpc serving() {
    for (int i = 0; i < rpcs.size(); i++) {
      NodeProcess node = devnet.processes().get(i);
      if (node.isAlive() && !down.contains(node) && !coming.containsKey(node)) {
        return rpcs.get(i);
      }
    }
    return rpcs.getFirst();
  }

  /// The last block of the node that serves; empty if none does.
  private OptionalLong head() {
    return height(serving());
  }

  private static OptionalLong height(JsonRpc rpc) {
    try {
      return OptionalLong.of(new ChainClient(rpc).blockNumber());
    } catch (IOException | RpcException silent) {
      return OptionalLong.empty();
    }
  }
}

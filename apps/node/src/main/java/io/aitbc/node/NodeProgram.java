// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.signer.RecordDiskException;
import io.aitbc.storage.DiskException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/// A process that is one node: `aitbc node`, and each node of a network on one machine.
public final class NodeProgram {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private NodeProgram() {}

  /// Runs a node until it gets SIGTERM or SIGINT, or ends by itself.
  ///
  /// @param untilStdinCloses whether the end of standard input stops it too, as it ends when the
  ///   starting process is gone
  /// @return the status to end the process with, as {@link NodeEnd} has it
  /// @throws ConfigurationException if the configuration does not fit what is in the data folder
  /// @throws IOException if the genesis file cannot be read
  public static int run(NodeConfiguration configuration, boolean untilStdinCloses)
      throws IOException, InterruptedException, ConfigurationException {
    return run(List.of(configuration), untilStdinCloses);
  }

  /// Several nodes that share the process, its threads and what they read of a genesis file; when
  /// one ends, all do.
  private static int run(List<NodeConfiguration> configurations, boolean untilStdinCloses)
      throws IOException, InterruptedException, ConfigurationException {
    List<Node> nodes = new CopyOnWriteArrayList<>();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(nodes), "shutdown"));
    BlockingQueue<NodeEnd> ends = new LinkedBlockingQueue<>();
    Map<Path, NodeGenesis> read = new HashMap<>();
    for (NodeConfiguration configuration : configurations) {
      NodeGenesis genesis = read.get(configuration.genesis());
      if (genesis == null) {
        genesis = NodeGenesis.proven(configuration.genesis());
        read.put(configuration.genesis(), genesis);
      }
      Node node;
      try {
        node = Node.start(configuration, genesis, GenesisWishes.of(System.getenv()));
      } catch (IOException | DiskException | RecordDiskException failed) {
        System.err.println("the node did not start: " + failed.getMessage());
        close(nodes);
        return NodeEnd.ofStart(failed).status();
      }
      boolean _ = nodes.add(node);
      Thread _ =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  boolean _ = ends.add(node.awaitEnd());
                } catch (InterruptedException neverHappens) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    if (untilStdinCloses) {
      Thread _ = Thread.ofPlatform().name("stdin").daemon().start(() -> awaitEndOfInput(nodes));
    }
    NodeEnd first = ends.take();
    close(nodes);
    return first.status();
  }

  /// Runs the nodes of the configuration files that are the arguments, one as a rule, until
  /// standard input ends. What stops the start is said in one line.
  public static void main(String[] arguments) throws InterruptedException {
    int status;
    try {
      if (arguments.length == 0) {
        throw new ConfigurationException("the arguments are configuration files");
      }
      List<NodeConfiguration> configurations = new ArrayList<>();
      for (String file : arguments) {
        NodeConfiguration read = NodeConfiguration.read(Path.of(file));
        boolean _ = configurations.add(read.or("", Map.of(), System.getenv()));
      }
      status = run(configurations, true);
    } catch (ConfigurationException refused) {
      System.err.println("node: " + refused.getMessage());
      status = WRONG_USAGE;
    } catch (IOException failed) {
      System.err.println("node: " + failed.getMessage());
      status = FAILED;
    }
    System.exit(status);
  }

  private static void close(List<Node> nodes) {
    nodes.forEach(Node::close);
  }

  private static void awaitEndOfInput(List<Node> nodes) {
    try {
      while (System.in.read() >= 0) {
        // What is typed means nothing; only the end does.
      }
    } catch (IOException closed) {
      // A broken pipe is its end too.
      close(nodes);
    }
    close(nodes);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import java.io.IOException;
import java.nio.file.Path;

/// A process that is one node: `aitbc node`, and each node of a network on one machine.
public final class NodeProgram {
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private NodeProgram() {}

  /// Runs a node until it gets SIGTERM or SIGINT, or ends by itself.
  ///
  /// @param untilStdinCloses whether the end of standard input stops it too, as it ends when the
  ///     starting process is gone
  /// @return the status to end the process with: 0 as asked, 1 by itself, 3 for the disk
  /// @throws ConfigurationException if the configuration does not fit what is in the data folder
  /// @throws IOException if a file or a port cannot be used
  public static int run(NodeConfiguration configuration, boolean untilStdinCloses)
      throws IOException, InterruptedException, ConfigurationException {
    Node node = Node.start(configuration, GenesisWishes.of(System.getenv()));
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
    if (untilStdinCloses) {
      Thread _ = Thread.ofPlatform().name("stdin").daemon().start(() -> awaitEndOfInput(node));
    }
    return node.awaitEnd().status();
  }

  /// Runs the node of the configuration file that is the only argument, until standard input ends.
  /// What stops the start is said in one line.
  public static void main(String[] arguments) throws InterruptedException {
    int status;
    try {
      if (arguments.length != 1) {
        throw new ConfigurationException("the one argument is the configuration file");
      }
      NodeConfiguration read = NodeConfiguration.read(Path.of(arguments[0]));
      status = run(read.with(read.storage().or("", System.getenv())), true);
    } catch (ConfigurationException refused) {
      System.err.println("node: " + refused.getMessage());
      status = WRONG_USAGE;
    } catch (IOException failed) {
      System.err.println("node: " + failed.getMessage());
      status = FAILED;
    }
    System.exit(status);
  }

  private static void awaitEndOfInput(Node node) {
    try {
      while (System.in.read() >= 0) {
        // What is typed means nothing; only the end does.
      }
    } catch (IOException closed) {
      // A broken pipe is its end too.
      node.close();
    }
    node.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.devnet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A running network of node processes on this machine. Closing it ends them all; so does the end
/// of this process, however it comes.
public final class Devnet implements AutoCloseable {
  private final List<DevnetFiles.Node> nodes;
  private final List<NodeProcess> processes;

  private Devnet(List<DevnetFiles.Node> nodes, List<NodeProcess> processes) {
    this.nodes = nodes;
    this.processes = processes;
  }

  /// Starts every node of a network that was made.
  ///
  /// @throws IOException if one cannot be started; then none is left running
  public static Devnet start(DevnetFiles files) throws IOException {
    return start(files, DevnetFiles.Links.DIRECT);
  }

  /// Starts every node of a network that was made, with something between them.
  ///
  /// @throws IOException if one cannot be started; then none is left running
  public static Devnet start(DevnetFiles files, DevnetFiles.Links links) throws IOException {
    List<DevnetFiles.Node> nodes = files.nodes(links);
    List<NodeProcess> processes = new ArrayList<>();
    Devnet devnet = new Devnet(List.copyOf(nodes), processes);
    Runtime.getRuntime().addShutdownHook(new Thread(devnet::close, "devnet-shutdown"));
    try {
      for (DevnetFiles.Node node : nodes) {
        processes.add(NodeProcess.start(node.name(), node.configuration(), node.log()));
      }
    } catch (IOException failed) {
      devnet.close();
      throw failed;
    }
    return devnet;
  }

  /// The nodes.
  public List<DevnetFiles.Node> nodes() {
    return nodes;
  }

  /// Their processes, in the same order.
  public List<NodeProcess> processes() {
    return List.copyOf(processes);
  }

  /// Ends all nodes: asks all first, then waits for each.
  @Override
  public void close() {
    processes.forEach(NodeProcess::requestStop);
    processes.forEach(NodeProcess::awaitStop);
  }
}

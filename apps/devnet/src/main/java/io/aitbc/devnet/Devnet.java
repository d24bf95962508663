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
    return start(files, links, 1);
  }

  /// Starts every node of a network that was made, several to a process.
  ///
  /// @param nodesPerProcess how many share one, in the order of the nodes
  /// @throws IOException if one cannot be started; then none is left running
  public static Devnet start(DevnetFiles files, DevnetFiles.Links links, int nodesPerProcess)
      throws IOException {
    List<DevnetFiles.Node> nodes = files.nodes(links);
    List<NodeProcess> processes = new ArrayList<>();
    Devnet devnet = new Devnet(List.copyOf(nodes), processes);
    Runtime.getRuntime().addShutdownHook(new Thread(devnet::close, "devnet-shutdown"));
    try {
      for (int from = 0; from < nodes.size(); from += nodesPerProcess) {
        List<DevnetFiles.Node> together =
            nodes.subList(from, Math.min(nodes.size(), from + nodesPerProcess));
        DevnetFiles.Node first = together.getFirst();
        NodeProcess process =
            NodeProcess.start(
                first.name(),
                together.stream().map(DevnetFiles.Node::configuration).toList(),
                first.log());
        together.forEach(_ -> processes.add(process));
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

  /// Their processes, in the same order; nodes that share one have the same.
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

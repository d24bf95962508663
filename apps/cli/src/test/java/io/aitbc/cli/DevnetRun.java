// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.execution.GenesisPreset;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.NetworkKind;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A network of node processes in a folder, reached by their public RPC.
final class DevnetRun implements AutoCloseable {
  private static final Address RECIPIENT =
      Address.fromHex("0x00000000000000000000000000000000000a17bc");
  private static final long WAIT_MILLIS_MAX = 180_000;

  /// What a network of these tests adds to the usual ports: they run in several processes at once.
  static final int PORT_SHIFT = 200 * Integer.getInteger("aitbc.test.fork", 1);

  private final boolean isFinal;
  private final Devnet devnet;
  private final List<JsonRpc> rpcs = new ArrayList<>();

  /// Makes and starts a network of so many validators whose mode follows by a policy, and waits
  /// until all answer.
  DevnetRun(Path folder, int nodes, ModePolicy policy) throws Exception {
    this(
        folder,
        nodes,
        new NetworkKind.Hybrid(),
        DevnetFiles.Links.DIRECT,
        files -> files.create(nodes, GenesisPreset.DEV, policy));
  }

  /// The same in one mode.
  DevnetRun(Path folder, int nodes, Mode mode) throws Exception {
    this(
        folder,
        nodes,
        new NetworkKind.Hybrid(),
        DevnetFiles.Links.DIRECT,
        files -> files.create(nodes, mode, List.of()));
  }

  /// Makes and starts a network of so many nodes, and waits until all answer.
  DevnetRun(Path folder, int nodes, NetworkKind kind) throws Exception {
    this(folder, nodes, kind, DevnetFiles.Links.DIRECT);
  }

  /// The same with something between the nodes.
  DevnetRun(Path folder, int nodes, NetworkKind kind, DevnetFiles.Links links) throws Exception {
    this(folder, nodes, kind, links, files -> files.create(nodes, kind, Optional.empty()));
  }

  /// Starts a network with votes that was stopped, from its data.
  static DevnetRun again(Path folder, int nodes) throws Exception {
    return new DevnetRun(
        folder, nodes, new NetworkKind.Hybrid(), DevnetFiles.Links.DIRECT, _ -> {});
  }

  /// Makes the files of a network.
  @FunctionalInterface
  private interface Creation {
    void in(DevnetFiles files) throws IOException;
  }

  private DevnetRun(
      Path folder, int nodes, NetworkKind kind, DevnetFiles.Links links, Creation creation)
      throws Exception {
    this.isFinal = kind instanceof NetworkKind.Hybrid;
    DevnetFiles files = files(folder);
    creation.in(files);
    devnet = Devnet.start(files, links);
    for (DevnetFiles.Node node : devnet.nodes()) {
      rpcs.add(
          new JsonRpc(
              URI.create("http://127.0.0.1:" + node.rpc().getPort()), Duration.ofSeconds(10)));
    }
    for (int i = 0; i < nodes; i++) {
      awaitHeight(i, 0);
    }
  }

  /// The files of a network in a folder, whose ports no test of another process takes.
  static DevnetFiles files(Path folder) {
    return new DevnetFiles(folder.resolve("network"), PORT_SHIFT);
  }

  Devnet devnet() {
    return devnet;
  }

  NodeProcess process(int node) {
    return devnet.processes().get(node);
  }

  /// Where a node serves metrics and health.
  URI metrics(int node) {
    return URI.create("http://127.0.0.1:" + devnet.nodes().get(node).metrics().getPort());
  }

  JsonRpc rpc(int node) {
    return rpcs.get(node);
  }

  long height(int node) throws IOException, RpcException {
    return new ChainClient(rpcs.get(node)).blockNumber();
  }

  String hash(int node, long height) throws IOException, RpcException {
    String tag = "0x" + Long.toHexString(height);
    return rpcs.get(node).call("eth_getBlockByNumber", tag, false).path("hash").asText();
  }

  @Override
  public void close() {
    devnet.close();
    rpcs.forEach(JsonRpc::close);
    for (NodeProcess process : devnet.processes()) {
      assertFalse(process.isAlive(), process.name());
    }
  }

  /// Sends a transfer through a node and waits until all these nodes have it in the same block:
  /// where blocks are final, whichever they have first.
  void transferSeenBy(int sender, List<Integer> nodes) throws Exception {
    Hash hash = send(sender, Amount.aitbc(1));
    long end = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
    List<String> blocks = blocksOf(hash, nodes);
    while (!isFinal && blocks.stream().distinct().count() > 1 && System.nanoTime() < end) {
      Thread.sleep(50);
      blocks = blocksOf(hash, nodes);
    }
    assertEquals(1, blocks.stream().distinct().count(), blocks.toString());
  }

  /// Sends a transfer of the development account through a node.
  Hash send(int node, Amount amount) throws IOException, RpcException {
    ChainClient client = new ChainClient(rpcs.get(node));
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      return client.send(
          ChainClient.transfer(
              account,
              client.chainId(),
              client.nextNonce(account.address()),
              RECIPIENT,
              amount,
              client.gasPrice().times(2)));
    }
  }

  /// Sends transfers to nobody until the network or the thread ends: without transactions blocks
  /// are rare, and so are ends of epochs.
  static void makeBlocks(ChainClient chain, AccountSigner account) {
    try {
      long chainId = chain.chainId();
      for (long nonce = chain.nextNonce(account.address()); true; nonce++) {
        Hash _ =
            chain.send(
                ChainClient.transfer(
                    account,
                    chainId,
                    nonce,
                    Address.ZERO,
                    Amount.wei(1),
                    chain.gasPrice().times(2)));
        Thread.sleep(80);
      }
    } catch (IOException | RpcException | InterruptedException ended) {
      Thread.currentThread().interrupt(); // With the network.
    }
  }

  private List<String> blocksOf(Hash transaction, List<Integer> nodes) throws Exception {
    List<String> blocks = new ArrayList<>();
    for (int node : nodes) {
      JsonNode receipt = new ChainClient(rpcs.get(node)).awaitReceipt(transaction, WAIT_MILLIS_MAX);
      assertEquals("0x1", receipt.path("status").asText());
      blocks.add(receipt.path("blockHash").asText());
    }
    return blocks;
  }

  void assertSameBlocks(long height, int one, int other) throws IOException, RpcException {
    for (long number = 0; number <= height; number++) {
      String tag = "0x" + Long.toHexString(number);
      JsonNode first = rpcs.get(one).call("eth_getBlockByNumber", tag, true);
      assertEquals(first, rpcs.get(other).call("eth_getBlockByNumber", tag, true));
    }
  }

  void awaitHeight(int node, long height) throws InterruptedException {
    long end = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
    String last = "";
    while (System.nanoTime() < end) {
      assertTrue(devnet.processes().get(node).isAlive(), devnet.processes().get(node).logTail());
      try {
        if (new ChainClient(rpcs.get(node)).blockNumber() >= height) {
          return;
        }
      } catch (IOException | RpcException starting) {
        last = String.valueOf(starting.getMessage());
      }
      Thread.sleep(50);
    }
    throw new AssertionError(
        "node %d does not reach %d: %s%n%s"
            .formatted(node, height, last, devnet.processes().get(node).logTail()));
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.NetworkKind;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.node.RpcConfiguration;
import io.aitbc.signer.AccountSigner;
import io.aitbc.testkit.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Networks without votes of whole nodes in this process, with real disks, keys and connections.
/// Protocol §10.4.
class PoaNetworkIT {
  private static final Address RECIPIENT =
      Address.fromHex("0x00000000000000000000000000000000000a17bc");
  private static final long WAIT_MILLIS_MAX = 40_000;

  @TempDir private Path folder;

  private final List<Running> running = new ArrayList<>();

  /// A node and a client of it.
  private record Running(NodeConfiguration configuration, Node node, JsonRpc rpc) {
    long height() throws IOException, RpcException {
      return new ChainClient(rpc).blockNumber();
    }

    JsonNode block(long height) throws IOException, RpcException {
      return rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(height), false);
    }

    String hash(long height) throws IOException, RpcException {
      return block(height).path("hash").asText();
    }

    void close() {
      rpc.close();
      node.close();
    }
  }

  @AfterEach
  void endAll() {
    running.forEach(Running::close);
  }

  @Test
  void aPartWithFewerBlocksTakesThemBackForTheLongerChainAndItsTransactionsAreNotLost()
      throws Exception {
    List<NodeConfiguration> made = made(4, 250, Optional.empty());
    List<Running> many = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      many.add(start(knowing(made.get(i), made.subList(0, 3))));
    }
    Running alone = start(knowing(made.get(3), List.of()));
    Hash sent = transfer(alone);
    JsonNode first = new ChainClient(alone.rpc()).awaitReceipt(sent, WAIT_MILLIS_MAX);
    long height = Long.decode(first.path("blockNumber").asText());
    String abandoned = first.path("blockHash").asText();
    await(() -> many.getFirst().height() > alone.height() + 1);
    assertNotEquals(abandoned, many.getFirst().hash(height));

    Running between = start(follower("between", List.of(made.get(0), made.get(3))));
    await(() -> alone.hash(height).equals(many.getFirst().hash(height)));
    for (Running node : running) {
      JsonNode receipt = new ChainClient(node.rpc()).awaitReceipt(sent, WAIT_MILLIS_MAX);
      assertEquals("0x1", receipt.path("status").asText());
    }
    awaitSameChain(between.height() + 4);
    assertTrue(
        alone.rpc().call("eth_getBlockByHash", abandoned, false).isNull(),
        "nothing is left of an abandoned block");
  }

  @Test
  void aNodeThatWasStoppedGoesOnFromItsDiskAndCatchesUp() throws Exception {
    List<NodeConfiguration> made = made(2, 200, Optional.empty());
    Running stays = start(made.get(0));
    Running stops = start(made.get(1));
    await(() -> stops.height() >= 3);
    long had = stops.height();
    running.remove(stops);
    stops.close();
    await(() -> stays.height() > had + 4);

    Running again = start(made.get(1));
    assertTrue(again.height() >= had, () -> "begins at its head, " + had);
    awaitSameChain(stays.height() + 1);
    String maker = again.rpc().call("aitbc_validators").path(0).path("account").asText();
    String other = again.rpc().call("aitbc_validators").path(1).path("account").asText();
    await(() -> {
      List<String> makers = new ArrayList<>();
      for (long height = stays.height(); makers.size() < 6; height--) {
        makers.add(stays.block(height).path("miner").asText());
      }
      return makers.contains(maker) && makers.contains(other);
    });
  }

  @Test
  void oneProposerMakesEveryBlockAndTheOthersFollow() throws Exception {
    Address proposer = Address.fromHex("0x00000000000000000000000000000000000000aa");
    List<NodeConfiguration> made = made(2, 200, Optional.of(proposer));
    assertTrue(made.get(1).validator().isEmpty());
    Running makes = start(made.get(0));
    Running follows = start(made.get(1));
    await(() -> follows.height() >= 3);
    for (long height = 1; height <= 3; height++) {
      assertEquals(proposer.toString(), follows.block(height).path("miner").asText());
      assertEquals(makes.hash(height), follows.hash(height));
    }
  }

  @Test
  void ethersUnderstandsAnswersThatSayTheyAreNotFinal() throws Exception {
    Running node = start(made(1, 200, Optional.empty()).getFirst());
    assertEquals("poa", node.rpc().call("aitbc_status").path("mode").asText());
    RpcException refused =
        assertThrows(
            RpcException.class, () -> node.rpc().call("eth_getBlockByNumber", "finalized", false));
    assertTrue(String.valueOf(refused.getMessage()).contains("is ever final"), refused.toString());
    Client.ETHERS.works(folder, node.rpc().endpoint());
    String baseFee = node.block(node.height()).path("baseFeePerGas").asText();
    assertEquals("0x0", baseFee, "clients work without a base fee, too");
  }

  @Test
  void aNodeStopsWhereTheLongerChainGoesTooDeepUntilItsOperatorKeepsItsOwn() throws Exception {
    List<NodeConfiguration> made = made(2, 100, Optional.empty());
    Running longer = start(knowing(made.get(0), List.of()));
    await(() -> longer.height() > 8);
    Running shorter = start(knowing(made.get(1), List.of()));
    await(() -> shorter.height() > 12);

    Running _ = start(follower("between", made));
    await(() -> !shorter.rpc().call("aitbc_whyStalled").isEmpty());
    long stoppedAt = shorter.height();
    String own = shorter.hash(1);
    assertNotEquals(own, longer.hash(1));
    Thread.sleep(500); // More than four slots.
    assertEquals(stoppedAt, shorter.height(), "it makes no block");
    assertEquals(own, shorter.hash(1), "it follows nobody");

    running.remove(shorter);
    shorter.close();
    NodeConfiguration stopped = shorter.configuration();
    Running kept =
        start(
            new NodeConfiguration(
                stopped.data(),
                stopped.genesis(),
                stopped.validator(),
                stopped.network(),
                stopped.rpc(),
                stopped.metrics(),
                stopped.checkpoints(),
                NodeConfiguration.OnSplit.KEEP));
    await(() -> kept.height() > stoppedAt + 3);
    assertEquals(own, kept.hash(1));
  }

  /// A network of so many nodes with slots of so many milliseconds.
  private List<NodeConfiguration> made(int nodes, int slotMillis, Optional<Address> proposer)
      throws Exception {
    DevnetFiles files = DevnetRun.files(folder);
    files.create(nodes, new NetworkKind.Poa(slotMillis), proposer);
    List<NodeConfiguration> configurations = new ArrayList<>();
    for (DevnetFiles.Node node : files.nodes()) {
      configurations.add(NodeConfiguration.read(node.configuration()));
    }
    return configurations;
  }

  /// The same node, but it dials only these.
  private static NodeConfiguration knowing(NodeConfiguration node, List<NodeConfiguration> others) {
    List<InetSocketAddress> known = others.stream().map(other -> other.network().listen()).toList();
    return new NodeConfiguration(
        node.data(),
        node.genesis(),
        node.validator(),
        new NodeConfiguration.NetworkAddress(
            node.network().folder(),
            node.network().listen(),
            node.network().peers().stream()
                .filter(peer -> known.contains(peer.address()))
                .toList()),
        node.rpc(),
        node.metrics(),
        node.checkpoints(),
        node.onSplit());
  }

  /// A node without a key that dials these, two or more that know each other.
  private NodeConfiguration follower(String name, List<NodeConfiguration> others)
      throws IOException {
    List<InetSocketAddress> dialled =
        others.stream().map(other -> other.network().listen()).toList();
    List<NodeConfiguration.StaticPeer> peers =
        others.stream()
            .flatMap(other -> other.network().peers().stream())
            .filter(peer -> dialled.contains(peer.address()))
            .distinct()
            .toList();
    Path own = folder.resolve(name);
    return new NodeConfiguration(
        own.resolve("data"),
        others.getFirst().genesis(),
        Optional.empty(),
        new NodeConfiguration.NetworkAddress(own, FreePorts.address(), peers),
        RpcConfiguration.at(FreePorts.address()),
        Optional.empty(),
        List.of(),
        NodeConfiguration.OnSplit.STOP);
  }

  private Running start(NodeConfiguration configuration) throws Exception {
    Node node = Node.start(configuration, GenesisWishes.NONE);
    Running started =
        new Running(
            configuration,
            node,
            new JsonRpc(URI.create("http://127.0.0.1:" + node.rpcPort()), Duration.ofSeconds(10)));
    running.add(started);
    return started;
  }

  private static Hash transfer(Running to) throws Exception {
    ChainClient client = new ChainClient(to.rpc());
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      return client.send(
          ChainClient.transfer(
              account,
              client.chainId(),
              client.nextNonce(account.address()),
              RECIPIENT,
              Amount.aitbc(1),
              client.gasPrice().times(2)));
    }
  }

  /// Waits until all nodes have the same blocks up to a height. Before, some may have others for a
  /// moment: on a busy machine proposers miss slots and make blocks beside each other.
  private void awaitSameChain(long height) throws Exception {
    await(() -> {
      for (long number = height; number >= 0; number--) {
        List<String> hashes = new ArrayList<>();
        for (Running node : running) {
          hashes.add(node.hash(number));
        }
        if (hashes.contains("") || hashes.stream().distinct().count() > 1) {
          return false;
        }
      }
      return true;
    });
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, "waited for " + WAIT_MILLIS_MAX + " ms");
      Thread.sleep(20);
    }
  }
}

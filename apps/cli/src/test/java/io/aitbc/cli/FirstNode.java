// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/// The first node of a new network, in this process; nobody starts the others.
final class FirstNode implements AutoCloseable {
  private static final Address PAID = Address.fromHex("0x00000000000000000000000000000000000a17bc");
  private static final long WAIT_NANOS_MAX = Duration.ofMinutes(3).toNanos();

  private final DevnetFiles files;
  private final Node node;
  private final URI metrics;
  private final JsonRpc rpc;
  private final HttpClient http = HttpClient.newHttpClient();

  /// @param folder for the network's files
  /// @param validators of the network
  FirstNode(Path folder, int validators) throws Exception {
    files = DevnetRun.files(folder);
    files.create(validators);
    DevnetFiles.Node first = files.nodes().getFirst();
    metrics = URI.create("http://127.0.0.1:" + first.metrics().getPort() + "/metrics");
    node = Node.start(NodeConfiguration.read(first.configuration()), GenesisWishes.NONE);
    rpc =
        new JsonRpc(
            URI.create("http://127.0.0.1:" + first.rpc().getPort()), Duration.ofSeconds(10));
  }

  JsonRpc rpc() {
    return rpc;
  }

  /// The network's genesis file.
  Path genesis() {
    return files.folder().resolve("genesis.json");
  }

  /// What the node serves to Prometheus.
  String metrics() throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /// Sends money of the development account.
  Hash pay(Amount amount) throws IOException, RpcException {
    ChainClient chain = new ChainClient(rpc);
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      return chain.send(
          ChainClient.transfer(
              account,
              chain.chainId(),
              chain.nextNonce(account.address()),
              PAID,
              amount,
              chain.gasPrice().times(2)));
    }
  }

  void awaitHeight(long height) throws Exception {
    ChainClient chain = new ChainClient(rpc);
    long end = System.nanoTime() + WAIT_NANOS_MAX;
    while (chain.blockNumber() < height) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no block " + height);
      }
      Thread.sleep(50);
    }
  }

  /// Waits until a line stands among the series.
  void awaitSeries(String line) throws Exception {
    long end = System.nanoTime() + WAIT_NANOS_MAX;
    while (metrics().lines().noneMatch(line::equals)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never: " + line);
      }
      Thread.sleep(200);
    }
  }

  @Override
  public void close() {
    rpc.close();
    http.close();
    node.close();
  }
}

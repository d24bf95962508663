// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.JsonRpc;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.network.Network;
import io.aitbc.network.Peer;
import io.aitbc.network.PeerId;
import io.aitbc.node.GenesisFile;
import io.aitbc.node.GenesisWishes;
import io.aitbc.node.Node;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.node.RpcConfiguration;
import io.aitbc.testkit.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What peers say of their heads, over real connections, beside a validator and a node that only
/// follows: both come to the head, stay well and go on. Protocol §15.5.
class LyingPeersIT {
  private static final long FAR = 1_000_000_000_000_000L;
  private static final long WAIT_NANOS_MAX = Duration.ofMinutes(2).toNanos();

  /// Greatest number of blocks that a node of this test can miss.
  private static final long BLOCKS_MAX = 10_000;

  @TempDir private Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  /// A peer that speaks of a head again and again, also as soon as anything is asked of it, and
  /// serves nothing.
  private static final class Liar extends PretendedPeer implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final boolean isSilent;
    private final LongUnaryOperator claim;
    private final Network network;
    private volatile long head;
    private volatile boolean isAsked;

    /// @param isSilent whether it answers nothing at all when it is asked for blocks
    /// @param claim of a head, from the last one that it heard of
    Liar(NodeConfiguration victim, boolean isSilent, LongUnaryOperator claim) throws Exception {
      this.isSilent = isSilent;
      this.claim = claim;
      network =
          dial(
              endpoint(victim),
              genesis(victim),
              new Network.Head(new Height(claim.applyAsLong(0)), Hash.ZERO));
      var _ = clock.scheduleAtFixedRate(this::boast, 50, 50, TimeUnit.MILLISECONDS);
    }

    private static Hash genesis(NodeConfiguration victim) throws Exception {
      return GenesisFile.read(victim.genesis()).state().hash();
    }

    private void boast() {
      int _ =
          network.broadcast(
              new PeerMessage.Status(
                  new Height(claim.applyAsLong(head)), Hash.ZERO, Height.GENESIS));
    }

    boolean wasAsked() {
      return isAsked;
    }

    @Override
    public void connected(Peer peer) {
      head = peer.hello().head().number();
    }

    @Override
    public void received(PeerId from, PeerMessage message) {
      if (message instanceof PeerMessage.Status status) {
        head = status.head().number();
      }
      if (message instanceof PeerMessage.BlocksRequest request) {
        isAsked = true;
        if (!isSilent) {
          Network.Sent _ = network.send(from, new PeerMessage.Blocks(request.request(), List.of()));
        }
        boast();
      }
    }

    @Override
    public void close() {
      clock.shutdownNow();
      network.close();
    }
  }

  /// A node, what it says of itself, and peers that lie to it.
  private final class Lied implements AutoCloseable {
    private final List<Liar> liars = new ArrayList<>();
    private final NodeConfiguration configuration;
    private final Node node;
    private final JsonRpc rpc;

    Lied(NodeConfiguration configuration) throws Exception {
      this.configuration = configuration;
      for (boolean isSilent : new boolean[] {true, false}) {
        liars.add(new Liar(configuration, isSilent, _ -> FAR));
        liars.add(new Liar(configuration, isSilent, head -> head + 1));
        liars.add(new Liar(configuration, isSilent, head -> head + 100));
      }
      node = Node.start(configuration, GenesisWishes.NONE);
      rpc = new JsonRpc(URI.create("http://127.0.0.1:" + node.rpcPort()), Duration.ofSeconds(10));
    }

    /// What the node says now, in which no lie may be.
    JsonNode status() throws Exception {
      JsonNode status = rpc.call("aitbc_status");
      assertTrue(status.path("blocksBehind").asLong() < BLOCKS_MAX, status::toString);
      JsonNode syncing = rpc.call("eth_syncing");
      if (syncing.isObject()) {
        assertTrue(
            Long.decode(syncing.path("highestBlock").asText()) < BLOCKS_MAX, syncing::toString);
      }
      return status;
    }

    long height() throws Exception {
      return status().path("height").asLong();
    }

    String health() throws IOException, InterruptedException {
      int port = configuration.metrics().orElseThrow().getPort();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    void comesTo(long height) throws Exception {
      long end = System.nanoTime() + WAIT_NANOS_MAX;
      while (height() < height || status().path("syncing").asBoolean()) {
        assertTrue(System.nanoTime() < end, () -> "no block " + height);
        Thread.sleep(20);
      }
    }

    /// It is well as soon as it is, and stays so for some blocks.
    void isWell() throws Exception {
      long end = System.nanoTime() + WAIT_NANOS_MAX;
      while (!health().contains("\"ok\"")) {
        assertTrue(System.nanoTime() < end, health());
        Thread.sleep(20);
      }
      comesTo(height() + 3);
      assertTrue(health().contains("\"ok\""), health());
      assertEquals(0, status().path("blocksBehind").asLong());
      assertTrue(liars.stream().anyMatch(Liar::wasAsked), "nobody fell for a lie");
    }

    @Override
    public void close() {
      rpc.close();
      node.close();
      liars.forEach(Liar::close);
    }
  }

  @Test
  void whateverPeersSayOfTheirHeadsNodesComeToTheChainsAndStayWell() throws Exception {
    DevnetFiles files = DevnetRun.files(folder);
    files.create(1);
    NodeConfiguration maker = NodeConfiguration.read(files.nodes().getFirst().configuration());
    try (Lied first = new Lied(maker)) {
      first.comesTo(2);
      first.isWell();
    }
    try (Lied again = new Lied(maker)) { // With blocks on its disk that are old by now.
      long height = again.height();
      again.comesTo(height + 2);
      again.isWell();
      try (Lied follower = new Lied(follower(maker))) {
        follower.comesTo(again.height());
        follower.isWell();
      }
    } finally {
      http.close();
    }
  }

  /// A node without a key that knows the other.
  private NodeConfiguration follower(NodeConfiguration maker) throws Exception {
    Path own = Files.createDirectories(folder.resolve("follower"));
    PeerId id = PretendedPeer.endpoint(maker).id();
    return new NodeConfiguration(
        own.resolve("data"),
        maker.genesis(),
        Optional.empty(),
        new NodeConfiguration.NetworkAddress(
            own,
            FreePorts.address(),
            List.of(new NodeConfiguration.StaticPeer(id.hash().toHex(), maker.network().listen()))),
        RpcConfiguration.at(FreePorts.address()),
        Optional.of(FreePorts.address()),
        List.of(),
        NodeConfiguration.OnSplit.STOP);
  }
}

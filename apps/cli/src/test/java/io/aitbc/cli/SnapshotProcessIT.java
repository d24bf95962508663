// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.network.NodeIdentity;
import io.aitbc.node.NodeConfiguration;
import io.aitbc.signer.AccountSigner;
import io.aitbc.testkit.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node begins from the snapshot of another, as processes. The other was killed since it took the
/// snapshot and has been started again; the new one is killed while it fetches. Protocol §13.5,
/// §15.5.
@Tag("long")
class SnapshotProcessIT {
  private static final int SNAPSHOT_BLOCKS = 20;

  private static final long WAIT_MILLIS_MAX = 120_000;
  private static final Address RECIPIENT =
      Address.fromHex("0x00000000000000000000000000000000000a17bc");

  @TempDir private Path folder;

  @Test
  void aNewNodeBeginsFromASnapshotThatWasTakenBeforeARestart() throws Exception {
    DevnetFiles files = DevnetRun.files(folder);
    files.create(1);
    DevnetFiles.Node node = files.nodes().getFirst();
    append(node.configuration(), "\n[sync]\nsnapshot_blocks = " + SNAPSHOT_BLOCKS + "\n");
    try (NodeProcess old = NodeProcess.start("old", node.configuration(), node.log());
        JsonRpc rpc = rpc(node.rpc())) {
      ChainClient chain = new ChainClient(rpc);
      awaitAnswer(old, chain);
      for (int i = 0; i <= SNAPSHOT_BLOCKS; i++) {
        transfer(chain);
      }
      awaitSnapshot(old, files.folder());
      old.kill();
      takeNoMore(node.configuration());
      old.startAgain();
      awaitAnswer(old, chain);
      transfer(chain);

      String next = hash(rpc, SNAPSHOT_BLOCKS + 1);
      InetSocketAddress served = FreePorts.address();
      Path configuration = newcomer(files, node, (SNAPSHOT_BLOCKS + 1) + ":" + next, served);
      Path log = folder.resolve("new.log");
      try (NodeProcess fresh = NodeProcess.start("new", configuration, log);
          JsonRpc own = rpc(served)) {
        awaitLine(fresh, log, "fetching a snapshot");
        fresh.kill();
        fresh.startAgain();
        ChainClient beginner = new ChainClient(own);
        awaitAnswer(fresh, beginner);
        awaitHeight(fresh, beginner, chain.blockNumber());
        assertTrue(Files.readString(log).contains("snapshot is here"), fresh.logTail());
        assertEquals(next, hash(own, SNAPSHOT_BLOCKS + 1));
        assertEquals(chain.balance(RECIPIENT), beginner.balance(RECIPIENT));
        RpcException early =
            assertThrows(RpcException.class, () -> own.call("eth_getBlockByNumber", "0x1", true));
        assertTrue(String.valueOf(early.getMessage()).contains("not kept"), "bodies below");
      }
    }
  }

  private Path newcomer(
      DevnetFiles files, DevnetFiles.Node node, String checkpoint, InetSocketAddress rpc)
      throws Exception {
    NodeConfiguration known = NodeConfiguration.read(node.configuration());
    String id =
        NodeIdentity.loadOrCreate(known.network().folder(), new SecureRandom()).id().hash().toHex();
    Path own = Files.createDirectories(folder.resolve("new"));
    Path configuration = own.resolve("node.toml");
    Files.writeString(
        configuration,
        """
        data = "data"
        genesis = "%s"

        [network]
        folder = "."
        listen = "%s"
        peers = ["%s@%s"]

        [rpc]
        listen = "%s"

        [trust]
        checkpoints = ["%s"]

        [sync]
        begin = "snapshot"
        """
            .formatted(
                files.folder().resolve("genesis.json").toAbsolutePath(),
                text(FreePorts.address()),
                id.substring(2),
                text(known.network().listen()),
                text(rpc),
                checkpoint));
    return configuration;
  }

  /// The first snapshot would give way to the third while the new node fetches it.
  private static void takeNoMore(Path configuration) throws IOException {
    String every = "snapshot_blocks = " + SNAPSHOT_BLOCKS;
    String text = Files.readString(configuration);
    assertTrue(text.contains(every), text);
    Files.writeString(configuration, text.replace(every, "snapshot_blocks = 0"));
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  private static JsonRpc rpc(InetSocketAddress address) {
    return new JsonRpc(URI.create("http://" + text(address)), Duration.ofSeconds(10));
  }

  private static void transfer(ChainClient chain) throws Exception {
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      JsonNode _ =
          chain.awaitReceipt(
              chain.send(
                  ChainClient.transfer(
                      account,
                      chain.chainId(),
                      chain.nextNonce(account.address()),
                      RECIPIENT,
                      Amount.aitbc(1),
                      chain.gasPrice().times(2))),
              WAIT_MILLIS_MAX);
    }
  }

  private static String hash(JsonRpc rpc, long height) throws IOException, RpcException {
    String tag = "0x" + Long.toHexString(height);
    return rpc.call("eth_getBlockByNumber", tag, false).path("hash").asText();
  }

  private static void awaitAnswer(NodeProcess process, ChainClient chain) throws Exception {
    awaitHeight(process, chain, 0);
  }

  private static void awaitHeight(NodeProcess process, ChainClient chain, long height)
      throws Exception {
    long end = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
    while (true) {
      try {
        if (chain.blockNumber() >= height) {
          return;
        }
      } catch (IOException | RpcException starting) {
        assertTrue(System.nanoTime() < end, () -> starting + "\n" + process.logTail());
      }
      assertTrue(process.isAlive() && System.nanoTime() < end, process::logTail);
      Thread.sleep(50);
    }
  }

  /// Until the snapshot is on the disk, which is some time after its block is told to be final.
  private static void awaitSnapshot(NodeProcess process, Path network) throws Exception {
    Path wanted = Path.of("node1", "data", "chain-kept", Integer.toString(SNAPSHOT_BLOCKS));
    long end = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
    while (!Files.isDirectory(network.resolve(wanted))) {
      assertTrue(process.isAlive() && System.nanoTime() < end, process::logTail);
      Thread.sleep(20);
    }
  }

  private static void awaitLine(NodeProcess process, Path log, String wanted) throws Exception {
    long end = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
    while (!Files.exists(log) || !Files.readString(log).contains(wanted)) {
      assertTrue(process.isAlive() && System.nanoTime() < end, process::logTail);
      Thread.sleep(20);
    }
  }
}

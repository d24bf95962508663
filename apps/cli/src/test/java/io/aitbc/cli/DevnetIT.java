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
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Transaction;
import io.aitbc.signer.AccountSigner;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Four validators in processes of their own, reached by their public RPC.
class DevnetIT {
  private static final Address RECIPIENT =
      Address.fromHex("0x00000000000000000000000000000000000a17bc");
  private static final long WAIT_MILLIS_MAX = 60_000;
  private static final String ETHERS = "ethers@6.16.0";

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private Devnet devnet;

  private final List<JsonRpc> rpcs = new ArrayList<>();

  @BeforeEach
  void fourValidators() throws Exception {
    DevnetFiles files = new DevnetFiles(folder.resolve("network"));
    files.create(4);
    devnet = Devnet.start(files);
    for (DevnetFiles.Node node : devnet.nodes()) {
      rpcs.add(
          new JsonRpc(
              URI.create("http://127.0.0.1:" + node.rpc().getPort()), Duration.ofSeconds(10)));
    }
    for (int i = 0; i < 4; i++) {
      awaitHeight(i, 0);
    }
  }

  @AfterEach
  void endAll() {
    devnet.close();
    rpcs.forEach(JsonRpc::close);
    for (NodeProcess process : devnet.processes()) {
      assertFalse(process.isAlive(), process.name());
    }
  }

  @Test // Protocol §15.5.
  void transfersAreFinalOnAllNodesAndANodeThatWasKilledComesBack() throws Exception {
    transferSeenBy(0, List.of(0, 1, 2, 3));

    NodeProcess killed = devnet.processes().get(3);
    killed.kill();
    transferSeenBy(1, List.of(0, 1, 2));
    transferSeenBy(2, List.of(0, 1, 2));

    killed.startAgain();
    long head = new ChainClient(rpcs.get(0)).blockNumber();
    awaitHeight(3, head);
    transferSeenBy(3, List.of(0, 1, 2, 3));
    assertSameBlocks(head);
  }

  @Test
  void ethersSendsATransferAndReadsItsReceipt() throws Exception {
    Path script = Path.of("src/test/ethers/transfer.mjs").toAbsolutePath();
    Assumptions.assumeTrue(installEthers(), "npm or the package ethers is missing: skipped");
    Files.copy(script, folder.resolve("transfer.mjs"));
    Process process =
        new ProcessBuilder(
                "node",
                "transfer.mjs",
                rpcs.get(0).endpoint().toString(),
                DevnetFiles.developmentKey(),
                RECIPIENT.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("\"problems\":[]"), output);
  }

  private boolean installEthers() throws InterruptedException {
    try {
      Process install =
          new ProcessBuilder(
                  "npm",
                  "install",
                  "--no-save",
                  "--no-package-lock",
                  "--no-audit",
                  "--no-fund",
                  ETHERS)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(new File(folder.toFile(), "npm.log"))
              .start();
      return install.waitFor() == 0;
    } catch (IOException noNpm) {
      System.out.println("skipped with a notice: npm is missing, ethers is not tried");
      return false;
    }
  }

  private void transferSeenBy(int sender, List<Integer> nodes) throws Exception {
    ChainClient client = new ChainClient(rpcs.get(sender));
    Hash hash;
    try (AccountSigner account = DevnetFiles.developmentAccount()) {
      Transaction transfer =
          ChainClient.transfer(
              account,
              client.chainId(),
              client.nextNonce(account.address()),
              RECIPIENT,
              Amount.aitbc(1),
              client.gasPrice().times(2));
      hash = client.send(transfer);
    }
    String block = "";
    for (int node : nodes) {
      JsonNode receipt = new ChainClient(rpcs.get(node)).awaitReceipt(hash, WAIT_MILLIS_MAX);
      assertEquals("0x1", receipt.path("status").asText());
      block = block.isEmpty() ? receipt.path("blockHash").asText() : block;
      assertEquals(block, receipt.path("blockHash").asText(), "node " + node);
    }
  }

  private void assertSameBlocks(long height) throws IOException, RpcException {
    for (long number = 0; number <= height; number++) {
      String tag = "0x" + Long.toHexString(number);
      JsonNode first = rpcs.get(0).call("eth_getBlockByNumber", tag, true);
      assertEquals(first, rpcs.get(3).call("eth_getBlockByNumber", tag, true));
    }
  }

  private void awaitHeight(int node, long height) throws InterruptedException {
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
    throw new AssertionError("node " + node + " does not reach " + height + ": " + last);
  }
}

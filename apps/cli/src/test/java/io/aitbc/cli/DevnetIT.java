// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.model.Amount;
import io.aitbc.model.BlockHeader;
import io.aitbc.model.ModePolicy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Four validators in processes of their own, reached by their public RPC. Ethereum's client
/// libraries come last: {@link DevnetShow} counts what the recipient of a new network holds.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DevnetIT {
  private static final String HISTORY = "0x0000f90827f1c53a10cb7a02335b175320002935";

  /// On a busy machine the first block may take a fallback round, which brings SECURE (Protocol
  /// §6.1) with its blocks of two seconds.
  private static final long MODE_MILLIS_MAX = 600_000;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // Set before all tests.
  private static DevnetRun run;

  @BeforeAll
  static void fourValidators() throws Exception {
    run = new DevnetRun(folder, 4, ModePolicy.OPERATIONAL);
  }

  @AfterAll
  static void endAll() {
    run.close();
  }

  @Test // Protocol §15.5, §16.6.
  @Order(1)
  void whatRunOnceShowsIsTrueAndANodeThatWasKilledComesBack() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    DevnetShow show =
        new DevnetShow(run.devnet(), new PrintStream(printed, true, StandardCharsets.UTF_8));
    show.introduce();
    show.sendAndShow();
    contractsAreCalledOn(2);
    whatDecidesIsToldBy(2);
    aReceiptIsProvenBy(2);
    new Monitored(run.metrics(2)).everySeriesIsEmittedAndDocumented();
    show.stakeAndShow();
    IOException again = assertThrows(IOException.class, show::stakeAndShow);
    assertEquals("StakeManager refuses: AlreadyCandidate(address)", again.getMessage());

    show.killOne();
    assertFalse(run.process(3).isAlive());
    new Monitored(run.metrics(2)).saysThatItIsWell();
    long head = run.height(0);
    show.bringBack();
    run.assertSameBlocks(head, 0, 3);

    String lines = printed.toString(StandardCharsets.UTF_8);
    String block = "block \\d+ 0x[0-9a-f]{16}";
    for (int node = 1; node <= 4; node++) {
      String on = "  final on node" + node + ": " + block;
      assertLine(lines, on + ", recipient holds 10 AITBC");
      assertLine(lines, on + ", the pool of 0x[0-9a-f]{40} holds 1000 AITBC");
    }
    assertLine(lines, "node4 killed");
    assertLine(lines, "  a transfer is final on the other 3");
    assertLine(lines, "  node4 is back and has block \\d+ after \\d+ ms");
    assertLine(lines, "  a transfer through it is final on all nodes");
  }

  /// All clients with `-Daitbc.clients=all`, else the first.
  private static List<Client> clients() {
    List<Client> all =
        List.of(
            Client.ETHERS,
            Client.of("viem", "viem@2.56.9"),
            Client.of("web3", "web3@4.16.0"),
            Client.of("cast", "@foundry-rs/cast@1.7.1"),
            Client.of("forge", "@foundry-rs/forge@1.7.1", "solc@0.8.37"));
    return "all".equals(System.getProperty("aitbc.clients")) ? all : all.subList(0, 1);
  }

  /// Each sends, deploys, calls, reads events, estimates, fails and subscribes as its script in
  /// `src/test/clients` says. Skipped with a notice where npm or a package is missing.
  @ParameterizedTest
  @MethodSource("clients")
  @Order(2)
  void aClientDoesItsWork(Client client) throws Exception {
    client.works(folder, run.rpc(1).endpoint());
  }

  /// The clients have seen to it that most of the blocks are there that are measured.
  @Test // Protocol §3.3, §3.4.
  @Order(3)
  @Tag("long")
  void theModeFollowsFromWhatTheChainMeasures() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    DevnetShow show =
        new DevnetShow(run.devnet(), new PrintStream(printed, true, StandardCharsets.UTF_8));
    show.passOver();
    show.changeOfMode(MODE_MILLIS_MAX);
    String lines = printed.toString(StandardCharsets.UTF_8);
    assertLine(lines, "the mode is FAST(: load \\d\\.\\d %, availability .*| by the policy .*)");
    JsonNode mode = run.rpc(2).call("aitbc_mode");
    assertEquals("BALANCED", mode.path("startMode").asText());
    assertEquals("FAST", mode.path("to").asText());
    JsonNode change = mode.path("lastChange");
    assertEquals("FAST", change.path("to").asText(), mode.toString());
    assertEquals("POLICY", change.path("cause").asText(), mode.toString());
    assertTrue(change.path("inputs").path("availabilityMillionths").asInt() > 900_000);
    assertLine(
        ModeText.change(change),
        "mode (BALANCED|SECURE) to FAST from block \\d+ on: over the last 100 blocks load \\d+\\.\\d %, availability .*");
  }

  @Test // Protocol §3.3, §6.1.
  @Order(4)
  @Tag("long")
  void aNodeThatGoesBringsTheChainOutOfFast() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    DevnetShow show =
        new DevnetShow(run.devnet(), new PrintStream(printed, true, StandardCharsets.UTF_8));
    show.passOver();
    show.modeUnderTrouble(MODE_MILLIS_MAX);
    String lines = printed.toString(StandardCharsets.UTF_8);
    assertLine(lines, "mode FAST to (SECURE|BALANCED) from block \\d+ on: .*");
    assertLine(lines, "  a transfer through it is final on all nodes");
  }

  /// The first node is the one whose blocks are shown.
  @Tag("long")
  @Test // Protocol §10.1.
  @Order(5)
  void whoeverKillsANodeSeesTheOthersGoOnAndTheNodeComeBack() throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    DevnetShow show =
        new DevnetShow(run.devnet(), new PrintStream(printed, true, StandardCharsets.UTF_8));
    show.passOver();
    show.watch().startKilledAgain();
    end(run.process(0), "-KILL");
    show.watch().look();
    run.transferSeenBy(1, List.of(1, 2, 3));
    show.printBlocks();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!printed.toString(StandardCharsets.UTF_8).contains("node1 is back")) {
      assertTrue(System.nanoTime() < end, () -> printed.toString(StandardCharsets.UTF_8));
      Thread.sleep(DevnetShow.POLL_MILLIS);
      show.watch().look();
    }
    run.transferSeenBy(0, List.of(0, 1, 2, 3));
    String lines = printed.toString(StandardCharsets.UTF_8);
    assertLine(lines, "node1 was killed; it is started again");
    Matcher back =
        Pattern.compile(
                "node1 is back and has block \\d+; the others went on from block (\\d+) to (\\d+)")
            .matcher(lines);
    assertTrue(back.find(), lines);
    assertTrue(Long.parseLong(back.group(1)) < Long.parseLong(back.group(2)), lines);
    int killed = lines.indexOf("node1 was killed");
    assertTrue(lines.indexOf("signed by", killed) > killed, lines);

    end(run.process(3), "-TERM");
    IOException ended = assertThrows(IOException.class, () -> show.watch().look());
    String said = String.valueOf(ended.getMessage());
    assertTrue(said.startsWith("node4 has ended"), said);
  }

  /// As somebody at a terminal does it.
  private static void end(NodeProcess node, String signal) throws Exception {
    Process kill =
        new ProcessBuilder("kill", signal, String.valueOf(node.pid())).inheritIO().start();
    assertEquals(0, kill.waitFor());
    assertTrue(node.awaitEnd(TimeUnit.MINUTES.toMillis(1)).isPresent());
  }

  private static void assertLine(String lines, String wanted) {
    assertTrue(lines.lines().anyMatch(line -> line.matches(wanted)), () -> wanted + ":\n" + lines);
  }

  /// The history contract (EIP-2935) tells of a block's parent.
  private void contractsAreCalledOn(int node) throws Exception {
    JsonRpc rpc = run.rpc(node);
    run.awaitHeight(node, 1);
    long height = run.height(node);
    String at = "0x" + Long.toHexString(height);
    ObjectNode call =
        JsonNodeFactory.instance
            .objectNode()
            .put("to", HISTORY)
            .put("input", "0x%064x".formatted(height - 1));
    assertEquals(run.hash(node, height - 1), rpc.call("eth_call", call, at).asText());
    assertTrue(Long.decode(rpc.call("eth_estimateGas", call, at).asText()) > 21_000);
    JsonNode proof = rpc.call("eth_getProof", HISTORY, List.of(), at);
    assertEquals("0x1", proof.path("nonce").asText());
    String above = "0x" + Long.toHexString(height + 1_000_000);
    RpcException refused =
        assertThrows(RpcException.class, () -> rpc.call("eth_call", call, above));
    assertEquals("block not found or not kept by this node", refused.getMessage());
  }

  /// Protocol §2, §3, §10.3, §16: what a node says of itself is what its blocks and contracts say.
  private void whatDecidesIsToldBy(int node) throws Exception {
    JsonRpc rpc = run.rpc(node);
    JsonNode mode = rpc.call("aitbc_mode");
    assertTrue(mode.path("inputs").path("availabilityMillionths").isInt(), mode.toString());
    assertTrue(mode.path("headroom").path(mode.path("to").asText()).asInt() >= 0, mode.toString());
    JsonNode validators = rpc.call("aitbc_validators");
    assertEquals(4, validators.size());
    for (JsonNode each : validators) {
      assertTrue(each.path("role").asText().matches("PROPOSER|VALIDATOR"), each.toString());
      JsonNode known = rpc.call("aitbc_validator", each.path("account").asText());
      assertEquals("CANDIDATE", known.path("staker").path("state").asText(), known.toString());
      assertEquals("ACTIVE", known.path("authority").path("state").asText(), known.toString());
    }
    JsonNode light = rpc.call("aitbc_lightBlock", "0x1");
    BlockHeader header = BlockHeader.decode(Bytes.fromHex(light.path("header").asText()));
    assertEquals(run.hash(node, 1), header.hash().toHex());
    assertEquals(
        header.extraData().toHex(),
        Keccak256.hash(Bytes.fromHex(light.path("extension").asText())).toHex());
    assertEquals(rpc.call("aitbc_certificate", "0x1").asText(), light.path("certificate").asText());
    assertEquals(
        rpc.call("aitbc_epoch").path("setHash").asText(),
        Keccak256.hash(Bytes.fromHex(light.path("validators").asText())).toHex());
    assertTrue(rpc.call("aitbc_parameters").size() > EconomyParameter.values().length);
    assertEquals(0, rpc.call("aitbc_proposals").path("proposals").size());
    assertEquals(0, rpc.call("aitbc_slashings").size());
    assertTrue(run.height(node) < 100, "the set is that of epoch 0");
  }

  /// Protocol §10.3, §13.3: the command of a light client, which trusts the genesis file alone.
  private void aReceiptIsProvenBy(int node) throws Exception {
    Hash transaction = run.send(node, Amount.aitbc(1));
    JsonNode receipt = new ChainClient(run.rpc(node)).awaitReceipt(transaction, MODE_MILLIS_MAX);
    JsonNode proven =
        Typed.run(
                "consensus",
                "receipt",
                transaction.toHex(),
                "--genesis",
                DevnetRun.files(folder).folder().resolve("genesis.json"),
                "--rpc",
                run.rpc(node).endpoint(),
                "--json")
            .expect(0, "")
            .json();
    assertEquals(receipt.path("blockHash").asText(), proven.path("block").asText());
    assertTrue(proven.path("succeeded").asBoolean());
  }
}

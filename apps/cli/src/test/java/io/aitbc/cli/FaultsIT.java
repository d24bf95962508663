// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.JsonRpc;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.NextProposer;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.testkit.LinkProxies;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Four validators in processes of their own, with wires between them that can be cut; the fourth
/// on a small disk where one can be mounted, else with a bound on its files.
class FaultsIT {
  private static final List<Integer> ALL = List.of(0, 1, 2, 3);

  /// Long enough for what was on its way when the wires were cut.
  private static final long SETTLE_MILLIS = 1_500;

  private static final long WATCH_MILLIS = 2_000;
  private static final int DISK_FULL = 3;

  /// What a node prints from the moment on that it cannot write to its disk any more, and more.
  private static final int PRINTED_BYTES_MAX = 32 << 10;

  private static final int KILLS_MAX = 3;

  private static final long WAIT_MILLIS_MAX = 60_000;

  @TempDir private Path folder;

  /// Where the fourth has its data.
  @SuppressWarnings("NullAway.Init") // Set before every test.
  private Path smallDisk;

  private boolean mounted;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private LinkProxies links;

  @SuppressWarnings("NullAway.Init") // Set before every test.
  private DevnetRun run;

  @BeforeEach
  void fourValidators() throws Exception {
    smallDisk = Files.createDirectories(folder.resolve("network/node4/data"));
    mounted = status("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", smallDisk.toString()) == 0;
    links = new LinkProxies(Duration.ZERO);
    run = new DevnetRun(folder, 4, new NetworkKind.Hybrid(), links::between);
  }

  @AfterEach
  void endAll() throws Exception {
    run.close();
    links.close();
    if (mounted) {
      assertEquals(0, status("umount", smallDisk.toString()));
    }
  }

  @Test // Protocol §10.1, §13.4, §15.1.
  void noFaultForksTheChainAndItGoesOnAfterwards() throws Exception {
    run.transferSeenBy(0, ALL);
    oneNodeIsCutOff();
    halvesAreCutApart();
    aDiskBecomesFull();
    try (AcknowledgedLoad load = new AcknowledgedLoad(run, ALL.size())) {
      halfIsGone();
      theProposerIsKilled();
      load.assertAllHolds(ALL);
    }
    allAreStoppedAndGoOnFromTheirData();
  }

  private void oneNodeIsCutOff() throws Exception {
    links.cut(Set.of(3));
    run.transferSeenBy(0, List.of(0, 1, 2));
    long head = run.height(0);
    links.mend();
    run.awaitHeight(3, head);
    run.transferSeenBy(3, ALL);
    run.assertSameBlocks(head, 0, 3);
  }

  /// Each half is given another transfer of the same money: one of them alone is ever paid.
  private void halvesAreCutApart() throws Exception {
    links.cut(Set.of(0, 1));
    List<Long> before = settledHeights();
    Hash one = run.send(0, Amount.aitbc(1));
    Hash other = run.send(2, Amount.aitbc(2));
    Thread.sleep(WATCH_MILLIS);
    assertEquals(before, heights());
    links.mend();
    List<Boolean> paid = null;
    for (int node : ALL) {
      run.awaitHeight(node, before.get(node) + 2);
    }
    for (int node : ALL) {
      List<Boolean> here = awaitPaid(run.rpc(node), one, other);
      assertFalse(here.get(0) && here.get(1), "both were paid on node " + node);
      assertEquals(paid == null ? here : paid, here);
      paid = here;
    }
    for (int node : ALL) {
      run.assertSameBlocks(run.height(0), 0, awaited(node, run.height(0)));
    }
  }

  /// The fourth has ended; the third is killed.
  private void halfIsGone() throws Exception {
    run.process(2).kill();
    long end = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
    JsonNode why = run.rpc(0).call("aitbc_whyStalled");
    while (why.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(50);
      why = run.rpc(0).call("aitbc_whyStalled");
    }
    assertFalse(why.isEmpty(), "node 0 does not say why it does not go on");
    long stopped = run.height(0);
    long began = System.nanoTime();
    run.process(2).startAgain();
    run.process(3).startAgain();
    run.awaitHeight(2, 0);
    run.awaitHeight(3, 0);
    long answered = System.nanoTime();
    run.awaitHeight(0, stopped + 1);
    long now = System.nanoTime();
    System.out.printf(
        "two of four gone: went on %d ms after both answered (target 12,000), %d after their start%n",
        Math.max(0, now - answered) / 1_000_000, (now - began) / 1_000_000);
    long head = run.height(0);
    run.awaitHeight(3, head);
    run.assertSameBlocks(head, 0, 3);
  }

  /// Protocol §5.6, §8.3, §13.4: under load, whoever proposes next. It may have proposed already
  /// when it is killed; then the next one is.
  private void theProposerIsKilled() throws Exception {
    NextProposer order = NextProposer.of(DevnetRun.files(folder).genesisFile());
    boolean measured = false;
    for (int i = 0; i < KILLS_MAX && !measured; i++) {
      long head = run.height(0);
      run.awaitHeight(0, head + 1);
      head = run.height(0);
      Hash beacon = Hash.fromHex(block(0, head).path("mixHash").asText());
      Address proposer = order.after(new Height(head), beacon);
      int victim = order.nodeOf(proposer);
      int other = (victim + 1) % ALL.size();
      run.process(victim).kill();
      long killed = System.nanoTime();
      run.awaitHeight(other, head + 1);
      long millis = (System.nanoTime() - killed) / 1_000_000;
      measured = !miner(other, head + 1).equals(proposer);
      if (measured) {
        System.out.printf(
            "the proposer was killed: next block after %d ms (target %,d)%n",
            millis, order.failoverMillisMax());
      }
      run.awaitHeight(other, run.height(other) + 1);
      run.process(victim).startAgain();
      run.awaitHeight(victim, 0);
      run.awaitHeight(victim, run.height(other));
    }
    if (!measured) {
      System.out.println("[notice] every proposer had proposed before it was killed");
    }
  }

  private JsonNode block(int node, long height) throws Exception {
    return run.rpc(node).call("eth_getBlockByNumber", "0x" + Long.toHexString(height), false);
  }

  private Address miner(int node, long height) throws Exception {
    return Address.fromHex(block(node, height).path("miner").asText());
  }

  /// As `./run` does that is started again.
  private void allAreStoppedAndGoOnFromTheirData() throws Exception {
    long head = run.height(0);
    String block = run.hash(0, head);
    run.close();
    run = DevnetRun.again(folder, ALL.size());
    for (int node : ALL) {
      run.awaitHeight(node, head);
      assertEquals(block, run.hash(node, head));
    }
    run.transferSeenBy(1, ALL);
  }

  /// Where no small disk can be mounted, no file may become longer than the database's log is.
  private void aDiskBecomesFull() throws Exception {
    Path ballast = smallDisk.resolve("ballast");
    NodeProcess full = run.process(3);
    if (mounted) {
      assertThrows(IOException.class, () -> fill(ballast));
    } else {
      setQuota(full);
    }
    assertEquals(OptionalInt.of(DISK_FULL), full.awaitEnd(WAIT_MILLIS_MAX), full.logTail());
    assertTrue(Files.readString(full.log()).contains("the disk is full or failed"));
    run.transferSeenBy(0, List.of(0, 1, 2));
    boolean _ = Files.deleteIfExists(ballast);
  }

  /// Has the system refuse what a process writes beyond the present length of its database's log,
  /// which is longer than what it prints. Its successor has no such bound.
  private void setQuota(NodeProcess node) throws Exception {
    while (databaseLog() < Files.size(node.log()) + PRINTED_BYTES_MAX) {
      run.transferSeenBy(0, ALL);
    }
    String limit = "--fsize=" + databaseLog() + ":unlimited";
    assertEquals(0, status("prlimit", "--pid", String.valueOf(node.pid()), limit));
    run.transferSeenBy(0, List.of(0, 1, 2));
  }

  private long databaseLog() throws IOException {
    long longest = 0;
    try (Stream<Path> files = Files.list(smallDisk.resolve("chain"))) {
      for (Path each : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        longest = Math.max(longest, Files.size(each));
      }
    }
    return longest;
  }

  /// Ends when nothing more can be written.
  private static void fill(Path ballast) throws IOException {
    byte[] zeros = new byte[4_096];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(zeros);
      }
    }
  }

  private static int status(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private int awaited(int node, long height) throws InterruptedException {
    run.awaitHeight(node, height);
    return node;
  }

  private List<Long> settledHeights() throws Exception {
    Thread.sleep(SETTLE_MILLIS);
    return heights();
  }

  private List<Long> heights() throws Exception {
    List<Long> heights = new ArrayList<>();
    for (int node : ALL) {
      heights.add(run.height(node));
    }
    return heights;
  }

  /// Which of two transfers are in a block.
  private static List<Boolean> awaitPaid(JsonRpc rpc, Hash one, Hash other) throws Exception {
    long end = System.nanoTime() + WAIT_MILLIS_MAX * 1_000_000;
    List<Boolean> paid = List.of(false, false);
    while (!paid.contains(true) && System.nanoTime() < end) {
      Thread.sleep(50);
      paid = List.of(isPaid(rpc, one), isPaid(rpc, other));
    }
    return paid;
  }

  private static boolean isPaid(JsonRpc rpc, Hash transfer) throws Exception {
    return rpc.call("eth_getTransactionReceipt", transfer.toString()).isObject();
  }
}

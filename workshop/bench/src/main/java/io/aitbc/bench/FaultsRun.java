// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.crypto.Hash;
import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.devnet.NextProposer;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.execution.Genesis;
import io.aitbc.model.Address;
import io.aitbc.model.Amount;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.Transaction;
import io.aitbc.node.ConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// A network of real processes that are killed at random, as by `kill -9`, and started again, under
/// a load of transfers. What any node ever served as a block must be on all nodes in the end, at
/// the same height: nothing that was told to be final is lost, and nothing diverges. No process may
/// have ended by itself, as one does whose key signs elsewhere, and nobody may be convicted.
///
/// @param validators how many nodes; each is an authority that also stakes
/// @param seconds of killing
/// @param seed which nodes are killed, and when
/// @param atOnce how many nodes a round kills; 0 for one, some or all
/// @param proposers how many times, before that, whoever proposes next is killed
record FaultsRun(int validators, int seconds, long seed, int atOnce, int proposers) {
  /// Senders of the load for each node: each waits for its transfer's receipt before the next.
  private static final int SENDERS_PER_NODE = 5;

  private static final Duration ANSWER_TIME = Duration.ofSeconds(5);
  private static final int RETRY_MILLIS = 50;

  /// Between looks for the block after a proposer was killed: the time is no more exact than this.
  private static final int LOOK_MILLIS = 5;

  /// Proposers killed for each time that one had not proposed yet.
  private static final int TRIES_MAX = 3;

  /// Between a round's restarts and the next kills, at most.
  private static final int PAUSE_MILLIS_MAX = 4_000;

  /// For which killed nodes stay away, at most.
  private static final int AWAY_MILLIS_MAX = 3_000;

  /// For nodes that were started again to answer: a start is some ten seconds of computing, shared
  /// with the load.
  private static final long START_MILLIS_MAX = 180_000;

  /// For a network whose nodes all answer to go on and to hold the same blocks.
  private static final long RECOVERY_MILLIS_MAX = 60_000;

  /// What the run came to.
  ///
  /// @param kills nodes that were killed
  /// @param rounds rounds of kills; in some of them all nodes at once
  /// @param acknowledged transfers whose receipt a node gave
  /// @param blocks heights that some node served
  /// @param restartMillis longest time from a round's restarts until every node had a new block
  /// @param answerMillis the same from when all of them answered
  /// @param onMillis longest time from when enough nodes for a quorum of both classes answered
  ///   until the network had a block more than before the restarts
  /// @param failoverMillis time until the next block after its proposer was killed, for each time
  /// @param failoverMillisMax what that is meant to be at most
  /// @param faults what must not be; nothing if all is well
  record Report(
      int kills,
      int rounds,
      int acknowledged,
      int blocks,
      long restartMillis,
      long answerMillis,
      long onMillis,
      List<Long> failoverMillis,
      long failoverMillisMax,
      List<String> faults) {
    Report {
      failoverMillis = List.copyOf(failoverMillis);
      faults = List.copyOf(faults);
    }
  }

  Report report() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("aitbc-bench-faults");
    boolean clean = false;
    try {
      List<Genesis.GenesisAccount> accounts = new ArrayList<>();
      int senders = validators * SENDERS_PER_NODE;
      for (int i = 0; i < senders; i++) {
        accounts.add(
            Genesis.GenesisAccount.of(TransferBlocks.account(i, senders), Amount.aitbc(100)));
      }
      DevnetFiles files = new DevnetFiles(folder, BenchCommand.PORT_SHIFT);
      files.create(validators, Mode.BALANCED, accounts);
      Report report;
      try (Devnet devnet = Devnet.start(files)) {
        report = new Running(devnet, NextProposer.of(files.genesisFile())).run();
      } catch (ConfigurationException impossible) {
        throw new IOException("the genesis that was just made", impossible);
      }
      clean = report.faults().isEmpty();
      return report;
    } finally {
      if (clean) {
        BlockRun.remove(folder);
      } else {
        System.err.println("what the nodes left, their logs included, is kept in " + folder);
      }
    }
  }

  /// The network while it runs.
  private final class Running {
    private final List<NodeProcess> processes;
    private final List<JsonRpc> rpcs = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final Map<Long, String> blocks = new ConcurrentHashMap<>();
    private final Map<Hash, String> acknowledged = new ConcurrentHashMap<>();
    private final Map<String, Integer> faults = new ConcurrentHashMap<>();
    private final AtomicInteger kills = new AtomicInteger();
    private final NextProposer order;
    private final List<Long> failoverMillis = new ArrayList<>();
    private int rounds;
    private long restartMillis;
    private long answerMillis;
    private long onMillis;
    private volatile boolean stopped;

    Running(Devnet devnet, NextProposer order) {
      this.order = order;
      processes = devnet.processes();
      for (DevnetFiles.Node node : devnet.nodes()) {
        rpcs.add(new JsonRpc(URI.create("http://127.0.0.1:" + node.rpc().getPort()), ANSWER_TIME));
      }
    }

    Report run() throws IOException, InterruptedException {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        awaitAbove(0, START_MILLIS_MAX);
        List<Future<?>> running = new ArrayList<>();
        for (int node = 0; node < validators; node++) {
          int which = node;
          running.add(threads.submit(() -> watch(which)));
          for (int i = 0; i < SENDERS_PER_NODE; i++) {
            int sender = node * SENDERS_PER_NODE + i;
            running.add(threads.submit(() -> send(which, sender)));
          }
        }
        try {
          killProposers();
          killAgainAndAgain();
        } finally {
          stopped = true;
        }
        for (Future<?> each : running) {
          each.get();
        }
        check();
        return new Report(
            kills.get(),
            rounds,
            acknowledged.size(),
            blocks.size(),
            restartMillis,
            answerMillis,
            onMillis,
            failoverMillis,
            order.failoverMillisMax(),
            faults.keySet().stream().sorted().toList());
      } catch (ExecutionException failed) {
        throw new IOException("a thread of the run failed: " + failed.getCause(), failed);
      } finally {
        rpcs.forEach(JsonRpc::close);
      }
    }

    /// Kills whoever proposes next, until that was in time as often as is wanted: it may have
    /// proposed already.
    private void killProposers() throws IOException, InterruptedException {
      for (int i = 0;
          i < TRIES_MAX * proposers && failoverMillis.size() < proposers && faults.isEmpty();
          i++) {
        try {
          killProposer();
        } catch (RpcException refused) {
          fault("a node refuses: " + refused.getMessage());
        }
      }
    }

    private void killProposer() throws IOException, RpcException, InterruptedException {
      if (!isAbove(0, heightOf(0))) {
        return;
      }
      long head = heightOf(0);
      Hash beacon = Hash.fromHex(block(0, head).path("mixHash").asText());
      Address proposer = order.after(new Height(head), beacon);
      int victim = order.nodeOf(proposer);
      int other = (victim + 1) % validators;
      processes.get(victim).kill();
      kills.incrementAndGet();
      long killed = System.nanoTime();
      if (!isAbove(other, head)) {
        return;
      }
      long millis = (System.nanoTime() - killed) / 1_000_000;
      String maker = block(other, head + 1).path("miner").asText();
      if (!Address.fromHex(maker).equals(proposer)) {
        failoverMillis.add(millis);
      }
      comeBack(List.of(processes.get(victim)));
    }

    /// Waits for a node's next block, looking often.
    private boolean isAbove(int node, long height) throws InterruptedException {
      long end = System.nanoTime() + RECOVERY_MILLIS_MAX * 1_000_000;
      while (heightOf(node) <= height) {
        if (System.nanoTime() > end) {
          fault("%s has no block above %d".formatted(processes.get(node).name(), height));
          return false;
        }
        Thread.sleep(LOOK_MILLIS);
      }
      return true;
    }

    private JsonNode block(int node, long height) throws IOException, RpcException {
      return rpcs.get(node).call("eth_getBlockByNumber", "0x" + Long.toHexString(height), false);
    }

    private void killAgainAndAgain() throws IOException, InterruptedException {
      long end = System.nanoTime() + 1_000_000_000L * seconds;
      while (System.nanoTime() < end && faults.isEmpty()) {
        Thread.sleep(random.nextInt(PAUSE_MILLIS_MAX));
        List<NodeProcess> victims = victims();
        for (NodeProcess victim : victims) {
          if (!victim.isAlive()) {
            fault(victim.name() + " had ended by itself: " + victim.logTail());
            return;
          }
          victim.kill();
          kills.incrementAndGet();
        }
        Thread.sleep(random.nextInt(AWAY_MILLIS_MAX));
        comeBack(victims);
        rounds++;
      }
    }

    /// Starts killed nodes again and waits until every node has a new block.
    private void comeBack(List<NodeProcess> victims) throws IOException, InterruptedException {
      long before = last();
      for (int node = 0; node < validators; node++) { // What nobody has looked at yet counts too.
        before = Math.max(before, heightOf(node));
      }
      for (NodeProcess victim : victims) {
        victim.startAgain();
      }
      long back = System.nanoTime();
      awaitQuorum();
      long enough = System.nanoTime();
      while (last() <= before && System.nanoTime() - enough < RECOVERY_MILLIS_MAX * 1_000_000) {
        Thread.sleep(LOOK_MILLIS);
      }
      onMillis = Math.max(onMillis, (System.nanoTime() - enough) / 1_000_000);
      awaitAbove(-1, START_MILLIS_MAX);
      long answering = System.nanoTime();
      awaitAbove(last(), RECOVERY_MILLIS_MAX);
      long now = System.nanoTime();
      restartMillis = Math.max(restartMillis, (now - back) / 1_000_000);
      answerMillis = Math.max(answerMillis, (now - answering) / 1_000_000);
    }

    /// Waits until so many nodes answer that they are a quorum of the authorities and of the stake,
    /// which all nodes of a devnet share equally (docs/protocol.md §4).
    private void awaitQuorum() throws InterruptedException {
      long end = System.nanoTime() + START_MILLIS_MAX * 1_000_000;
      int quorum = validators - (validators - 1) / 3;
      while (answering() < quorum && System.nanoTime() < end) {
        Thread.sleep(LOOK_MILLIS);
      }
    }

    private int answering() {
      int count = 0;
      for (int node = 0; node < validators; node++) {
        if (heightOf(node) >= 0) {
          count++;
        }
      }
      return count;
    }

    /// As many as are wanted, else one, most often; some; at times all.
    private List<NodeProcess> victims() {
      if (atOnce > 0) {
        List<NodeProcess> all = new ArrayList<>(processes);
        while (all.size() > atOnce) {
          NodeProcess _ = all.remove(random.nextInt(all.size()));
        }
        return all;
      }
      int one = random.nextInt(validators);
      int kind = random.nextInt(8);
      List<NodeProcess> victims = new ArrayList<>();
      for (int node = 0; node < validators; node++) {
        if (node == one || kind == 0 || (kind < 3 && random.nextBoolean())) {
          victims.add(processes.get(node));
        }
      }
      return victims;
    }

    /// The highest block that some node served.
    private long last() {
      return blocks.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /// Waits until every node has a block above `height`; -1 for any answer.
    private void awaitAbove(long height, long millisMax) throws InterruptedException {
      long end = System.nanoTime() + millisMax * 1_000_000;
      for (int node = 0; node < validators; node++) {
        while (heightOf(node) <= height) {
          if (System.nanoTime() > end || !processes.get(node).isAlive()) {
            fault(
                "%s has no block above %d: %s"
                    .formatted(processes.get(node).name(), height, processes.get(node).logTail()));
            return;
          }
          Thread.sleep(RETRY_MILLIS);
        }
      }
    }

    /// The height of a node's last block; -1 while it does not answer.
    private long heightOf(int node) {
      try {
        return new ChainClient(rpcs.get(node)).blockNumber();
      } catch (IOException | RpcException away) {
        return -1;
      }
    }

    /// Notes every block that a node serves.
    ///
    /// @return how many
    private long watch(int node) throws InterruptedException {
      long next = 1;
      while (!stopped) {
        try {
          JsonNode block =
              rpcs.get(node).call("eth_getBlockByNumber", "0x" + Long.toHexString(next), false);
          if (block.isObject()) {
            note(next, block.path("hash").asText(), processes.get(node).name());
            next++;
            continue;
          }
        } catch (IOException | RpcException away) {
          // It was killed; it is asked again.
        }
        Thread.sleep(RETRY_MILLIS);
      }
      return next - 1;
    }

    private void note(long height, String hash, String who) {
      String known = blocks.putIfAbsent(height, hash);
      if (known != null && !known.equals(hash)) {
        fault("block %d is %s, on %s it is %s".formatted(height, known, who, hash));
      }
    }

    /// Sends one transfer after another by one node, each again until its receipt is there.
    ///
    /// @return how many
    private int send(int node, int sender) throws InterruptedException {
      int nonce = 0;
      while (!stopped) {
        Transaction transfer = TransferBlocks.transfer(sender, nonce, DevnetFiles.CHAIN_ID);
        if (isAcknowledged(node, transfer)) {
          nonce++;
        } else {
          Thread.sleep(RETRY_MILLIS);
        }
      }
      return nonce;
    }

    private boolean isAcknowledged(int node, Transaction transfer) {
      try {
        JsonNode receipt =
            rpcs.get(node).call("eth_getTransactionReceipt", transfer.hash().toHex());
        if (receipt.isObject()) {
          acknowledged.put(transfer.hash(), receipt.path("blockHash").asText());
          return true;
        }
        JsonNode _ = rpcs.get(node).call("eth_sendRawTransaction", transfer.encoded().toHex());
      } catch (IOException | RpcException awayOrKnown) {
        return false;
      }
      return false;
    }

    /// Every node is up again: whether each holds all that any of them ever told.
    private void check() throws IOException, InterruptedException {
      awaitAbove(last(), RECOVERY_MILLIS_MAX);
      if (!faults.isEmpty()) {
        return;
      }
      try {
        for (int node = 0; node < validators; node++) {
          String name = processes.get(node).name();
          JsonRpc rpc = rpcs.get(node);
          for (long height : blocks.keySet()) {
            JsonNode block =
                rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(height), false);
            note(height, block.path("hash").asText("missing"), name);
          }
          for (Map.Entry<Hash, String> each : acknowledged.entrySet()) {
            JsonNode receipt = rpc.call("eth_getTransactionReceipt", each.getKey().toHex());
            if (!receipt.path("blockHash").asText("missing").equals(each.getValue())) {
              fault("transfer %s is not final on %s as it was told".formatted(each.getKey(), name));
            }
          }
          JsonNode convictions = rpc.call("aitbc_slashings");
          if (!convictions.isEmpty()) {
            fault("convictions on " + name + ": " + convictions);
          }
        }
      } catch (RpcException refused) {
        fault("a node refuses: " + refused.getMessage());
      }
    }

    private void fault(String text) {
      var _ = faults.merge(text, 1, Integer::sum);
    }
  }
}

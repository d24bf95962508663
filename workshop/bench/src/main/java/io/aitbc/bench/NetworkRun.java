// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.devnet.Devnet;
import io.aitbc.devnet.DevnetFiles;
import io.aitbc.devnet.NodeProcess;
import io.aitbc.execution.Genesis;
import io.aitbc.model.Amount;
import io.aitbc.model.MalformedException;
import io.aitbc.model.Mode;
import io.aitbc.testkit.LinkProxies;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A network of real processes on this machine under a load of transfers through its public RPC.
///
/// @param validators how many nodes; each is an authority that also stakes
/// @param perProcess how many nodes share a process
/// @param seconds of load that are measured
/// @param warmSeconds of load before
/// @param rate transfers offered a second; 0 for as many as the network takes
/// @param warmRate the same in the seconds before
/// @param mode that is pinned in the genesis
/// @param roundTimerMillisMax cap of the round timer in the genesis
/// @param latency of each message between two nodes, added by proxies in this process; 0 for none
/// @param ceilingBlocks blocks of the ceiling's measurement, and before it
record NetworkRun(
    int validators,
    int perProcess,
    int seconds,
    int warmSeconds,
    int rate,
    int warmRate,
    Mode mode,
    int roundTimerMillisMax,
    Duration latency,
    int ceilingBlocks) {
  /// Accounts with money.
  static final int ACCOUNTS = 10_000;

  /// Blocks of the ceiling's measurement, and before it, unless somebody is in a hurry.
  static final int CEILING_BLOCKS = 15;

  private static final int CEILING_TRANSFERS = 2_000;
  private static final long CEILING_CACHE_BYTES = 256L << 20;
  private static final Duration ANSWER_TIME = Duration.ofSeconds(20);

  /// For a node to have a block: as many starts as there are nodes share the machine, which may
  /// have other work. One that ends by itself is noticed at once.
  private static final long READY_MILLIS_MAX = 300_000;

  private static final long READY_MILLIS_PER_NODE = 15_000;
  private static final long DRAIN_MILLIS_MAX = 60_000;
  private static final int RETRY_MILLIS = 50;

  /// Measures the machine's ceiling, then the network. The folder of a network that failed is kept.
  ///
  /// @throws IOException if a node cannot be started, lost a transfer, or has another chain
  NetworkReport report() throws IOException, MalformedException, InterruptedException {
    double perCore =
        new BlockRun(
                ACCOUNTS,
                NetworkLoad.SENDERS,
                CEILING_TRANSFERS,
                ceilingBlocks,
                CEILING_CACHE_BYTES,
                BlockRun.Disk.PLAIN)
            .report()
            .perSecond();
    int cores = Runtime.getRuntime().availableProcessors();
    double ceiling = perCore * cores / validators;
    Path folder = Files.createTempDirectory("aitbc-bench-network");
    NetworkReport report;
    try {
      report = report(folder, ceiling);
    } catch (RpcException refused) {
      throw new IOException(kept("a node refuses: " + refused.getMessage(), folder), refused);
    } catch (IOException failed) {
      throw new IOException(kept(String.valueOf(failed.getMessage()), folder), failed);
    }
    BlockRun.remove(folder);
    return report;
  }

  /// What went wrong, and where the nodes' logs and data are for whoever wants to know why.
  private static String kept(String failure, Path folder) {
    return failure + "\n" + folder + " is kept: the nodes' logs and data";
  }

  private NetworkReport report(Path folder, double ceiling)
      throws IOException, RpcException, InterruptedException {
    List<Genesis.GenesisAccount> accounts = new ArrayList<>();
    for (int i = 0; i < ACCOUNTS; i++) {
      accounts.add(
          Genesis.GenesisAccount.of(
              TransferBlocks.account(i, NetworkLoad.SENDERS), Amount.aitbc(100)));
    }
    DevnetFiles files = new DevnetFiles(folder, BenchCommand.PORT_SHIFT);
    files.create(validators, mode, roundTimerMillisMax, accounts);
    // As much as the load can take: what one core per node could do, and a little more.
    int most = (int) (1.1 * ceiling) + 1;
    NetworkLoad load =
        NetworkLoad.signed(
            validators,
            new NetworkLoad.Pace(rate, warmRate, Duration.ofSeconds(warmSeconds)),
            Duration.ofSeconds(seconds),
            most,
            DevnetFiles.CHAIN_ID);
    List<JsonRpc> rpcs = new ArrayList<>();
    try (LinkProxies proxies = new LinkProxies(latency);
        Devnet devnet =
            Devnet.start(
                files,
                latency.isZero() ? DevnetFiles.Links.DIRECT : proxies::between,
                perProcess)) {
      for (DevnetFiles.Node node : devnet.nodes()) {
        rpcs.add(new JsonRpc(URI.create("http://127.0.0.1:" + node.rpc().getPort()), ANSWER_TIME));
      }
      awaitReady(rpcs, devnet.processes());
      return loaded(load, rpcs, devnet, ceiling);
    } finally {
      rpcs.forEach(JsonRpc::close);
    }
  }

  private NetworkReport loaded(NetworkLoad load, List<JsonRpc> rpcs, Devnet devnet, double ceiling)
      throws IOException, RpcException, InterruptedException {
    FinalityWatch watch = new FinalityWatch(rpcs.getFirst(), load);
    List<NodeUse> before;
    List<NodeUse> after;
    int offered;
    long from;
    long to;
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> running = new ArrayList<>();
      running.add(threads.submit(watch));
      for (int node = 0; node < rpcs.size(); node++) {
        int which = node;
        running.add(threads.submit(() -> load.send(which, rpcs.get(which).endpoint())));
      }
      try {
        pass(warmSeconds, devnet);
        before = NodeUse.of(devnet);
        offered = load.offered();
        from = System.nanoTime();
        pass(seconds, devnet);
        to = System.nanoTime();
        offered = load.offered() - offered;
        after = NodeUse.of(devnet);
        load.stop();
        awaitAll(load, running, DRAIN_MILLIS_MAX);
      } finally {
        load.stop();
        watch.stop();
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException failed) {
      throw new IOException("the load failed: " + failed.getCause(), failed);
    } catch (CancellationException cancelled) {
      throw new IOException("the load was ended", cancelled);
    }
    requireOneChain(rpcs);
    return NetworkReport.of(this, ceiling, offered, watch, from, to, before, after);
  }

  /// Lets so many seconds pass.
  ///
  /// @throws IOException if a node ends meanwhile, with its status and the end of its log
  private static void pass(int seconds, Devnet devnet) throws IOException, InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      for (NodeProcess process : devnet.processes()) {
        OptionalInt status = process.awaitEnd(0);
        if (status.isPresent()) {
          throw new IOException(
              "%s has ended with status %d:\n%s"
                  .formatted(process.name(), status.getAsInt(), process.logTail()));
        }
      }
      Thread.sleep(RETRY_MILLIS);
    }
  }

  /// Until all transfers that nodes took are in blocks, or a thread of `running` failed.
  ///
  /// @throws IOException if some are in none after `millisMax`
  static void awaitAll(NetworkLoad load, List<Future<?>> running, long millisMax)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + millisMax * 1_000_000;
    while (load.outstanding() > 0 && System.nanoTime() < end) {
      for (Future<?> each : running) {
        if (each.state() == Future.State.FAILED) {
          return; // Its exception says why.
        }
      }
      Thread.sleep(RETRY_MILLIS);
    }
    if (load.outstanding() > 0) {
      throw new IOException(
          load.outstanding() + " transfers that nodes took are in no block: nothing is reported");
    }
  }

  private static void awaitReady(List<JsonRpc> rpcs, List<NodeProcess> processes)
      throws IOException, InterruptedException {
    long millisMax = READY_MILLIS_MAX + READY_MILLIS_PER_NODE * rpcs.size();
    long end = System.nanoTime() + millisMax * 1_000_000;
    for (int i = 0; i < rpcs.size(); i++) {
      while (!hasBlocks(rpcs.get(i))) {
        if (!processes.get(i).isAlive() || System.nanoTime() > end) {
          throw new IOException(
              processes.get(i).name() + " is not ready:\n" + processes.get(i).logTail());
        }
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  private static boolean hasBlocks(JsonRpc rpc) {
    try {
      return new ChainClient(rpc).blockNumber() > 0;
    } catch (IOException | RpcException notYet) {
      return false;
    }
  }

  /// One block that all have is enough: it commits to all below.
  ///
  /// @throws IOException if two nodes have different ones
  static void requireOneChain(List<JsonRpc> rpcs) throws IOException, RpcException {
    long common = Long.MAX_VALUE;
    for (JsonRpc rpc : rpcs) {
      common = Math.min(common, new ChainClient(rpc).blockNumber());
    }
    String first = null;
    for (JsonRpc rpc : rpcs) {
      JsonNode block = rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(common), false);
      String hash = block.path("hash").asText();
      if (first != null && !first.equals(hash)) {
        throw new IOException(
            "nodes have different blocks at height " + common + ": nothing is reported");
      }
      first = hash;
    }
  }
}

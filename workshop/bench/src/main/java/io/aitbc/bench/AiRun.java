// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.blobs.Reach;
import io.aitbc.client.CallRefusedException;
import io.aitbc.client.ChainClient;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobExplanation;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.ModelClient;
import io.aitbc.client.RpcJobChain;
import io.aitbc.client.StoreOpening;
import io.aitbc.crypto.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Jobs on a network of processes: ordered, run, audited, settled, and what that takes.
///
/// @param name of the part
/// @param works kinds of work, with their shares
/// @param options how many of what, and how long
record AiRun(String name, List<AiWork> works, AiOptions options) {
  private static final Duration ANSWER_TIME = Duration.ofSeconds(30);
  private static final Duration FINAL_TIME = Duration.ofMinutes(2);

  /// Claims wait for their window, and for the secrets of the next epoch.
  private static final long DRAIN_SECONDS_MAX = 120;

  /// Jobs that failed of which is told what happened.
  private static final int EXPLAINED_MAX = 10;

  private static final int PROGRESS_MILLIS = 5_000;
  private static final int POLL_MILLIS = 100;

  /// Runs.
  ///
  /// @param progress is told what happens
  /// @throws IOException if a process ended, or a job was lost
  AiReport report(Consumer<String> progress) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("aitbc-bench-ai");
    AiReport report;
    try (AiNetwork network = new AiNetwork(folder, options, progress)) {
      report = report(network, progress);
    } catch (IOException | RuntimeException failed) {
      progress.accept("what nodes and services say of it is in " + folder);
      throw failed;
    }
    if (report.failed().isEmpty()) {
      BlockRun.remove(folder);
    } else {
      progress.accept("what nodes and services say of the jobs that failed is in " + folder);
    }
    return report;
  }

  private AiReport report(AiNetwork network, Consumer<String> progress)
      throws IOException, InterruptedException {
    AiMix mix = new AiMix(works);
    try (JsonRpc rpc = new JsonRpc(network.rpcs().getFirst(), ANSWER_TIME)) {
      ModelClient models =
          new ModelClient(
              RpcJobChain.sending(new ChainClient(rpc), network.clients().getFirst(), FINAL_TIME));
      for (AiWork each : works) {
        Hash _ = models.register(each.model(), each.kind().name());
      }
      network.traffic(false);
      progress.accept("%d s without jobs".formatted(options.idleSeconds()));
      AiUse idleFrom = network.use();
      Thread.sleep(1_000L * options.idleSeconds());
      AiUse.Spent idle = network.use().since(idleFrom);
      AiWatch watch = new AiWatch(rpc);
      return loaded(network, mix, watch, idle, progress);
    } catch (CallRefusedException refused) {
      throw new IOException(refused.getMessage(), refused);
    }
  }

  private AiReport loaded(
      AiNetwork network, AiMix mix, AiWatch watch, AiUse.Spent idle, Consumer<String> progress)
      throws IOException, InterruptedException {
    List<AiClient> clients = new ArrayList<>();
    for (int i = 0; i < options.clients(); i++) {
      clients.add(
          new AiClient(
              network.rpcs().get(i % network.rpcs().size()),
              network.clients().get(i),
              network.folder(i),
              mix,
              Math.ceilDiv(options.inFlight(), options.clients()),
              watch));
    }
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<?>> running = new ArrayList<>();
      running.add(threads.submit(watch));
      clients.forEach(each -> running.add(threads.submit(each)));
      try {
        pause("warm-up", options.warmSeconds(), network, watch, running, progress);
        AiUse before = network.use();
        long transactions = watch.transactions();
        long height = watch.height();
        pause("measured", options.seconds(), network, watch, running, progress);
        AiUse after = network.use();
        transactions = watch.transactions() - transactions;
        height = watch.height() - height;
        clients.forEach(AiClient::stop);
        network.traffic(true);
        drain(network, watch, running, progress);
        return AiReport.of(
            this,
            mix,
            idle,
            before,
            after,
            watch.jobs(),
            height,
            transactions,
            failed(network, watch));
      } finally {
        clients.forEach(AiClient::stop);
        watch.stop();
        var _ = threads.shutdownNow();
      }
    }
  }

  private static void pause(
      String what,
      int seconds,
      AiNetwork network,
      AiWatch watch,
      List<Future<?>> running,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long said = 0;
    for (long passed = 0; passed < 1_000L * seconds; ) {
      Thread.sleep(Math.min(POLL_MILLIS, 1_000L * seconds - passed));
      passed = (System.nanoTime() - begin) / 1_000_000;
      requireRunning(network, running);
      if (passed >= said + PROGRESS_MILLIS) {
        said = passed;
        progress.accept("%s, %d s: %s".formatted(what, passed / 1_000, state(watch)));
      }
    }
  }

  private static String state(AiWatch watch) {
    List<AiWatch.Life> lives = watch.lives();
    return "%d jobs, %d revealed, %d audited, %d settled"
        .formatted(
            lives.size(),
            lives.stream().filter(each -> each.revealed().isPresent()).count(),
            lives.stream().filter(each -> each.audited().isPresent()).count(),
            lives.stream().filter(each -> each.settled().isPresent()).count());
  }

  private static void drain(
      AiNetwork network, AiWatch watch, List<Future<?>> running, Consumer<String> progress)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + DRAIN_SECONDS_MAX * 1_000_000_000;
    long said = System.nanoTime();
    while (System.nanoTime() < end
        && (!watch.open().isEmpty() || running.stream().skip(1).anyMatch(each -> !each.isDone()))) {
      requireRunning(network, running);
      if (System.nanoTime() > said + PROGRESS_MILLIS * 1_000_000L) {
        said = System.nanoTime();
        progress.accept("until all are settled: " + state(watch));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /// Jobs that were lost or are not settled, each with what the chain says of it.
  private static List<String> failed(AiNetwork network, AiWatch watch) throws IOException {
    TreeMap<Long, String> jobs = new TreeMap<>(watch.lost());
    watch.open().forEach(job -> jobs.put(job, "not settled"));
    List<String> lines = new ArrayList<>();
    try (JsonRpc rpc = new JsonRpc(network.rpcs().getFirst(), ANSWER_TIME);
        JobClient reading =
            new JobClient(
                RpcJobChain.reading(new ChainClient(rpc)),
                network.folder(0),
                StoreOpening.anonymous(Reach.ANY),
                Reach.ANY)) {
      for (Map.Entry<Long, String> each : jobs.entrySet()) {
        StringBuilder line =
            new StringBuilder("job %d: %s".formatted(each.getKey(), each.getValue()));
        if (lines.size() < EXPLAINED_MAX) {
          JobExplanation why = reading.explain(each.getKey());
          why.decisions().forEach(it -> line.append("; %d %s".formatted(it.height(), it.what())));
          why.awaited().forEach(it -> line.append("; awaited: ").append(it.what()));
        }
        lines.add(line.toString());
      }
    }
    return lines;
  }

  private static void requireRunning(AiNetwork network, List<Future<?>> running)
      throws IOException, InterruptedException {
    network.requireAlive();
    for (Future<?> each : running) {
      if (each.state() == Future.State.FAILED) {
        throw new IOException(
            String.valueOf(each.exceptionNow().getMessage()), each.exceptionNow());
      }
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.blobs.Reach;
import io.aitbc.client.ChainClient;
import io.aitbc.client.ClaimOutputs;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobOrder;
import io.aitbc.client.JobProgress;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.client.RpcJobChain;
import io.aitbc.client.StoreOpening;
import io.aitbc.crypto.Bytes;
import io.aitbc.model.UInt256;
import io.aitbc.signer.AccountSigner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;

/// Orders jobs of one claim each, so that a number of them is always without a result, follows each
/// until it has the outputs, and compares these with the chain.
final class AiClient implements Runnable {
  private static final Duration ANSWER_TIME = Duration.ofSeconds(30);
  private static final Duration FINAL_TIME = Duration.ofMinutes(2);
  private static final int POLL_MILLIS = 50;

  private final URI node;
  private final AccountSigner account;
  private final Path folder;
  private final AiMix mix;
  private final int inFlight;
  private final AiWatch watch;

  private volatile boolean stopped;

  /// @param mix what is ordered, by all clients together
  /// @param inFlight jobs of this client without a result
  AiClient(URI node, AccountSigner account, Path folder, AiMix mix, int inFlight, AiWatch watch) {
    this.node = node;
    this.account = account;
    this.folder = folder;
    this.mix = mix;
    this.inFlight = inFlight;
    this.watch = watch;
  }

  /// Orders no more; the jobs that run are followed to their outputs.
  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    try (JsonRpc rpc = new JsonRpc(node, ANSWER_TIME)) {
      ChainClient chain = new ChainClient(rpc);
      StoreOpening opening =
          StoreOpening.signed(
              account, UInt256.of(chain.chainId()), InstantSource.system(), Reach.ANY);
      try (JobClient jobs =
          new JobClient(
              RpcJobChain.sending(chain, account, FINAL_TIME), folder, opening, Reach.ANY)) {
        order(jobs);
      }
    } catch (IOException | RpcException failed) {
      throw new IllegalStateException(failed.getMessage(), failed);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void order(JobClient jobs) throws IOException, InterruptedException {
    TreeSet<Long> running = new TreeSet<>();
    TreeSet<Long> over = new TreeSet<>();
    long seen = -1;
    while (!stopped || !running.isEmpty()) {
      if (!stopped && running.size() < inFlight) {
        AiMix.Next next = mix.next();
        JobOrder order = next.work().order(next.number());
        long began = System.nanoTime();
        long job = jobs.submit(order);
        mix.ordered(job, next.work());
        watch.ordered(job, began);
        boolean _ = running.add(job);
      }
      long height = watch.height();
      if (height == seen) {
        Thread.sleep(POLL_MILLIS);
        continue;
      }
      seen = height;
      for (long job : List.copyOf(running)) {
        AiWatch.Life life = watch.life(job);
        if (life.lost().isPresent()) {
          boolean _ = over.add(job);
          continue;
        }
        if (life.accepted().isPresent() && life.revealed().isEmpty()) {
          continue; // It is the worker's turn.
        }
        var _ =
            jobs.step(
                job,
                progress -> {
                  if (progress instanceof JobProgress.Fetched(var claim, ClaimOutputs outputs)) {
                    if (outputs instanceof ClaimOutputs.Right(List<Bytes> items)) {
                      mix.fetched(claim.job(), items);
                      boolean _ = over.add(claim.job());
                    } else if (outputs instanceof ClaimOutputs.Wrong wrong) {
                      watch.lost(claim.job(), "not what the chain says: " + wrong);
                    }
                  }
                });
      }
      running.removeAll(over);
    }
  }
}

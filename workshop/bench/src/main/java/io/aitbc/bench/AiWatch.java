// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.client.BlockFeed;
import io.aitbc.client.ChainClient;
import io.aitbc.client.DatedEvent;
import io.aitbc.client.JsonRpc;
import io.aitbc.client.RpcException;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Follows the final blocks of a node and notes when it saw what of each job; every job has one
/// claim.
final class AiWatch implements Runnable {
  /// How long the node may tell nothing before it is asked.
  private static final Duration SILENCE_TIME_MAX = Duration.ofMillis(500);

  private final JsonRpc rpc;
  private final ChainClient chain;
  private final BlockFeed feed;
  private final ConcurrentSkipListMap<Long, Life> lives = new ConcurrentSkipListMap<>();
  private volatile long height;
  private volatile long transactions;
  private volatile boolean stopped;

  /// When a job was seen to come how far, by {@link System#nanoTime}.
  ///
  /// @param ordered when its client began to submit it
  /// @param submitted in a final block
  /// @param accepted likewise by its worker
  /// @param revealed likewise its outputs
  /// @param seats drawn
  /// @param reports of them
  /// @param audited when the last of the seats had reported
  /// @param settled when it was paid
  /// @param lost what else became of it
  record Life(
      OptionalLong ordered,
      OptionalLong submitted,
      OptionalLong accepted,
      OptionalLong revealed,
      int seats,
      int reports,
      OptionalLong audited,
      OptionalLong settled,
      Optional<String> lost) {
    static final Life NEW =
        new Life(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            0,
            0,
            OptionalLong.empty(),
            OptionalLong.empty(),
            Optional.empty());

    Life orderedAt(long nanos) {
      return new Life(
          OptionalLong.of(nanos),
          submitted,
          accepted,
          revealed,
          seats,
          reports,
          audited,
          settled,
          lost);
    }

    Life after(WorkEvent event, long nanos) {
      OptionalLong now = OptionalLong.of(nanos);
      return switch (event) {
        case WorkEvent.Submitted _ -> with(now, accepted, revealed, settled);
        case WorkEvent.Accepted _ -> with(submitted, now, revealed, settled);
        case WorkEvent.Revealed _ -> with(submitted, accepted, now, settled);
        case WorkEvent.Settled _ -> with(submitted, accepted, revealed, now);
        case WorkEvent.SeatsDrawn it -> audits(it.places().size(), reports, audited);
        case WorkEvent.Reported _ ->
            audits(seats, reports + 1, reports + 1 == seats ? now : audited);
        case WorkEvent.Late _ -> ended("late");
        case WorkEvent.Voided _ -> ended("void");
        case WorkEvent.Fraud _ -> ended("proven to be false");
        case WorkEvent.Cancelled _ -> ended("given up");
        default -> this;
      };
    }

    private Life with(
        OptionalLong nowSubmitted,
        OptionalLong nowAccepted,
        OptionalLong nowRevealed,
        OptionalLong nowSettled) {
      return new Life(
          ordered,
          nowSubmitted,
          nowAccepted,
          nowRevealed,
          seats,
          reports,
          audited,
          nowSettled,
          lost);
    }

    private Life audits(int nowSeats, int nowReports, OptionalLong nowAudited) {
      return new Life(
          ordered, submitted, accepted, revealed, nowSeats, nowReports, nowAudited, settled, lost);
    }

    private Life ended(String how) {
      return new Life(
          ordered,
          submitted,
          accepted,
          revealed,
          seats,
          reports,
          audited,
          settled,
          Optional.of(how));
    }

    /// Milliseconds from the order on.
    double millis(OptionalLong until) {
      return (until.orElseThrow() - ordered.orElseThrow()) / 1e6;
    }
  }

  AiWatch(JsonRpc rpc) throws IOException {
    this.rpc = rpc;
    this.chain = new ChainClient(rpc);
    this.feed = new BlockFeed(rpc.endpoint(), List.of(EconomyContract.JOB_MARKET));
    try {
      this.height = chain.blockNumber();
    } catch (RpcException refused) {
      throw new IOException(refused);
    }
  }

  /// A client submitted a job.
  void ordered(long job, long nanos) {
    Life _ = lives.compute(job, (_, life) -> (life == null ? Life.NEW : life).orderedAt(nanos));
  }

  /// Something is wrong with a job that its events do not tell.
  void lost(long job, String how) {
    Life _ = lives.compute(job, (_, life) -> (life == null ? Life.NEW : life).ended(how));
  }

  @Override
  public void run() {
    try {
      watch();
    } catch (IOException | RpcException failed) {
      throw new IllegalStateException("the chain cannot be followed", failed);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() throws IOException, RpcException, InterruptedException {
    while (!stopped) {
      long last = chain.blockNumber();
      if (last > height) {
        look(height + 1);
        long count = transactions; // Of which this is the only writer.
        for (long each = height + 1; each <= last; each++) {
          count +=
              rpc.call("eth_getBlockByNumber", "0x" + Long.toHexString(each), false)
                  .path("transactions")
                  .size();
        }
        transactions = count;
        height = last;
      } else if (!feed.open() && feed.await(SILENCE_TIME_MAX)) {
        List<BlockFeed.Heard> _ = feed.heard(); // It only says when to ask.
      }
    }
    feed.close();
  }

  private void look(long from) throws IOException, RpcException {
    List<DatedEvent> events =
        chain.workEvents(
            List.of(EconomyContract.JOB_MARKET, EconomyContract.WORK_LEDGER), List.of(), from);
    long now = System.nanoTime();
    for (DatedEvent each : events) {
      OptionalLong job = each.event().jobNumber();
      if (job.isPresent()) {
        Life _ =
            lives.compute(
                job.getAsLong(),
                (_, life) -> (life == null ? Life.NEW : life).after(each.event(), now));
      }
    }
  }

  void stop() {
    stopped = true;
  }

  /// The last final block that was looked at.
  long height() {
    return height;
  }

  /// Transactions in all blocks since it began.
  long transactions() {
    return transactions;
  }

  /// What is known of all jobs.
  List<Life> lives() {
    return List.copyOf(lives.values());
  }

  /// What is known of all jobs, by their numbers.
  Map<Long, Life> jobs() {
    return Map.copyOf(lives);
  }

  /// What is known of a job.
  Life life(long job) {
    return lives.getOrDefault(job, Life.NEW);
  }

  /// Jobs that are neither paid nor lost.
  List<Long> open() {
    return lives.entrySet().stream()
        .filter(each -> each.getValue().settled.isEmpty() && each.getValue().lost.isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Jobs that were lost, and how.
  Map<Long, String> lost() {
    TreeMap<Long, String> lost = new TreeMap<>();
    lives.forEach((job, life) -> life.lost.ifPresent(how -> lost.put(job, how)));
    return lost;
  }
}

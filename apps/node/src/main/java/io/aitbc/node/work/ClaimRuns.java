// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.compute.Engine;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkJob;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The claims that a worker has accepted and not computed: what of them the engine does next, and
/// whether another one can be done beside them. Which they are follows from the chain. Belongs to
/// the service's thread. Protocol §17.13.
final class ClaimRuns implements AutoCloseable {
  /// Blocks after which an engine that refused is asked again.
  private static final long RETRY_BLOCKS = 10;

  /// Items of a model that never ran after which its pace is known.
  private static final int PROBE_ITEMS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(WorkerService.class);

  private final JobFiles files;
  private final Engines engines;
  private final TrainingWork training;
  private final EngineRuns runs;
  private final Pace pace = new Pace();
  private final TreeMap<ClaimId, Accepted> accepted = new TreeMap<>(OpenJobs.ORDER);
  private final TreeMap<ClaimId, Promised> promised = new TreeMap<>(OpenJobs.ORDER);
  private final TreeMap<ClaimId, Long> retryAt = new TreeMap<>(OpenJobs.ORDER);

  /// A claim that is to be computed.
  ///
  /// @param whole what it costs from its beginning
  /// @param itemBytes what is kept of an item
  /// @param left until it is late
  private record Accepted(WorkJob job, Pace.Load whole, long itemBytes, Duration left) {}

  /// A claim that is asked for.
  ///
  /// @param bytes what is kept of it
  private record Promised(Pace.Due due, long bytes) {}

  ClaimRuns(JobFiles files, Engines engines, TrainingWork training, EngineRuns runs) {
    this.files = files;
    this.engines = engines;
    this.training = training;
    this.runs = runs;
  }

  /// A block became final: these claims are offered to the worker or its own, all others are
  /// forgotten.
  void at(Set<ClaimId> claims) {
    boolean _ = accepted.keySet().retainAll(claims);
    boolean _ = promised.keySet().retainAll(claims);
    boolean _ = retryAt.keySet().retainAll(claims);
    training.only(claims);
    runs.only(claims);
    for (EngineRuns.Measured each : runs.measured()) {
      pace.measured(each.load(), each.took());
    }
  }

  /// A claim is the worker's and has no outputs.
  ///
  /// @param left until it is late
  void accepted(ClaimId claim, WorkJob job, Duration left) throws IOException {
    Promised _ = promised.remove(claim);
    Accepted before = accepted.get(claim);
    if (before != null) {
      Accepted _ = accepted.put(claim, new Accepted(job, before.whole, before.itemBytes, left));
    } else if (files.find(job) instanceof JobFiles.Found.Whole(JobWork work)) {
      Accepted _ =
          accepted.put(claim, new Accepted(job, work.load(claim, job), work.bytesOfItem(), left));
    } else {
      LOG.atWarn().addKeyValue("claim", claim).log("the files of an accepted claim are lost");
    }
  }

  /// Whether something here runs what the job asks for.
  boolean serves(WorkJob job) {
    return !job.isTolerant()
        || engines.under(job.profile()).filter(each -> each.runs(job.model())).isPresent();
  }

  /// Whether the worker could do another claim in time beside what it has.
  boolean fits(ClaimId claim, WorkJob job, JobWork work) {
    List<Pace.Due> all = new ArrayList<>();
    accepted.forEach((id, it) -> all.add(new Pace.Due(left(id, it), it.left)));
    promised.entrySet().stream()
        .filter(each -> !each.getKey().equals(claim))
        .forEach(each -> all.add(each.getValue().due));
    return pace.fits(all, due(claim, job, work));
  }

  /// Whether there is room for what is kept of another claim, beside that of those it has: a
  /// training of a few steps may have thousands of large states.
  boolean haveRoom(ClaimId claim, WorkJob job, JobWork work) throws IOException {
    long taken = bytes(claim, job, work);
    for (Map.Entry<ClaimId, Accepted> each : accepted.entrySet()) {
      Accepted it = each.getValue();
      long items =
          it.job.trains()
              ? Math.max(0, it.job.count() - training.trained(each.getKey()))
              : JobWork.itemsOf(each.getKey(), it.job);
      taken += items * it.itemBytes;
    }
    for (Map.Entry<ClaimId, Promised> each : promised.entrySet()) {
      taken += each.getKey().equals(claim) ? 0 : each.getValue().bytes;
    }
    return taken <= files.room();
  }

  private static long bytes(ClaimId claim, WorkJob job, JobWork work) {
    return JobWork.itemsOf(claim, job) * work.bytesOfItem();
  }

  /// Whether it could if it had nothing else.
  boolean couldFit(ClaimId claim, WorkJob job, JobWork work) {
    return pace.fits(List.of(), due(claim, job, work));
  }

  /// Whether a leaf of a claim can be run again in this time, as far as is known: disputes ask for
  /// that. Nobody asks for the trace of an item of class TOLERANCE.
  boolean canAnswer(ClaimId claim, WorkJob job, JobWork work, Duration most) {
    Pace.Load whole = work.load(claim, job);
    long leaves = JobWork.itemsOf(claim, job);
    Pace.Load one = new Pace.Load(whole.model(), Math.max(1, whole.operations() / leaves));
    return job.isTolerant() || pace.isWithin(one, most);
  }

  private static Pace.Due due(ClaimId claim, WorkJob job, JobWork work) {
    return new Pace.Due(work.load(claim, job), Duration.ofSeconds(job.workSeconds()));
  }

  private Pace.Load left(ClaimId claim, Accepted of) {
    if (!of.job.trains()) {
      return of.whole;
    }
    long segments = Math.max(1, of.job.count() - training.trained(claim));
    return new Pace.Load(of.whole.model(), of.whole.operations() / of.job.count() * segments);
  }

  /// The worker has asked for a claim.
  void promise(ClaimId claim, WorkJob job, JobWork work) {
    Promised _ = promised.put(claim, new Promised(due(claim, job, work), bytes(claim, job, work)));
  }

  /// What did not get on its way was not asked for.
  void keepPromises(Predicate<ClaimId> isOnItsWay) {
    boolean _ = promised.keySet().removeIf(isOnItsWay.negate());
  }

  /// It is not the worker's turn any more.
  void passed(ClaimId claim) {
    Promised _ = promised.remove(claim);
  }

  /// Whether the engine has come to an end of something.
  boolean haveNews() {
    return runs.haveEnded();
  }

  /// Whether the engine computes.
  boolean areComputing() {
    return runs.areComputing();
  }

  /// Whether it has come to an end of something of this claim.
  boolean haveNews(ClaimId claim) {
    return runs.hasEnded(claim);
  }

  /// The outputs of a claim whose run has come to its end, if all are computed: they are given
  /// once.
  Optional<List<Bytes>> outputs(ClaimId claim, WorkJob job, JobWork work, long height)
      throws IOException {
    Optional<EngineRuns.Outcome> outcome = runs.take(claim);
    if (outcome.isPresent()) {
      switch (outcome.get()) {
        case EngineRuns.Outcome.Inferred(List<Bytes> outputs) -> {
          return Optional.of(outputs);
        }
        case EngineRuns.Outcome.Trained(var states) -> training.trained(claim, work, states);
        case EngineRuns.Outcome.Refused(var refusal) -> {
          Long _ = retryAt.put(claim, height + RETRY_BLOCKS);
          LOG.atWarn()
              .addKeyValue("claim", claim)
              .addKeyValue("refusal", refusal)
              .log("an accepted claim cannot be run");
        }
        case EngineRuns.Outcome.Broke(var cause) -> {
          Long _ = retryAt.put(claim, height + RETRY_BLOCKS);
          LOG.atError().addKeyValue("claim", claim).setCause(cause).log("the engine broke");
        }
      }
    }
    return job.trains() ? training.outputs(claim, job, work) : Optional.empty();
  }

  /// The outputs of a claim are kept: there is nothing to compute.
  void done(ClaimId claim) {
    Accepted _ = accepted.remove(claim);
  }

  /// Gives the engine what is late first.
  void start(long height) throws IOException {
    List<Map.Entry<ClaimId, Accepted>> next = new ArrayList<>(accepted.entrySet());
    next.sort(Comparator.comparing(each -> each.getValue().left));
    for (Map.Entry<ClaimId, Accepted> each : next) {
      ClaimId claim = each.getKey();
      WorkJob job = each.getValue().job;
      if (runs.hasRoom()
          && !runs.has(claim)
          && serves(job)
          && retryAt.getOrDefault(claim, 0L) <= height
          && files.find(job) instanceof JobFiles.Found.Whole(JobWork work)) {
        runs.start(
            claim,
            job.trains()
                ? training.next(claim, job, work, engines, runs)
                : inference(claim, job, work));
      }
    }
  }

  private Callable<EngineRuns.Outcome> inference(ClaimId claim, WorkJob job, JobWork work) {
    List<Bytes> items = work.inputs(claim);
    Pace.Load whole = work.load(claim, job);
    Duration timeMax = Duration.ofSeconds(job.workSeconds());
    int first = pace.isNew(whole.model()) ? Math.min(PROBE_ITEMS, items.size()) : items.size();
    Engines chosen = job.isTolerant() ? engines.under(job.profile()).orElseThrow() : engines;
    return () -> {
      try (Engine engine = chosen.open(work.model())) {
        List<Bytes> outputs = new ArrayList<>();
        Duration took = Duration.ZERO;
        for (int to = first; outputs.size() < items.size(); to = items.size()) {
          List<Bytes> part = items.subList(outputs.size(), to);
          long from = System.nanoTime();
          boolean _ = outputs.addAll(engine.run(part, timeMax.minus(took)));
          Duration now = Duration.ofNanos(System.nanoTime() - from);
          took = took.plus(now);
          runs.measure(
              new Pace.Load(whole.model(), whole.operations() / items.size() * part.size()), now);
        }
        return new EngineRuns.Outcome.Inferred(outputs);
      } catch (EngineRefusedException refused) {
        return new EngineRuns.Outcome.Refused(refused.refusal());
      }
    };
  }

  @Override
  public void close() {
    runs.close();
  }
}

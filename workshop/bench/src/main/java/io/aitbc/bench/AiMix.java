// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import io.aitbc.crypto.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Which kind of work is ordered next, so that each has its share of the time of first executions,
/// and of what kind each job is. Safe for use by several threads.
final class AiMix {
  private final List<AiWork> works;
  private final List<Double> seconds;
  private final double[] ordered;
  private long number = 1;
  private final Map<Long, AiWork> jobs = new ConcurrentHashMap<>();
  private final AtomicLong distilled = new AtomicLong();
  private final AtomicLong records = new AtomicLong();

  /// @param works of which the shares are 1 together
  AiMix(List<AiWork> works) {
    this.works = List.copyOf(works);
    // Of one kind nothing depends on what it takes.
    seconds =
        works.size() == 1 ? List.of(1.0) : works.stream().map(AiWork::measuredSeconds).toList();
    ordered = new double[works.size()];
  }

  /// What is ordered next.
  ///
  /// @param number of the job, for data that no other has
  record Next(long number, AiWork work) {}

  /// The kind that lacks most.
  synchronized Next next() {
    double all = 0;
    for (double each : ordered) {
      all += each;
    }
    int chosen = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < ordered.length; i++) {
      double lacking = works.get(i).share() * (all + seconds.get(i)) - ordered[i];
      if (lacking > most) {
        most = lacking;
        chosen = i;
      }
    }
    ordered[chosen] += seconds.get(chosen);
    return new Next(number++, works.get(chosen));
  }

  /// The chain gave a job this number.
  void ordered(long job, AiWork work) {
    AiWork _ = jobs.put(job, work);
  }

  /// The outputs of a job are here.
  void fetched(long job, List<Bytes> outputs) {
    AiWork work = jobs.get(job);
    if (work != null && work.kind() == AiWork.Kind.EXTRACTION) {
      long _ = distilled.addAndGet(outputs.size());
      long _ = records.addAndGet(work.distilled(job, outputs));
    }
  }

  /// Outputs that were distilled, and the records that came of them.
  List<Long> distilled() {
    return List.of(distilled.get(), records.get());
  }

  /// What was done of a kind.
  ///
  /// @param work of which kind
  /// @param claims of it
  /// @param seconds of first executions, by what a job alone took one thread
  record Done(AiWork work, int claims, double seconds) {}

  /// How many of these jobs are of which kind.
  List<Done> done(List<Long> finished) {
    List<Done> done = new ArrayList<>();
    for (int i = 0; i < works.size(); i++) {
      AiWork work = works.get(i);
      int claims = (int) finished.stream().filter(job -> work.equals(jobs.get(job))).count();
      boolean _ = done.add(new Done(work, claims, claims * seconds.get(i)));
    }
    return done;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.DatedEvent;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.CallData;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.UInt256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// What a node answered about jobs and claims, until an event tells that it changed: a service
/// looks at every open claim after every block, and most wait for their window meanwhile. Whatever
/// the contracts change of these answers, they tell with the job's number, or at the end of a
/// dispute without one; then all is asked anew, as it is after {@link #BLOCKS_MAX}. Belongs to one
/// thread.
final class JobReads {
  /// Blocks after which an answer is asked for again, events or not.
  static final int BLOCKS_MAX = 16;

  /// The contracts whose events are heard.
  static final List<EconomyContract> CONTRACTS =
      List.of(
          EconomyContract.JOB_MARKET,
          EconomyContract.WORK_LEDGER,
          EconomyContract.DISPUTES,
          EconomyContract.JURIES);

  private static final ClaimId ANY = new ClaimId(0, 0);

  /// Answers that do not change by time alone: workers and turns of an open claim do.
  private static final Set<Bytes> SELECTORS =
      Set.of(
          selector(WorkRead.job(0)),
          selector(WorkRead.claim(ANY)),
          selector(WorkRead.assignment(ANY)),
          selector(WorkRead.size(ANY)));

  private final TreeMap<Long, Map<Bytes, Answer>> jobs = new TreeMap<>();

  private record Answer(Optional<?> value, long height) {}

  private static Bytes selector(ContractRead<?> read) {
    return read.input().slice(0, CallData.SELECTOR_BYTES);
  }

  /// The number of the job that a read is about, if its answer may be kept.
  private static OptionalLong jobOf(ContractRead<?> read) {
    boolean kept =
        CONTRACTS.contains(read.contract())
            && read.input().length() >= CallData.SELECTOR_BYTES + UInt256.BYTES
            && SELECTORS.contains(selector(read));
    if (!kept) {
      return OptionalLong.empty();
    }
    UInt256 job = UInt256.of(read.input().toArray(), CallData.SELECTOR_BYTES, UInt256.BYTES);
    return job.fitsLong() ? OptionalLong.of(job.low()) : OptionalLong.empty();
  }

  /// What was answered, if nothing has changed since.
  ///
  /// @param height the last block whose events were heard
  @SuppressWarnings("unchecked") // The same input has an answer of the same kind.
  <T> Optional<Optional<T>> known(ContractRead<T> read, long height) {
    OptionalLong job = jobOf(read);
    if (job.isEmpty()) {
      return Optional.empty();
    }
    Answer answer = jobs.getOrDefault(job.getAsLong(), Map.of()).get(read.input());
    return answer != null && height < answer.height + BLOCKS_MAX
        ? Optional.of((Optional<T>) answer.value)
        : Optional.empty();
  }

  /// Keeps an answer.
  ///
  /// @param height the last block whose events were heard; the answer is of it or of a later one
  void keep(ContractRead<?> read, Optional<?> value, long height) {
    OptionalLong job = jobOf(read);
    if (job.isPresent() && value.isPresent()) {
      Answer _ =
          jobs.computeIfAbsent(job.getAsLong(), _ -> new HashMap<>())
              .put(read.input(), new Answer(value, height));
    }
  }

  /// Comes with every settlement, and changes no job.
  private static boolean isAboutMoney(WorkEvent event) {
    return event instanceof WorkEvent.Credited || event instanceof WorkEvent.WorkCounted;
  }

  /// Whether there is nothing that an event could change.
  boolean isEmpty() {
    return jobs.isEmpty();
  }

  /// Hears the events of new blocks.
  void heard(List<DatedEvent> events, long height) {
    for (DatedEvent each : events) {
      OptionalLong job = each.event().jobNumber();
      if (job.isPresent()) {
        var _ = jobs.remove(job.getAsLong());
      } else if (!isAboutMoney(each.event())) {
        jobs.clear();
      }
    }
    jobs.values()
        .removeIf(answers -> {
          boolean _ = answers.values().removeIf(answer -> height >= answer.height + BLOCKS_MAX);
          return answers.isEmpty();
        });
  }
}

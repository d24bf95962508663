// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.DatedEvent;
import io.aitbc.crypto.Bytes;
import io.aitbc.execution.CallData;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.ContractRead;
import io.aitbc.execution.EconomyContract;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.ServiceRole;
import io.aitbc.execution.WorkEvent;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.model.UInt256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What a node answered about jobs and claims, until an event tells that it changed: a service
/// looks at every open claim and dispute after every block, and most wait for their time meanwhile.
/// Whatever the contracts change of these answers, they tell with the job's number, or in a dispute
/// with the dispute's; where nobody knows of which job that is, all is asked anew. What changes by
/// time alone is kept for a block, parameters for some. What was asked after one block, and may
/// have changed, is asked for in one go after the next: a service asks the same again. Belongs to
/// one thread.
final class JobReads {
  /// Blocks after which an answer is asked for again, events or not.
  static final int BLOCKS_MAX = 256;

  /// Disputes, the last ones, of which it is known about which jobs they are.
  private static final int DISPUTES_KNOWN = 1_024;

  /// Jobs, those of which something changed last, of which it is known when it did.
  private static final int CHANGED_JOBS_MAX = 4_096;

  /// Questions that are asked in one go.
  static final int TOGETHER_MAX = 256;

  /// The contracts whose events are heard.
  static final List<EconomyContract> CONTRACTS =
      List.of(
          EconomyContract.SERVICE_REGISTRY,
          EconomyContract.JOB_MARKET,
          EconomyContract.WORK_LEDGER,
          EconomyContract.EVALUATOR_COMMITTEE,
          EconomyContract.DISPUTES,
          EconomyContract.JURIES);

  private static final ClaimId ANY = new ClaimId(0, 0);
  private static final Bytes JOB = selector(WorkRead.job(0));
  private static final Bytes CLAIM = selector(WorkRead.claim(ANY));
  private static final Bytes ASSIGNMENT = selector(WorkRead.assignment(ANY));
  private static final Bytes SIZE = selector(WorkRead.size(ANY));
  private static final Bytes WORKERS = selector(WorkRead.workers(ANY));
  private static final Bytes AUDIT = selector(WorkRead.audit(ANY));
  private static final Bytes GIVEN = selector(WorkRead.given(ANY));
  private static final Bytes EVALUATION = selector(WorkRead.evaluation(ANY));
  private static final Bytes COMMITTEE = selector(WorkRead.committee(ANY));
  private static final Bytes SCORE = selector(WorkRead.score(ANY, Address.ZERO));

  /// Answers about a job, whose number is their first argument.
  private static final Set<Bytes> OF_JOBS =
      Set.of(JOB, CLAIM, ASSIGNMENT, SIZE, WORKERS, AUDIT, GIVEN, EVALUATION, COMMITTEE, SCORE);

  /// With these a service begins to look at a claim.
  private static final Set<Bytes> FIRST_OF_JOBS = Set.of(JOB, CLAIM, ASSIGNMENT);

  private static final Bytes DISPUTE = selector(WorkRead.dispute(0));
  private static final Bytes JOBS = selector(WorkRead.jobCount());
  private static final Bytes DISPUTES = selector(WorkRead.disputeCount());
  private static final Bytes OBJECTIONS = selector(WorkRead.objectionCount());
  private static final Bytes CHAINS = selector(WorkRead.secretChains(Address.ZERO));

  /// Other answers, and for how many blocks they are kept unless an event changes them.
  private static final Map<Bytes, Integer> OTHERS =
      Map.of(
          JOBS,
          BLOCKS_MAX,
          DISPUTES,
          BLOCKS_MAX,
          OBJECTIONS,
          BLOCKS_MAX,
          CHAINS,
          BLOCKS_MAX,
          selector(WorkRead.accountAt(ServiceRole.AUDITOR, 0)),
          BLOCKS_MAX, // It never changes.
          selector(WorkRead.secret(Address.ZERO, 0)),
          BLOCKS_MAX, // Nor does what was shown.
          selector(WorkRead.parameter(EconomyParameter.DISPUTES_MAX)),
          16,
          selector(WorkRead.activeSeconds()),
          1);

  private final TreeMap<Long, Map<Bytes, Answer>> jobs = new TreeMap<>();

  /// Jobs of disputes, whose events do not name them but the first.
  private final TreeMap<Long, Long> disputed = new TreeMap<>();

  private final TreeMap<Long, Answer> disputes = new TreeMap<>();
  private final Map<Bytes, Answer> others = new HashMap<>();

  /// What was asked after the last block that was looked at, or before and is not known any more:
  /// it is asked with the first question after the next one.
  private final LinkedHashMap<Question, ContractRead<?>> again = new LinkedHashMap<>();

  /// What is asked so after the block that is looked at, and was not yet.
  private final LinkedHashMap<Question, ContractRead<?>> waiting = new LinkedHashMap<>();

  /// Answers of the block that is looked at which are not kept longer.
  private final Map<Question, Optional<?>> now = new HashMap<>();

  private long nowHeight = -1;

  /// The number of the last change of each job.
  private final TreeMap<Long, Long> changed = new TreeMap<>();

  /// How many changes there were.
  private long changes;

  /// The number of the last change of all others, whatever it was.
  private long allChangedAt;

  private record Answer(ContractRead<?> read, Optional<?> value, long height) {}

  /// What tells questions apart.
  record Question(EconomyContract contract, Bytes input) {
    static Question of(ContractRead<?> read) {
      return new Question(read.contract(), read.input());
    }
  }

  private static Bytes selector(ContractRead<?> read) {
    return read.input().slice(0, CallData.SELECTOR_BYTES);
  }

  private static boolean isOf(Bytes input, Bytes selector) {
    return input.slice(0, CallData.SELECTOR_BYTES).equals(selector);
  }

  /// The number of the job that a read is about, if its answer may be kept.
  private static OptionalLong jobOf(ContractRead<?> read) {
    boolean kept = CONTRACTS.contains(read.contract()) && OF_JOBS.contains(selector(read));
    return kept ? first(read) : OptionalLong.empty();
  }

  /// The number of the dispute that a read is about.
  private static OptionalLong disputeOf(ContractRead<?> read) {
    return read.contract() == EconomyContract.DISPUTES && selector(read).equals(DISPUTE)
        ? first(read)
        : OptionalLong.empty();
  }

  /// The first argument of a read, without a copy of it: this is asked of every question.
  private static OptionalLong first(ContractRead<?> read) {
    Bytes input = read.input();
    int end = CallData.SELECTOR_BYTES + UInt256.BYTES;
    if (input.length() < end) {
      return OptionalLong.empty();
    }
    long number = 0;
    for (int i = CallData.SELECTOR_BYTES; i < end; i++) {
      if (number >>> (Long.SIZE - 1 - Byte.SIZE) != 0) {
        return OptionalLong.empty(); // It does not fit.
      }
      number = (number << Byte.SIZE) | (input.at(i) & 0xff);
    }
    return OptionalLong.of(number);
  }

  /// What was answered, if nothing has changed since.
  ///
  /// @param height the last block whose events were heard
  @SuppressWarnings("unchecked") // The same input has an answer of the same kind.
  <T> Optional<Optional<T>> known(ContractRead<T> read, long height) {
    OptionalLong job = jobOf(read);
    OptionalLong dispute = job.isPresent() ? OptionalLong.empty() : disputeOf(read);
    Answer answer;
    int blocks = BLOCKS_MAX;
    if (job.isPresent()) {
      Map<Bytes, Answer> answers = jobs.get(job.getAsLong());
      answer = answers == null ? null : answers.get(read.input());
    } else if (dispute.isPresent()) {
      answer = disputes.get(dispute.getAsLong());
    } else {
      answer = others.get(read.input());
      blocks = answer == null ? 0 : OTHERS.getOrDefault(selector(read), 0);
    }
    if (answer != null && height < answer.height + blocks) {
      return Optional.of((Optional<T>) answer.value);
    }
    Question question = Question.of(read);
    Optional<?> once = height == nowHeight ? now.get(question) : null;
    if (once == null) {
      return Optional.empty();
    }
    var _ = again.put(question, read);
    return Optional.of((Optional<T>) once);
  }

  /// What is asked in one go with a question whose answer is not known, that one first.
  ///
  /// @param height the last block whose events were heard
  List<ContractRead<?>> askedWith(ContractRead<?> read, long height) {
    List<ContractRead<?>> all = new ArrayList<>();
    boolean _ = all.add(read);
    if (height != nowHeight) {
      nowHeight = height;
      now.clear();
      waiting.clear();
      waiting.putAll(again);
      again.clear();
    }
    var _ = waiting.remove(Question.of(read));
    while (!waiting.isEmpty() && all.size() < TOGETHER_MAX) {
      boolean _ = all.add(waiting.pollFirstEntry().getValue());
    }
    return all;
  }

  /// Keeps an answer; what is not there now may come without an event.
  ///
  /// @param height the last block whose events were heard; the answer is of it or of a later one
  void keep(ContractRead<?> read, Optional<?> value, long height) {
    boolean isNothing = value.isEmpty() || (value.get() instanceof List<?> list && list.isEmpty());
    OptionalLong job = jobOf(read);
    OptionalLong dispute = disputeOf(read);
    if (!isNothing && dispute.isPresent()) {
      Answer _ = disputes.put(dispute.getAsLong(), new Answer(read, value, height));
    } else if (!isNothing && job.isPresent()) {
      Answer _ =
          jobs.computeIfAbsent(job.getAsLong(), _ -> new HashMap<>())
              .put(read.input(), new Answer(read, value, height));
    } else if (!isNothing && OTHERS.containsKey(selector(read))) {
      Answer _ = others.put(read.input(), new Answer(read, value, height));
    } else {
      Optional<?> _ = now.put(Question.of(read), value);
    }
  }

  /// Another number whenever what is known of a job may have changed: by an event, or because it is
  /// to be asked for anew.
  long version(long job) {
    return changed.getOrDefault(job, allChangedAt);
  }

  private void changed(long job) {
    Long _ = changed.put(job, ++changes);
    if (changed.size() > CHANGED_JOBS_MAX) {
      allChanged();
    }
  }

  private void allChanged() {
    changed.clear();
    allChangedAt = ++changes;
  }

  /// Whether there is nothing that an event could change.
  boolean isEmpty() {
    return jobs.isEmpty() && disputes.isEmpty() && others.isEmpty();
  }

  /// Forgets all: events may have been missed.
  void clear() {
    allChanged();
    jobs.clear();
    disputes.clear();
    others.clear();
    again.clear();
    waiting.clear();
    now.clear();
  }

  /// Hears the events of new blocks.
  void heard(List<DatedEvent> events, long height) {
    for (DatedEvent each : events) {
      hear(each.event());
    }
    boolean _ = others.values().removeIf(answer -> height >= answer.height + BLOCKS_MAX);
    boolean _ = disputes.values().removeIf(answer -> height >= answer.height + BLOCKS_MAX);
    boolean _ =
        jobs.entrySet()
            .removeIf(of -> {
              Map<Bytes, Answer> answers = of.getValue();
              if (answers.values().removeIf(answer -> height >= answer.height + BLOCKS_MAX)) {
                changed(of.getKey());
              }
              return answers.isEmpty();
            });
  }

  private void hear(WorkEvent event) {
    OptionalLong dispute = event.disputeNumber();
    Answer gone = dispute.isPresent() ? disputes.remove(dispute.getAsLong()) : null;
    if (gone != null) {
      ask(gone.read);
    }
    switch (event) {
      case WorkEvent.Submitted it -> {
        changed(it.job(), OF_JOBS);
        changedOthers(JOBS);
        ask(WorkRead.job(it.job()));
        ask(WorkRead.claim(new ClaimId(it.job(), 0)));
      }
      case WorkEvent.Committed it -> changed(it.claim().job(), Set.of(CLAIM));
      case WorkEvent.Revealed it -> changed(it.claim().job(), Set.of(CLAIM));
      case WorkEvent.SeatsDrawn it -> changed(it.claim().job(), Set.of(CLAIM, AUDIT, GIVEN));
      case WorkEvent.Reported it -> changed(it.claim().job(), Set.of(AUDIT));
      case WorkEvent.NotServed it -> changed(it.claim().job(), Set.of(AUDIT));
      case WorkEvent.ReportsClosed it -> changed(it.claim().job(), Set.of(AUDIT, GIVEN));
      case WorkEvent.EvaluationBegun it ->
          changed(it.claim().job(), Set.of(EVALUATION, COMMITTEE, SCORE));
      // The committee is stored: it is the same that was computed before.
      case WorkEvent.CommitteeDrawn it -> changed(it.claim().job(), Set.of(EVALUATION));
      case WorkEvent.ScoreCommitted it -> scored(it.claim(), it.evaluator());
      case WorkEvent.ScoreRevealed it -> scored(it.claim(), it.evaluator());
      case WorkEvent.Scored it -> changed(it.claim().job(), Set.of(EVALUATION));
      case WorkEvent.ChainRegistered _ -> changedOthers(CHAINS);
      case WorkEvent.Described _,
          WorkEvent.SecretShown _,
          WorkEvent.ModelRegistered _,
          WorkEvent.Calibrated _,
          WorkEvent.ModelClosed _,
          WorkEvent.ModelMalformed _,
          WorkEvent.Credited _,
          WorkEvent.WorkCounted _ -> {} // They change nothing that is kept.
      case WorkEvent.Settled it -> isOver(it.claim());
      case WorkEvent.Voided it -> isOver(it.claim());
      case WorkEvent.Fraud it -> isOver(it.claim());
      case WorkEvent.Cancelled it -> isOver(it.claim());
      default -> {
        OptionalLong job = jobOf(event);
        if (job.isPresent()) {
          changed(job.getAsLong(), OF_JOBS);
          changedOthers(DISPUTES);
          changedOthers(OBJECTIONS);
        } else {
          clear();
        }
      }
    }
  }

  /// The job that an event is about: a dispute's is known from its beginning.
  private OptionalLong jobOf(WorkEvent event) {
    OptionalLong job = event.jobNumber();
    OptionalLong dispute = event.disputeNumber();
    if (job.isPresent()) {
      if (dispute.isPresent()) {
        Long _ = disputed.put(dispute.getAsLong(), job.getAsLong());
        while (disputed.size() > DISPUTES_KNOWN) {
          var _ = disputed.pollFirstEntry();
        }
      }
      return job;
    }
    Long known = dispute.isPresent() ? disputed.get(dispute.getAsLong()) : null;
    return known == null ? OptionalLong.empty() : OptionalLong.of(known);
  }

  /// It is asked about no more but whether its job is over too.
  private void isOver(ClaimId claim) {
    changed(claim.job(), FIRST_OF_JOBS);
    var _ = jobs.remove(claim.job());
    changedOthers(DISPUTES);
  }

  /// A score changes its own answer and what all see of the evaluation.
  private void scored(ClaimId claim, Address evaluator) {
    changed(claim.job(), Set.of(EVALUATION));
    Map<Bytes, Answer> answers = jobs.get(claim.job());
    if (answers != null) {
      Answer gone = answers.remove(WorkRead.score(claim, evaluator).input());
      if (gone != null) {
        ask(gone.read);
      }
    }
  }

  private void changed(long job, Set<Bytes> selectors) {
    changed(job);
    Map<Bytes, Answer> answers = jobs.get(job);
    if (answers != null) {
      forget(answers, input -> selectors.contains(input.slice(0, CallData.SELECTOR_BYTES)));
      if (answers.isEmpty()) {
        var _ = jobs.remove(job);
      }
    }
  }

  private void changedOthers(Bytes selector) {
    forget(others, input -> isOf(input, selector));
  }

  private void forget(Map<Bytes, Answer> answers, Predicate<Bytes> inputs) {
    boolean _ =
        answers
            .entrySet()
            .removeIf(each -> {
              boolean isGone = inputs.test(each.getKey());
              if (isGone) {
                ask(each.getValue().read);
              }
              return isGone;
            });
  }

  private void ask(ContractRead<?> read) {
    var _ = again.put(Question.of(read), read);
  }
}

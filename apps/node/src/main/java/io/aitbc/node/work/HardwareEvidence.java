// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.attestation.Binding;
import io.aitbc.attestation.Evidence;
import io.aitbc.attestation.TeeClaim;
import io.aitbc.compute.Attester;
import io.aitbc.compute.EngineRefusal;
import io.aitbc.compute.EngineRefusedException;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.AttestationRead;
import io.aitbc.execution.AttestationVerdict;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkJob;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this worker's hardware says of its claims of class ATTESTED. It is asked on a thread of its
/// own, so that nothing else waits for it, and asked again after a while when it gives nothing, or
/// nothing that the chain would take. Belongs to the service's thread. Protocol §17.13, §18.2.
public final class HardwareEvidence implements AutoCloseable {
  /// Blocks below the last final one that evidence is bound to: the reveal comes some blocks later,
  /// and a contract knows the hashes of 256.
  private static final long ANCHOR_BLOCKS = 2;

  /// Blocks above its anchor until which evidence is used; later the hardware is asked anew.
  private static final long FRESH_BLOCKS = 64;

  /// Blocks after which hardware that gave nothing right is asked again.
  static final long RETRY_BLOCKS = 10;

  /// How long one answer may take: an attester bounds itself, this is for one that does not.
  private static final Duration TIME_MAX = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(HardwareEvidence.class);

  private final Hardware hardware;
  private final List<Hash> subjects;
  private final TreeMap<ClaimId, Attempt> claims = new TreeMap<>(OpenJobs.ORDER);
  private final TreeMap<Hash, Attempt> trials = new TreeMap<>();

  /// What was said last about each code: how often it happens is up to those who order.
  private final TreeMap<Hash, EvidenceRefusal> told = new TreeMap<>();

  /// Opens an attester.
  @FunctionalInterface
  interface Opening {
    /// The attester.
    ///
    /// @throws EngineRefusedException if the hardware is not there; it may be tried again
    Attester open() throws EngineRefusedException;
  }

  /// What there is of evidence.
  sealed interface Answer {
    /// Evidence that the chain would take after its last block.
    record Given(WorkCall.Evidence evidence) implements Answer {}

    /// The hardware was asked.
    record Awaited() implements Answer {}

    /// There is none; it is tried again.
    record Refused(EvidenceRefusal refusal) implements Answer {}
  }

  /// One question to the hardware.
  private static final class Attempt {
    final Binding binding;
    final FutureTask<Answer> run;
    final long begunNanos = System.nanoTime();
    Optional<EvidenceRefusal> refusal = Optional.empty();
    long retryAt;
    boolean taken;

    Attempt(Binding binding, FutureTask<Answer> run) {
      this.binding = binding;
      this.run = run;
    }
  }

  /// The attester, which belongs to its thread.
  private static final class Hardware {
    private final Opening opening;
    private final Executor thread;
    private final Optional<ExecutorService> owned;
    private @Nullable Attester open;

    Hardware(Opening opening, Executor thread, Optional<ExecutorService> owned) {
      this.opening = opening;
      this.thread = thread;
      this.owned = owned;
    }

    /// Asks, on its thread. One that fails is opened anew the next time.
    List<Evidence> attest(Binding binding) throws EngineRefusedException {
      Attester attester = open;
      if (attester == null) {
        attester = opening.open();
        open = attester;
      }
      try {
        return attester.attest(binding);
      } catch (EngineRefusedException | RuntimeException failed) {
        end();
        throw failed;
      }
    }

    void end() {
      Attester attester = open;
      open = null;
      if (attester != null) {
        attester.close();
      }
    }

    void close() {
      thread.execute(this::end);
      owned.ifPresent(ExecutorService::shutdown);
    }
  }

  /// Hardware of one machine, as an operator has configured it.
  public static HardwareEvidence of(AttesterChoice choice) {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("attester").daemon().factory());
    return new HardwareEvidence(
        new Hardware(choice::open, thread, Optional.of(thread)), choice.collateral());
  }

  /// The same, asked on a thread that is given.
  HardwareEvidence(Opening opening, List<Hash> subjects, Executor thread) {
    this(new Hardware(opening, thread, Optional.empty()), subjects);
  }

  private HardwareEvidence(Hardware hardware, List<Hash> subjects) {
    this.hardware = hardware;
    this.subjects = List.copyOf(subjects);
  }

  /// Whether the hardware would vouch for approved code: it is asked about nothing, and the chain
  /// judges what it says as if it were of a claim.
  Answer ready(WorkChain chain, Hash code) throws IOException {
    return answer(
        chain,
        trials,
        code,
        anchor -> binding(chain, anchor, Hash.ZERO, code, new Roots(Hash.ZERO, Hash.ZERO)));
  }

  /// Evidence for the outputs of a claim.
  ///
  /// @param outputs their root
  Answer forClaim(WorkChain chain, ClaimId claim, WorkJob job, Hash outputs) throws IOException {
    return answer(
        chain,
        claims,
        claim,
        anchor ->
            binding(
                chain,
                anchor,
                WorkCall.boundTask(job.task(), claim),
                job.code(),
                new Roots(job.inputs(), outputs)));
  }

  /// These claims are the worker's or offered to it; all others are forgotten.
  void only(Set<ClaimId> wanted) {
    for (Map.Entry<ClaimId, Attempt> each : List.copyOf(claims.entrySet())) {
      if (!wanted.contains(each.getKey())) {
        boolean _ = each.getValue().run.cancel(true);
        Attempt _ = claims.remove(each.getKey());
      }
    }
  }

  /// Whether the hardware has answered something that nobody looked at.
  boolean haveNews() {
    return claims.values().stream().anyMatch(each -> !each.taken && each.run.isDone())
        || trials.values().stream().anyMatch(each -> !each.taken && each.run.isDone());
  }

  private record Roots(Hash inputs, Hash outputs) {}

  private static Binding binding(WorkChain chain, long anchor, Hash task, Hash code, Roots roots)
      throws IOException {
    return new Binding(
        chain.blockHash(0),
        task,
        chain.blockHash(anchor),
        anchor,
        code,
        roots.inputs,
        roots.outputs,
        WorkCall.boundWorker(chain.account()));
  }

  /// Binds evidence to what it is about.
  @FunctionalInterface
  private interface BoundAt {
    Binding anchor(long height) throws IOException;
  }

  private <K> Answer answer(WorkChain chain, Map<K, Attempt> attempts, K about, BoundAt bound)
      throws IOException {
    long height = chain.height();
    Attempt before = attempts.get(about);
    boolean again =
        before == null
            || (before.refusal.isPresent()
                ? height >= before.retryAt
                : height - before.binding.anchorHeight() > FRESH_BLOCKS && before.run.isDone());
    Attempt attempt = before;
    if (again) {
      attempt = begun(bound.anchor(Math.max(0, height - ANCHOR_BLOCKS)));
      Attempt _ = attempts.put(about, attempt);
    }
    if (attempt == null) {
      throw new IllegalStateException("nothing was asked about " + about);
    }
    if (attempt.refusal.isEmpty()) {
      return looked(chain, attempt, height);
    }
    return new Answer.Refused(attempt.refusal.get());
  }

  private Attempt begun(Binding binding) {
    FutureTask<Answer> run = new FutureTask<>(() -> asked(binding));
    Attempt attempt = new Attempt(binding, run);
    hardware.thread.execute(run);
    return attempt;
  }

  /// What has come of a question, as the chain would judge it now.
  private Answer looked(WorkChain chain, Attempt attempt, long height) throws IOException {
    Answer answer = said(attempt);
    if (answer instanceof Answer.Given(WorkCall.Evidence evidence)) {
      Optional<AttestationVerdict> verdict =
          chain.read(AttestationRead.judge(attempt.binding, evidence));
      if (verdict.filter(AttestationVerdict::isRight).isEmpty()) {
        answer = new Answer.Refused(refusal(chain, verdict));
      }
    }
    switch (answer) {
      case Answer.Given _ -> tell(attempt.binding.code(), Optional.empty());
      case Answer.Awaited _ -> {}
      case Answer.Refused(EvidenceRefusal refusal) -> {
        attempt.refusal = Optional.of(refusal);
        attempt.retryAt = height + RETRY_BLOCKS;
        tell(attempt.binding.code(), attempt.refusal);
      }
    }
    return answer;
  }

  /// Once for each change.
  private void tell(Hash code, Optional<EvidenceRefusal> now) {
    Optional<EvidenceRefusal> before = Optional.ofNullable(told.remove(code));
    if (now.isPresent()) {
      EvidenceRefusal _ = told.put(code, now.get());
    }
    if (now.equals(before)) {
      return;
    }
    if (now.isPresent()) {
      LOG.atWarn()
          .addKeyValue("code", code)
          .addKeyValue("refusal", now.get())
          .log("no hardware vouches for claims");
    } else {
      LOG.atInfo().addKeyValue("code", code).log("hardware vouches for claims again");
    }
  }

  private EvidenceRefusal refusal(WorkChain chain, Optional<AttestationVerdict> verdict)
      throws IOException {
    if (verdict.isPresent()) {
      return new EvidenceRefusal.NotRight(verdict.get().reason());
    }
    for (Hash subject : subjects) {
      if (chain.read(AttestationRead.collateral(subject)).isEmpty()) {
        return new EvidenceRefusal.CollateralMissing(subject);
      }
    }
    return new EvidenceRefusal.NotJudged();
  }

  private static Answer said(Attempt attempt) {
    if (!attempt.run.isDone()) {
      if (System.nanoTime() - attempt.begunNanos < TIME_MAX.toNanos()) {
        return new Answer.Awaited();
      }
      boolean _ = attempt.run.cancel(true);
    }
    attempt.taken = true;
    try {
      return attempt.run.get();
    } catch (CancellationException late) {
      return refused(new EngineRefusal.Late(TIME_MAX));
    } catch (ExecutionException broken) {
      // Whoever brought the attester broke its promise: work that needs none goes on.
      return refused(new EngineRefusal.Failed("the attester broke: " + broken.getCause()));
    } catch (InterruptedException impossible) {
      throw new AssertionError("it has ended", impossible);
    }
  }

  private static Answer refused(EngineRefusal why) {
    return new Answer.Refused(new EvidenceRefusal.Hardware(why));
  }

  /// Asks the hardware, on its thread.
  private Answer asked(Binding binding) {
    try {
      TeeClaim whole = whole(hardware.attest(binding));
      Bytes encoded = whole.encoded();
      if (encoded.length() > TeeClaim.BYTES_MAX) {
        return refused(
            new EngineRefusal.TooMuch("bytes of evidence", encoded.length(), TeeClaim.BYTES_MAX));
      }
      return new Answer.Given(
          new WorkCall.Evidence(
              whole.platform().code(),
              whole.gpus().size(),
              binding.anchorHeight(),
              encoded,
              subjects));
    } catch (EngineRefusedException none) {
      return refused(none.refusal());
    }
  }

  private static TeeClaim whole(List<Evidence> said) throws EngineRefusedException {
    List<Evidence.Gpu> gpus = new ArrayList<>();
    for (int i = 1; i < said.size(); i++) {
      if (said.get(i) instanceof Evidence.Gpu gpu) {
        boolean _ = gpus.add(gpu);
      }
    }
    if (said.size() != 1 + gpus.size()
        || said.getFirst() instanceof Evidence.Gpu
        || gpus.size() > TeeClaim.GPUS_MAX) {
      throw new EngineRefusedException(
          new EngineRefusal.Malformed("not a machine's evidence with at most 4 GPUs' behind it"));
    }
    return new TeeClaim(said.getFirst(), gpus);
  }

  /// Ends what belongs to the attester.
  @Override
  public void close() {
    for (Attempt each : claims.values()) {
      boolean _ = each.run.cancel(true);
    }
    for (Attempt each : trials.values()) {
      boolean _ = each.run.cancel(true);
    }
    hardware.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node.work;

import io.aitbc.blobs.Reach;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.ClaimId;
import io.aitbc.execution.EconomyParameter;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkCall;
import io.aitbc.execution.WorkCall.Score;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvaluation;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Address;
import io.aitbc.referee.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Scores the claims of its committees: fetches inputs and outputs from the worker, seals a score,
/// opens it in time. After each final block it reads what the chain waits for and does that;
/// nothing but its secret and its sealed scores has to outlive it. Belongs to one thread. Protocol
/// §17.15.
public final class EvaluatorService implements ClaimChecker {
  /// Items of a claim that an evaluator runs again: seven seats add a fifth to what auditors run.
  public static final int ITEMS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(EvaluatorService.class);

  private final WorkChain chain;
  private final Address self;
  private final ServiceSecret secret;
  private final Outbox outbox;
  private final OpenJobs open;
  private final ServedClaims served;
  private final SegmentRuns runs;
  private final Challenges challenges;
  private final SealedScores scores;
  private final Committees committees;
  private final Opinions opinions;
  private long seen = -1;

  /// An evaluator with its state in a folder.
  ///
  /// @param files its own store
  /// @param reach where workers may say that they are
  /// @throws IOException if the folder cannot be used
  public EvaluatorService(WorkChain chain, Path folder, JobFiles files, Reach reach)
      throws IOException {
    this(chain, folder, files, reach, new SegmentRuns());
  }

  /// An evaluator that runs segments again where it is told.
  EvaluatorService(WorkChain chain, Path folder, JobFiles files, Reach reach, SegmentRuns runs)
      throws IOException {
    this.chain = chain;
    this.runs = runs;
    this.self = chain.account();
    this.secret = ServiceSecret.open(folder.resolve("secret"));
    this.outbox = new Outbox(chain);
    this.open = new OpenJobs(chain, folder.resolve("position"));
    this.served = new ServedClaims(chain, files, folder, reach);
    this.challenges = new Challenges(chain, outbox, open, served, new LaidOpen(chain, files), runs);
    this.committees = new Committees(chain);
    NearOutputs near = new NearOutputs(new EngineChoice.Referee());
    this.opinions = new Opinions(chain, secret, outbox, served, near);
    this.scores = new SealedScores(folder.resolve("scores"));
  }

  @Override
  public boolean step() throws IOException {
    long height = chain.height();
    if (height == seen && !served.haveNews() && !runs.haveNews()) {
      return false;
    }
    outbox.at(height);
    TreeSet<ClaimId> current = new TreeSet<>(OpenJobs.ORDER);
    TreeSet<ClaimId> running = new TreeSet<>(OpenJobs.ORDER);
    TreeSet<ClaimId> needed = new TreeSet<>(OpenJobs.ORDER);
    Duties duties = new Duties();
    duties.attempt(() -> needed.addAll(challenges.pursue(duties)));
    duties.attempt(outbox::flush);
    duties.attempt(() -> needed.addAll(opinions.step(height, duties)));
    for (Map.Entry<Long, WorkJob> each : open.jobs().entrySet()) {
      for (ClaimId claim : OpenJobs.claims(each.getKey(), each.getValue())) {
        boolean _ = running.add(claim);
        duties.attempt(() -> step(claim, each.getValue(), height, current, needed));
      }
    }
    duties.attempt(outbox::flush);
    duties.end();
    scores.retain(running); // A node that is behind knows of no seal yet.
    committees.retain(current);
    served.retain(needed); // Files may be large.
    runs.retain(needed);
    open.keep();
    seen = height;
    return true;
  }

  private void step(
      ClaimId claim, WorkJob job, long height, Set<ClaimId> current, Set<ClaimId> needed)
      throws IOException {
    Optional<WorkClaim> state = chain.read(WorkRead.claim(claim));
    if (state.isPresent() && state.get().state() == WorkClaim.State.REVEALED) {
      boolean _ = current.add(claim);
      if (committees.of(claim).contains(self)) {
        boolean isNew = needed.add(claim);
        if (evaluate(claim, job, state.get(), height) && isNew) {
          boolean _ = needed.remove(claim);
        }
      }
    }
  }

  /// Does what a claim waits for.
  ///
  /// @return whether its score is sealed on the chain
  private boolean evaluate(ClaimId claim, WorkJob job, WorkClaim state, long height)
      throws IOException {
    Optional<WorkEvaluation> evaluation = chain.read(WorkRead.evaluation(claim));
    if (evaluation.isEmpty()) {
      return false;
    }
    Patience.Clocks now =
        new Patience.Clocks(height, chain.read(WorkRead.activeSeconds()).orElse(0L));
    Optional<WorkEvaluation.Score> sealed = chain.read(WorkRead.score(claim, self));
    if (sealed.isEmpty()) {
      if (evaluation.get().seals(height, now.seconds())) {
        seal(claim, job, state, isLastTime(evaluation.get(), now));
      }
    } else if (!sealed.get().revealed()) {
      if (evaluation.get().opens(height, now.seconds())
          && evaluation.get().isOpen(height, now.seconds())) {
        open(claim, sealed.get().commitment());
      }
    } else {
      Optional<WorkAudit> audit = chain.read(WorkRead.audit(claim));
      if (audit.isPresent()) {
        outbox.postAttempt(
            new ClaimEnd(claim, job, state, audit.get()).inItsPlace(now, self.bytes().at(0) % 4));
      }
    }
    return sealed.isPresent();
  }

  /// Whether the score of what is not served is sealed.
  private boolean isLastTime(WorkEvaluation evaluation, Patience.Clocks now) throws IOException {
    return now.haveReachedLastPart(
        new Patience.Clocks(evaluation.commitHeight(), evaluation.commitSeconds()),
        evaluation.commitHeight() - evaluation.since(),
        chain.parameter(EconomyParameter.SCORE_SECONDS));
  }

  private void seal(ClaimId claim, WorkJob job, WorkClaim state, boolean lastTime)
      throws IOException {
    Optional<Score> score = scores.get(claim);
    if (score.isEmpty()) {
      score = score(claim, job, state);
      if (score.isEmpty() && lastTime) {
        LOG.atInfo().addKeyValue("claim", claim).log("not served: nothing is of use");
        score = Optional.of(Scoring.NOTHING);
      }
      if (score.isEmpty()) {
        return; // The worker may let this account in, or serve, with a later block.
      }
      scores.put(claim, score.get());
      LOG.atInfo()
          .addKeyValue("claim", claim)
          .addKeyValue("utility", score.get().utility())
          .addKeyValue("novelty", score.get().novelty())
          .log("scored");
    }
    Hash commitment = commitment(claim, score.get());
    outbox.post("seal of " + claim, WorkCall.commitScore(claim, commitment));
  }

  private Hash commitment(ClaimId claim, Score score) {
    return WorkCall.scoreCommitment(
        chain.chainId(), claim, self, score, secret.scoreSalt(chain.chainId(), claim));
  }

  /// Empty if the files do not come.
  private Optional<Score> score(ClaimId claim, WorkJob job, WorkClaim state) throws IOException {
    if (job.trains()) {
      Optional<ServedClaim> files = served.fetch(claim, job, state);
      return files.isPresent() ? scoreOfTraining(claim, state, files.get()) : Optional.empty();
    }
    Optional<List<Bytes>> outputs = served.outputs(claim, job, state);
    if (outputs.isEmpty()) {
      return Optional.empty();
    }
    // Which items, nobody can foretell: the salt is secret.
    List<Long> items =
        WorkCall.leaves(
            secret.scoreSalt(chain.chainId(), claim),
            state.outputs(),
            claim,
            0,
            ITEMS,
            outputs.get().size());
    Optional<List<ServedLeaf>> few = served.leavesOnce(claim, job, state, items);
    if (few.isEmpty()) {
      return Optional.empty();
    }
    if (!ExecutionMemory.suffices(few.get().getFirst().model())) {
      served.keep(claim, job, state, few.get()); // There may be memory for it later.
      return Optional.empty();
    }
    Model model = few.get().getFirst().model();
    if (job.isTolerant()) {
      // Right or not is for its jury to say.
      return Optional.of(Scoring.ofInference(model, outputs.get()));
    }
    List<ClaimLeaf.Again> again = ServedLeaf.runAgain(few.get(), Tracer.SHARED);
    for (int i = 0; i < items.size(); i++) {
      if (!again.get(i).right()) {
        served.keep(claim, job, state, few.get()); // To be proven, whatever is served by then.
        challenges.challenge(claim, items.get(i));
        return Optional.of(Scoring.NOTHING);
      }
    }
    return Optional.of(Scoring.ofInference(model, outputs.get()));
  }

  private Optional<Score> scoreOfTraining(ClaimId claim, WorkClaim state, ServedClaim files)
      throws IOException {
    return served
        .states(claim, state, files.work())
        .after(files.outputs().size() - 1)
        .map(trained -> Scoring.ofTraining(files, trained));
  }

  private void open(ClaimId claim, Hash sealed) throws IOException {
    Optional<Score> score = scores.get(claim);
    if (score.isEmpty() || !commitment(claim, score.get()).equals(sealed)) {
      LOG.atWarn().addKeyValue("claim", claim).log("the score of a seal is lost");
      return;
    }
    outbox.post(
        "opening of " + claim,
        WorkCall.revealScore(claim, score.get(), secret.scoreSalt(chain.chainId(), claim)));
  }

  @Override
  public void close() {
    served.close();
    runs.close();
    scores.close();
  }
}

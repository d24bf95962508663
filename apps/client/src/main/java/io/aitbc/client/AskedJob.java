// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.client;

import io.aitbc.execution.ClaimId;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkJob;
import io.aitbc.execution.WorkRead;
import io.aitbc.model.Amount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Asks how a job stands, in one go for all of its claims: whoever follows jobs asks after each
/// block. Protocol §17.12.
final class AskedJob {
  private AskedJob() {}

  /// How a job stands after the last final block; empty if there is none.
  ///
  /// @throws IOException if the node does not answer
  static Optional<JobStatus> status(JobChain chain, long number) throws IOException {
    long height = chain.height();
    Questions questions = new Questions();
    var job = questions.add(WorkRead.job(number));
    var seconds = questions.add(WorkRead.activeSeconds());
    List<Claim> claims = new ArrayList<>();
    claims.add(Claim.of(new ClaimId(number, 0), questions)); // No job has none.
    questions.ask(chain);
    if (job.get().isEmpty()) {
      return Optional.empty();
    }
    Questions more = new Questions();
    for (long claim = 1; claim < job.get().get().claims(); claim++) {
      claims.add(Claim.of(new ClaimId(number, claim), more));
    }
    more.ask(chain);
    Questions turns = new Questions();
    List<Supplier<JobStatus.Claim>> told = new ArrayList<>();
    for (Claim claim : claims) {
      told.add(claim.told(turns));
    }
    turns.ask(chain);
    return Optional.of(
        new JobStatus(
            number,
            height,
            seconds.get().orElse(0L),
            job.get().get(),
            told.stream().map(Supplier::get).toList()));
  }

  /// A claim that is asked about.
  private record Claim(
      ClaimId id,
      Supplier<Optional<WorkJob.Assignment>> assignment,
      Supplier<Optional<WorkJob.ClaimSize>> size,
      Supplier<Optional<WorkClaim>> work) {
    static Claim of(ClaimId id, Questions questions) {
      return new Claim(
          id,
          questions.add(WorkRead.assignment(id)),
          questions.add(WorkRead.size(id)),
          questions.add(WorkRead.claim(id)));
    }

    /// How it stands, once the questions about the turns of open claims are asked too.
    Supplier<JobStatus.Claim> told(Questions turns) throws IOException {
      WorkJob.Assignment known =
          assignment
              .get()
              .orElseThrow(() -> new IOException("the node knows the job and not " + id));
      WorkJob.ClaimSize items = size.get().orElse(new WorkJob.ClaimSize(0, Amount.ZERO));
      Optional<WorkClaim> taken = work.get();
      if (known.place() != WorkJob.Place.OPEN) {
        return () -> new JobStatus.Claim(id, items, known, List.of(), 0, taken);
      }
      var workers = turns.add(WorkRead.workers(id));
      var turn = turns.add(WorkRead.turn(id));
      return () ->
          new JobStatus.Claim(
              id, items, known, workers.get().orElse(List.of()), turn.get().orElse(0L), taken);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import io.aitbc.client.ClaimOutputs;
import io.aitbc.client.DatedEvent;
import io.aitbc.client.JobChain;
import io.aitbc.client.JobClient;
import io.aitbc.client.JobOrder;
import io.aitbc.client.JobProgress;
import io.aitbc.client.JobStatus;
import io.aitbc.crypto.Hash;
import io.aitbc.execution.WorkAudit;
import io.aitbc.execution.WorkClaim;
import io.aitbc.execution.WorkEvent;
import io.aitbc.model.Address;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/// A job of one claim while it is shown: a line for each thing that happens to it, and how long
/// they took. Belongs to one thread.
final class ShownJob {
  /// Characters of a root that a line shows.
  private static final int ROOT_COLUMNS = 18;

  private final JobClient jobs;
  private final JobChain chain;
  private final PrintStream out;
  private final String title;
  private final long number;
  private final long began = System.nanoTime();
  private final long finalAt;
  private long auditedAt;
  private long endedAt;
  private long toldHeight;
  private long seats;
  private long reports;
  private Optional<JobStatus> last = Optional.empty();

  /// Submits an order.
  ///
  /// @param title what it is, in a few words
  ShownJob(JobClient jobs, JobChain chain, PrintStream out, String title, JobOrder order)
      throws IOException {
    this.jobs = jobs;
    this.chain = chain;
    this.out = out;
    this.title = title;
    this.number = jobs.submit(order);
    this.finalAt = System.nanoTime();
    out.println(
        "  job %d  ordered: %s, %s AITBC in escrow"
            .formatted(number, title, AitbcAmount.text(order.fee())));
  }

  long number() {
    return number;
  }

  /// Whether nobody has accepted it yet.
  boolean isOpen() {
    return last.isEmpty() || last.get().claims().getFirst().isOpen();
  }

  /// Whether nothing more happens to it.
  boolean isOver() {
    return last.isPresent() && last.get().isOver();
  }

  /// What somebody made of it.
  Optional<WorkClaim> taken() {
    return last.flatMap(it -> it.claims().getFirst().taken());
  }

  /// Does the client's part, and tells what happened since.
  void step() throws IOException {
    JobStatus status = jobs.step(number, this::told);
    for (DatedEvent each : chain.jobEvents(number)) {
      if (each.height() > toldHeight && each.height() <= status.height()) {
        line(each.event())
            .ifPresent(text ->
                out.println("  job %d  block %4d  %s".formatted(number, each.height(), text)));
      }
    }
    toldHeight = status.height();
    last = Optional.of(status);
    if (status.isOver() && endedAt == 0) {
      endedAt = System.nanoTime();
    }
  }

  private void told(JobProgress progress) {
    switch (progress) {
      case JobProgress.NotUploaded _, JobProgress.Sent _ ->
          out.println("  job %d  %s".formatted(number, JobText.of(progress)));
      case JobProgress.Uploaded it ->
          out.println("  job %d  %s has the files".formatted(number, name(it.worker())));
      case JobProgress.Fetched it -> fetched(it.outputs(), "the client fetches its outputs");
      case JobProgress.FetchedState it ->
          fetched(it.state(), "the client fetches the trained state");
      case JobProgress.Uploading _, JobProgress.Changed _ -> {}
    }
  }

  /// A worker serves what it revealed when it sees that: asked before, it is asked again.
  private void fetched(ClaimOutputs outputs, String what) {
    if (outputs instanceof ClaimOutputs.Right) {
      out.println("  job %d  %s; the root is the chain's".formatted(number, what));
    }
  }

  private String name(Address account) {
    return DevnetServices.name(account);
  }

  private static String root(Hash hash) {
    return hash.toHex().substring(0, ROOT_COLUMNS);
  }

  /// What a reader is told of; many things are counted, and told when they are complete.
  private Optional<String> line(WorkEvent event) {
    return switch (event) {
      case WorkEvent.Accepted it ->
          Optional.of(
              "%s accepts; %s AITBC of its bond are set aside"
                  .formatted(name(it.worker()), AitbcAmount.text(it.reserved())));
      case WorkEvent.Committed it ->
          Optional.of("it commits to its outputs: " + root(it.commitment()));
      case WorkEvent.Revealed it -> Optional.of("it reveals their root: " + root(it.outputs()));
      case WorkEvent.SeatsDrawn it -> {
        seats = it.places().size();
        yield Optional.of("%d seats of auditors are drawn".formatted(seats));
      }
      case WorkEvent.Reported it when it.seat() == WorkAudit.SECOND ->
          Optional.of("the second auditor ran one leaf in ten again, and agrees");
      case WorkEvent.Reported _ -> {
        reports++;
        auditedAt = System.nanoTime();
        yield reports < seats
            ? Optional.empty()
            : Optional.of("audited: all %d seats ran their part again and agree".formatted(seats));
      }
      case WorkEvent.CommitteeDrawn it ->
          Optional.of("%d seats of evaluators are drawn".formatted(it.places().size()));
      case WorkEvent.ScoreRevealed it ->
          Optional.of(
              "%s opens its score: utility %s, novelty %s"
                  .formatted(name(it.evaluator()), share(it.utility()), share(it.novelty())));
      case WorkEvent.Scored it ->
          Optional.of(
              "scored: quality %s by %d seats".formatted(share(it.quality()), it.seatsRevealed()));
      case WorkEvent.Settled it ->
          Optional.of(
              "settled: %s is paid %s AITBC, and %d parts go to auditors"
                  .formatted(name(it.worker()), AitbcAmount.text(it.reward()), it.seatsPaid()));
      case WorkEvent.Fraud it ->
          Optional.of(
              "FRAUD of %s is proven by %s: it is slashed, the fee goes back"
                  .formatted(name(it.worker()), name(it.challenger())));
      case WorkEvent.Opened it ->
          Optional.of("an auditor challenges output %d".formatted(it.leaf()));
      case WorkEvent.Judged it ->
          Optional.of(
              "the chain repeats one element of it: verdict %d (1 is fraud)"
                  .formatted(it.verdict()));
      case WorkEvent.Late it -> Optional.of(name(it.worker()) + " was late, and pays for it");
      case WorkEvent.DrawnAgain _ -> Optional.of("three workers are drawn again");
      case WorkEvent.Cancelled _ -> Optional.of("ended before anybody accepted it");
      case WorkEvent.Voided _ -> Optional.of("void: nobody is paid, the fee goes back");
      default -> Optional.empty();
    };
  }

  private static String share(long millionths) {
    return String.format(Locale.ROOT, "%.3f", millionths / 1e6);
  }

  private String after(long nanos) {
    return nanos == 0 ? "never" : String.format(Locale.ROOT, "%.1f s", (nanos - began) / 1e9);
  }

  /// How it ended and how long it took, in a line.
  String summary() {
    return "  job %d  %-24s final %s, audited by %d of %d seats %s, %s %s"
        .formatted(
            number,
            title,
            after(finalAt),
            reports,
            seats,
            after(auditedAt),
            last.map(it -> it.claims().getFirst().state().toLowerCase(Locale.ROOT)).orElse("open"),
            after(endedAt));
  }
}

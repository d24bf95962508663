// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.bench.AiUse.Kind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/// What a run of AI work did in the seconds that were measured.
///
/// @param run what was asked for
/// @param idle processor time while there were no jobs
/// @param spent processor time in the measured seconds
/// @param done claims whose audits came to their end in them, by kind
/// @param distilled outputs that clients distilled in the whole run, and records that came of them
/// @param finalMillis of these, from the order to its final block, ascending
/// @param revealedMillis of these, to the final block with the outputs' root
/// @param auditedMillis of these, to the final block with the last report of a seat
/// @param settledMillis of all jobs, to the final block in which they were paid
/// @param unaudited jobs of which a seat never reported
/// @param blocks in the measured seconds
/// @param transactions in these blocks
/// @param failed jobs that were lost or not settled in time, with what happened to them
record AiReport(
    AiRun run,
    AiUse.Spent idle,
    AiUse.Spent spent,
    List<AiMix.Done> done,
    List<Long> distilled,
    List<Double> finalMillis,
    List<Double> revealedMillis,
    List<Double> auditedMillis,
    List<Double> settledMillis,
    int unaudited,
    long blocks,
    long transactions,
    List<String> failed) {
  /// Threads of a worker that run models.
  static final String ENGINE = "engine";

  private static final ObjectMapper JSON = new ObjectMapper();

  /// The least of threads that is printed, as a part of all.
  private static final double SHARE_MIN = 0.001;

  static AiReport of(
      AiRun run,
      AiMix mix,
      AiUse.Spent idle,
      AiUse before,
      AiUse after,
      Map<Long, AiWatch.Life> jobs,
      long blocks,
      long transactions,
      List<String> failed) {
    Collection<AiWatch.Life> lives = jobs.values();
    List<Long> numbers =
        jobs.entrySet().stream()
            .filter(each -> isMeasured(each.getValue(), before, after))
            .map(Map.Entry::getKey)
            .toList();
    List<AiWatch.Life> measured = numbers.stream().map(jobs::get).toList();
    return new AiReport(
        run,
        idle,
        after.since(before),
        mix.done(numbers),
        mix.distilled(),
        millis(measured, AiWatch.Life::submitted),
        millis(measured, AiWatch.Life::revealed),
        millis(measured, AiWatch.Life::audited),
        millis(
            lives.stream()
                .filter(each -> each.ordered().isPresent() && each.settled().isPresent())
                .toList(),
            AiWatch.Life::settled),
        (int) lives.stream().filter(each -> each.audited().isEmpty()).count(),
        blocks,
        transactions,
        failed);
  }

  private static boolean isMeasured(AiWatch.Life life, AiUse before, AiUse after) {
    return life.ordered().isPresent()
        && life.audited().isPresent()
        && life.audited().getAsLong() >= before.nanos()
        && life.audited().getAsLong() < after.nanos();
  }

  private static List<Double> millis(
      List<AiWatch.Life> lives, Function<AiWatch.Life, OptionalLong> until) {
    return lives.stream().map(each -> each.millis(until.apply(each))).sorted().toList();
  }

  /// Claims whose audits came to their end.
  int claims() {
    return done.stream().mapToInt(AiMix.Done::claims).sum();
  }

  /// Items of such claims that infer, a second.
  double inferencesPerSecond() {
    return done.stream()
            .filter(each -> each.work().kind() != AiWork.Kind.TRAINING)
            .mapToLong(each -> (long) each.claims() * each.work().items())
            .sum()
        / spent.seconds();
  }

  /// Processor time of first executions.
  double first() {
    return spent.of(Kind.WORKER, ENGINE);
  }

  /// First executions, of the processor time of all nodes and services.
  double useful() {
    return first() / spent.network();
  }

  /// All processor time of auditors and evaluators, by that of first executions.
  double verification() {
    return (spent.of(Kind.AUDITOR) + spent.of(Kind.EVALUATOR)) / first();
  }

  /// The same without what they take while there are no jobs.
  double verificationAboveIdle() {
    return verification() - (idleOf(Kind.AUDITOR) + idleOf(Kind.EVALUATOR)) / first();
  }

  /// What a kind would have taken in the measured seconds without jobs.
  private double idleOf(Kind kind) {
    return idle.of(kind) * spent.seconds() / idle.seconds();
  }

  /// Processor time of nodes above what they take without jobs, for a claim.
  double chainMillisPerClaim() {
    return claims() == 0
        ? Double.NaN
        : 1_000 * (spent.of(Kind.VALIDATOR) - idleOf(Kind.VALIDATOR)) / claims();
  }

  static double percentile(List<Double> sorted, int percent) {
    return sorted.isEmpty()
        ? Double.NaN
        : sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  /// Prints a line for each figure.
  void print(PrintWriter out) {
    AiOptions options = run.options();
    out.println(
        "%s: %d jobs of one claim without a result at any time"
            .formatted(run.name(), options.inFlight()));
    for (AiWork each : run.works()) {
      out.println(
          "  %s, %d %s: %s"
              .formatted(
                  each.kind().name().toLowerCase(Locale.ROOT),
                  each.items(),
                  each.kind() == AiWork.Kind.TRAINING ? "segments" : "items",
                  each.what()));
    }
    out.println(
        "%d validators in %s, %d workers, %d auditors, %d evaluators, %d a process; %d s after %d s"
            .formatted(
                options.validators(),
                options.mode(),
                options.workers(),
                options.auditors(),
                options.evaluators(),
                options.perProcess(),
                options.seconds(),
                options.warmSeconds()));
    line(out, "jobs that failed", failed.size(), "");
    failed.forEach(each -> out.println("  " + each));
    line(out, "inferences, audited", inferencesPerSecond(), "a second");
    line(out, "claims, audited", claims() / spent.seconds(), "a second");
    kinds(out);
    line(out, "jobs with a seat that never reported", unaudited, "");
    times(out, "order to final", finalMillis);
    times(out, "order to revealed", revealedMillis);
    times(out, "order to audited", auditedMillis);
    times(out, "order to settled", settledMillis);
    line(out, "between blocks", 1_000 * spent.seconds() / Math.max(1, blocks), "ms");
    line(out, "transactions for a claim", (double) transactions / Math.max(1, claims()), "");
    line(out, "processors in use by nodes and services", spent.network() / spent.seconds(), "");
    line(out, "  and by the clients", spent.of(Kind.CLIENTS) / spent.seconds(), "");
    if (first() > 0) {
      percent(out, "useful: first executions / all", useful());
      percent(out, "verification / first executions", verification());
      percent(out, "  without what is idle", verificationAboveIdle());
    } else {
      out.println("no worker's thread " + ENGINE + " ran: useful work cannot be told");
    }
    line(out, "chain above idle, for a claim", chainMillisPerClaim(), "ms");
    out.println();
    out.println("processor time, of all nodes and services");
    split(out);
  }

  /// Of several kinds: how many claims, and which part of first executions.
  private void kinds(PrintWriter out) {
    if (done.size() == 1) {
      return;
    }
    double all = done.stream().mapToDouble(AiMix.Done::seconds).sum();
    for (AiMix.Done each : done) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %-38s %12d claims, %.1f %% of first executions (%.0f %% wanted)",
              each.work().kind().name().toLowerCase(Locale.ROOT),
              each.claims(),
              100 * each.seconds() / all,
              100 * each.work().share()));
    }
    out.println(
        "  %d outputs were distilled to %d records".formatted(distilled.get(0), distilled.get(1)));
  }

  private void split(PrintWriter out) {
    double all = spent.network();
    for (Kind kind : Kind.values()) {
      if (kind == Kind.CLIENTS) {
        continue;
      }
      out.println(
          String.format(
              Locale.ROOT,
              "%-36s %6.2f %%, idle %6.2f %%",
              kind.name().toLowerCase(Locale.ROOT) + "s",
              100 * spent.of(kind) / all,
              100 * idleOf(kind) / all));
      spent.cpu().getOrDefault(kind, Map.of()).entrySet().stream()
          .filter(each -> each.getValue() / all >= SHARE_MIN)
          .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
          .forEach(each ->
              out.println(
                  String.format(
                      Locale.ROOT,
                      "  %-34s %6.2f %%",
                      each.getKey(),
                      100 * each.getValue() / all)));
    }
  }

  private static void line(PrintWriter out, String what, double value, String unit) {
    out.println(String.format(Locale.ROOT, "%-40s %12.2f %s", what, value, unit).stripTrailing());
  }

  private static void percent(PrintWriter out, String what, double value) {
    out.println(String.format(Locale.ROOT, "%-40s %12.2f %%", what, 100 * value));
  }

  private static void times(PrintWriter out, String what, List<Double> sorted) {
    out.println(
        String.format(
            Locale.ROOT,
            "%-40s p50 %.0f, p95 %.0f, p99 %.0f ms, of %d",
            what,
            percentile(sorted, 50),
            percentile(sorted, 95),
            percentile(sorted, 99),
            sorted.size()));
  }

  /// All figures.
  ObjectNode json() {
    AiOptions options = run.options();
    ObjectNode node = JSON.createObjectNode().put("part", run.name());
    ObjectNode asked = node.putObject("options");
    ObjectNode _ =
        asked
            .put("mode", options.mode().name())
            .put("validators", options.validators())
            .put("workers", options.workers())
            .put("auditors", options.auditors())
            .put("evaluators", options.evaluators())
            .put("perProcess", options.perProcess())
            .put("inFlight", options.inFlight())
            .put("warmSeconds", options.warmSeconds())
            .put("seconds", options.seconds());
    ArrayNode kinds = node.putArray("kinds");
    for (AiMix.Done each : done) {
      ObjectNode _ =
          kinds
              .addObject()
              .put("kind", each.work().kind().name())
              .put("what", each.work().what())
              .put("share", each.work().share())
              .put("items", each.work().items())
              .put("claims", each.claims())
              .put("seconds", each.seconds());
    }
    ObjectNode _ =
        node.put("claims", claims())
            .put("failed", failed.size())
            .put("unaudited", unaudited)
            .put("inferencesPerSecond", inferencesPerSecond())
            .put("blocks", blocks)
            .put("transactions", transactions)
            .put("chainMillisPerClaim", chainMillisPerClaim());
    if (first() > 0) {
      ObjectNode _ =
          node.put("useful", useful())
              .put("verification", verification())
              .put("verificationAboveIdle", verificationAboveIdle());
    }
    json(node.putObject("finalMillis"), finalMillis);
    json(node.putObject("revealedMillis"), revealedMillis);
    json(node.putObject("auditedMillis"), auditedMillis);
    json(node.putObject("settledMillis"), settledMillis);
    json(node.putObject("cpuSeconds"), spent);
    json(node.putObject("idleCpuSeconds"), idle);
    return node;
  }

  private static void json(ObjectNode node, List<Double> sorted) {
    for (int percent : List.of(50, 95, 99)) {
      ObjectNode _ = node.put("p" + percent, percentile(sorted, percent));
    }
  }

  private static void json(ObjectNode node, AiUse.Spent spent) {
    ObjectNode _ = node.put("wall", spent.seconds());
    spent
        .cpu()
        .forEach((kind, threads) -> {
          ObjectNode each = node.putObject(kind.name().toLowerCase(Locale.ROOT));
          List<String> names = new ArrayList<>(threads.keySet());
          names.forEach(name -> each.put(name, threads.get(name)));
        });
  }
}

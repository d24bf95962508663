// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.bench.HonestTrial.Outcome;
import io.aitbc.bench.HonestTrials.Kind;
import io.aitbc.execution.WorkClaim;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// What became of many honest claims among people who mean harm.
///
/// @param claims how many
record HonestRun(int claims) {
  /// The claims of a kind.
  static final class Row {
    private final Kind kind;
    private final Map<WorkClaim.State, Integer> ends = new EnumMap<>(WorkClaim.State.class);
    private int claims;
    private long disputes;
    private long halts;
    private long blocks;

    Row(Kind kind) {
      this.kind = kind;
    }

    /// Which kind.
    Kind kind() {
      return kind;
    }

    /// How many.
    int claims() {
      return claims;
    }

    /// Of them, how many ended so.
    int ended(WorkClaim.State state) {
      return ends.getOrDefault(state, 0);
    }

    /// Disputes about them.
    long disputes() {
      return disputes;
    }

    private void add(Outcome outcome) {
      claims++;
      disputes += outcome.disputes();
      halts += outcome.halts();
      blocks += outcome.blocks();
      outcome
          .end()
          .ifPresent(end -> {
            int _ = ends.merge(end, 1, Integer::sum);
          });
    }

    private int unaccepted() {
      return claims - ends.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /// Runs on all processors; what happens in a trial depends on its number alone.
  ///
  /// @param progress is told how far it is
  /// @throws IllegalStateException if somebody honest lost something, or money appeared or vanished
  List<Row> rows(Consumer<String> progress) throws InterruptedException {
    Map<Kind, Row> rows = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      Row _ = rows.put(kind, new Row(kind));
    }
    new TrialPool(progress)
        .run(
            claims,
            "claims",
            () -> {
              HonestTrials trials = new HonestTrials();
              return trial -> {
                Outcome outcome = trials.run(trial);
                synchronized (rows) {
                  rows.computeIfAbsent(outcome.kind(), Row::new).add(outcome);
                }
              };
            });
    return List.copyOf(rows.values());
  }

  /// Prints a line for each kind.
  static void print(PrintWriter out, List<Row> rows) {
    out.printf(
        "honest claims of %d items; a third of the proposers leave out what the honest send, %d of"
            + " %d auditors and %d of %d evaluators mean harm%n",
        HonestTrials.ITEMS,
        HonestTrials.HOSTILE_AUDITORS,
        HonestTrials.AUDITORS.size(),
        HonestTrials.HOSTILE_EVALUATORS,
        HonestTrials.EVALUATORS.size());
    out.printf(
        "%-16s %8s %8s %8s %10s %8s %10s %8s %10s%n",
        "kind",
        "claims",
        "settled",
        "void",
        "unaccepted",
        "slashed",
        "disputes",
        "halts",
        "blocks");
    for (Row row : rows) {
      out.printf(
          Locale.ROOT,
          "%-16s %8d %8d %8d %10d %8d %10d %8d %10d%n",
          row.kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          row.claims,
          row.ended(WorkClaim.State.SETTLED),
          row.ended(WorkClaim.State.VOID),
          row.unaccepted(),
          row.ended(WorkClaim.State.FRAUD),
          row.disputes,
          row.halts,
          row.blocks);
    }
    out.flush();
  }

  /// The same as JSON.
  static ObjectNode json(List<Row> rows) {
    ObjectNode node = new ObjectMapper().createObjectNode().put("part", "honest");
    ArrayNode all = node.putArray("rows");
    for (Row row : rows) {
      ObjectNode _ =
          all.addObject()
              .put("kind", row.kind.name())
              .put("claims", row.claims)
              .put("settled", row.ended(WorkClaim.State.SETTLED))
              .put("void", row.ended(WorkClaim.State.VOID))
              .put("unaccepted", row.unaccepted())
              .put("slashed", row.ended(WorkClaim.State.FRAUD))
              .put("disputes", row.disputes)
              .put("halts", row.halts)
              .put("blocks", row.blocks);
    }
    return node;
  }
}

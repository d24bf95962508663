// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.bench.FraudTrials.Proposers;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// How many of many frauds are challenged in time, by the part of items that is wrong.
///
/// @param frauds of each part, and each kind of proposers
record DetectionRun(int frauds) {
  /// Wrong items of a claim: a single one, then parts of all.
  static final List<Integer> WRONG =
      List.of(
          1,
          FraudTrials.ITEMS / 64,
          FraudTrials.ITEMS / 32,
          FraudTrials.ITEMS / 16,
          FraudTrials.ITEMS / 12,
          FraudTrials.ITEMS / 6,
          FraudTrials.ITEMS / 3,
          FraudTrials.ITEMS);

  /// The least part from which on the target holds.
  static final int TARGET_FROM = FraudTrials.ITEMS / 6;

  /// What must be caught of these.
  static final double SHARE_MIN = 0.997;

  private static final int PROGRESS = 500;

  /// What became of the frauds of one part.
  ///
  /// @param wrong items
  /// @param proposers whether some withhold
  /// @param caught of {@link #frauds}
  record Row(int wrong, Proposers proposers, int frauds, int caught) {
    double share() {
      return (double) caught / frauds;
    }

    /// Whether the share is what it must be, as far as it must.
    boolean isFine() {
      return wrong < TARGET_FROM || share() >= SHARE_MIN;
    }

    /// What the arithmetic says without withholding: each seat is silent, or none of its leaves is
    /// wrong.
    double expected() {
      double right = 1 - (double) wrong / FraudTrials.ITEMS;
      double silent = (double) FraudTrials.SILENT / FraudTrials.AUDITORS;
      double seat = silent + (1 - silent) * Math.pow(right, 7);
      return 1 - Math.pow(seat, 10);
    }
  }

  /// Runs on all processors; what happens in a trial depends on its number alone.
  ///
  /// @param progress is told how far it is
  List<Row> rows(Consumer<String> progress) throws InterruptedException {
    int all = Proposers.values().length * WRONG.size();
    AtomicIntegerArray caught = new AtomicIntegerArray(all);
    AtomicLong next = new AtomicLong();
    List<Callable<Boolean>> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      threads.add(() -> {
        FraudTrials trials = new FraudTrials();
        long trial = next.getAndIncrement();
        for (; trial < (long) all * frauds; trial = next.getAndIncrement()) {
          int row = (int) (trial / frauds);
          if (trials.run(trial + 1, wrong(row), proposers(row)).caught()) {
            int _ = caught.incrementAndGet(row);
          }
          if ((trial + 1) % PROGRESS == 0) {
            progress.accept("%d frauds of %d".formatted(trial + 1, (long) all * frauds));
          }
        }
        return true;
      });
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(threads.size())) {
      for (Future<Boolean> each : pool.invokeAll(threads)) {
        if (each.state() == Future.State.FAILED) {
          throw new IllegalStateException("a trial broke", each.exceptionNow());
        }
      }
    }
    return IntStream.range(0, all)
        .mapToObj(row -> new Row(wrong(row), proposers(row), frauds, caught.get(row)))
        .toList();
  }

  private static int wrong(int row) {
    return WRONG.get(row % WRONG.size());
  }

  private static Proposers proposers(int row) {
    return row < WRONG.size() ? Proposers.HONEST : Proposers.WITHHOLDING;
  }

  /// Prints a line for each part.
  static void print(PrintWriter out, List<Row> rows) {
    out.println(
        "frauds challenged within %d blocks of reveal and draw; %d of %d auditors are silent"
            .formatted(FraudTrials.BLOCKS_MAX, FraudTrials.SILENT, FraudTrials.AUDITORS));
    out.printf(
        "%-14s %-12s %8s %8s %10s %12s%n",
        "wrong items", "proposers", "frauds", "caught", "share", "arithmetic");
    for (Row row : rows) {
      out.printf(
          Locale.ROOT,
          "%-14s %-12s %8d %8d %8.2f %% %10s%s%n",
          row.wrong + " of " + FraudTrials.ITEMS,
          row.proposers.name().toLowerCase(Locale.ROOT),
          row.frauds,
          row.caught,
          100 * row.share(),
          row.proposers == Proposers.HONEST
              ? String.format(Locale.ROOT, "%.2f %%", 100 * row.expected())
              : "",
          row.isFine() ? "" : " MISSED");
    }
    out.flush();
  }

  /// The same as JSON.
  static ObjectNode json(List<Row> rows) {
    ObjectNode node = new ObjectMapper().createObjectNode().put("part", "detection");
    ArrayNode all = node.putArray("rows");
    for (Row row : rows) {
      ObjectNode _ =
          all.addObject()
              .put("wrong", row.wrong)
              .put("proposers", row.proposers.name())
              .put("frauds", row.frauds)
              .put("caught", row.caught)
              .put("share", row.share());
    }
    return node;
  }
}

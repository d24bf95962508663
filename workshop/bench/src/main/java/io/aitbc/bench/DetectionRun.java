// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aitbc.bench.FraudTrials.Proposers;
import io.aitbc.node.work.AuditorService;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// How many of many frauds are challenged in time, by the part of items that is wrong.
///
/// @param frauds of each part, and each kind of proposers
record DetectionRun(int frauds) {
  private static final List<Proposers> PROPOSERS = List.of(Proposers.values());

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

  /// Fees that a fraud costs which is caught: ten rewards, each four fifths of a fee.
  private static final int FRAUD_FEES = 8;

  private static final int SEATS = 10;

  /// What became of the frauds of one part.
  ///
  /// @param wrong items
  /// @param proposers whether some withhold, or the worker knows its draw early
  /// @param caught of {@link #frauds}
  /// @param givenUp of them, not revealed by a worker that disliked its draw: for the fee
  record Row(int wrong, Proposers proposers, int frauds, int caught, int givenUp) {
    /// Frauds that nobody challenged in time.
    int passed() {
      return frauds - caught - givenUp;
    }

    /// Part of the frauds that did not pass.
    double share() {
      return 1 - (double) passed() / frauds;
    }

    /// Fees that workers lost for each fraud that passed; empty if none did.
    OptionalDouble feesEach() {
      return passed() == 0
          ? OptionalDouble.empty()
          : OptionalDouble.of((givenUp + (double) FRAUD_FEES * caught) / passed());
    }

    /// Whether the share is what it must be, as far as it must.
    boolean isFine() {
      return wrong < TARGET_FROM || share() >= SHARE_MIN;
    }

    /// What the arithmetic says. A fraud passes if each seat is silent, or none of its leaves is
    /// wrong; who withholds draws again, and who knows its draw gives up, what has too many seats
    /// awake. Protocol §17.13.
    double expected() {
      int good = FraudTrials.AWAKE_MAX;
      double withGood = passes(good);
      double withAny = passes(SEATS);
      double passed =
          switch (proposers) {
            case HONEST -> withAny;
            case EARLY -> withGood;
            case WITHHOLDING -> {
              double colluding = 1.0 / FraudTrials.COLLUDING_ONE_IN;
              double again = colluding * (1 - drawn(good, 1));
              yield ((1 - colluding) * withAny + colluding * withGood) / (1 - again);
            }
          };
      return 1 - passed;
    }

    private double passes(int awakeMax) {
      double unseen = Math.pow(1 - (double) wrong / FraudTrials.ITEMS, AuditorService.LEAVES);
      return drawn(awakeMax, unseen);
    }

    /// How likely a draw has at most so many seats awake, each of which does not see the fraud.
    private static double drawn(int awakeMax, double unseen) {
      double silent = (double) FraudTrials.SILENT / FraudTrials.AUDITORS;
      double sum = 0;
      double ways = 1;
      for (int awake = 0; awake <= awakeMax; awake++) {
        sum += ways * Math.pow(silent, SEATS - awake) * Math.pow((1 - silent) * unseen, awake);
        ways = ways * (SEATS - awake) / (awake + 1);
      }
      return sum;
    }
  }

  /// Runs on all processors; what happens in a trial depends on its number alone.
  ///
  /// @param progress is told how far it is
  List<Row> rows(Consumer<String> progress) throws InterruptedException {
    int all = PROPOSERS.size() * WRONG.size();
    AtomicIntegerArray caught = new AtomicIntegerArray(all);
    AtomicIntegerArray givenUp = new AtomicIntegerArray(all);
    new TrialPool(progress)
        .run(
            (long) all * frauds,
            "frauds",
            () -> {
              FraudTrials trials = new FraudTrials();
              return trial -> {
                int row = (int) ((trial - 1) / frauds);
                FraudTrials.Trial result = trials.run(trial, wrong(row), proposers(row));
                if (result.caught()) {
                  int _ = caught.incrementAndGet(row);
                }
                if (result.givenUp()) {
                  int _ = givenUp.incrementAndGet(row);
                }
              };
            });
    return IntStream.range(0, all)
        .mapToObj(
            row -> new Row(wrong(row), proposers(row), frauds, caught.get(row), givenUp.get(row)))
        .toList();
  }

  private static int wrong(int row) {
    return WRONG.get(row % WRONG.size());
  }

  private static Proposers proposers(int row) {
    return PROPOSERS.get(row / WRONG.size());
  }

  /// Prints a line for each part.
  static void print(PrintWriter out, List<Row> rows) {
    out.println(
        "frauds challenged within %d blocks of reveal and draw; %d of %d auditors are silent"
            .formatted(FraudTrials.BLOCKS_MAX, FraudTrials.SILENT, FraudTrials.AUDITORS));
    out.printf(
        "%-14s %-12s %8s %8s %8s %8s %10s %10s %12s%n",
        "wrong items",
        "proposers",
        "frauds",
        "given up",
        "caught",
        "passed",
        "stopped",
        "arithmetic",
        "fees a pass");
    for (Row row : rows) {
      OptionalDouble fees = row.feesEach();
      out.printf(
          Locale.ROOT,
          "%-14s %-12s %8d %8d %8d %8d %8.2f %% %10s %12s%s%n",
          row.wrong + " of " + FraudTrials.ITEMS,
          row.proposers.name().toLowerCase(Locale.ROOT),
          row.frauds,
          row.givenUp,
          row.caught,
          row.passed(),
          100 * row.share(),
          String.format(Locale.ROOT, "%.2f %%", 100 * row.expected()),
          fees.isPresent() ? String.format(Locale.ROOT, "%.0f", fees.getAsDouble()) : "",
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
              .put("givenUp", row.givenUp)
              .put("caught", row.caught)
              .put("share", row.share());
    }
    return node;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aitbc.cli.PromQl.Sample;
import io.aitbc.cli.PromQl.Scrape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// That the rules' language is understood as Prometheus understands it, by answers worked out by
/// hand.
class PromQlTest {
  private static final String FIRST =
      """
      # HELP calls_total Calls.
      calls_total{outcome="ok"} 10.0
      calls_total{outcome="failed"} 3.0
      margin{mode="FAST"} 0.0
      margin{mode="SECURE"} 2.0
      mode{mode="FAST"} 1.0
      mode{mode="SECURE"} 0.0
      made_seconds 900.0
      took_seconds_bucket{le="0.1"} 0
      took_seconds_bucket{le="0.5"} 0
      took_seconds_bucket{le="+Inf"} 0
      """;

  private static final String SECOND =
      """
      calls_total{outcome="ok"} 40.0
      calls_total{outcome="failed"} 1.0
      margin{mode="FAST"} 0.0
      margin{mode="SECURE"} 2.0
      mode{mode="FAST"} 1.0
      mode{mode="SECURE"} 0.0
      made_seconds 950.0
      took_seconds_bucket{le="0.1"} 6
      took_seconds_bucket{le="0.5"} 10
      took_seconds_bucket{le="+Inf"} 10
      """;

  private static final List<Scrape> HISTORY =
      List.of(Scrape.of(940, "a", FIRST), Scrape.of(1_000, "a", SECOND));

  private static void assertGives(String expression, Sample... expected) {
    assertEquals(List.of(expected), PromQl.evaluate(expression, HISTORY), expression);
  }

  private static Sample of(double value, String... labels) {
    Map<String, String> all = new TreeMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      all.put(labels[i], labels[i + 1]);
    }
    return new Sample(all, value);
  }

  @Test
  void comparisonsKeepWhatTheyHoldFor() {
    assertGives("margin < 1", of(0, "__name__", "margin", "instance", "a", "mode", "FAST"));
    assertGives("margin == 3");
    assertGives("time() - made_seconds > 49", of(50, "instance", "a"));
    assertGives("time() - made_seconds > 50");
  }

  @Test
  void vectorsAreMatchedByLabels() {
    assertGives(
        "max by (instance) (margin * on (instance, mode) (mode == 1)) < 1", of(0, "instance", "a"));
    assertGives("sum by (instance) (margin) / sum by (instance) (mode)", of(2, "instance", "a"));
  }

  @Test
  void countersGrowAndBeginAgain() {
    assertGives(
        "increase(calls_total{outcome=\"ok\"}[5m])", of(30, "instance", "a", "outcome", "ok"));
    assertGives("sum by (instance) (rate(calls_total[5m]))", of(31.0 / 60, "instance", "a"));
    assertGives(
        "increase(calls_total{outcome=~\"fail.*\"}[1h]) > 0",
        of(1, "instance", "a", "outcome", "failed"));
    assertGives("rate(calls_total[30s])");
  }

  @Test
  void quantilesLieWithinTheirBuckets() {
    String rate = "sum by (instance, le) (rate(took_seconds_bucket[5m])))";
    // The eighth of ten: half way through the four of the second bucket.
    assertEquals(
        0.3, PromQl.evaluate("histogram_quantile(0.8, " + rate, HISTORY).getFirst().value(), 1e-9);
    assertEquals(1, PromQl.evaluate("histogram_quantile(0.8, " + rate + " > 0.29", HISTORY).size());
    assertEquals(0, PromQl.evaluate("histogram_quantile(0.8, " + rate + " > 0.31", HISTORY).size());
  }

  @Test
  void whatIsNotKnownIsRefused() {
    for (String wrong :
        List.of("deriv(margin[5m])", "margin offset 5m", "margin >", "margin and mode", "%")) {
      assertThrows(IllegalArgumentException.class, () -> PromQl.evaluate(wrong, HISTORY), wrong);
    }
  }
}

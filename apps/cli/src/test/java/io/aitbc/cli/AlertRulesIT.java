// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.aitbc.cli.PromQl.Sample;
import io.aitbc.cli.PromQl.Scrape;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Amount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The alert rules of docs/monitoring over series of nodes that run: which fire where something is
/// wrong, and that no other does. docs/operator.md, "Watching a node".
class AlertRulesIT {
  /// About the machine that the test runs on.
  private static final Set<String> OF_THE_MACHINE =
      Set.of("AitbcDiskFull", "AitbcDiskSlow", "AitbcHeapTight");

  /// Between two scrapes, as Prometheus is usually set up.
  private static final double STEP_SECONDS = 15;

  @TempDir private Path folder;

  /// A rule.
  ///
  /// @param forSeconds how long it must hold before it fires
  private record Rule(String name, String expression, double forSeconds) {}

  /// A Prometheus that scrapes one node, with a clock of its own, and evaluates rules after each
  /// scrape.
  private static final class Watcher {
    private final FirstNode node;
    private final List<Rule> rules;
    private final List<Scrape> history = new ArrayList<>();
    private final Map<String, Double> holdsSince = new TreeMap<>();

    Watcher(FirstNode node, List<Rule> rules) {
      this.node = node;
      this.rules = rules;
    }

    void scrape(double time) throws IOException, InterruptedException {
      history.add(Scrape.of(time, "node1", node.metrics()));
      for (Rule each : rules) {
        if (PromQl.evaluate(each.expression(), history).isEmpty()) {
          var _ = holdsSince.remove(each.name());
        } else {
          var _ = holdsSince.putIfAbsent(each.name(), time);
        }
      }
    }

    /// Rules that hold, whether for long enough or not.
    Set<String> pending() {
      Set<String> names = new TreeSet<>(holdsSince.keySet());
      names.removeAll(OF_THE_MACHINE);
      return names;
    }

    Set<String> firing() {
      Set<String> names = pending();
      double now = history.getLast().time();
      rules.stream()
          .filter(each -> now - holdsSince.getOrDefault(each.name(), now) < each.forSeconds())
          .forEach(each -> names.remove(each.name()));
      return names;
    }
  }

  private static List<Rule> rules() throws IOException {
    JsonNode file =
        new YAMLMapper()
            .readTree(Files.readAllBytes(Monitored.docs().resolve("monitoring/alerts.yml")));
    List<Rule> rules = new ArrayList<>();
    for (JsonNode group : file.path("groups")) {
      for (JsonNode each : group.path("rules")) {
        rules.add(
            new Rule(
                each.path("alert").asText(),
                each.path("expr").asText(),
                seconds(each.path("for").asText("0s"))));
      }
    }
    assertTrue(rules.size() > 10, rules::toString);
    return rules;
  }

  private static double seconds(String duration) {
    double number = Double.parseDouble(duration.substring(0, duration.length() - 1));
    return duration.endsWith("m") ? 60 * number : number;
  }

  private static double now() {
    return System.currentTimeMillis() / 1_000.0;
  }

  @Test
  void aNodeWhoseNetworkIsGoneRaisesTheAlarmsOfThatAndNoOther() throws Exception {
    try (FirstNode node = new FirstNode(folder, 4)) {
      node.awaitSeries("aitbc_stalled 1.0");
      Watcher watcher = new Watcher(node, rules());
      // The node does not move, so the clock of who watches it may go faster.
      double begin = now();
      watcher.scrape(begin);
      assertTrue(
          watcher.pending().containsAll(Set.of("AitbcStalled", "AitbcFewPeers")),
          watcher.pending()::toString);
      assertEquals(Set.of(), watcher.firing());
      for (double time = STEP_SECONDS; time <= 30; time += STEP_SECONDS) {
        watcher.scrape(begin + time);
      }
      assertEquals(Set.of("AitbcStalled"), without(watcher.firing(), "AitbcNoNewBlock"));
      for (double time = 30 + STEP_SECONDS; time <= 420; time += STEP_SECONDS) {
        watcher.scrape(begin + time);
      }
      assertEquals(Set.of("AitbcFewPeers", "AitbcNoNewBlock", "AitbcStalled"), watcher.firing());
    }
  }

  @Test
  void aNodeThatGoesOnRaisesNone() throws Exception {
    try (FirstNode node = new FirstNode(folder, 1)) {
      node.awaitHeight(1);
      Hash _ = node.pay(Amount.aitbc(1));
      node.awaitHeight(2);
      Watcher watcher = new Watcher(node, rules());
      watcher.scrape(now());
      Thread.sleep(1_100);
      watcher.scrape(now());
      // It is the only validator, and has nobody to be connected to.
      assertEquals(Set.of("AitbcFewPeers", "AitbcQuorumThin"), watcher.pending());
      assertEquals(Set.of(), watcher.firing());

      for (JsonNode panel :
          new ObjectMapper()
              .readTree(Files.readAllBytes(Monitored.docs().resolve("monitoring/grafana.json")))
              .path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          List<Sample> shown = PromQl.evaluate(target.path("expr").asText(), watcher.history);
          assertTrue(!shown.isEmpty(), target.path("expr")::asText);
        }
      }
    }
  }

  private static Set<String> without(Set<String> names, String name) {
    Set<String> others = new TreeSet<>(names);
    others.remove(name);
    return others;
  }
}

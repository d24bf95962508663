// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Mode;
import io.aitbc.testkit.Seed;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §5, §8: whatever the network and the power supply do, no two blocks of one height, no
// evidence against anybody, and progress once it is over.
class RandomScheduleTest {
  private static void survives(Cluster cluster, Seed seed) {
    cluster.delay = () -> seed.chance(1, 20) ? seed.between(1, 2_000) : seed.between(1, 40);
    cluster.start();
    for (int phase = 0; phase < 6; phase++) {
      int lossPercent = seed.below(40);
      int cut = seed.below(cluster.nodes.size());
      boolean split = seed.chance(1, 3);
      cluster.losing(
          d -> seed.chance(lossPercent, 100) || (split && (d.from() <= cut) != (d.to() <= cut)));
      for (Cluster.Node node : cluster.nodes) {
        if (node.up && seed.chance(1, 4)) {
          node.crash();
        } else if (!node.up) {
          node.start();
        }
        if (seed.chance(1, 3)) {
          node.submit(Cluster.transaction(seed.below(1_000)));
        }
      }
      cluster.runFor(Duration.ofMillis(seed.between(10, 8_000)));
    }
    cluster.healed();
    cluster.delay = () -> 10;
    cluster.nodes.stream().filter(n -> !n.up).forEach(Cluster.Node::start);
    long reached = cluster.nodes.stream().mapToLong(Cluster.Node::height).max().orElseThrow();
    assertTrue(cluster.allReach(Duration.ofSeconds(40), reached + 3), cluster::standing);
    assertEquals(0, cluster.evidence().size(), "evidence");
    for (Cluster.Node node : cluster.nodes) {
      assertEquals(List.of(), node.effects(Effect.Blame.class), "blame by " + node.index);
    }
  }

  @Test
  void fastSurvives() {
    Seed.forAll(1, 20, seed -> survives(new Cluster(Cluster.set(4, 0), Mode.FAST), seed));
  }

  @Test
  void fastWithFallbackSurvives() {
    Seed.forAll(1, 10, seed -> survives(new Cluster(Cluster.set(5, 3), Mode.FAST), seed));
  }

  @Test
  void balancedSurvives() {
    Seed.forAll(1, 10, seed -> survives(new Cluster(Cluster.set(4, 3), Mode.BALANCED), seed));
  }

  @Test
  void secureSurvives() {
    Seed.forAll(1, 10, seed -> survives(new Cluster(Cluster.set(0, 4), Mode.SECURE), seed));
  }
}

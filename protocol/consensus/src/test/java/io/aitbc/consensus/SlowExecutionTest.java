// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A block that takes many rounds to execute: the execution goes on while rounds pass, and its
/// result holds for every round. Protocol §5.3. What load does to the mode is counted in gas and
/// not in time, see {@link ModeScheduleTest}.
class SlowExecutionTest {
  /// A full block of the largest default gas limit at 22 million gas a second.
  private static final Duration VERY_SLOW = Duration.ofSeconds(90);

  private static final Height SLOW = new Height(3);

  private static List<Hash> executed(Cluster.Node node, Height height) {
    return node.effects(Effect.Execute.class).stream()
        .filter(execute -> execute.context().height().equals(height))
        .map(Effect.Execute::proposalId)
        .toList();
  }

  private static void assertDelaysAndIsDecided(Cluster cluster) {
    // The nodes are not equally fast: the last has its result a tenth later than the first.
    int nodes = cluster.nodes.size();
    cluster.execution =
        (node, height) ->
            height.equals(SLOW)
                ? VERY_SLOW.toMillis() + VERY_SLOW.toMillis() * node.index / (10L * nodes)
                : cluster.executionMillis;
    cluster.start();
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 2), cluster::standing);
    long began = cluster.nowMillis;
    assertTrue(cluster.allReach(VERY_SLOW.multipliedBy(3), 3), cluster::standing);
    long took = cluster.nowMillis - began;
    assertTrue(took >= VERY_SLOW.toMillis(), "decided after " + took + " ms");
    for (Cluster.Node node : cluster.nodes) {
      List<Hash> executed = executed(node, SLOW);
      assertEquals(List.of(node.contents.get(2).id()), executed, "once, and the one decided");
      assertTrue(node.certificates.get(2).round().number() >= 3, "rounds passed");
    }
    // The rounds had grown long meanwhile; none is waited for in vain.
    assertTrue(took <= VERY_SLOW.toMillis() * 3 / 2, "decided after " + took + " ms");
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 13), cluster::standing);
    assertEquals(0, cluster.evidence().size());
  }

  @Test
  void inFastItDelaysAndIsDecided() {
    assertDelaysAndIsDecided(Cluster.fast(4, 0));
  }

  @Test
  void inBalancedItDelaysAndIsDecided() {
    assertDelaysAndIsDecided(Cluster.balanced(4, 4));
  }

  @Test
  void inSecureItDelaysAndIsDecided() {
    assertDelaysAndIsDecided(Cluster.secure(0, 4));
  }
}

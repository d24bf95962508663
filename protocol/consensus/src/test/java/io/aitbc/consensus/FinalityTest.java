// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

// Protocol §5: one height after another becomes final.
class FinalityTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test // Protocol §4, §5.4
  void fourAuthoritiesFinalizeBlocksInFast() {
    Cluster cluster = Cluster.fast(4, 0).start();
    assertTrue(cluster.allReach(MINUTE, 10));
    assertEquals(0, cluster.evidence().size());
  }

  @Test // Protocol §4, §5.4
  void fourAuthoritiesAndFourStakersFinalizeBlocksInBalanced() {
    Cluster cluster = Cluster.balanced(4, 4).start();
    assertTrue(cluster.allReach(MINUTE, 10));
  }

  @Test // Protocol §4, §5.4
  void fourStakersFinalizeBlocksInSecureWithoutAuthorities() {
    Cluster cluster = Cluster.secure(0, 4).start();
    assertTrue(cluster.allReach(MINUTE, 10));
  }

  @Test // Protocol §4
  void aSingleValidatorFinalizesAlone() {
    Cluster cluster = Cluster.fast(1, 0).start();
    assertTrue(cluster.allReach(MINUTE, 10));
  }

  @Test // Protocol §5.6
  void aSilentProposerIsReplacedInTheNextRound() {
    Cluster cluster = Cluster.fast(4, 0);
    int silent =
        cluster.nodeOf(
                FixedChain.genesis(cluster.set, cluster.mode)
                    .proposer(new io.aitbc.model.Round(0))
                    .account())
            .index;
    cluster.losing(d -> d.from() == silent).start();
    assertTrue(
        cluster.runUntil(
            MINUTE,
            () ->
                cluster.nodes.stream()
                    .filter(n -> n.index != silent)
                    .allMatch(n -> n.height() >= 5)));
    assertEquals(1, cluster.node((silent + 1) % 4).certificates.getFirst().round().number());
  }
}

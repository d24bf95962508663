// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Mode;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.QuorumRule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §6: a chain that stops says why.
class WhyStalledTest {
  private Stall stall(Script script) {
    return script.node.consensus.whyStalled().orElseThrow();
  }

  @Test // Protocol §5.8, §6
  void anIdleChainIsNotStalled() {
    assertFalse(Script.fast().node.consensus.whyStalled().isPresent());
  }

  @Test // Protocol §6
  void missingPreparesAreNamed() {
    Script script = Script.fast();
    script.give(1, script.proposal(0, script.content(0)));
    Stall stall = stall(script);
    assertEquals(Stall.WaitingFor.PREPARES, stall.waitingFor());
    assertEquals(2, stall.missing().authorities());
    assertEquals(
        List.of(Cluster.account(1), Cluster.account(2), Cluster.account(3)), stall.absent());
  }

  @Test // Protocol §4, §6: stakers have no say in an own round of FAST.
  void whoHasNoVoteInARoundIsNotMissed() {
    Script script = Script.of(Cluster.set(4, 2), Mode.FAST);
    script.give(1, script.proposal(0, script.content(0)));
    assertEquals(
        List.of(Cluster.account(1), Cluster.account(2), Cluster.account(3)),
        stall(script).absent());
  }

  @Test // Protocol §6
  void missingCommitsAreNamed() {
    Script script = Script.of(Cluster.set(4, 4), Mode.BALANCED);
    ProposalContent content = script.content(0);
    script.give(1, script.proposal(0, content));
    script.give(script.prepare(0, content), 1, 2, 4, 5, 6);
    script.give(script.commit(0, content), 1, 4);
    Stall stall = stall(script);
    assertEquals(Stall.WaitingFor.COMMITS, stall.waitingFor());
    assertEquals(QuorumRule.BALANCED, stall.rule());
    assertEquals(1, stall.missing().authorities());
    assertEquals(167, stall.missing().stake().units());
  }

  @Test // Protocol §6
  void aMissingBlockIsNamed() {
    Script script = Script.fast();
    ProposalContent content = script.content(0);
    script.give(1, script.certificate(script.commit(0, content), 1, 2, 3));
    assertEquals(Stall.WaitingFor.BLOCK, stall(script).waitingFor());
  }

  @Test // Protocol §6
  void aStoppedNetworkNamesWhoIsGone() {
    Cluster cluster = Cluster.fast(4, 0).start();
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 2));
    cluster.node(0).crash();
    cluster.node(1).crash();
    cluster.runFor(Duration.ofSeconds(30));
    Stall stall = cluster.node(2).consensus.whyStalled().orElseThrow();
    assertEquals(List.of(Cluster.account(0), Cluster.account(1)), stall.absent());
    assertEquals(1, stall.missing().authorities());
    long seconds =
        Duration.between(stall.since(), Cluster.BEGIN.plusMillis(cluster.nowMillis)).toSeconds();
    assertTrue(25 <= seconds && seconds <= 30, seconds + " s");
  }
}

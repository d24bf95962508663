// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Amount;
import io.aitbc.model.BlockFacts;
import io.aitbc.model.Candidate;
import io.aitbc.model.EpochSnapshot;
import io.aitbc.model.Height;
import io.aitbc.model.Mode;
import io.aitbc.model.ModePolicy;
import io.aitbc.model.ModeSetting;
import io.aitbc.model.Validator;
import io.aitbc.model.ValidatorSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The round machine on the chain's own view of itself: modes change, epochs turn, proposers are
/// drawn. Protocol §3, Protocol §5.
class DerivedChainTest {
  private static Cluster cluster(Mode start, int authorities, int stakers) {
    ValidatorSet set = Cluster.set(authorities, stakers);
    EpochSnapshot snapshot =
        new EpochSnapshot(
            set.validators().stream().map(DerivedChainTest::candidate).toList(),
            TestChain.parameters(ModePolicy.OPERATIONAL, start),
            0);
    DerivedState genesis =
        DerivedState.genesis(
            new ConsensusGenesis(FixedChain.GENESIS, Cluster.BEGIN.toEpochMilli(), snapshot));
    Cluster cluster = new Cluster(set, start, new DerivedChain(genesis, new KeyedHashes()));
    cluster.facts =
        height ->
            new BlockFacts(
                0,
                1,
                Amount.ZERO,
                List.of(),
                Epochs.isLast(height) ? Optional.of(snapshot) : Optional.empty());
    return cluster.start();
  }

  private static Candidate candidate(Validator validator) {
    return new Candidate(
        validator.account(),
        validator.key(),
        validator.validatorClass(),
        validator.stake(),
        Candidate.Standing.ACTIVE,
        0,
        OptionalLong.empty());
  }

  private static DerivedState state(Cluster.Node node) {
    return ((DerivedChain) node.chain).state();
  }

  private static boolean anyIs(Cluster cluster, ModeSetting setting) {
    return cluster.nodes.stream().anyMatch(node -> node.up && state(node).mode().equals(setting));
  }

  @Test // Protocol §3.4: a whole network goes to FAST, over a boundary, and stays together.
  void aQuietNetworkTurnsFastAndAgreesOnWhatFollows() {
    Cluster cluster = cluster(Mode.BALANCED, 4, 4);
    assertTrue(cluster.allReach(Duration.ofMinutes(10), 165), cluster::standing);
    assertTrue(
        cluster.runUntil(
            Duration.ofMinutes(1),
            () -> cluster.nodes.stream().map(Cluster.Node::height).distinct().count() == 1),
        cluster::standing);
    TreeSet<io.aitbc.crypto.Hash> hashes = new TreeSet<>();
    cluster.nodes.forEach(node -> hashes.add(state(node).hash()));
    assertEquals(1, hashes.size());
    assertEquals(ModeSetting.settled(Mode.FAST), state(cluster.node(0)).mode());
    assertTrue(state(cluster.node(0)).anchored().number() >= 120, "anchors are carried");
    assertTrue(cluster.nodes.stream().allMatch(n -> state(n).isPresent(n.account)));
    assertEquals(List.of(), cluster.evidence());
  }

  @Test // Protocol §6: the sudden loss of authorities in FAST is survived in SECURE.
  void losingAuthoritiesInFastEndsInSecure() {
    Cluster cluster = cluster(Mode.FAST, 7, 4);
    assertTrue(cluster.allReach(Duration.ofMinutes(2), 5), cluster::standing);
    cluster.node(0).crash();
    cluster.node(1).crash();
    long before = cluster.node(2).height();
    assertTrue(
        cluster.runUntil(
            Duration.ofMinutes(2), () -> anyIs(cluster, ModeSetting.settled(Mode.SECURE))),
        cluster::standing);
    assertTrue(cluster.node(2).height() <= before + 4, "SECURE from the second block on");
    assertTrue(cluster.allReach(Duration.ofMinutes(5), before + 20), cluster::standing);
    assertEquals(List.of(), cluster.evidence());
  }

  @Test // Protocol §6.1: nodes that hold other certificates of a block have one mode.
  void whoeverIsBehindFollowsTheSameMode() {
    Cluster cluster = cluster(Mode.FAST, 7, 4);
    assertTrue(cluster.allReach(Duration.ofMinutes(2), 5), cluster::standing);
    cluster.node(0).crash();
    cluster.node(1).crash();
    cluster.node(9).crash();
    assertTrue(
        cluster.runUntil(
            Duration.ofMinutes(2), () -> anyIs(cluster, ModeSetting.settled(Mode.SECURE))),
        cluster::standing);
    cluster.node(0).start();
    cluster.node(9).start();
    Height reached = state(cluster.node(2)).height();
    assertTrue(cluster.allReach(Duration.ofMinutes(5), reached.number() + 10), cluster::standing);
    assertEquals(state(cluster.node(2)).rules().mode(), state(cluster.node(9)).rules().mode());
  }
}

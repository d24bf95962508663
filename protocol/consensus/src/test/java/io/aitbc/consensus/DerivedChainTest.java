// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
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
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The round machine on the chain's own view of itself: modes change, epochs turn, proposers are
/// drawn. Protocol §3, Protocol §5.
class DerivedChainTest {
  private static Cluster cluster(Mode start, int authorities, int stakers) {
    ValidatorSet set = Cluster.set(authorities, stakers);
    EpochSnapshot snapshot = snapshot(start, set.validators().stream());
    return cluster(set, start, snapshot, snapshot);
  }

  private static EpochSnapshot snapshot(Mode start, Stream<Validator> validators) {
    return new EpochSnapshot(
        validators.map(DerivedChainTest::candidate).toList(),
        TestChain.parameters(ModePolicy.OPERATIONAL, start),
        0);
  }

  /// A node for everybody in `all`; genesis has the candidates of `first`, the ends of epochs those
  /// of `later`.
  private static Cluster cluster(
      ValidatorSet all, Mode start, EpochSnapshot first, EpochSnapshot later) {
    DerivedState genesis =
        DerivedState.genesis(
            new ConsensusGenesis(FixedChain.GENESIS, Cluster.BEGIN.toEpochMilli(), first));
    Cluster cluster = new Cluster(all, start, new DerivedChain(genesis, new KeyedHashes()));
    cluster.facts =
        height ->
            new BlockFacts(
                0,
                1,
                Amount.ZERO,
                List.of(),
                Epochs.isLast(height) ? Optional.of(later) : Optional.empty());
    return cluster.start();
  }

  private static Candidate candidate(Validator validator) {
    return candidate(validator, OptionalLong.empty());
  }

  private static Candidate candidate(Validator validator, OptionalLong readyEpoch) {
    return new Candidate(
        validator.account(),
        validator.key(),
        validator.validatorClass(),
        validator.stake(),
        Candidate.Standing.ACTIVE,
        0,
        readyEpoch);
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

  @Test // Protocol §5.3: the slowest block delays and is decided. §6.1, §3.3: round and load count.
  void afterTheSlowestBlockTheModeFollowsItsRoundAndThenTheLoad() {
    Duration slowest = Duration.ofSeconds(90); // As in SlowExecutionTest.
    long slow = 30;
    Cluster cluster = cluster(Mode.FAST, 4, 4);
    Function<Height, BlockFacts> empty = cluster.facts;
    cluster.facts =
        height ->
            new BlockFacts(
                25_000_000, 25_000_000, Amount.ZERO, List.of(), empty.apply(height).snapshot());
    cluster.execution =
        (_, height) -> height.number() == slow ? slowest.toMillis() : cluster.executionMillis;
    assertTrue(cluster.allReach(Duration.ofMinutes(2), slow - 1), cluster::standing);
    assertTrue(cluster.allReach(slowest.multipliedBy(2), slow), cluster::standing);
    assertEquals(ModeSetting.settled(Mode.FAST), state(cluster.node(0)).mode());
    assertTrue(cluster.allReach(Duration.ofMinutes(1), slow + 4), cluster::standing);
    boolean fallback = cluster.node(0).certificates.get((int) slow - 1).round().isFallback();
    assertEquals(
        ModeSetting.settled(fallback ? Mode.SECURE : Mode.FAST), state(cluster.node(0)).mode());
    // Then a hundred blocks are measured: an idle chain would stay in FAST, or go back to it.
    assertTrue(cluster.allReach(Duration.ofMinutes(10), slow + 120), cluster::standing);
    assertEquals(ModeSetting.settled(Mode.BALANCED), state(cluster.node(0)).mode());
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

  @ParameterizedTest // Protocol §4: no stakers, no authorities, one validator.
  @CsvSource({"1, 0, FAST", "4, 0, FAST", "0, 1, SECURE", "0, 4, SECURE"})
  void networksOfOneClassOrOneValidatorGoOnOverABoundary(int authorities, int stakers, Mode mode) {
    Cluster cluster = cluster(Mode.BALANCED, authorities, stakers);
    assertTrue(cluster.allReach(Duration.ofMinutes(10), 105), cluster::standing);
    assertEquals(ModeSetting.settled(mode), state(cluster.node(0)).mode());
    assertEquals(0, cluster.node(0).certificates.getLast().round().number());
  }

  @Test // Protocol §2: who leaves and who joins does so at one height, and nobody halts.
  void theSetChangesBetweenTwoEpochsOnAllNodesAtOnce() {
    ValidatorSet all = Cluster.set(5, 4);
    Address joining = Cluster.account(4);
    Address leaving = Cluster.account(8);
    EpochSnapshot first =
        snapshot(
            Mode.BALANCED, all.validators().stream().filter(v -> !v.account().equals(joining)));
    EpochSnapshot later =
        new EpochSnapshot(
            all.validators().stream()
                .filter(v -> !v.account().equals(leaving))
                .map(v -> candidate(v, OptionalLong.of(0)))
                .toList(),
            first.parameters(),
            0);
    Cluster cluster = cluster(all, Mode.BALANCED, first, later);
    assertTrue(cluster.allReach(Duration.ofMinutes(15), 210), cluster::standing);
    Cluster.Node node = cluster.node(0);
    ValidatorSet old = state(node).set(new Height(200)).orElseThrow();
    ValidatorSet now = state(node).set(new Height(201)).orElseThrow();
    assertTrue(old.contains(leaving) && !old.contains(joining));
    assertTrue(now.contains(joining) && !now.contains(leaving));
    for (int height = 1; height <= 210; height++) {
      ValidatorSet set = height <= 200 ? old : now;
      assertTrue(set.fits(node.certificates.get(height - 1).aggregate().signers()));
    }
    assertTrue(
        node.certificates.subList(200, 210).stream()
            .flatMap(certificate -> now.members(certificate.aggregate().signers()).stream())
            .anyMatch(signer -> signer.account().equals(joining)));
    assertEquals(List.of(), cluster.evidence());
  }
}

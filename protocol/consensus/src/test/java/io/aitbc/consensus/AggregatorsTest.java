// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.model.RoundChange;
import io.aitbc.model.RoundChangeCertificate;
import io.aitbc.model.Vote;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

// Protocol §5.7: how the votes of many travel.
class AggregatorsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static Routes routes(Cluster cluster, Identity identity) {
    return new Routes(
        FixedChain.genesis(cluster.set, cluster.mode),
        new Surroundings(identity, new KeyedHashes(), Cluster.BEGIN));
  }

  private static List<Address> aggregators(Cluster cluster, int round) {
    return routes(cluster, new Identity.Following()).aggregators(new Round(round));
  }

  /// Whether votes of a round go to aggregators.
  private static boolean isAggregated(Cluster cluster, int round) {
    Address proposer = aggregators(cluster, round).getFirst();
    return routes(cluster, new Identity.Validating(proposer)).aggregates(new Round(round));
  }

  @Test // Protocol §5.7
  void sixtyFourVotersSendToEverybodyAndSixtyFiveToAggregators() {
    assertFalse(isAggregated(Cluster.secure(0, 64), 0));
    assertTrue(isAggregated(Cluster.secure(0, 65), 0));
    // Stakers have no vote in an own round of FAST, and one in a fallback round.
    assertFalse(isAggregated(Cluster.fast(21, 60), 0));
    assertTrue(isAggregated(Cluster.fast(21, 60), 3));
  }

  @Test // Protocol §5.7: counters from 7 times the round on.
  void anotherRoundDrawsOthers() {
    Cluster cluster = Cluster.secure(0, 70);
    Routes routes = routes(cluster, new Identity.Following());
    List<Address> first = routes.aggregators(new Round(0));
    TreeSet<Address> common = new TreeSet<>(first.subList(1, 8));
    List<Address> second = routes.aggregators(new Round(1));
    common.retainAll(second.subList(1, 8));
    // Two draws of 7 out of 69 share 0.7 on average.
    assertTrue(common.size() <= 3, common.size() + " of 7 in both rounds");
    assertEquals(first, routes.aggregators(new Round(0)));
    assertEquals(aggregators(cluster, 1), second);
  }

  @Test // Protocol §5.7
  void aRoundHasItsProposerAndSevenOthersAsAggregators() {
    Cluster cluster = Cluster.secure(0, 70);
    List<Address> drawn = aggregators(cluster, 0);
    assertEquals(8, new TreeSet<>(drawn).size());
    assertEquals(
        FixedChain.genesis(cluster.set, Mode.SECURE).proposer(new Round(0)).account(),
        drawn.getFirst());
    assertNotEquals(new TreeSet<>(drawn), new TreeSet<>(aggregators(cluster, 1)));
  }

  @Test // Protocol §5.7
  void aboveSixtyFourVotersVotesGoToAggregatorsOnly() {
    Cluster cluster = Cluster.secure(0, 70).start();
    assertTrue(cluster.allReach(MINUTE, 1));
    assertTrue(cluster.runUntil(MINUTE, () -> cluster.node(0).height() >= 3));
    TreeSet<Integer> receivers = new TreeSet<>();
    cluster.sent.stream()
        .filter(d -> d.message() instanceof Vote vote && vote.height().number() == 1)
        .forEach(d -> receivers.add(d.to()));
    assertTrue(receivers.size() <= 8 + 5, receivers.size() + " receivers");
  }

  @Test // Protocol §5.7
  void upToSixtyFourVotersVotesGoToEverybody() {
    Cluster cluster = Cluster.balanced(4, 4).start();
    assertTrue(cluster.allReach(MINUTE, 1));
    long votes = cluster.sent.stream().filter(d -> d.message() instanceof Vote).count();
    assertTrue(votes >= 8 * 7);
  }

  @Test // Protocol §5.6, §5.7
  void whenAggregatorsFailAnotherRoundHasOthers() {
    Cluster cluster = Cluster.secure(0, 70);
    TreeSet<Address> gone = new TreeSet<>(aggregators(cluster, 0));
    cluster.losing(d -> gone.contains(Cluster.account(d.from()))).start();
    assertTrue(
        cluster.runUntil(
            MINUTE,
            () ->
                cluster.nodes.stream()
                    .filter(n -> !gone.contains(n.account))
                    .allMatch(n -> n.height() >= 1)));
    TreeSet<Address> merging = new TreeSet<>();
    cluster.sent.stream()
        .filter(d -> d.message() instanceof RoundChangeCertificate c && c.round().number() == 1)
        .forEach(d -> merging.add(Cluster.account(d.from())));
    assertFalse(merging.isEmpty(), "nobody merged round changes");
    assertTrue(aggregators(cluster, 1).containsAll(merging));
  }

  @Test // Protocol §5.6: aggregators may be gone, so what is said again is said to everybody.
  void aRoundChangeThatIsRepeatedGoesToEverybody() {
    Cluster cluster = Cluster.secure(0, 70);
    Cluster.Node alone = cluster.node(5);
    alone.start();
    cluster.runFor(Duration.ofSeconds(10));
    List<Recipients> to =
        alone.effects(Effect.Send.class).stream()
            .filter(send -> send.message() instanceof RoundChange)
            .map(Effect.Send::to)
            .toList();
    assertTrue(to.size() >= 2);
    assertInstanceOf(Recipients.Validators.class, to.getFirst());
    assertTrue(to.stream().skip(1).allMatch(again -> again instanceof Recipients.EveryValidator));
  }
}

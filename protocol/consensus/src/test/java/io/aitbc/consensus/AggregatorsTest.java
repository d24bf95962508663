// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.Address;
import io.aitbc.model.Mode;
import io.aitbc.model.Round;
import io.aitbc.model.Vote;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

// Protocol §5.7: how the votes of many travel.
class AggregatorsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static List<Address> aggregators(Cluster cluster, int round) {
    FixedChain chain = FixedChain.genesis(cluster.set, cluster.mode);
    return new Routes(
            chain, new Surroundings(new Identity.Following(), new KeyedHashes(), Cluster.BEGIN))
        .aggregators(new Round(round));
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
  }
}

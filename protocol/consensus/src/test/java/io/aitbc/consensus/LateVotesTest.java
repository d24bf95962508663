// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.model.AggregateSignature;
import io.aitbc.model.CarriedAnchors;
import io.aitbc.model.CarriedCommits;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.Validator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §3.2, §5.5: who voted late is credited all the same.
class LateVotesTest {
  private static boolean names(Cluster cluster, AggregateSignature aggregate, int index) {
    return cluster.set.members(aggregate.signers()).stream()
        .map(Validator::account)
        .anyMatch(Cluster.account(index)::equals);
  }

  /// Whether some content of the chain credits node `index` for `height`.
  private static boolean credits(Cluster cluster, int index, long height) {
    List<AggregateSignature> credits = new ArrayList<>();
    for (ProposalContent content : cluster.node(0).contents) {
      content
          .parentCertificate()
          .filter(c -> c.height().number() == height)
          .ifPresent(c -> credits.add(c.aggregate()));
      for (CarriedCommits commits : content.carried().commits()) {
        if (commits.height().number() == height) {
          credits.add(commits.aggregate());
        }
      }
    }
    return credits.stream().anyMatch(aggregate -> names(cluster, aggregate, index));
  }

  @Test // Protocol §5.5
  void everyVoterOfAHealthyNetworkIsCredited() {
    Cluster cluster = Cluster.balanced(4, 4).start();
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 12), cluster::standing);
    for (int node = 0; node < 8; node++) {
      for (long height = 1; height <= 6; height++) {
        assertTrue(credits(cluster, node, height), node + " at " + height);
      }
    }
  }

  @Test // Protocol §5.5
  void aValidatorBehindASlowLinkIsCredited() {
    Cluster cluster = Cluster.balanced(4, 4);
    cluster.node(7).extraDelayMillis = 2_300;
    cluster.start();
    cluster.nodes.forEach(node -> node.submit(Cluster.transaction(node.index)));
    assertTrue(cluster.allReach(Duration.ofMinutes(1), 12), cluster::standing);
    for (long height = 1; height <= 6; height++) {
      assertTrue(credits(cluster, 7, height), "at " + height);
    }
    boolean carried =
        cluster.node(0).contents.stream().anyMatch(c -> !c.carried().commits().isEmpty());
    assertTrue(carried, "nothing was late");
  }

  @Test // Protocol §3.2
  void stakersAnchorEveryTwentiethBlockOfFast() {
    Cluster cluster = Cluster.fast(4, 3).start();
    assertTrue(cluster.allReach(Duration.ofMinutes(3), 24));
    List<CarriedAnchors> anchors =
        cluster.node(0).contents.stream().flatMap(c -> c.carried().anchors().stream()).toList();
    assertTrue(anchors.size() > 0);
    for (int staker = 4; staker < 7; staker++) {
      int index = staker;
      assertTrue(anchors.stream().anyMatch(a -> names(cluster, a.aggregate(), index)));
    }
    assertEquals(0, cluster.evidence().size());
  }
}

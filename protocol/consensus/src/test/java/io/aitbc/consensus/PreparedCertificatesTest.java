// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.model.Ballot;
import io.aitbc.model.PrepareCertificate;
import io.aitbc.model.ProposalContent;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §8.1: what a decided height hands over to be kept as possible evidence. Node 0 is real.
class PreparedCertificatesTest {
  private final Script script = Script.fast();
  private final ProposalContent first = script.content(0, Cluster.transaction(1));

  PreparedCertificatesTest() {
    for (Cluster.Node node : script.cluster.nodes) {
      node.known.put(
          io.aitbc.crypto.Keccak256.hash(Cluster.transaction(1)), Cluster.transaction(1));
      node.up = node == script.node;
    }
  }

  private List<Ballot.Prepare> handedOver() {
    Effect.Commit commit =
        script.node.effects.stream()
            .filter(effect -> effect instanceof Effect.Commit)
            .map(effect -> (Effect.Commit) effect)
            .findFirst()
            .orElseThrow();
    return commit.prepared().stream().map(PrepareCertificate::ballot).toList();
  }

  @Test // Protocol §8.1
  void aHeightOfOneRoundHandsOverNone() {
    script
        .give(1, script.proposal(0, first))
        .give(script.prepare(0, first), 1, 2)
        .give(script.commit(0, first), 1, 2);
    assertEquals(List.of(), handedOver());
  }

  @Test // Protocol §8.1
  void aHeightOfTwoRoundsHandsOverTheCertificateOfEach() {
    script.give(1, script.proposal(0, first)).give(script.prepare(0, first), 1, 2);
    PrepareCertificate own = script.certificate(script.prepare(0, first), 0, 1, 2);
    script
        .round(1)
        .give(script.proposer(1), script.again(1, first, own))
        .give(script.prepare(1, first, 0), 1, 2)
        .give(script.commit(1, first), 1, 2);
    assertEquals(List.of(script.prepare(0, first), script.prepare(1, first, 0)), handedOver());
  }

  @Test // Protocol §8.1: the lock in the log brings its certificate back.
  void aRestartDoesNotForgetTheCertificateOfTheLock() {
    script.give(1, script.proposal(0, first)).give(script.prepare(0, first), 1, 2);
    script.node.crash();
    script.node.start();
    PrepareCertificate own = script.certificate(script.prepare(0, first), 0, 1, 2);
    script
        .round(1)
        .give(script.proposer(1), script.again(1, first, own))
        .give(script.prepare(1, first, 0), 1, 2)
        .give(script.commit(1, first), 1, 2);
    assertEquals(List.of(script.prepare(0, first), script.prepare(1, first, 0)), handedOver());
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Keccak256;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalRequest;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

// Protocol §5.7: who is asked for a content that did not come. Node 0 is real, and nobody answers.
class ContentSupplyTest {
  private final Script script = Script.fast();
  private final ProposalContent first = script.content(0, Cluster.transaction(1));
  private final ProposalContent other = script.content(0, Cluster.transaction(2));

  ContentSupplyTest() {
    for (Cluster.Node node : script.cluster.nodes) {
      node.known.put(Keccak256.hash(Cluster.transaction(1)), Cluster.transaction(1));
      node.up = node == script.node;
    }
  }

  private List<Recipients> asked(ProposalContent content) {
    return script.node.effects(Effect.Send.class).stream()
        .filter(send ->
            send.message() instanceof ProposalRequest request
                && request.proposalId().equals(content.id()))
        .map(Effect.Send::to)
        .toList();
  }

  private void pass(int patiences) {
    script.cluster.runFor(ContentSupply.PATIENCE.multipliedBy(patiences));
  }

  @Test
  void whoHoldsACertifiedContentIsAskedOneAfterTheOther() {
    script.give(script.prepare(0, first), 1, 2, 3);
    assertEquals(1, asked(first).size());
    pass(1);
    assertEquals(2, asked(first).size());
    pass(1);
    assertEquals(3, asked(first).size());
    assertEquals(3, asked(first).stream().distinct().count(), "each once");
    pass(10);
    assertEquals(3, asked(first).size());
  }

  @Test
  void whoeverAnswersIsTheLastToBeAsked() {
    script.give(script.prepare(0, first), 1, 2, 3).give(1, script.proposal(0, first));
    pass(10);
    assertEquals(1, asked(first).size());
  }

  @Test // A proposal may be lost, and nothing is certified without it.
  void whatIsVotedForAndDoesNotComeIsAskedForBeforeItIsCertified() {
    script.give(script.prepare(0, first), 1);
    assertEquals(List.of(), asked(first), "it may be on its way");
    pass(1);
    assertEquals(1, asked(first).size());
    script.give(1, script.proposal(0, first));
    assertTrue(script.votes().contains(script.prepare(0, first)));
  }

  @Test
  void whatComesInTimeIsNotAskedFor() {
    script.give(script.prepare(0, first), 1).give(1, script.proposal(0, first));
    pass(10);
    assertEquals(List.of(), asked(first));
  }

  @Test // Else whoever invents contents would be asked for each of them.
  void aPeerIsAskedForOneContentOfARoundThatNobodyHasCertified() {
    script
        .give(1, script.vote(1, script.prepare(0, first)))
        .give(1, script.vote(2, script.prepare(0, other)));
    pass(10);
    TreeSet<Integer> asked = new TreeSet<>(List.of(asked(first).size(), asked(other).size()));
    assertEquals(new TreeSet<>(List.of(0, 1)), asked);
  }
}

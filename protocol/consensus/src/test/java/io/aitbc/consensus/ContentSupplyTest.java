// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Ballot;
import io.aitbc.model.Mode;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalContent;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.Vote;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

// Protocol §5.7: who is asked for a content that did not come. Node 0 is real, and nobody answers.
class ContentSupplyTest {
  private final Script script = Script.fast();
  private final ProposalContent first = script.content(0, Cluster.transaction(1));
  private final ProposalContent other = script.content(0, Cluster.transaction(2));

  ContentSupplyTest() {
    leaveAlone(script);
  }

  private static void leaveAlone(Script script) {
    for (Cluster.Node node : script.cluster.nodes) {
      node.known.put(Keccak256.hash(Cluster.transaction(1)), Cluster.transaction(1));
      node.up = node == script.node;
    }
  }

  private List<Recipients> asked(ProposalContent content) {
    return asked(script, content);
  }

  private static List<Recipients> asked(Script script, ProposalContent content) {
    return script.node.effects(Effect.Send.class).stream()
        .filter(send ->
            send.message() instanceof ProposalRequest request
                && request.proposalId().equals(content.id()))
        .map(Effect.Send::to)
        .toList();
  }

  private static Set<Recipients> peers(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(index -> new Recipients.One(Cluster.peer(index)))
        .collect(Collectors.toSet());
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

  @Test // Else a few silent peers cost everybody who misses it a patience each.
  void whoForgedVotesForAContentIsNotAskedForIt() {
    Script large = Script.of(Cluster.set(10, 0), Mode.FAST);
    leaveAlone(large);
    ProposalContent content = large.content(0, Cluster.transaction(1));
    Ballot.Prepare ballot = large.prepare(0, content);
    for (int forger : new int[] {8, 9}) {
      Vote before = large.vote(forger, ballot);
      Vote forged = new Vote(ballot, Cluster.account(forger - 7), before.signature());
      large.cluster.inject(forger, 0, forged);
    }
    large.cluster.runFor(Duration.ofMillis(large.cluster.delayMillis + 1));
    assertEquals(List.of(), asked(large, content), "both are heard, none is asked yet");
    large.give(ballot, 1, 2, 3, 4, 5, 6, 7);
    assertEquals(1, asked(large, content).size(), "it is certified");
    large.cluster.runFor(ContentSupply.PATIENCE.multipliedBy(10));
    List<Recipients> asked = asked(large, content);
    assertEquals(7, asked.size());
    assertEquals(peers(1, 7), Set.copyOf(asked));
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

  /// A network in which no proposal gets to node 0 unless it asks for it, and then not from those
  /// who are in `silent`.
  private static Cluster serving(Set<Integer> silent) {
    Cluster cluster = Cluster.fast(4, 0);
    return cluster.losing(each ->
        each.to() == 0
            && each.message() instanceof Proposal proposal
            && (silent.contains(each.from())
                || !askedBy0(cluster, proposal.content().id()).contains(each.from())));
  }

  private static List<Integer> askedBy0(Cluster cluster, Hash proposalId) {
    return requestsOf0(cluster)
        .filter(send -> ((ProposalRequest) send.message()).proposalId().equals(proposalId))
        .map(ContentSupplyTest::receiver)
        .toList();
  }

  /// Whom node 0 asked, in order.
  private static List<Integer> askedBy0(Cluster cluster) {
    return requestsOf0(cluster).map(ContentSupplyTest::receiver).toList();
  }

  private static Stream<Effect.Send> requestsOf0(Cluster cluster) {
    return cluster.node(0).effects(Effect.Send.class).stream()
        .filter(send ->
            send.message() instanceof ProposalRequest && send.to() instanceof Recipients.One);
  }

  private static int receiver(Effect.Send send) {
    return Cluster.index(((Recipients.One) send.to()).peer());
  }

  private static void decide(Cluster cluster, long height) {
    assertTrue(cluster.allReach(Duration.ofMinutes(1), height), cluster::standing);
  }

  @Test // Else each silent voter costs whoever misses a proposal a patience at every height.
  void whoDidNotServeIsAskedLastAtLaterHeightsToo() {
    for (int silent = 1; silent < 4; silent++) {
      Cluster cluster = serving(Set.of(silent)).start();
      decide(cluster, 20);
      List<Integer> asked = askedBy0(cluster);
      assertTrue(asked.size() >= 10, asked::toString);
      assertTrue(Collections.frequency(asked, silent) <= 1, asked::toString);
    }
  }

  @Test
  void whoServesInTimeIsForgivenItsSilence() {
    script.give(script.prepare(0, first), 3);
    pass(2);
    assertEquals(List.of(peer(3)), asked(first), "it was silent");

    script.round(1);
    ProposalContent second = script.content(1, Cluster.transaction(1));
    script.give(script.prepare(1, second), 1, 2, 3);
    pass(2);
    assertEquals(3, asked(second).size());
    assertEquals(peer(3), asked(second).getLast(), "so it is asked last");
    script.give(3, script.proposal(1, second));

    script.round(2);
    ProposalContent third = script.content(2, Cluster.transaction(2));
    script.give(script.prepare(2, third), 1, 2, 3);
    assertEquals(List.of(peer(3)), asked(third), "and first, as the others were silent since");
  }

  private static Recipients peer(int index) {
    return new Recipients.One(Cluster.peer(index));
  }
}

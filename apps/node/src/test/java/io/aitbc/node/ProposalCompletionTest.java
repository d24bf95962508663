// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aitbc.consensus.Peer;
import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.ProposalContent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

// Protocol §15.3: how the transactions of a proposal are brought together.
class ProposalCompletionTest {
  private static final Peer SENDER = FakePorts.peer(1);
  private static final Peer VOTER = FakePorts.peer(2);
  private static final Bytes FIRST = NodeValues.transaction(1);
  private static final Bytes SECOND = NodeValues.transaction(2);

  private final FakePorts ports = new FakePorts();
  private final List<Hash> completedIds = new ArrayList<>();
  private final List<List<Bytes>> completed = new ArrayList<>();
  private final Map<Hash, List<Bytes>> inPlay = new HashMap<>();
  private int lookups;
  private final ProposalCompletion completion =
      new ProposalCompletion(
          ports,
          id -> {
            lookups++;
            return Optional.ofNullable(inPlay.get(id));
          },
          (id, bodies) -> {
            completedIds.add(id);
            completed.add(bodies);
          });
  private final ProposalContent content = NodeValues.content(1, FIRST, SECOND);

  private PeerMessage.MissingTransactionsRequest request(Bytes... transactions) {
    return new PeerMessage.MissingTransactionsRequest(
        content.id(), java.util.Arrays.stream(transactions).map(Keccak256::hash).toList());
  }

  private void answer(Bytes... bodies) {
    answer(SENDER, bodies);
  }

  private void answer(Peer from, Bytes... bodies) {
    completion.received(from, new PeerMessage.MissingTransactions(content.id(), List.of(bodies)));
  }

  @Test
  void whatThePoolHoldsIsNotAskedFor() {
    var _ = ports.wait(FIRST);
    var _ = ports.wait(SECOND);
    completion.complete(content, List.of(SENDER));
    assertEquals(List.of(content.id()), completedIds);
    assertEquals(List.of(List.of(FIRST, SECOND)), completed);
    assertEquals(List.of(), ports.events);
  }

  @Test
  void whatIsMissingIsAskedOfTheSenderInOneRequest() {
    var _ = ports.wait(SECOND);
    completion.complete(content, List.of(SENDER, VOTER));
    assertEquals(List.of(request(FIRST)), ports.sentTo(SENDER));
    assertEquals(List.of(), ports.sentTo(VOTER));
    answer(FIRST);
    assertEquals(List.of(List.of(FIRST, SECOND)), completed);
    assertEquals(List.of(List.of(FIRST, SECOND)), ports.judged);
  }

  @Test
  void theTransactionsKeepTheOrderOfTheContentWhateverOrderTheyComeIn() {
    completion.complete(content, List.of(SENDER, VOTER));
    answer(SECOND);
    ports.pass(ProposalCompletion.PATIENCE);
    answer(VOTER, FIRST);
    assertEquals(List.of(List.of(FIRST, SECOND)), completed);
  }

  @Test
  void aSilentHolderIsFollowedByTheNextAfterItsPatience() {
    completion.complete(content, List.of(SENDER, VOTER));
    ports.pass(ProposalCompletion.PATIENCE.minusMillis(1));
    assertEquals(List.of(), ports.sentTo(VOTER));
    answer(FIRST);
    ports.pass(java.time.Duration.ofMillis(1));
    assertEquals(List.of(request(SECOND)), ports.sentTo(VOTER), "the rest is asked for");
    ports.pass(ProposalCompletion.PATIENCE);
    assertEquals(List.of(request(FIRST, SECOND), request(SECOND)), ports.sentTo(SENDER), "in turn");
  }

  @Test
  void whatGossipBroughtMeanwhileNeedsNoOtherHolder() {
    completion.complete(content, List.of(SENDER, VOTER));
    var _ = ports.wait(FIRST);
    var _ = ports.wait(SECOND);
    ports.pass(ProposalCompletion.PATIENCE);
    assertEquals(List.of(), ports.sentTo(VOTER));
    assertEquals(List.of(content.id()), completedIds);
  }

  @Test // Consensus forgets contents of old rounds (Protocol §5.6); a certificate may name one
  // again.
  void whoeverAsksForAWholeContentAgainGetsItAgain() {
    completion.complete(content, List.of(SENDER));
    answer(FIRST, SECOND);
    completion.complete(content, List.of(VOTER));
    assertEquals(List.of(List.of(FIRST, SECOND), List.of(FIRST, SECOND)), completed);
    assertEquals(List.of(), ports.sentTo(VOTER));
    assertEquals(1, ports.judged.size(), "judged once");
  }

  @Test
  void nobodyIsAskedAfterTheProposalIsWhole() {
    completion.complete(content, List.of(SENDER, VOTER));
    answer(FIRST, SECOND);
    ports.pass(ProposalCompletion.PATIENCE.multipliedBy(4));
    assertEquals(1, ports.events.size());
    assertEquals(1, completed.size());
  }

  @Test
  void bodiesThatNobodyAskedForArePassedOver() {
    answer(FIRST);
    completion.complete(content, List.of(SENDER));
    Bytes stranger = NodeValues.transaction(9);
    answer(stranger, FIRST, FIRST);
    assertEquals(List.of(), completed);
    ports.pass(ProposalCompletion.PATIENCE);
    completion.received(
        SENDER, new PeerMessage.MissingTransactions(NodeValues.hash(7), List.of(SECOND)));
    answer(VOTER, SECOND);
    assertEquals(List.of(), completed, "it was not asked");
    answer(SECOND);
    answer(SECOND);
    assertEquals(List.of(List.of(FIRST, SECOND)), ports.judged, "no strangers, none twice");
    assertEquals(1, completed.size());
  }

  @Test // Protocol §5.2: only a complete and valid one gets a PREPARE.
  void aProposalWithOneInvalidTransactionIsNeverCompleted() {
    ports.invalid.add(SECOND);
    completion.complete(content, List.of(SENDER, VOTER));
    answer(FIRST, SECOND);
    ports.pass(ProposalCompletion.PATIENCE.multipliedBy(4));
    completion.complete(content, List.of(VOTER));
    assertEquals(List.of(), completed);
  }

  @Test
  void aHolderServesWhatItHasAndSaysNothingWithoutAny() {
    completion.own(content, List.of(FIRST, SECOND));
    completion.serve(VOTER, request(SECOND, NodeValues.transaction(9)));
    assertEquals(
        List.of(new PeerMessage.MissingTransactions(content.id(), List.of(SECOND))),
        ports.sentTo(VOTER));
    completion.serve(SENDER, request(NodeValues.transaction(9)));
    assertEquals(List.of(), ports.sentTo(SENDER));
  }

  @Test // A lock from the log, or from before more contents than are remembered here.
  void whatConsensusHoldsIsServedWhoeverForgotIt() {
    inPlay.put(content.id(), List.of(FIRST, SECOND));
    completion.serve(VOTER, request(SECOND));
    assertEquals(
        List.of(new PeerMessage.MissingTransactions(content.id(), List.of(SECOND))),
        ports.sentTo(VOTER));
  }

  @Test // A stranger would have the loop hash a block for each of ten thousand requests a second.
  void whatConsensusHoldsIsHashedOnceHoweverOftenItIsAskedFor() {
    inPlay.put(content.id(), List.of(FIRST, SECOND));
    completion.serve(VOTER, request(SECOND));
    int asked = lookups;
    completion.serve(VOTER, request(FIRST));
    assertEquals(asked, lookups);
    assertEquals(2, ports.sentTo(VOTER).size());
  }

  @Test
  void whoReadsNothingIsServedNothing() {
    completion.own(content, List.of(FIRST, SECOND));
    ports.full.add(VOTER);
    completion.serve(VOTER, request(FIRST));
    assertEquals(List.of(), ports.sentTo(VOTER));
  }

  @Test
  void nothingIsLookedForThatIsNoPartOfTheProposal() {
    Bytes other = NodeValues.transaction(9);
    var _ = ports.wait(other);
    completion.own(content, List.of(FIRST, SECOND));
    completion.serve(VOTER, request(other));
    assertEquals(List.of(), ports.sentTo(VOTER));
  }

  @Test
  void contentsOfDecidedHeightsAreForgottenButForTheLast() {
    completion.own(content, List.of(FIRST, SECOND));
    completion.decided(new Height(1));
    completion.serve(VOTER, request(FIRST));
    assertEquals(1, ports.sentTo(VOTER).size());
    completion.decided(new Height(2));
    completion.serve(VOTER, request(FIRST));
    assertEquals(1, ports.sentTo(VOTER).size());
  }

  @Test
  void onlySoManyContentsAreWorkedOn() {
    completion.complete(content, List.of(SENDER));
    for (int i = 0; i < ProposalCompletion.CONTENTS_MAX; i++) {
      completion.complete(NodeValues.content(1, NodeValues.transaction(10 + i)), List.of(SENDER));
    }
    answer(FIRST, SECOND);
    assertEquals(List.of(), completed, "the oldest was forgotten");
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.DerivedChain;
import io.aitbc.consensus.Peer;
import io.aitbc.crypto.BlsScheme;
import io.aitbc.model.CertifiedBlock;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// Protocol §15.5: how a node that is behind comes to the head of its peers.
class CatchUpTest {
  private static final Peer FIRST = FakePorts.peer(1);
  private static final Peer SECOND = FakePorts.peer(2);

  private final FakePorts ports = new FakePorts();
  private final List<Chain.Appended.Grown> grown = new ArrayList<>();
  private final CatchUp catchUp = new CatchUp(ports, grown::add);

  private static PeerMessage.BlocksRequest request(long number, long from) {
    return new PeerMessage.BlocksRequest(number, new Height(from), CatchUp.BATCH_BLOCKS);
  }

  private void answer(Peer from, long request, CertifiedBlock... blocks) {
    catchUp.received(from, new PeerMessage.Blocks(request, List.of(blocks)));
  }

  private Chain.Appended append(List<CertifiedBlock> blocks) {
    ports.head = blocks.getLast().height();
    return new Chain.Appended.Grown(
        new DerivedChain(OneValidator.DERIVED, new BlsScheme()), blocks.getLast().certificate());
  }

  @Test
  void whoIsNotBehindAsksNobody() {
    ports.head = new Height(5);
    catchUp.heard(FIRST, new Height(5));
    assertEquals(List.of(), ports.events);
    assertFalse(catchUp.isRunning());
  }

  @Test
  void onePeerIsAskedAtATimeUntilTheHeadIsReached() {
    ports.appending = this::append;
    catchUp.heard(FIRST, new Height(2));
    catchUp.heard(SECOND, new Height(2));
    assertEquals(List.of(request(1, 1)), ports.sentTo(FIRST));
    assertEquals(List.of(), ports.sentTo(SECOND));
    answer(FIRST, 1, NodeValues.block(1));
    assertEquals(List.of(request(1, 1), request(2, 2)), ports.sentTo(FIRST), "the rest");
    answer(FIRST, 2, NodeValues.block(2));
    assertEquals(2, grown.size());
    assertFalse(catchUp.isRunning());
  }

  @Test
  void aPeerThatLiesIsBlamedAndPassedOver() {
    ports.appending =
        blocks -> new Chain.Appended.Refused(blocks.getFirst().height(), "its certificate");
    catchUp.heard(FIRST, new Height(9));
    catchUp.heard(SECOND, new Height(9));
    answer(FIRST, 1, NodeValues.block(1));
    assertTrue(ports.events.contains(new FakePorts.Event.Blamed(FIRST)));
    assertEquals(List.of(request(2, 1)), ports.sentTo(SECOND));
    assertEquals(List.of(), grown);
  }

  @Test
  void aSilentPeerIsPassedOverUntilItSpeaksAgain() {
    catchUp.heard(FIRST, new Height(9));
    catchUp.heard(SECOND, new Height(9));
    ports.pass(CatchUp.PATIENCE.minusMillis(1));
    assertEquals(List.of(), ports.sentTo(SECOND));
    ports.pass(java.time.Duration.ofMillis(1));
    assertEquals(List.of(request(2, 1)), ports.sentTo(SECOND));
    ports.pass(CatchUp.PATIENCE);
    assertFalse(catchUp.isRunning(), "nobody is left");
    catchUp.heard(FIRST, new Height(9));
    assertEquals(request(3, 1), ports.sentTo(FIRST).getLast());
    assertFalse(ports.events.contains(new FakePorts.Event.Blamed(FIRST)));
  }

  @Test
  void whatCameTooLateOrFromSomebodyElseIsPassedOver() {
    List<List<CertifiedBlock>> appended = new ArrayList<>();
    ports.appending =
        blocks -> {
          appended.add(blocks);
          return append(blocks);
        };
    catchUp.heard(FIRST, new Height(9));
    catchUp.heard(SECOND, new Height(9));
    answer(SECOND, 1, NodeValues.block(1));
    answer(FIRST, 7, NodeValues.block(1));
    ports.pass(CatchUp.PATIENCE);
    answer(FIRST, 1, NodeValues.block(1));
    assertEquals(List.of(), appended);
  }

  @Test
  void aPeerThatDoesNotHaveWhatItSpokeOfIsPassedOver() {
    catchUp.heard(FIRST, new Height(9));
    catchUp.heard(SECOND, new Height(9));
    answer(FIRST, 1);
    assertEquals(List.of(request(2, 1)), ports.sentTo(SECOND));
  }

  @Test
  void aPeerThatIsGoneIsReplacedAtOnce() {
    catchUp.heard(FIRST, new Height(9));
    catchUp.heard(SECOND, new Height(9));
    catchUp.lost(FIRST);
    assertEquals(List.of(request(2, 1)), ports.sentTo(SECOND));
  }

  @Test
  void onlySoManyHeadsAreRemembered() {
    ports.head = new Height(9);
    for (int i = 0; i < CatchUp.PEERS_MAX; i++) {
      catchUp.heard(
          new Peer(io.aitbc.crypto.Bytes.of((byte) 9, (byte) (i >> 8), (byte) i)), new Height(1));
    }
    catchUp.heard(FIRST, new Height(20));
    assertEquals(List.of(), ports.sentTo(FIRST));
  }
}

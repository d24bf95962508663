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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

// Protocol §15.5: how a node that is behind comes to the head of its peers.
class CatchUpTest {
  private static final Peer FIRST = FakePorts.peer(1);
  private static final Peer SECOND = FakePorts.peer(2);
  private static final Peer THIRD = FakePorts.peer(3);

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

  private static PeerMessage.BlocksRequest request(long number, long from, int count) {
    return new PeerMessage.BlocksRequest(number, new Height(from), count);
  }

  private static CertifiedBlock[] blocks(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(NodeValues::block)
        .toArray(CertifiedBlock[]::new);
  }

  @Test
  void peersAreAskedForOneStretchEachAndBlocksAppendedInOrder() {
    ports.appending = this::append;
    catchUp.heard(FIRST, new Height(1_000));
    catchUp.heard(SECOND, new Height(1_000));
    catchUp.heard(THIRD, new Height(100));
    assertEquals(List.of(request(1, 1)), ports.sentTo(FIRST));
    assertEquals(List.of(request(2, 65)), ports.sentTo(SECOND));
    assertEquals(List.of(), ports.sentTo(THIRD), "it has nothing of the third stretch");
    answer(SECOND, 2, blocks(65, 128));
    assertEquals(List.of(), grown, "what comes before is missing");
    assertEquals(request(3, 129), ports.sentTo(SECOND).getLast());
    answer(FIRST, 1, blocks(1, 64));
    assertEquals(new Height(128), ports.head);
    assertEquals(2, grown.size());
    assertEquals(request(4, 193), ports.sentTo(FIRST).getLast());
  }

  @Test
  void noMoreIsAskedForThanMayWait() {
    for (int i = 1; i <= 5; i++) {
      catchUp.heard(FakePorts.peer(i), new Height(1_000));
    }
    answer(SECOND, 2, blocks(65, 128));
    answer(THIRD, 3, blocks(129, 192));
    assertEquals(1, ports.sentTo(SECOND).size());
    assertEquals(List.of(), ports.sentTo(FakePorts.peer(4)));
  }

  @Test // An answer is as long as one message may be.
  void whatAnAnswerLeftOutIsAskedForBeforeWhatFollows() {
    ports.appending = this::append;
    catchUp.heard(FIRST, new Height(1_000));
    catchUp.heard(SECOND, new Height(1_000));
    answer(SECOND, 2, blocks(65, 128));
    answer(FIRST, 1, blocks(1, 10));
    assertEquals(new Height(10), ports.head);
    assertEquals(request(4, 11, 54), ports.sentTo(FIRST).getLast(), "the other is busy");
    answer(FIRST, 4, blocks(11, 64));
    assertEquals(new Height(128), ports.head);
  }

  /// Answers what `peer` was asked for since it was asked `answered` times, one block each time.
  private int answerWithOneBlock(Peer peer, int answered) {
    int done = answered;
    while (done < ports.sentTo(peer).size()) {
      PeerMessage.BlocksRequest asked = (PeerMessage.BlocksRequest) ports.sentTo(peer).get(done);
      done++;
      answer(peer, asked.request(), NodeValues.block(asked.from().number()));
    }
    return done;
  }

  @Test // Each holds up to a message of blocks, and what waits must not grow without end.
  void shortAnswersBehindASlowOneDoNotPileUp() {
    ports.appending = this::append;
    catchUp.heard(FIRST, new Height(150));
    catchUp.heard(SECOND, new Height(150));
    catchUp.heard(THIRD, new Height(150));
    int second = answerWithOneBlock(SECOND, 0);
    int third = answerWithOneBlock(THIRD, 0);
    assertEquals(CatchUp.STRETCHES_MAX, 1 + second + third, "one request for each stretch");
    int first = 0;
    while (ports.head.number() < 150) {
      Height before = ports.head;
      first = answerWithOneBlock(FIRST, first);
      second = answerWithOneBlock(SECOND, second);
      third = answerWithOneBlock(THIRD, third);
      assertTrue(ports.head.isAbove(before), "it goes on");
    }
    assertFalse(catchUp.isRunning());
    assertEquals(150, first + second + third, "no block came twice");
  }

  @Test
  void aSilentPeersStretchGoesToAnotherAndTheRestIsKept() {
    ports.appending = this::append;
    catchUp.heard(FIRST, new Height(128));
    catchUp.heard(SECOND, new Height(128));
    ports.pass(CatchUp.PATIENCE.minusMillis(1));
    answer(SECOND, 2, blocks(65, 128));
    ports.pass(java.time.Duration.ofMillis(1));
    assertEquals(1, ports.sentTo(SECOND).size(), "the link was not idle");
    ports.pass(CatchUp.PATIENCE);
    assertEquals(request(3, 1), ports.sentTo(SECOND).getLast());
    answer(SECOND, 3, blocks(1, 64));
    assertEquals(new Height(128), ports.head);
    assertFalse(catchUp.isRunning());
  }

  @Test
  void aPeerThatSendsOnlyWhatIsKnownIsNotAskedAgain() {
    catchUp.heard(FIRST, new Height(9));
    catchUp.heard(SECOND, new Height(9));
    answer(FIRST, 1, NodeValues.block(1)); // The chain says that it is not new.
    assertEquals(List.of(request(2, 1)), ports.sentTo(SECOND));
  }

  @Test
  void whatNobodyHasAnyMoreIsNotWaitedFor() {
    catchUp.heard(FIRST, new Height(1_000));
    catchUp.heard(SECOND, new Height(100));
    catchUp.lost(FIRST);
    answer(SECOND, 2, blocks(65, 100));
    assertEquals(request(3, 1), ports.sentTo(SECOND).getLast());
    catchUp.lost(SECOND);
    assertFalse(catchUp.isRunning());
  }

  @Test
  void onePeerIsAskedAtATimeUntilTheHeadIsReached() {
    ports.appending = this::append;
    catchUp.heard(FIRST, new Height(3));
    catchUp.heard(SECOND, new Height(3));
    assertEquals(List.of(request(1, 1)), ports.sentTo(FIRST));
    assertEquals(List.of(), ports.sentTo(SECOND));
    answer(FIRST, 1, blocks(1, 2));
    assertEquals(List.of(request(1, 1)), ports.sentTo(FIRST));
    assertEquals(List.of(request(2, 3)), ports.sentTo(SECOND), "the rest");
    answer(SECOND, 2, NodeValues.block(3));
    assertEquals(2, grown.size());
    assertFalse(catchUp.isRunning());
  }

  @Test // The peers decided a moment sooner.
  void whoIsNearTheHeadComesThereByItself() {
    for (int height = 1; height <= 50; height++) {
      catchUp.heard(FIRST, new Height(height + CatchUp.NEAR_BLOCKS - 1));
      ports.pass(CatchUp.NEAR_PATIENCE.minusMillis(10));
      ports.head = new Height(height);
    }
    assertEquals(List.of(), ports.sentTo(FIRST));
  }

  @Test
  void whoStaysBelowANearHeadAsksForWhatIsMissing() {
    ports.appending = this::append;
    ports.head = new Height(7);
    catchUp.heard(FIRST, new Height(8));
    ports.pass(CatchUp.NEAR_PATIENCE.minusMillis(1));
    assertEquals(List.of(), ports.sentTo(FIRST));
    ports.pass(Duration.ofMillis(1));
    assertEquals(List.of(request(1, 8)), ports.sentTo(FIRST));
    answer(FIRST, 1, NodeValues.block(8));
    assertEquals(new Height(8), ports.head);
    catchUp.heard(FIRST, new Height(10));
    ports.pass(CatchUp.NEAR_PATIENCE);
    assertEquals(request(2, 9), ports.sentTo(FIRST).getLast());
  }

  @Test
  void aPeerThatLiesIsBlamedAndPassedOver() {
    ports.appending =
        blocks ->
            new Chain.Appended.Refused(
                blocks.getFirst().height(), "its certificate", Optional.empty());
    catchUp.heard(FIRST, new Height(9));
    catchUp.heard(SECOND, new Height(9));
    answer(FIRST, 1, NodeValues.block(1));
    assertTrue(ports.events.contains(new FakePorts.Event.Blamed(FIRST)));
    assertEquals(List.of(request(2, 1)), ports.sentTo(SECOND));
    assertEquals(List.of(), grown);
  }

  @Test // Nobody else may have anything that is new: consensus would stay below the chain.
  void whatHeldBeforeALieIsTold() {
    ports.appending =
        blocks ->
            Chain.Appended.Refused.after(
                append(blocks.subList(0, 1)), blocks.get(1).height(), "its certificate");
    catchUp.heard(FIRST, new Height(9));
    answer(FIRST, 1, blocks(1, 2));
    assertTrue(ports.events.contains(new FakePorts.Event.Blamed(FIRST)));
    assertEquals(new Height(1), ports.head);
    assertEquals(1, grown.size());
    assertEquals(0, catchUp.blocksBehind());
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

  /// Answers what `peer` was asked for last, `count` blocks of it, the last of all 200; nothing if
  /// that was answered.
  private long answerLast(Peer peer, long answered, int count) {
    PeerMessage.BlocksRequest asked = (PeerMessage.BlocksRequest) ports.sentTo(peer).getLast();
    if (asked.request() != answered) {
      long from = asked.from().number();
      long to = Math.min(from + Math.min(count, asked.count()) - 1, 200);
      answer(peer, asked.request(), blocks(from, to));
    }
    return asked.request();
  }

  @Test
  void whoBringsOneBlockAtATimeDelaysAStretchOnceOnly() {
    ports.appending = this::append;
    catchUp.heard(FIRST, new Height(200));
    catchUp.heard(SECOND, new Height(200));
    long first = 0;
    long second = 0;
    int patiences = 0;
    while (ports.head.number() < 200 && patiences < 20) {
      for (int i = 0; i < 5; i++) { // At once, however often it is asked.
        second = answerLast(SECOND, second, CatchUp.BATCH_BLOCKS);
      }
      ports.pass(CatchUp.PATIENCE.minusMillis(100));
      first = answerLast(FIRST, first, 1);
      patiences++;
    }
    assertTrue(ports.head.number() >= 200, "at " + ports.head);
    assertTrue(patiences <= 5, patiences + " times its patience");
  }

  @Test
  void aWordMakesNobodyLookBehindThatBroughtNoBlocks() {
    ports.appending = this::append;
    Height far = new Height(Height.NUMBER_MAX);
    ports.reserved.add(FIRST);
    for (int i = 0; i < 100; i++) {
      catchUp.heard(FIRST, far);
      assertTrue(ports.sentTo(FIRST).size() > i, "it is asked all the same");
      assertFalse(catchUp.isRunning());
      assertEquals(0, catchUp.blocksBehind());
      PeerMessage.BlocksRequest request = (PeerMessage.BlocksRequest) ports.sentTo(FIRST).getLast();
      answer(FIRST, request.request());
    }
    catchUp.heard(SECOND, new Height(200));
    assertEquals(0, catchUp.blocksBehind(), "it has only spoken");
    long answered = answerLast(SECOND, 0, CatchUp.BATCH_BLOCKS);
    assertEquals(new Height(64), ports.head);
    assertTrue(catchUp.isRunning());
    assertEquals(200 - 64, catchUp.blocksBehind(), "its blocks hold");

    PeerMessage.BlocksRequest last = (PeerMessage.BlocksRequest) ports.sentTo(SECOND).getLast();
    assertTrue(last.request() > answered);
    answer(SECOND, last.request());
    catchUp.heard(SECOND, new Height(200));
    assertEquals(0, catchUp.blocksBehind(), "it did not bring what it spoke of");
    ports.pass(CatchUp.PATIENCE);
    assertFalse(catchUp.isRunning(), "nothing came since");
  }

  @Test
  void silentLiarsDelayNothingOnceSomebodyHasBroughtBlocks() {
    ports.appending = this::append;
    catchUp.heard(SECOND, new Height(10));
    answer(SECOND, 1, blocks(1, 10));
    for (int i = 3; i < 23; i++) {
      catchUp.heard(FakePorts.peer(i), new Height(Height.NUMBER_MAX));
    }
    for (int height = 11; height <= 200; height++) { // No time passes.
      catchUp.heard(SECOND, new Height(height));
      PeerMessage.BlocksRequest asked = (PeerMessage.BlocksRequest) ports.sentTo(SECOND).getLast();
      assertEquals(height, asked.from().number(), "it is asked for the block at once");
      answer(SECOND, asked.request(), NodeValues.block(height));
      assertEquals(new Height(height), ports.head);
    }
  }

  @Test
  void twentyPeersThatHaveNothingDelayNothing() {
    ports.appending = this::append;
    for (int i = 3; i < 23; i++) {
      catchUp.heard(FakePorts.peer(i), new Height(Height.NUMBER_MAX));
    }
    catchUp.heard(SECOND, new Height(200));
    long second = 0;
    for (int turn = 0; turn < 100 && ports.head.number() < 200; turn++) { // No time passes.
      for (int i = 3; i < 23; i++) {
        if (!ports.sentTo(FakePorts.peer(i)).isEmpty()) {
          PeerMessage.BlocksRequest asked =
              (PeerMessage.BlocksRequest) ports.sentTo(FakePorts.peer(i)).getLast();
          answer(FakePorts.peer(i), asked.request());
        }
        catchUp.heard(FakePorts.peer(i), new Height(Height.NUMBER_MAX));
      }
      if (!ports.sentTo(SECOND).isEmpty()) {
        second = answerLast(SECOND, second, CatchUp.BATCH_BLOCKS);
      }
    }
    assertEquals(new Height(200), ports.head);
  }

  @Test
  void whoHasAPlaceOfItsOwnIsAskedBeforeStrangersAndAfterThoseWhoBroughtBlocks() {
    ports.appending = this::append;
    ports.reserved.add(SECOND);
    catchUp.heard(FIRST, new Height(64));
    catchUp.heard(SECOND, new Height(64));
    assertEquals(List.of(request(2, 1)), ports.sentTo(SECOND), "beside the stranger");
    answer(FIRST, 1, blocks(1, 64));
    assertEquals(new Height(64), ports.head, "whoever is sooner");
    answer(SECOND, 2, blocks(1, 64));
    assertFalse(ports.events.contains(new FakePorts.Event.Blamed(SECOND)));

    catchUp.heard(SECOND, new Height(80));
    assertEquals(request(3, 65), ports.sentTo(SECOND).getLast());
    catchUp.heard(FIRST, new Height(80));
    assertEquals(request(4, 65), ports.sentTo(FIRST).getLast());
  }

  @Test // Protocol §15.5
  void asManyLiarsAsThereAreStrangersCostTheFirstBlocksAMinute() {
    liarsCostTheFirstBlocks(64);
  }

  @Test // Protocol §15.5
  void twentySilentPeersCostTheFirstBlocksTwentySeconds() {
    liarsCostTheFirstBlocks(20);
  }

  private void liarsCostTheFirstBlocks(int liars) {
    ports.appending = this::append;
    for (int i = 0; i < liars; i++) {
      catchUp.heard(FakePorts.peer(100 + i), new Height(Height.NUMBER_MAX));
    }
    catchUp.heard(SECOND, new Height(200));
    int patiences = 0;
    long second = 0;
    while (ports.head.number() < 200 && patiences < 100) {
      ports.pass(CatchUp.PATIENCE);
      patiences++;
      for (int i = 0; i < liars; i++) {
        catchUp.heard(FakePorts.peer(100 + i), new Height(Height.NUMBER_MAX));
      }
      while (!ports.sentTo(SECOND).isEmpty()
          && ((PeerMessage.BlocksRequest) ports.sentTo(SECOND).getLast()).request() != second) {
        second = answerLast(SECOND, second, CatchUp.BATCH_BLOCKS);
      }
    }
    assertEquals(new Height(200), ports.head);
    assertTrue(patiences <= liars / CatchUp.STRETCHES_MAX + 3, patiences + " times its patience");
  }
}

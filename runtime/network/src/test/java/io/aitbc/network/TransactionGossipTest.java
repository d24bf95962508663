// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TransactionGossipTest {
  private static final PeerId A = PeerTableTest.id(1);
  private static final PeerId B = PeerTableTest.id(2);
  private static final Bytes TX = Bytes.of((byte) 1, (byte) 2);
  private static final Hash TX_HASH = Keccak256.hash(TX);
  private static final long LATE = TransactionGossip.ANSWER_NANOS_MAX;

  private final Map<Hash, Bytes> held = new LinkedHashMap<>();
  private final List<String> sent = new ArrayList<>();
  private int answersThatFit = Integer.MAX_VALUE;
  private boolean hasRoom = true;
  private final TransactionGossip gossip = new TransactionGossip(new HeldPool(), new Written());

  @Test // Protocol §15.3
  void whatAPeerBroughtIsToldOnceToWhoLacksIt() {
    gossip.connected(A);
    gossip.connected(B);
    gossip.announced(A, List.of(TX_HASH), 0);
    hold(TX);
    boolean _ = gossip.relay(List.of(TX_HASH));
    boolean _ = gossip.relay(List.of(TX_HASH));
    assertEquals(List.of("request A 1", "announce B 1"), sent);
  }

  @Test // Protocol §15.3
  void whatACallerBroughtIsGivenOnceToFewPeersThatLackIt() {
    hold(TX);
    gossip.connected(A);
    gossip.connected(B);
    gossip.announced(B, List.of(TX_HASH), 0);
    boolean _ = gossip.announce(List.of(TX_HASH));
    boolean _ = gossip.announce(List.of(TX_HASH));
    assertEquals(List.of("give A 1"), sent);
  }

  @Test // Protocol §15.3
  void whatACallerBroughtIsToldToManyPeers() {
    hold(TX);
    for (int i = 0; i <= TransactionGossip.GIVEN_PEERS_MAX; i++) {
      gossip.connected(PeerTableTest.id(10 + i));
    }
    assertTrue(gossip.announce(List.of(TX_HASH)));
    assertEquals(Collections.nCopies(TransactionGossip.GIVEN_PEERS_MAX, "announce ? 1"), sent);
    assertFalse(gossip.announce(List.of()));
    assertEquals(Collections.nCopies(TransactionGossip.GIVEN_PEERS_MAX + 1, "announce ? 1"), sent);
  }

  @Test // Protocol §15.3
  void whatLeftThePoolBeforeAPeersTurnIsNotTold() {
    hold(TX);
    for (int i = 0; i <= PeerTurns.PEERS_MAX; i++) {
      gossip.connected(PeerTableTest.id(10 + i));
    }
    assertTrue(gossip.relay(List.of(TX_HASH)));
    held.clear();
    assertFalse(gossip.relay(List.of()));
    assertEquals(Collections.nCopies(PeerTurns.PEERS_MAX, "announce ? 1"), sent);
  }

  @Test // Protocol §15.3
  void aLargeTransactionIsGivenToNobodyWhoDidNotAsk() {
    Bytes large = Bytes.wrap(new byte[TransactionGossip.GIVEN_BYTES_MAX + 1]);
    hold(large);
    hold(TX);
    gossip.connected(A);
    boolean _ = gossip.announce(List.of(Keccak256.hash(large), TX_HASH));
    assertEquals(List.of("give A 1", "announce A 1"), sent);
  }

  @Test // Protocol §15.3
  void whatIsNoLongerInThePoolIsNeitherGivenNorTold() {
    gossip.connected(A);
    boolean _ = gossip.announce(List.of(TX_HASH));
    boolean _ = gossip.relay(List.of(TX_HASH));
    assertEquals(List.of(), sent);
  }

  @Test // Protocol §15.3
  void whoOrdersNextIsGivenWhatItMayLack() {
    gossip.connected(A);
    gossip.forward(A, List.of(TX_HASH), List.of(TX));
    gossip.forward(A, List.of(TX_HASH), List.of(TX));
    assertEquals(List.of("give A 1"), sent);
  }

  @Test // Protocol §15.3
  void whatAPeerWasJustToldItIsGivenAndWhatItTookItIsNot() {
    hold(TX);
    gossip.connected(A);
    gossip.connected(B);
    boolean _ = gossip.relay(List.of(TX_HASH));
    gossip.requested(B, 7, List.of(TX_HASH));
    sent.clear();
    gossip.forward(A, List.of(TX_HASH), List.of(TX));
    gossip.forward(B, List.of(TX_HASH), List.of(TX));
    assertEquals(List.of("give A 1"), sent);
  }

  @Test // Protocol §15.3
  void whatAPeerWasToldAWhileAgoOrHasToldItIsNotGiven() {
    hold(TX);
    gossip.connected(A);
    gossip.connected(B);
    boolean _ = gossip.relay(List.of(TX_HASH));
    gossip.announced(B, List.of(TX_HASH), 0);
    sent.clear();
    gossip.forward(B, List.of(TX_HASH), List.of(TX));
    gossip.tick(0);
    gossip.forward(A, List.of(TX_HASH), List.of(TX));
    assertEquals(List.of(), sent);
  }

  @Test // Protocol §15.3
  void anAnnouncedTransactionIsFetchedFromOnePeerOnly() {
    gossip.connected(A);
    gossip.connected(B);
    gossip.announced(A, List.of(TX_HASH), 0);
    gossip.announced(B, List.of(TX_HASH), 0);
    assertEquals(List.of("request A 1"), sent);
  }

  @Test // Protocol §15.3
  void whatIsHeldIsNotFetched() {
    hold(TX);
    gossip.connected(A);
    gossip.announced(A, List.of(TX_HASH), 0);
    assertEquals(List.of(), sent);
  }

  @Test // Protocol §15.3
  void afterTheDeadlineAnotherAnnouncerIsAsked() {
    gossip.connected(A);
    gossip.connected(B);
    gossip.announced(A, List.of(TX_HASH), 0);
    gossip.announced(B, List.of(TX_HASH), 0);
    gossip.tick(LATE - 1);
    gossip.tick(LATE);
    assertEquals(List.of("request A 1", "unanswered A", "request B 1"), sent);
  }

  @Test // Protocol §15.3
  void whenThePeerLeavesAnotherAnnouncerIsAsked() {
    gossip.connected(A);
    gossip.connected(B);
    gossip.announced(A, List.of(TX_HASH), 0);
    gossip.announced(B, List.of(TX_HASH), 0);
    gossip.disconnected(A, 0);
    assertEquals(List.of("request A 1", "request B 1"), sent);
  }

  @Test // Protocol §15.3
  void anAnswerEndsTheFetch() {
    gossip.connected(A);
    gossip.announced(A, List.of(TX_HASH), 0);
    gossip.arrived(A, List.of(TX), 0);
    gossip.tick(LATE);
    assertEquals(List.of("request A 1", "arrived A 1"), sent);
    assertEquals(0, gossip.fetching());
  }

  @Test // Protocol §15.3
  void whatNobodyElseAnnouncedIsAskedForAgainAndThenGivenUp() {
    gossip.connected(A);
    gossip.announced(A, List.of(TX_HASH), 0);
    for (int i = 1; i <= 4; i++) {
      gossip.tick(i * LATE);
    }
    assertEquals(0, gossip.fetching());
    assertEquals(3, sent.stream().filter("request A 1"::equals).count());
  }

  @Test // Protocol §15.3
  void whatWasAnnouncedBeyondAPeersShareComesInItsTurn() {
    gossip.connected(A);
    List<Hash> hashes = new ArrayList<>(hashes(0, TransactionGossip.FETCHES_PER_PEER_MAX + 100));
    gossip.announced(A, hashes, 0);
    sent.clear();
    List<Bytes> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      answers.add(Bytes.of((byte) 0, (byte) (i >>> 8), (byte) i));
    }
    gossip.arrived(A, answers, 0);
    assertEquals(List.of("arrived A 300", "request A 100"), sent);
  }

  @Test // Protocol §15.3
  void requestsGoOutInBatches() {
    gossip.connected(A);
    gossip.announced(A, hashes(0, 600), 0);
    assertEquals(List.of("request A 256", "request A 256", "request A 88"), sent);
  }

  @Test // Protocol §15.3
  void answersAreCutToTheirBytes() {
    gossip.connected(A);
    List<Hash> asked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] bytes = new byte[50_000];
      bytes[0] = (byte) i;
      hold(Bytes.wrap(bytes));
      asked.add(Keccak256.hash(bytes));
    }
    gossip.requested(A, 9, asked);
    assertEquals(List.of("answer A #9 2", "answer A #9 2", "answer A #9 1"), sent);
  }

  /// Holds so many transactions that do not fit in one answer together.
  private List<Hash> large(int count) {
    List<Hash> hashes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[100_000];
      bytes[0] = (byte) i;
      hold(Bytes.wrap(bytes));
      hashes.add(Keccak256.hash(bytes));
    }
    return hashes;
  }

  @Test // Protocol §15.3
  void whoHasNoRoomForAnAnswerGetsNoFurtherPart() {
    gossip.connected(A);
    answersThatFit = 2;
    gossip.requested(A, 9, large(100));
    assertEquals(List.of("answer A #9 1", "answer A #9 1"), sent);
  }

  @Test // Protocol §15.3
  void whatAPeerHadNoRoomForIsToldOnceItHas() {
    hold(TX);
    gossip.connected(A);
    hasRoom = false;
    boolean _ = gossip.announce(List.of(TX_HASH));
    gossip.tick(0);
    hasRoom = true;
    gossip.tick(1);
    gossip.tick(2);
    assertEquals(List.of("give A 1", "announce A 1", "announce A 1"), sent);
  }

  @Test // Protocol §15.3
  void whatAPeerHadNoRoomForIsForwardedAllTheSame() {
    hold(TX);
    gossip.connected(A);
    hasRoom = false;
    boolean _ = gossip.announce(List.of(TX_HASH));
    hasRoom = true;
    gossip.forward(A, List.of(TX_HASH), List.of(TX));
    gossip.tick(0);
    assertEquals(List.of("give A 1", "give A 1"), sent);
  }

  @Test // Protocol §15.3
  void whatIsNoLongerHeldIsNotToldLater() {
    hold(TX);
    gossip.connected(A);
    hasRoom = false;
    boolean _ = gossip.announce(List.of(TX_HASH));
    hasRoom = true;
    held.clear();
    gossip.tick(0);
    assertEquals(List.of("give A 1"), sent);
  }

  @Test // Protocol §15.3
  void whatIsAskedForManyTimesInOneMessageIsSentOnce() {
    gossip.connected(A);
    gossip.requested(A, 9, Collections.nCopies(4_096, large(1).getFirst()));
    assertEquals(List.of("answer A #9 1"), sent);
  }

  @Test // Protocol §15.3
  void whoAnnouncesAgainAndAgainKeepsNobodyFromBeingAsked() {
    PeerId third = PeerTableTest.id(3);
    gossip.connected(A);
    gossip.connected(B);
    gossip.connected(third);
    gossip.announced(A, List.of(TX_HASH), 0);
    for (int i = 0; i < 10; i++) {
      gossip.announced(B, List.of(TX_HASH), 0);
    }
    gossip.announced(third, List.of(TX_HASH), 0);
    gossip.tick(LATE);
    gossip.tick(2 * LATE);
    assertEquals(
        List.of("request A 1", "unanswered A", "request B 1", "unanswered B", "request ? 1"), sent);
  }

  @Test // Protocol §15.3
  void oneSilentPeerHoldsUpOnlyItsShare() {
    gossip.connected(A);
    gossip.connected(B);
    gossip.announced(A, hashes(0, 10_000), 0);
    assertEquals(TransactionGossip.FETCHES_PER_PEER_MAX, gossip.fetching());
    gossip.announced(B, hashes(5_000, 6_000), 0);
    assertEquals(TransactionGossip.FETCHES_PER_PEER_MAX + 1_000, gossip.fetching());
  }

  @Test // Protocol §15.3
  void fetchesAreBoundedWhateverIsAnnounced() {
    for (int i = 0; i < 10; i++) {
      PeerId peer = PeerTableTest.id(10 + i);
      gossip.connected(peer);
      gossip.announced(peer, hashes(i * 10_000, (i + 1) * 10_000), 0);
    }
    assertTrue(gossip.fetching() <= TransactionGossip.FETCHES_MAX);
  }

  private void hold(Bytes transaction) {
    held.put(Keccak256.hash(transaction), transaction);
  }

  private static List<Hash> hashes(int from, int to) {
    List<Hash> hashes = new ArrayList<>();
    for (int i = from; i < to; i++) {
      hashes.add(Keccak256.hash(new byte[] {(byte) (i >>> 16), (byte) (i >>> 8), (byte) i}));
    }
    return hashes;
  }

  private static String name(PeerId peer) {
    return peer.equals(A) ? "A" : peer.equals(B) ? "B" : "?";
  }

  private final class HeldPool implements TransactionGossip.Pool {
    @Override
    public boolean wants(Hash hash) {
      return !held.containsKey(hash);
    }

    @Override
    public Optional<Bytes> transaction(Hash hash) {
      return Optional.ofNullable(held.get(hash));
    }

    @Override
    public void arrived(PeerId from, List<Bytes> transactions) {
      sent.add("arrived " + name(from) + " " + transactions.size());
    }
  }

  private final class Written implements TransactionGossip.Outbox {
    @Override
    public boolean give(PeerId to, List<Bytes> transactions) {
      sent.add("give " + name(to) + " " + transactions.size());
      return hasRoom;
    }

    @Override
    public boolean announce(PeerId to, List<Hash> hashes) {
      sent.add("announce " + name(to) + " " + hashes.size());
      return hasRoom;
    }

    @Override
    public void request(PeerId from, List<Hash> hashes) {
      sent.add("request " + name(from) + " " + hashes.size());
    }

    @Override
    public boolean answer(PeerId to, long request, List<Bytes> transactions) {
      sent.add("answer " + name(to) + " #" + request + " " + transactions.size());
      return --answersThatFit > 0;
    }

    @Override
    public void unanswered(PeerId by) {
      sent.add("unanswered " + name(by));
    }
  }
}

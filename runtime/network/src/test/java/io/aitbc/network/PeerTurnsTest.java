// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerTurnsTest {
  private static final Hash A = hash(1);
  private static final Hash B = hash(2);

  private final PeerTurns turns = new PeerTurns();

  @Test // Protocol §15.3
  void eachPeerHasOneTurnForEachHashAndNoTurnIsOfMoreThanEight() {
    for (int i = 0; i < 20; i++) {
      turns.connected(peer(i));
    }
    turns.add(List.of(A));
    List<PeerId> told = new ArrayList<>();
    Map<PeerId, List<Hash>> first = turns.next();
    assertEquals(PeerTurns.PEERS_MAX, first.size());
    told.addAll(first.keySet());
    turns.add(List.of(B));
    Map<PeerId, List<Hash>> second = turns.next();
    told.addAll(second.keySet());
    second.values().forEach(each -> assertEquals(List.of(A, B), each));
    Map<PeerId, List<Hash>> third = turns.next();
    assertEquals(List.of(A, B), third.get(peer(16)));
    assertEquals(List.of(B), third.get(peer(0))); // It was told A.
    third.keySet().stream().limit(4).forEach(told::add);
    assertEquals(20, told.stream().distinct().count());
    assertTrue(turns.isPending());
    assertEquals(4, turns.next().size());
    assertFalse(turns.isPending());
    assertEquals(Map.of(), turns.next());
  }

  @Test // Protocol §15.3
  void whoConnectsHearsOfWhatComesAfterAndWhoLeavesOfNothing() {
    turns.connected(peer(0));
    turns.add(List.of(A));
    turns.connected(peer(1));
    turns.add(List.of(B));
    turns.disconnected(peer(0));
    assertEquals(Map.of(peer(1), List.of(B)), turns.next());
    turns.disconnected(peer(1));
    turns.add(List.of(A));
    assertFalse(turns.isPending());
  }

  @Test // Protocol §15.3
  void ofTooManyTheOldestAreLeftOut() {
    turns.connected(peer(0));
    for (int i = 0; i <= PeerTurns.WAITING_MAX; i++) {
      turns.add(List.of(hash(i)));
    }
    List<Hash> told = turns.next().getOrDefault(peer(0), List.of());
    assertEquals(PeerTurns.WAITING_MAX, told.size());
    assertEquals(hash(1), told.getFirst());
    turns.add(List.of(A));
    assertEquals(Map.of(peer(0), List.of(A)), turns.next());
  }

  private static PeerId peer(int index) {
    return PeerTableTest.id(10 + index);
  }

  private static Hash hash(int value) {
    return Keccak256.hash(new byte[] {(byte) (value >>> 16), (byte) (value >>> 8), (byte) value});
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.crypto.Bytes;
import io.aitbc.crypto.Keccak256;
import io.aitbc.crypto.Workers;
import io.aitbc.model.Amount;
import io.aitbc.model.UInt256;
import io.aitbc.testkit.DecoderTorture;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StateProofTest { // Protocol §13.3
  private static final int ADDRESSES = 60;
  private static final List<UInt256> KEYS = LongStream.range(0, 25).mapToObj(UInt256::of).toList();

  @Test
  void whatTheStateHoldsAndWhatItDoesNotIsProven() {
    Seed.forAll(
        1,
        20,
        seed -> {
          MemoryState state = state(seed);
          for (int i = 0; i < ADDRESSES + 20; i++) {
            StateProof proof = StateProof.of(state, RandomStates.address(i), KEYS);
            assertEquals(Optional.empty(), proof.verify(state.root()));
          }
        });
  }

  @Test
  void inTheEmptyStateNothingIsProvenAbsentByNoNodes() {
    StateProof proof = StateProof.of(new MemoryState(), RandomStates.address(1), KEYS);
    assertEquals(Optional.empty(), proof.verify(Account.EMPTY_TRIE_ROOT));
    assertEquals(List.of(), proof.accountProof().nodes());
  }

  @Test
  void aProofWithAnyByteChangedIsRefused() {
    Seed seed = Seed.of(11);
    MemoryState state = state(seed);
    for (int i = 0; i < 20; i++) {
      StateProof proof = StateProof.of(state, RandomStates.address(i), List.of());
      List<Bytes> nodes = proof.accountProof().nodes();
      for (int node = 0; node < nodes.size(); node++) {
        for (int at = 0; at < nodes.get(node).length(); at++) {
          byte[] damaged = nodes.get(node).toArray();
          damaged[at] ^= (byte) (1 << seed.below(8));
          StateProof forged = with(proof, proof.account(), replaced(nodes, node, damaged));
          assertInstanceOf(
              ProofRejection.WrongHash.class, forged.verify(state.root()).orElseThrow());
        }
      }
    }
  }

  @Test
  void aProofOfAnotherBalanceIsRefused() {
    MemoryState state = state(Seed.of(12));
    for (int i = 0; i < ADDRESSES; i++) {
      StateProof proof = StateProof.of(state, RandomStates.address(i), List.of());
      Account richer = proof.account().withBalance(proof.account().balance().plus(Amount.wei(1)));
      assertInstanceOf(
          ProofRejection.WrongClaim.class,
          with(proof, richer, proof.accountProof().nodes()).verify(state.root()).orElseThrow());
    }
  }

  @Test
  void aProofOfAnotherSlotValueIsRefused() {
    MemoryState state = state(Seed.of(13));
    for (int i = 0; i < ADDRESSES; i++) {
      StateProof proof = StateProof.of(state, RandomStates.address(i), KEYS);
      for (StateProof.SlotProof slot : proof.slots()) {
        UInt256 other = slot.value().isZero() ? UInt256.ONE : UInt256.ZERO;
        var forged = new StateProof.SlotProof(slot.key(), other, slot.proof());
        var claim =
            new StateProof(proof.address(), proof.account(), proof.accountProof(), List.of(forged));
        assertInstanceOf(ProofRejection.WrongClaim.class, claim.verify(state.root()).orElseThrow());
      }
    }
  }

  @Test
  void aProofThatEndsEarlyOrGoesOnIsRefused() {
    MemoryState state = state(Seed.of(14));
    StateProof proof = StateProof.of(state, RandomStates.address(3), List.of());
    List<Bytes> nodes = proof.accountProof().nodes();
    assertTrue(nodes.size() > 1);
    assertEquals(
        Optional.of(new ProofRejection.NodeMissing(nodes.size() - 1)),
        with(proof, proof.account(), nodes.subList(0, nodes.size() - 1)).verify(state.root()));
    List<Bytes> longer = new ArrayList<>(nodes);
    longer.add(nodes.getLast());
    assertEquals(
        Optional.of(new ProofRejection.NodesLeft(nodes.size(), nodes.size() + 1)),
        with(proof, proof.account(), longer).verify(state.root()));
  }

  @Test
  void aProofUnderAnotherRootIsRefused() {
    MemoryState state = state(Seed.of(15));
    StateProof proof = StateProof.of(state, RandomStates.address(3), List.of());
    assertTrue(proof.verify(Account.EMPTY_CODE_HASH).isPresent());
    assertTrue(proof.verify(Account.EMPTY_TRIE_ROOT).isPresent());
  }

  @Test
  void nodesOfStrangersAreJudgedWithinBounds() {
    MemoryState state = state(Seed.of(16));
    StateProof proof = StateProof.of(state, RandomStates.address(3), List.of());
    Bytes key = StateTrie.hash(proof.address()).toBytes();
    List<byte[]> samples = proof.accountProof().nodes().stream().map(Bytes::toArray).toList();
    new DecoderTorture(
            input -> new MerkleProof(List.of(Bytes.wrap(input))).verify(Keccak256.hash(input), key),
            _ -> false)
        .run(17, 500, samples);
  }

  private static StateProof with(StateProof proof, Account account, List<Bytes> nodes) {
    return new StateProof(proof.address(), account, new MerkleProof(nodes), proof.slots());
  }

  private static List<Bytes> replaced(List<Bytes> nodes, int index, byte[] node) {
    List<Bytes> changed = new ArrayList<>(nodes);
    changed.set(index, Bytes.of(node));
    return changed;
  }

  private static MemoryState state(Seed seed) {
    MemoryState state = new MemoryState();
    Overlay overlay = new Overlay(state);
    RandomStates.change(seed, overlay, ADDRESSES, 300);
    var _ = RandomStates.advance(state, overlay, Workers.NONE);
    return state;
  }
}

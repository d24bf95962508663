// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Peer;
import io.aitbc.crypto.Hash;
import io.aitbc.crypto.Keccak256;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import io.aitbc.testkit.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

// Protocol §10.4: networks without votes.
class AuthorityChainTest {
  private static void assertOneChain(AuthorityNetwork network) {
    List<AuthoredBlock> chain = network.nodes.getFirst().applied;
    for (AuthorityNetwork.Node node : network.nodes) {
      assertEquals(chain, node.applied, "node " + node.index);
      assertEquals(node.replayed(), node.ledger, "node " + node.index);
    }
  }

  private static AuthoredBlock next(AuthorityNetwork network, AuthoredBlock parent, long slot) {
    return network.block(parent.height().next(), slot, parent.blockHash(), 99);
  }

  private static List<BlockRefusal> blamed(AuthorityNetwork.Node node) {
    return node.effects(AuthorityEffect.Blame.class).stream()
        .map(AuthorityEffect.Blame::reason)
        .toList();
  }

  @Test // Protocol §10.4: PROPOSER_ID.
  void oneProposerMakesEveryBlock() {
    AuthorityNetwork network = new AuthorityNetwork(1, 2);
    network.runSlots(20);
    assertOneChain(network);
    assertTrue(network.nodes.get(2).applied.size() >= 19);
  }

  @Test // Protocol §10.4
  void proposersTakeTurns() {
    AuthorityNetwork network = new AuthorityNetwork(4, 1);
    network.runSlots(20);
    assertOneChain(network);
    for (AuthoredBlock block : network.nodes.getFirst().applied) {
      assertEquals(block.slot() % 4 + 1, block.body().at(0));
    }
  }

  @Test // Protocol §10.4: a silent proposer leaves its slots empty.
  void missedSlotsAreSkipped() {
    AuthorityNetwork network = new AuthorityNetwork(3, 0);
    network.losing((from, _) -> from == 1);
    network.runSlots(15);
    assertTrue(network.nodes.get(0).applied.stream().noneMatch(b -> b.slot() % 3 == 1));
    assertTrue(network.nodes.get(0).applied.size() >= 9);
  }

  @Test // Protocol §10.4: the shorter side takes its blocks back by their diffs.
  void afterAShortSplitTheLongestChainCounts() {
    AuthorityNetwork network = new AuthorityNetwork(5, 1);
    network.runSlots(10);
    network.losing((from, to) -> (from < 3) != (to < 3));
    network.runSlots(15);
    network.losing((_, _) -> false);
    network.runSlots(10);
    assertOneChain(network);
    assertEquals(0, network.nodes.get(0).deepestRollBack);
    assertTrue(network.nodes.get(4).deepestRollBack > 0);
  }

  @Test // Protocol §10.4: never deeper than ten blocks.
  void afterALongSplitTheShorterSideStopsAndAsksItsOperator() {
    AuthorityNetwork network = new AuthorityNetwork(5, 0);
    network.runSlots(10);
    network.losing((from, to) -> (from < 3) != (to < 3));
    network.runSlots(50);
    network.losing((_, _) -> false);
    network.runSlots(20);
    AuthorityNetwork.Node shorter = network.nodes.get(4);
    assertTrue(shorter.chain.split().isPresent());
    assertEquals(1, shorter.effects(AuthorityEffect.StopSplit.class).size());
    assertEquals(0, shorter.deepestRollBack);
    assertTrue(network.nodes.get(0).chain.split().isEmpty());
    int applied = shorter.applied.size();
    network.runSlots(10);
    assertEquals(applied, shorter.applied.size());
    shorter.on(new AuthorityInput.OperatorKeeps());
    network.runSlots(30);
    assertEquals(Optional.empty(), shorter.chain.split());
    assertTrue(shorter.applied.size() > applied);
  }

  @Test // Protocol §10.4: the bound is exact.
  void tenBlocksAreTakenBackAndElevenAreNot() {
    for (int own = 10; own <= 11; own++) {
      AuthorityNetwork network = new AuthorityNetwork(2, 1);
      AuthorityNetwork.Node node = network.nodes.get(2);
      network.losing((_, _) -> true);
      network.runSlots(80);
      AuthoredBlock last = null;
      for (int i = 0; i < own; i++) {
        last = fork(network, last, 2L * i, 1);
        node.receive(0, last);
      }
      network.runSlots(1);
      List<AuthoredBlock> before = List.copyOf(node.applied);
      assertEquals(own, before.size());
      last = null;
      for (int i = 0; i <= own; i++) {
        last = fork(network, last, 2L * i + 1, 2);
        node.receive(1, last);
      }
      network.runSlots(1);
      assertEquals(11, node.applied.size());
      assertEquals(own == 10 ? 10 : 0, node.deepestRollBack);
      assertEquals(own == 11, node.chain.split().isPresent());
    }
  }

  private static AuthoredBlock fork(
      AuthorityNetwork network, @Nullable AuthoredBlock parent, long slot, int body) {
    return parent == null
        ? network.block(new Height(1), slot, AuthorityNetwork.GENESIS, body)
        : network.block(parent.height().next(), slot, parent.blockHash(), body);
  }

  @Test // Protocol §10.4: one proposer can sign for all its slots of the past.
  void aSingleProposerStopsNobody() {
    AuthorityNetwork network = new AuthorityNetwork(4, 0);
    network.runSlots(200);
    AuthorityNetwork.Node node = network.nodes.get(0);
    Hash parent = Keccak256.hash(new byte[] {1});
    Height height = node.chain.base().height().next();
    for (int i = 1; i < 40; i++) {
      AuthoredBlock block = network.block(height, 4L * i + 1, parent, 98);
      node.receive(1, block);
      parent = block.blockHash();
      height = height.next();
    }
    network.runSlots(8);
    assertEquals(List.of(), node.effects(AuthorityEffect.StopSplit.class));
    assertOneChain(network);
  }

  @Test // Protocol §10.4
  void everyRefusalNamesWhatIsWrong() {
    AuthorityNetwork network = new AuthorityNetwork(4, 0);
    network.runSlots(40);
    AuthorityNetwork.Node node = network.nodes.get(0);
    AuthoredBlock head = node.applied.getLast();
    long slot = head.slot() + 1;
    AuthoredBlock good = next(network, head, slot);
    node.receive(
        1,
        new AuthoredBlock(
            good.height(),
            slot,
            good.parentHash(),
            good.blockHash(),
            good.body(),
            head.signature()));
    node.receive(1, next(network, head, slot + 10));
    node.receive(1, next(network, head, head.slot()));
    node.receive(1, network.block(head.height().next().next(), slot, head.blockHash(), 97));
    List<Class<?>> kinds = new ArrayList<>(blamed(node).stream().map(Object::getClass).toList());
    assertTrue(kinds.contains(BlockRefusal.FromFuture.class), kinds.toString());
    assertTrue(kinds.contains(BlockRefusal.SlotNotLater.class), kinds.toString());
    assertTrue(kinds.contains(BlockRefusal.WrongHeight.class), kinds.toString());
    network.runSlots(1);
    assertTrue(
        blamed(node).stream().anyMatch(BlockRefusal.WrongSignature.class::isInstance),
        blamed(node).toString());
  }

  @Test // Protocol §10.4
  void aFirstBlockOnAnotherGenesisIsRefused() {
    AuthorityNetwork network = new AuthorityNetwork(2, 1);
    network
        .nodes
        .get(2)
        .receive(0, network.block(new Height(1), 0, Keccak256.hash(new byte[] {3}), 1));
    assertInstanceOf(BlockRefusal.NotOnGenesis.class, blamed(network.nodes.get(2)).getFirst());
  }

  @Test // Protocol §10.4: what cannot be executed is refused with all that stands on it.
  void aLongerChainThatDoesNotExecuteIsLeftAgain() {
    AuthorityNetwork network = new AuthorityNetwork(2, 1);
    network.runSlots(6);
    AuthorityNetwork.Node node = network.nodes.get(2);
    List<AuthoredBlock> before = List.copyOf(node.applied);
    network.losing((_, to) -> to == 2);
    network.runSlots(6);
    AuthoredBlock fork = before.get(before.size() - 3);
    AuthoredBlock bad = network.block(fork.height().next(), fork.slot() + 1, fork.blockHash(), -5);
    AuthoredBlock parent = bad;
    node.receive(0, bad);
    for (int i = 0; i < 4; i++) {
      parent = next(network, parent, parent.slot() + 1);
      node.receive(0, parent);
    }
    network.runSlots(1);
    assertTrue(blamed(node).stream().anyMatch(BlockRefusal.BadExecution.class::isInstance));
    assertEquals(before, node.applied);
    assertEquals(node.replayed(), node.ledger);
    node.receive(0, next(network, bad, bad.slot() + 7));
    assertInstanceOf(BlockRefusal.Refused.class, blamed(node).getLast());
  }

  @Test // Protocol §10.4: a slot is signed once in the whole life of a key.
  void aRestartedProposerSignsNoSlotTwice() {
    AuthorityNetwork network = new AuthorityNetwork(1, 1);
    for (int i = 0; i < 60; i++) {
      network.nowMillis += 333;
      network.runSlots(0);
      network.nodes.getFirst().restart();
    }
    network.runSlots(3);
    List<Long> slots = network.nodes.getFirst().slotsSigned;
    assertEquals(slots.stream().distinct().toList(), slots);
    assertTrue(slots.size() > 3);
    assertOneChain(network);
  }

  @Test // Protocol §10.4: also when its block was lost.
  void aSlotThatWasSignedIsNotBuiltForAgain() {
    AuthorityNetwork network = new AuthorityNetwork(1, 0);
    AuthorityStart start =
        new AuthorityStart(
            AuthorityNetwork.GENESIS,
            new Identity.Validating(AuthorityNetwork.validator(0).account()),
            network.schedule,
            new AuthorityStart.Position(Height.GENESIS, -1, AuthorityNetwork.GENESIS),
            List.of(),
            5,
            network.schedule.beginOf(5));
    AuthorityInput again = new AuthorityInput.SlotBegan(5);
    AuthorityInput next = new AuthorityInput.SlotBegan(6);
    AuthorityChain chain = AuthorityChain.recover(start);
    assertTrue(chain.on(again).stream().noneMatch(AuthorityEffect.Build.class::isInstance));
    assertTrue(chain.on(new AuthorityInput.TimePassed(network.schedule.beginOf(6))).isEmpty());
    assertTrue(chain.on(next).stream().anyMatch(AuthorityEffect.Build.class::isInstance));
  }

  private static AuthorityInput holds(Peer from, AuthoredBlock block) {
    return new AuthorityInput.Verified(from, block.blockHash(), AuthorityInput.Verdict.HOLDS);
  }

  private static AuthorityChain follower(AuthorityNetwork network, long slot) {
    return AuthorityChain.recover(
        new AuthorityStart(
            AuthorityNetwork.GENESIS,
            new Identity.Following(),
            network.schedule,
            new AuthorityStart.Position(Height.GENESIS, -1, AuthorityNetwork.GENESIS),
            List.of(),
            -1,
            network.schedule.beginOf(slot)));
  }

  @Test // Protocol §10.4: a body can be spoiled by whoever passes it on.
  void aSpoiledBodyCostsItsBringerAndHoldsUpNobodyElse() {
    AuthorityNetwork network = new AuthorityNetwork(2, 0);
    AuthorityChain chain = follower(network, 9);
    AuthoredBlock block = network.block(new Height(1), 0, AuthorityNetwork.GENESIS, 1);
    Peer liar = AuthorityNetwork.peer(0);
    Peer honest = AuthorityNetwork.peer(1);
    for (Peer each : List.of(liar, honest)) {
      List<AuthorityEffect> effects = chain.on(new AuthorityInput.Received(each, block));
      assertEquals(
          List.of(each),
          effects.stream().map(effect -> ((AuthorityEffect.Verify) effect).from()).toList());
    }
    List<AuthorityEffect> effects =
        chain.on(
            new AuthorityInput.Verified(
                liar, block.blockHash(), AuthorityInput.Verdict.WRONG_BODY));
    assertEquals(
        List.of(new AuthorityEffect.Blame(liar, new BlockRefusal.WrongBody(block.blockHash()))),
        effects);
    assertEquals(List.of(new AuthorityEffect.Execute(block)), chain.on(holds(honest, block)));
  }

  @Test // Protocol §10.4
  void aFloodOfOnePeerHoldsUpNoBlockOfAnother() {
    AuthorityNetwork network = new AuthorityNetwork(2, 0);
    AuthorityChain chain = follower(network, 5_000);
    Peer flooding = AuthorityNetwork.peer(0);
    int checks = 0;
    for (int i = 1; i < 1_000; i++) {
      Hash unknown = Keccak256.hash(new byte[] {(byte) i, (byte) (i >> 8)});
      AuthoredBlock block = network.block(new Height(2 + i), i, unknown, 1);
      checks += chain.on(new AuthorityInput.Received(flooding, block)).size();
    }
    assertEquals(AuthorityChain.CHECKS_PER_PEER_MAX, checks);
    Peer honest = AuthorityNetwork.peer(1);
    AuthoredBlock block = network.block(new Height(1), 0, AuthorityNetwork.GENESIS, 1);
    assertEquals(1, chain.on(new AuthorityInput.Received(honest, block)).size());
    assertTrue(chain.isChecking(honest, block.blockHash()));
    assertEquals(List.of(new AuthorityEffect.Execute(block)), chain.on(holds(honest, block)));
    assertTrue(!chain.isChecking(honest, block.blockHash()));
  }

  @Test // Protocol §10.4
  void whatIsMissingOnTheWayToAPeersHeadIsKnown() {
    AuthorityNetwork network = new AuthorityNetwork(2, 0);
    AuthorityChain chain = follower(network, 9);
    AuthoredBlock lower = network.block(new Height(1), 0, AuthorityNetwork.GENESIS, 1);
    AuthoredBlock upper = next(network, lower, 1);
    Peer peer = new Peer(AuthorityNetwork.GENESIS.toBytes());
    assertEquals(Optional.of(upper.blockHash()), chain.missing(upper.blockHash()));
    var _ = chain.on(new AuthorityInput.Received(peer, upper));
    assertEquals(Optional.empty(), chain.missing(upper.blockHash()), "it is being checked");
    var _ = chain.on(holds(peer, upper));
    assertEquals(Optional.of(lower.blockHash()), chain.missing(upper.blockHash()));
    var _ = chain.on(new AuthorityInput.Received(peer, lower));
    var _ = chain.on(holds(peer, lower));
    assertEquals(Optional.empty(), chain.missing(upper.blockHash()));
    var _ = chain.on(new AuthorityInput.Executed(lower.blockHash(), false));
    assertEquals(Optional.empty(), chain.missing(upper.blockHash()), "refused");
    assertEquals(Optional.empty(), chain.missing(AuthorityNetwork.GENESIS));
  }

  @Test // Protocol §10.4
  void aFloodIsBounded() {
    AuthorityNetwork network = new AuthorityNetwork(2, 0);
    BlockTree tree =
        new BlockTree(new AuthorityStart.Position(Height.GENESIS, -1, AuthorityNetwork.GENESIS));
    AuthoredBlock own = network.block(new Height(1), 0, AuthorityNetwork.GENESIS, 1);
    tree.add(own, own.blockHash());
    for (int i = 1; i < 2_000; i++) {
      Hash unknown = Keccak256.hash(new byte[] {(byte) i, (byte) (i >> 8)});
      tree.add(network.block(new Height(2 + i), i, unknown, 1), own.blockHash());
    }
    assertEquals(BlockTree.BLOCKS_MAX, tree.size());
    assertTrue(tree.find(own.blockHash()).isPresent());
    AuthoredBlock first = network.block(new Height(2), 1, own.blockHash(), 1);
    tree.add(first, own.blockHash());
    tree.add(network.block(new Height(2), 1, own.blockHash(), 2), own.blockHash());
    assertTrue(!tree.hasRoomIn(1));
  }

  @Test // Protocol §10.4
  void afterAnySplitsShorterThanTenBlocksEverybodyAgrees() {
    Seed.forAll(
        3_000,
        60,
        seed -> {
          AuthorityNetwork network = new AuthorityNetwork(1 + seed.below(6), seed.below(3));
          for (int i = 0; i < 6; i++) {
            int side = seed.below(1 << network.nodes.size());
            int lossPercent = seed.below(30);
            network.losing((from, to) ->
                (side >> from & 1) != (side >> to & 1) || seed.below(100) < lossPercent);
            network.runSlots(1 + seed.below(8));
            network.losing((_, _) -> false);
            network.runSlots(8);
          }
          network.runSlots(8);
          assertOneChain(network);
        });
  }

  @Test // Protocol §10.4: beyond ten blocks somebody is asked; nobody is taken back so far.
  void afterSplitsOfAnyLengthNodesAgreeOrAskTheirOperators() {
    Seed.forAll(
        300,
        60,
        seed -> {
          AuthorityNetwork network = new AuthorityNetwork(2 + seed.below(5), seed.below(3));
          int side = seed.below(1 << network.nodes.size());
          network.runSlots(seed.below(30));
          network.losing((from, to) -> (side >> from & 1) != (side >> to & 1));
          network.runSlots(1 + seed.below(80));
          network.losing((_, _) -> false);
          network.runSlots(40);
          // Whoever was asked starts anew on the chain of those who went on.
          AuthorityNetwork.Node other = network.nodes.getFirst();
          for (AuthorityNetwork.Node node : network.nodes) {
            assertTrue(node.deepestRollBack <= NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX);
            other = node.chain.split().isEmpty() ? node : other;
          }
          assertTrue(other.chain.split().isEmpty(), "all have stopped");
          Hash farthest = other.applied.getLast().blockHash();
          for (AuthorityNetwork.Node node : network.nodes) {
            boolean isThere =
                node.applied.stream().anyMatch(block -> block.blockHash().equals(farthest));
            assertTrue(isThere || node.chain.split().isPresent(), "node " + node.index);
          }
        });
  }
}

// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import io.aitbc.consensus.Identity;
import io.aitbc.consensus.Peer;
import io.aitbc.consensus.poa.AuthorityStart.Position;
import io.aitbc.crypto.BlsSignature;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.NetworkKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A node of a network without votes: it follows the longest chain, takes back at most {@link
/// NetworkKind.Poa#REORGANIZATION_BLOCKS_MAX} blocks for a longer one, and stops where that would
/// not do. It has no clock, key, disk, socket or thread and belongs to one thread. Protocol §10.4.
public final class AuthorityChain {
  /// How far a slot may lie ahead of this node's clock.
  public static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);

  /// Blocks ahead from which on a peer's blocks are asked for in ascending order, not one by one
  /// from above.
  static final int FETCH_BLOCKS_MAX = 64;

  /// Blocks of one peer that are checked at one time: as many as it is asked for at once, and some
  /// that it sends by itself. Each peer has its own, so a flood of one holds up no block of
  /// another.
  static final int CHECKS_PER_PEER_MAX = 2 * FETCH_BLOCKS_MAX;

  private final Hash genesisHash;
  private final Identity identity;
  private final Schedule schedule;
  private final BlockTree tree;

  /// Blocks that are being checked, each for every peer that brought it: one may have spoiled the
  /// body.
  private final Map<Peer, Map<Hash, AuthoredBlock>> checking = new LinkedHashMap<>();

  private final Map<Hash, Peer> bringers = new LinkedHashMap<>();
  private List<AuthorityEffect> effects = new ArrayList<>();
  private Position head;
  private Optional<AuthoredBlock> executing = Optional.empty();
  private Optional<AuthorityInput.Built> signing = Optional.empty();
  private Optional<Hash> split = Optional.empty();
  private long lastSlotSigned;
  private Instant now;

  private AuthorityChain(AuthorityStart start) {
    genesisHash = start.genesisHash();
    identity = start.identity();
    schedule = start.schedule();
    lastSlotSigned = start.lastSlotSigned();
    now = start.now();
    tree = new BlockTree(start.base());
    head = start.base();
    for (AuthoredBlock block : start.chain()) {
      tree.add(block, block.blockHash());
      head = Position.of(block);
    }
  }

  /// Begins where the chain and the signed slot say that this node stands.
  public static AuthorityChain recover(AuthorityStart start) {
    return new AuthorityChain(start);
  }

  /// The first effects. Called once, before any input.
  public List<AuthorityEffect> start() {
    wakeAfter(schedule.slotAt(now));
    return drain();
  }

  /// The last block that is applied. Never final.
  public Position head() {
    return head;
  }

  /// The highest block that is never taken back by itself.
  public Position base() {
    return tree.base();
  }

  /// Height of the highest block whose way down to the base is known; at least the head's.
  public Height reached() {
    return tree.highest()
        .map(AuthoredBlock::height)
        .filter(height -> height.isAbove(head.height()))
        .orElse(head.height());
  }

  /// How long a slot lasts.
  public Duration slot() {
    return schedule.slot();
  }

  /// Whether the head is so young that not every proposer has had a whole turn since.
  public boolean isCurrent() {
    return schedule.slotAt(now) - head.slot() <= schedule.proposers().size();
  }

  /// The head of the longer chain that stopped this node, until its operator has spoken.
  public Optional<Hash> split() {
    return split;
  }

  /// The block to ask for on the way to a head that a peer speaks of: the head itself, or the one
  /// that is missing below it; empty if nothing is, or the head is refused.
  public Optional<Hash> missing(Hash peerHead) {
    if (tree.find(peerHead).isPresent()) {
      return tree.missing(peerHead);
    }
    boolean unwanted =
        tree.isRefused(peerHead)
            || checking.values().stream().anyMatch(each -> each.containsKey(peerHead))
            || tree.base().hash().equals(peerHead);
    return unwanted ? Optional.empty() : Optional.of(peerHead);
  }

  /// Whether a block that a peer brought is being checked.
  public boolean isChecking(Peer from, Hash blockHash) {
    return checking.getOrDefault(from, Collections.emptyMap()).containsKey(blockHash);
  }

  /// Takes an input and gives back what is to be done because of it, in order.
  public List<AuthorityEffect> on(AuthorityInput input) {
    switch (input) {
      case AuthorityInput.TimePassed(Instant time) -> now = time;
      case AuthorityInput.SlotBegan(long slot) -> slotBegan(slot);
      case AuthorityInput.Received(Peer from, AuthoredBlock block) -> received(from, block);
      case AuthorityInput.Verified(Peer from, Hash blockHash, AuthorityInput.Verdict verdict) ->
          verified(from, blockHash, verdict);
      case AuthorityInput.Executed(Hash blockHash, boolean holds) -> executed(blockHash, holds);
      case AuthorityInput.Built built -> built(built);
      case AuthorityInput.Signed(Hash blockHash, BlsSignature signature) ->
          signed(blockHash, signature);
      case AuthorityInput.OperatorKeeps _ -> {
        split.ifPresent(tree::refuseBranch);
        split = Optional.empty();
      }
    }
    progress();
    return drain();
  }

  private List<AuthorityEffect> drain() {
    List<AuthorityEffect> drained = effects;
    effects = new ArrayList<>();
    return drained;
  }

  // ---- Blocks of others.

  private void received(Peer from, AuthoredBlock block) {
    long latest = schedule.slotAt(now.plus(CLOCK_TOLERANCE));
    if (block.slot() > latest) {
      blame(from, new BlockRefusal.FromFuture(block.slot(), latest));
      return;
    }
    int checks = checking.getOrDefault(from, Collections.emptyMap()).size();
    boolean known = tree.find(block.blockHash()).isPresent() || isChecking(from, block.blockHash());
    boolean wanted = block.height().isAbove(tree.base().height()) && tree.hasRoomIn(block.slot());
    if (known || !wanted || checks == CHECKS_PER_PEER_MAX) {
      return;
    }
    Optional<BlockRefusal> refusal = tree.refusal(block);
    if (refusal.isPresent()) {
      blame(from, refusal.get());
      return;
    }
    checking.computeIfAbsent(from, _ -> new LinkedHashMap<>()).put(block.blockHash(), block);
    effects.add(
        new AuthorityEffect.Verify(
            from, block, schedule.proposer(block.slot()), block.message(genesisHash)));
  }

  private void verified(Peer from, Hash blockHash, AuthorityInput.Verdict verdict) {
    Optional<AuthoredBlock> checked = checked(from, blockHash);
    if (checked.isEmpty()) {
      return;
    }
    AuthoredBlock block = checked.get();
    Optional<BlockRefusal> refusal =
        switch (verdict) {
          case HOLDS -> tree.refusal(block);
          case WRONG_SIGNATURE -> Optional.of(new BlockRefusal.WrongSignature(block.slot()));
          case WRONG_BODY -> Optional.of(new BlockRefusal.WrongBody(blockHash));
        };
    if (refusal.isPresent()) {
      blame(from, refusal.get());
      return;
    }
    if (tree.find(blockHash).isPresent()) {
      return; // Another peer brought it meanwhile.
    }
    if (!block.height().isAbove(tree.base().height()) || !tree.hasRoomIn(block.slot())) {
      return; // The base has risen, or the slot was filled, since the check began.
    }
    tree.add(block, head.hash());
    bringers.put(blockHash, from);
    bringers.keySet().removeIf(hash -> tree.find(hash).isEmpty());
    tree.missing(blockHash).ifPresent(parent -> fetch(from, block, parent));
  }

  /// A block whose check has ended.
  private Optional<AuthoredBlock> checked(Peer from, Hash blockHash) {
    Map<Hash, AuthoredBlock> blocks = checking.getOrDefault(from, Collections.emptyMap());
    if (!blocks.containsKey(blockHash)) {
      return Optional.empty();
    }
    Optional<AuthoredBlock> block = Optional.ofNullable(blocks.remove(blockHash));
    if (blocks.isEmpty()) {
      checking.remove(from);
    }
    return block;
  }

  private void fetch(Peer from, AuthoredBlock block, Hash parent) {
    long ahead = block.height().number() - head.height().number();
    effects.add(
        ahead > FETCH_BLOCKS_MAX
            ? new AuthorityEffect.CatchUp(from, head.height())
            : new AuthorityEffect.Fetch(from, parent));
  }

  private void blame(Peer peer, BlockRefusal reason) {
    effects.add(new AuthorityEffect.Blame(peer, reason));
  }

  // ---- The longest chain.

  /// Goes towards the longest chain by one execution, unless one is under way.
  private void progress() {
    if (executing.isPresent() || split.isPresent()) {
      return;
    }
    long longest =
        Math.max(head.height().number(), tree.highest().map(AuthorityChain::number).orElse(0L));
    Optional<AuthoredBlock> past =
        tree.highestPastBase()
            .filter(other -> other.height().number() > longest)
            .filter(other -> hasHonestAuthor(tree.path(other.blockHash())));
    if (past.isPresent()) {
      split = Optional.of(past.get().blockHash());
      effects.add(new AuthorityEffect.StopSplit(head.hash(), past.get().blockHash()));
      return;
    }
    if (longest > head.height().number()) {
      advance(tree.path(tree.highest().orElseThrow().blockHash()));
    }
  }

  /// Whether so many proposers made the blocks that one of them is honest. A single one can sign
  /// for all its slots of the past and make a branch as high as it likes.
  private boolean hasHonestAuthor(List<AuthoredBlock> branch) {
    long authors =
        branch.stream().map(block -> schedule.proposer(block.slot()).account()).distinct().count();
    return authors > (schedule.proposers().size() - 1) / 3;
  }

  private static long number(AuthoredBlock block) {
    return block.height().number();
  }

  /// Takes back what is not on the way to a block, then executes the next one on it.
  private void advance(List<AuthoredBlock> path) {
    List<AuthoredBlock> own = tree.path(head.hash());
    int shared = 0;
    while (shared < own.size() && own.get(shared).equals(path.get(shared))) {
      shared++;
    }
    if (shared < own.size()) {
      head = shared == 0 ? tree.base() : Position.of(own.get(shared - 1));
      effects.add(new AuthorityEffect.RollBack(head.height()));
    }
    executing = Optional.of(path.get(shared));
    effects.add(new AuthorityEffect.Execute(path.get(shared)));
  }

  private void executed(Hash blockHash, boolean holds) {
    if (executing.filter(block -> block.blockHash().equals(blockHash)).isEmpty()) {
      return;
    }
    AuthoredBlock block = executing.get();
    executing = Optional.empty();
    if (!holds) {
      tree.refuse(blockHash);
      Peer bringer = bringers.remove(blockHash);
      if (bringer != null) {
        blame(bringer, new BlockRefusal.BadExecution(blockHash));
      }
      return;
    }
    head = Position.of(block);
    effects.add(new AuthorityEffect.Append(block, Optional.ofNullable(bringers.remove(blockHash))));
    long settled = head.height().number() - NetworkKind.Poa.REORGANIZATION_BLOCKS_MAX;
    if (settled > tree.base().height().number()) {
      tree.settle(
          tree.path(blockHash).stream()
              .filter(below -> below.height().number() == settled)
              .findFirst()
              .orElseThrow());
    }
  }

  // ---- Own blocks.

  private void wakeAfter(long slot) {
    effects.add(new AuthorityEffect.WakeAt(slot + 1, schedule.beginOf(slot + 1)));
  }

  private void slotBegan(long slot) {
    wakeAfter(Math.max(slot, schedule.slotAt(now)));
    if (mayMake(slot)) {
      effects.add(new AuthorityEffect.Build(slot, head.height().next(), head.hash()));
    }
  }

  /// Whether this node makes the block of a slot: it is its proposer, the slot is now, nothing was
  /// signed for it, and the head is the longest chain it knows.
  private boolean mayMake(long slot) {
    return slot >= 0
        && slot == schedule.slotAt(now)
        && identity.is(schedule.proposer(slot).account())
        && slot > lastSlotSigned
        && slot > head.slot()
        && executing.isEmpty()
        && split.isEmpty();
  }

  private void built(AuthorityInput.Built built) {
    if (!mayMake(built.slot()) || !built.parentHash().equals(head.hash())) {
      return;
    }
    lastSlotSigned = built.slot();
    signing = Optional.of(built);
    effects.add(
        new AuthorityEffect.Sign(
            built.slot(), head.height().next(), built.parentHash(), built.blockHash()));
  }

  /// An own block goes to everybody, and the same way as others' through execution here.
  private void signed(Hash blockHash, BlsSignature signature) {
    Optional<AuthorityInput.Built> built =
        signing.filter(expected -> expected.blockHash().equals(blockHash));
    Optional<Position> parent = built.flatMap(b -> tree.position(b.parentHash()));
    if (parent.isEmpty()) {
      return;
    }
    signing = Optional.empty();
    AuthoredBlock block =
        new AuthoredBlock(
            parent.get().height().next(),
            built.get().slot(),
            built.get().parentHash(),
            blockHash,
            built.get().body(),
            signature);
    tree.add(block, head.hash());
    effects.add(new AuthorityEffect.Broadcast(block));
  }
}

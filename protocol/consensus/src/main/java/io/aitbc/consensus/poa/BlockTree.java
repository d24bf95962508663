// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus.poa;

import io.aitbc.consensus.poa.AuthorityStart.Position;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The signed blocks above the base, those that stand on it and those whose way down is not known
/// or goes past it. Bounded. Protocol §10.4.
final class BlockTree {
  /// Blocks kept: both sides of the deepest reorganization of 21 proposers that all make a side
  /// branch, with room to spare.
  static final int BLOCKS_MAX = 512;

  /// Blocks of one slot: one, and one that shows that its proposer signed two.
  static final int BLOCKS_PER_SLOT_MAX = 2;

  /// Hashes of refused blocks that are remembered; what stands on them is refused too.
  static final int REFUSED_MAX = 1_024;

  private final Map<Hash, AuthoredBlock> blocks = new LinkedHashMap<>();
  private final LinkedHashSet<Hash> refused = new LinkedHashSet<>();
  private Position base;

  /// What was found since the last change: each input asks for it.
  private Optional<Summits> summits = Optional.empty();

  private record Summits(Optional<AuthoredBlock> onBase, Optional<AuthoredBlock> pastBase) {}

  BlockTree(Position base) {
    this.base = base;
  }

  Position base() {
    return base;
  }

  Optional<AuthoredBlock> find(Hash hash) {
    return Optional.ofNullable(blocks.get(hash));
  }

  int size() {
    return blocks.size();
  }

  /// Where a block stands that is in the tree or its base.
  Optional<Position> position(Hash hash) {
    return hash.equals(base.hash()) ? Optional.of(base) : find(hash).map(Position::of);
  }

  /// Whether there is room for one more block of a slot.
  boolean hasRoomIn(long slot) {
    return blocks.values().stream().filter(block -> block.slot() == slot).count()
        < BLOCKS_PER_SLOT_MAX;
  }

  /// Why a block cannot stand where it says; empty if it can, or if its parent is not known.
  Optional<BlockRefusal> refusal(AuthoredBlock block) {
    if (refused.contains(block.blockHash()) || refused.contains(block.parentHash())) {
      return Optional.of(new BlockRefusal.Refused(block.blockHash()));
    }
    boolean first = block.height().number() == 1 && base.height().equals(Height.GENESIS);
    if (first && !block.parentHash().equals(base.hash())) {
      return Optional.of(new BlockRefusal.NotOnGenesis(block.parentHash()));
    }
    return position(block.parentHash())
        .flatMap(parent -> {
          if (!block.height().equals(parent.height().next())) {
            return Optional.of(new BlockRefusal.WrongHeight(parent.height(), block.height()));
          }
          return block.slot() <= parent.slot()
              ? Optional.of(new BlockRefusal.SlotNotLater(parent.slot(), block.slot()))
              : Optional.empty();
        });
  }

  /// Adds a block whose signature holds; {@code kept} is the chain that must not give way when
  /// there is no room. Blocks that stand on it and cannot are refused with it.
  void add(AuthoredBlock block, Hash kept) {
    summits = Optional.empty();
    blocks.put(block.blockHash(), block);
    for (AuthoredBlock child : List.copyOf(blocks.values())) {
      if (child.parentHash().equals(block.blockHash()) && refusal(child).isPresent()) {
        refuse(child.blockHash());
      }
    }
    if (blocks.size() > BLOCKS_MAX) {
      makeRoom(kept);
    }
  }

  /// What leads nowhere goes first, then side branches, the lowest first.
  private void makeRoom(Hash kept) {
    LinkedHashSet<Hash> own = new LinkedHashSet<>();
    path(kept).forEach(block -> own.add(block.blockHash()));
    blocks.values().stream()
        .filter(block -> !own.contains(block.blockHash()))
        .min(
            Comparator.comparing((AuthoredBlock block) -> stands(block.blockHash()))
                .thenComparing(AuthoredBlock::height))
        .ifPresent(block -> blocks.remove(block.blockHash()));
  }

  /// Refuses a block and everything on it, for good.
  void refuse(Hash hash) {
    summits = Optional.empty();
    ArrayDeque<Hash> open = new ArrayDeque<>(List.of(hash));
    while (!open.isEmpty()) {
      Hash next = open.removeFirst();
      blocks.remove(next);
      refused.add(next);
      if (refused.size() > REFUSED_MAX) {
        refused.removeFirst();
      }
      blocks.values().stream()
          .filter(block -> block.parentHash().equals(next))
          .forEach(block -> open.add(block.blockHash()));
    }
  }

  /// Whether a block was refused and is remembered.
  boolean isRefused(Hash hash) {
    return refused.contains(hash);
  }

  /// Whether the way down from a block ends at the base.
  private boolean stands(Hash hash) {
    return hash.equals(base.hash()) || lowest(hash).parentHash().equals(base.hash());
  }

  /// The lowest block that is known on the way down from one in the tree.
  private AuthoredBlock lowest(Hash hash) {
    AuthoredBlock block = find(hash).orElseThrow();
    Optional<AuthoredBlock> below = find(block.parentHash());
    while (below.isPresent()) {
      block = below.get();
      below = find(block.parentHash());
    }
    return block;
  }

  /// The hash of the block that is missing on the way down from one in the tree to the base; empty
  /// if none is, or if the way goes past the base.
  Optional<Hash> missing(Hash hash) {
    AuthoredBlock lowest = lowest(hash);
    boolean known = !lowest.height().isAbove(base.height().next());
    return known || stands(hash) ? Optional.empty() : Optional.of(lowest.parentHash());
  }

  /// The blocks from above the base up to one in the tree, ascending; none for the base.
  List<AuthoredBlock> path(Hash hash) {
    ArrayList<AuthoredBlock> path = new ArrayList<>();
    for (AuthoredBlock block = blocks.get(hash);
        block != null;
        block = blocks.get(block.parentHash())) {
      path.addFirst(block);
    }
    return path;
  }

  /// The highest block that stands on the base; of equals the first that came.
  Optional<AuthoredBlock> highest() {
    return summits().onBase();
  }

  /// The highest block whose way down is known and goes past the base.
  Optional<AuthoredBlock> highestPastBase() {
    return summits().pastBase();
  }

  private Summits summits() {
    if (summits.isEmpty()) {
      List<AuthoredBlock> onBase = new ArrayList<>();
      List<AuthoredBlock> pastBase = new ArrayList<>();
      Height above = base.height().next();
      for (AuthoredBlock block : blocks.values()) {
        AuthoredBlock lowest = lowest(block.blockHash());
        if (lowest.parentHash().equals(base.hash())) {
          onBase.add(block);
        } else if (lowest.height().equals(above)) {
          pastBase.add(block);
        }
      }
      summits = Optional.of(new Summits(first(onBase), first(pastBase)));
    }
    return summits.get();
  }

  private static Optional<AuthoredBlock> first(List<AuthoredBlock> candidates) {
    Optional<AuthoredBlock> highest = Optional.empty();
    for (AuthoredBlock block : candidates) {
      if (highest.isEmpty() || block.height().isAbove(highest.get().height())) {
        highest = Optional.of(block);
      }
    }
    return highest;
  }

  /// Raises the base to a block of the tree; what is not above it is forgotten.
  void settle(AuthoredBlock block) {
    summits = Optional.empty();
    base = Position.of(block);
    blocks.values().removeIf(other -> !other.height().isAbove(base.height()));
  }

  /// Refuses the whole branch that goes past the base and has this block on it.
  void refuseBranch(Hash hash) {
    refuse(lowest(hash).blockHash());
  }
}

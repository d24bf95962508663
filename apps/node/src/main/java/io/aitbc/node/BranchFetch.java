// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.node;

import io.aitbc.consensus.Peer;
import io.aitbc.consensus.poa.AuthorityChain;
import io.aitbc.crypto.Hash;
import io.aitbc.model.Height;
import io.aitbc.model.PeerMessage;
import io.aitbc.model.SlotBlockRequest;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// Asks peers that are ahead for what is missing of their chains, in a network without votes: a
/// range where it is more than one block, else the block by its hash. Belongs to the loop. Protocol
/// §10.4.
final class BranchFetch {
  /*
   * Anybody may say anything of its head, under as many names as it likes. So who has brought
   * blocks is asked first, then who has a place of its own; and who does not bring what it spoke
   * of, or slowly, costs the others one wait. Waits are by a monotonic clock: a wall clock that is
   * set while a peer is waited for says nothing of the peer.
   */

  /// Blocks asked for at once.
  static final int BATCH_BLOCKS = 64;

  /// How long after the last progress a peer is waited for.
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /// How many blocks a peer is to bring in a slot, or the next one is asked: a node that is behind
  /// must be faster than the chain.
  static final int BLOCKS_PER_SLOT_MIN = 2;

  /// Peers whose heads are remembered.
  static final int PEERS_MAX = 1_024;

  /// Blocks asked for by their hashes that are waited for.
  static final int HASHES_MAX = 1_024;

  private final AuthorityChain core;
  private final BiConsumer<Peer, PeerMessage> send;
  private final Predicate<Peer> isReserved;

  /// In the order in which they are asked, of those that are as good.
  private final Map<Peer, AuthorityPorts.Tip> heads = new LinkedHashMap<>();

  /// Peers of which blocks are in the own chain, and who brought what they spoke of since.
  private final Set<Peer> proven = new HashSet<>();

  private final Map<Hash, Asked> asked = new LinkedHashMap<>();
  private Optional<Range> range = Optional.empty();

  /// Of a peer that did not speak of its head.
  private static final AuthorityPorts.Tip NONE = new AuthorityPorts.Tip(Height.GENESIS, Hash.ZERO);

  /// Who was asked for a block, and when.
  private record Asked(Peer peer, long sinceNanos) {}

  /// Blocks that a peer was asked for.
  ///
  /// @param first height that was reached when it was asked
  /// @param last height of the last one
  /// @param beginNanos when it was asked
  /// @param reached height that was reached when the answer, or a part of it, was last waited for
  /// @param sinceNanos when that was
  private record Range(
      Peer peer, long first, long last, long beginNanos, long reached, long sinceNanos) {}

  /// @param core decides what is missing
  /// @param send sends to a peer
  /// @param isReserved whether a peer has a place of its own
  BranchFetch(AuthorityChain core, BiConsumer<Peer, PeerMessage> send, Predicate<Peer> isReserved) {
    this.core = core;
    this.send = send;
    this.isReserved = isReserved;
  }

  /// A peer has connected or said how far it is.
  ///
  /// @param nowNanos by a monotonic clock, here and everywhere
  void heard(Peer peer, AuthorityPorts.Tip head, long nowNanos) {
    if (heads.size() < PEERS_MAX || heads.containsKey(peer)) {
      heads.put(peer, head);
    }
    look(nowNanos);
  }

  /// A peer is gone.
  void lost(Peer peer) {
    failed(peer);
    range = range.filter(waiting -> !waiting.peer().equals(peer));
  }

  /// A block that a peer brought is in the own chain now.
  void proved(Peer peer) {
    if (heads.containsKey(peer)) {
      boolean _ = proven.add(peer);
    }
  }

  /// The peer is not asked until it speaks again, and then after the others.
  private void failed(Peer peer) {
    heads.remove(peer);
    boolean _ = proven.remove(peer);
  }

  /// Whether a peer whose blocks are in the own chain says that its own is longer by more than the
  /// block that is on its way.
  boolean isBehind() {
    return core.split().isEmpty() && blocksBehind() > 1;
  }

  /// How many blocks above the own head peers say they have. A peer is believed once a block that
  /// it brought is in the own chain, until it does not bring what it spoke of.
  long blocksBehind() {
    long own = core.head().height().number();
    return heads.entrySet().stream()
        .filter(each -> proven.contains(each.getKey()))
        .mapToLong(each -> each.getValue().height().number() - own)
        .reduce(0, Math::max);
  }

  /// Asks peers that are ahead: one for a range, unless one is being waited for, and those before
  /// it for a block each. Called again and again.
  void look(long nowNanos) {
    long own = core.head().height().number();
    if (core.split().isPresent() || isWaiting(own, nowNanos)) {
      return;
    }
    forgetUnanswered(nowNanos);
    List<Peer> ahead =
        heads.entrySet().stream()
            .filter(each -> each.getValue().height().number() > own)
            .map(Map.Entry::getKey)
            .sorted(Comparator.comparingInt(this::rank).reversed())
            .toList();
    for (Peer peer : ahead) {
      AuthorityPorts.Tip head = heads.getOrDefault(peer, NONE);
      Optional<Hash> missing = core.missing(head.hash());
      if (missing.equals(Optional.of(head.hash())) && head.height().number() > own + 1) {
        heads.remove(peer); // Next time another one of those that are as good.
        heads.put(peer, head);
        range(peer, core.head().height(), nowNanos);
        return;
      }
      missing.ifPresent(hash -> block(peer, hash, nowNanos));
    }
  }

  private int rank(Peer peer) {
    return proven.contains(peer) ? 2 : isReserved.test(peer) ? 1 : 0;
  }

  private boolean isWaiting(long own, long nowNanos) {
    if (range.isEmpty()) {
      return false;
    }
    Range waiting = range.get();
    if (own >= waiting.last()) {
      range = Optional.empty();
      return false;
    }
    long reached = core.reached().number();
    if (reached >= waiting.last()) {
      return true; // It was brought and is being executed.
    }
    if (reached > waiting.reached() && !isSlow(waiting, reached, nowNanos)) {
      range =
          Optional.of(
              new Range(
                  waiting.peer(),
                  waiting.first(),
                  waiting.last(),
                  waiting.beginNanos(),
                  reached,
                  nowNanos));
      return true;
    }
    if (!isOver(waiting.sinceNanos(), nowNanos)) {
      return true;
    }
    // Silent, too slow, or its blocks did not do.
    failed(waiting.peer());
    range = Optional.empty();
    return false;
  }

  private boolean isSlow(Range waiting, long reached, long nowNanos) {
    long slots = (nowNanos - waiting.beginNanos()) / core.slot().toNanos();
    return reached - waiting.first() < BLOCKS_PER_SLOT_MIN * slots;
  }

  private static boolean isOver(long sinceNanos, long nowNanos) {
    return nowNanos - sinceNanos >= PATIENCE.toNanos();
  }

  /// Who did not bring the block of which it spoke is asked no more until it speaks again.
  private void forgetUnanswered(long nowNanos) {
    asked
        .entrySet()
        .removeIf(each -> {
          Asked request = each.getValue();
          boolean isOver = isOver(request.sinceNanos(), nowNanos);
          AuthorityPorts.Tip head = heads.getOrDefault(request.peer(), NONE);
          if (isOver && core.missing(head.hash()).equals(Optional.of(each.getKey()))) {
            failed(request.peer());
          }
          return isOver;
        });
  }

  /// Asks a peer for its blocks above a height, unless one is being waited for: whoever passes the
  /// newest blocks on, which anybody can, does not take the place of who brings what is missing.
  void rangeUnlessWaiting(Peer peer, Height above, long nowNanos) {
    if (!isWaiting(core.head().height().number(), nowNanos)) {
      range(peer, above, nowNanos);
    }
  }

  private void range(Peer peer, Height above, long nowNanos) {
    long last = above.number() + BATCH_BLOCKS;
    AuthorityPorts.Tip head = heads.get(peer);
    long reached = core.reached().number();
    range =
        Optional.of(
            new Range(
                peer,
                reached,
                head == null ? last : Math.min(last, head.height().number()),
                nowNanos,
                reached,
                nowNanos));
    send.accept(peer, new PeerMessage.BlocksRequest(0, above.next(), BATCH_BLOCKS));
  }

  /// Asks a peer for a block, unless somebody was asked for it a moment ago.
  void block(Peer peer, Hash hash, long nowNanos) {
    forgetUnanswered(nowNanos);
    if (!asked.containsKey(hash) && asked.size() < HASHES_MAX) {
      asked.put(hash, new Asked(peer, nowNanos));
      send.accept(peer, new SlotBlockRequest(hash));
    }
  }
}

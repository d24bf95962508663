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
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// Asks peers that are ahead for what is missing of their chains, in a network without votes: a
/// range where it is more than one block, else the block by its hash. Belongs to the loop. Protocol
/// §10.4.
final class BranchFetch {
  /// Blocks asked for at once.
  static final int BATCH_BLOCKS = 64;

  /// How long after the last progress a peer is waited for.
  static final Duration PATIENCE = Duration.ofSeconds(1);

  /// Peers whose heads are remembered.
  static final int PEERS_MAX = 1_024;

  /// Blocks asked for by their hashes that are waited for.
  static final int HASHES_MAX = 1_024;

  private final AuthorityChain core;
  private final BiConsumer<Peer, PeerMessage> send;
  private final Map<Peer, AuthorityPorts.Tip> heads = new LinkedHashMap<>();

  /// Peers of which blocks are in the own chain, and who brought what they spoke of since.
  private final Set<Peer> proven = new HashSet<>();

  private final Map<Hash, Instant> asked = new LinkedHashMap<>();
  private Optional<Range> range = Optional.empty();

  /// Blocks that a peer was asked for.
  ///
  /// @param last height of the last one
  /// @param own height of the own head when the answer, or a part of it, was last waited for
  private record Range(Peer peer, long last, long own, Instant since) {}

  /// @param core decides what is missing
  /// @param send sends to a peer
  BranchFetch(AuthorityChain core, BiConsumer<Peer, PeerMessage> send) {
    this.core = core;
    this.send = send;
  }

  /// A peer has connected or said how far it is.
  void heard(Peer peer, AuthorityPorts.Tip head, Instant now) {
    if (heads.size() < PEERS_MAX || heads.containsKey(peer)) {
      heads.put(peer, head);
    }
    look(now);
  }

  /// A peer is gone.
  void lost(Peer peer) {
    heads.remove(peer);
    boolean _ = proven.remove(peer);
    range = range.filter(waiting -> !waiting.peer().equals(peer));
  }

  /// A block that a peer brought is in the own chain now.
  void proved(Peer peer) {
    if (heads.containsKey(peer)) {
      boolean _ = proven.add(peer);
    }
  }

  /// Whether some peer's chain is longer by more than the block that is on its way.
  ///
  /// @param trusted whose word counts before it has brought blocks
  boolean isBehind(Predicate<Peer> trusted) {
    return core.split().isEmpty() && blocksBehind(trusted) > 1;
  }

  /// How many blocks above the own head peers say they have. A stranger is believed once a block
  /// that it brought is in the own chain, until it does not bring what it spoke of.
  ///
  /// @param trusted whose word counts before it has brought blocks
  long blocksBehind(Predicate<Peer> trusted) {
    long own = core.head().height().number();
    return heads.entrySet().stream()
        .filter(each -> proven.contains(each.getKey()) || trusted.test(each.getKey()))
        .mapToLong(each -> each.getValue().height().number() - own)
        .reduce(0, Math::max);
  }

  /// Asks one peer that is ahead, unless one is being waited for; called again and again.
  void look(Instant now) {
    long own = core.head().height().number();
    if (core.split().isPresent() || isWaiting(own, now)) {
      return;
    }
    for (Map.Entry<Peer, AuthorityPorts.Tip> entry : heads.entrySet()) {
      AuthorityPorts.Tip head = entry.getValue();
      Optional<Hash> missing =
          head.height().number() > own ? core.missing(head.hash()) : Optional.empty();
      if (missing.isEmpty()) {
        continue;
      }
      if (missing.get().equals(head.hash()) && head.height().number() > own + 1) {
        range(entry.getKey(), core.head().height(), now);
      } else {
        block(entry.getKey(), missing.get(), now);
      }
      return;
    }
  }

  private boolean isWaiting(long own, Instant now) {
    if (range.isEmpty()) {
      return false;
    }
    Range waiting = range.get();
    if (own >= waiting.last()) {
      range = Optional.empty();
      return false;
    }
    if (own > waiting.own()) {
      range = Optional.of(new Range(waiting.peer(), waiting.last(), own, now));
      return true;
    }
    if (now.isBefore(waiting.since().plus(PATIENCE))) {
      return true;
    }
    // Silent, or its blocks did not do: its next word about its head puts it behind the others.
    heads.remove(waiting.peer());
    boolean _ = proven.remove(waiting.peer());
    range = Optional.empty();
    return false;
  }

  /// Asks a peer for its blocks above a height.
  void range(Peer peer, Height above, Instant now) {
    long last = above.number() + BATCH_BLOCKS;
    AuthorityPorts.Tip head = heads.get(peer);
    range =
        Optional.of(
            new Range(
                peer,
                head == null ? last : Math.min(last, head.height().number()),
                core.head().height().number(),
                now));
    send.accept(peer, new PeerMessage.BlocksRequest(0, above.next(), BATCH_BLOCKS));
  }

  /// Asks a peer for a block, unless somebody was asked for it a moment ago.
  void block(Peer peer, Hash hash, Instant now) {
    asked.values().removeIf(since -> !now.isBefore(since.plus(PATIENCE)));
    if (!asked.containsKey(hash) && asked.size() < HASHES_MAX) {
      asked.put(hash, now);
      send.accept(peer, new SlotBlockRequest(hash));
    }
  }
}

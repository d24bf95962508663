// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.network;

import io.aitbc.crypto.Hash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which hashes each peer has not had its turn for. A turn is that of some peers, so that the
/// messages of a second grow neither with the transactions nor with the peers: in a network of 100
/// nodes, each with 99 peers, a turn of all ten times a second would be 100,000 messages a second.
/// Protocol §15.3.
///
/// Belongs to one thread.
final class PeerTurns {
  /// Peers whose turn comes at one time.
  static final int PEERS_MAX = 8;

  /// Hashes that wait; of more the oldest are left out, and about 1 MB is not passed. Whoever lacks
  /// them hears of them elsewhere, or from the block's proposer.
  static final int WAITING_MAX = 16_384;

  private final List<Hash> waiting = new ArrayList<>();

  /// Number of hashes that no longer wait.
  private long gone;

  /// How many hashes each peer had its turn for, those that are gone included. Whoever has waited
  /// longest is first.
  private final LinkedHashMap<PeerId, Long> seen = new LinkedHashMap<>();

  void connected(PeerId peer) {
    Long _ = seen.putLast(peer, end());
  }

  void disconnected(PeerId peer) {
    Long _ = seen.remove(peer);
    clear();
  }

  /// Puts hashes behind those that wait.
  void add(Collection<Hash> hashes) {
    boolean _ = waiting.addAll(hashes);
    drop(waiting.size() - WAITING_MAX);
  }

  /// Whether a peer waits for its turn.
  boolean isPending() {
    return seen.values().stream().anyMatch(each -> each < end());
  }

  /// The next peers and what each has not had its turn for.
  Map<PeerId, List<Hash>> next() {
    Map<PeerId, List<Hash>> turn = new LinkedHashMap<>();
    for (Map.Entry<PeerId, Long> each : seen.entrySet()) {
      if (turn.size() == PEERS_MAX) {
        break;
      }
      if (each.getValue() < end()) {
        int from = (int) Math.max(0, each.getValue() - gone);
        turn.put(each.getKey(), List.copyOf(waiting.subList(from, waiting.size())));
      }
    }
    turn.keySet().forEach(this::connected); // Behind the others.
    clear();
    return turn;
  }

  private long end() {
    return gone + waiting.size();
  }

  /// Drops what everybody had a turn for.
  private void clear() {
    long least = seen.values().stream().mapToLong(Long::longValue).min().orElse(end());
    drop((int) Math.max(0, least - gone));
  }

  private void drop(int count) {
    if (count > 0) {
      waiting.subList(0, count).clear();
      gone += count;
    }
  }
}

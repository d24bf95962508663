// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Queue;

/// Peers that announced a content and did not send it in their time when they were asked for it.
/// They are asked after all others at later heights too, until they serve: so who is silent costs
/// its wait once and not at every height. It is an order alone: nobody is left out. Protocol §5.7.
final class SilentHolders {
  /// Most that are remembered, the latest: 40 bytes each, and as many as there may be forgers.
  static final int PEERS_MAX = Forgers.PEERS_MAX;

  private final LinkedHashSet<Peer> peers = new LinkedHashSet<>();

  void add(Peer peer) {
    peers.addLast(peer);
    if (peers.size() > PEERS_MAX) {
      var _ = peers.removeFirst();
    }
  }

  void remove(Peer peer) {
    boolean _ = peers.remove(peer);
  }

  /// Takes who is asked next out of `waiting`: the first that is not known to be silent, else the
  /// first.
  Optional<Peer> next(Queue<Peer> waiting) {
    for (Iterator<Peer> each = waiting.iterator(); each.hasNext(); ) {
      Peer peer = each.next();
      if (!peers.contains(peer)) {
        each.remove();
        return Optional.of(peer);
      }
    }
    return Optional.ofNullable(waiting.poll());
  }
}

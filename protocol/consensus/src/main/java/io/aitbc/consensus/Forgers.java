// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import java.util.LinkedHashSet;
import java.util.List;

/// Peers that brought a signature that does not hold while the present height was open. What they
/// brought and bring is not checked any more until it is decided: so each costs one bad signature
/// and not many, whomever it names as the signer. A correct node sends what it signed or checked,
/// and is never among them. Protocol §5.7.
final class Forgers {
  /// Most that are remembered, the latest: 40 bytes each, and as many as the network remembers
  /// names with points.
  static final int PEERS_MAX = 8_192;

  private final LinkedHashSet<Peer> peers = new LinkedHashSet<>();
  private final LinkedHashSet<Peer> news = new LinkedHashSet<>();

  void add(Peer peer) {
    if (peers.add(peer)) {
      boolean _ = news.add(peer);
      if (peers.size() > PEERS_MAX) {
        var _ = peers.removeFirst();
      }
    }
  }

  boolean contains(Peer peer) {
    return peers.contains(peer);
  }

  /// Those found since the last call.
  List<Peer> found() {
    if (news.isEmpty()) {
      return List.of();
    }
    List<Peer> taken = List.copyOf(news);
    news.clear();
    return taken;
  }

  /// Another height begins.
  void clear() {
    peers.clear();
  }
}

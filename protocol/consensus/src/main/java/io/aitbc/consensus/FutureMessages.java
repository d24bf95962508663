// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.ConsensusMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Messages that came before this node could judge them: of later rounds, and of the next height.
/// Each peer has room of its own, so that a flood pushes out only the flooder's messages. Protocol
/// §5.6.
final class FutureMessages {
  /// Most messages of one peer: PREPARE and COMMIT of a whole set in one round, should a peer pass
  /// all of them on, and room for the next round to begin.
  static final int MESSAGES_PER_PEER_MAX = 2_500;

  /// Most proposals of one peer: for the next round and the next height. A proposal may have 1 MiB.
  static final int PROPOSALS_PER_PEER_MAX = 2;

  /// A message and who brought it.
  record Waiting(Peer from, ConsensusMessage message) {}

  private final TreeMap<Peer, ArrayDeque<ConsensusMessage>> votes = new TreeMap<>();
  private final TreeMap<Peer, ArrayDeque<ConsensusMessage>> proposals = new TreeMap<>();

  /// Keeps a message; the oldest of the same peer gives way when there is no room.
  void keep(Peer from, ConsensusMessage message) {
    boolean large = message instanceof io.aitbc.model.Proposal;
    ArrayDeque<ConsensusMessage> queue =
        (large ? proposals : votes).computeIfAbsent(from, _ -> new ArrayDeque<>());
    if (queue.size() == (large ? PROPOSALS_PER_PEER_MAX : MESSAGES_PER_PEER_MAX)) {
      queue.removeFirst();
    }
    queue.addLast(message);
  }

  /// Drops what a peer brought.
  void forget(Peer from) {
    votes.remove(from);
    proposals.remove(from);
  }

  /// Takes everything out; what still cannot be judged is kept again.
  List<Waiting> drain() {
    List<Waiting> waiting = new ArrayList<>();
    for (TreeMap<Peer, ArrayDeque<ConsensusMessage>> queues : List.of(proposals, votes)) {
      queues.forEach(
          (peer, queue) -> queue.forEach(message -> waiting.add(new Waiting(peer, message))));
      queues.clear();
    }
    return waiting;
  }
}

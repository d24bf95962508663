// SPDX-License-Identifier: Apache-2.0
// Copyright the AITBC authors.
package io.aitbc.consensus;

import io.aitbc.model.Anchor;
import io.aitbc.model.Certificate;
import io.aitbc.model.ConsensusMessage;
import io.aitbc.model.Evidence;
import io.aitbc.model.Proposal;
import io.aitbc.model.ProposalRequest;
import io.aitbc.model.RoundChange;
import io.aitbc.model.RoundChangeCertificate;
import io.aitbc.model.TransactionsAhead;
import io.aitbc.model.Vote;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Messages that came before this node could judge them: of later rounds, and of the next height.
/// Each peer has room of its own, so that a flood pushes out only the flooder's messages. Protocol
/// §5.6.
final class FutureMessages {
  /// Most votes of one peer: PREPARE and COMMIT of a whole set in one round, should a peer pass all
  /// of them on, and room for the next round to begin.
  static final int VOTES_PER_PEER_MAX = 2_500;

  /// Most certificates, round changes and requests of one peer: its own of many rounds. Each may
  /// have 2 KiB.
  static final int OTHERS_PER_PEER_MAX = 256;

  /// Most proposals of one peer: for the next round and the next height. A proposal may have 1 MiB.
  static final int PROPOSALS_PER_PEER_MAX = 2;

  /// A message and who brought it.
  record Waiting(Peer from, ConsensusMessage message) {}

  private final Kept proposals = new Kept(PROPOSALS_PER_PEER_MAX);
  private final Kept others = new Kept(OTHERS_PER_PEER_MAX);
  private final Kept votes = new Kept(VOTES_PER_PEER_MAX);

  /// In the order in which they are judged.
  private final List<Kept> all = List.of(proposals, others, votes);

  /// Messages of one size.
  private static final class Kept {
    private final int perPeerMax;
    private final TreeMap<Peer, ArrayDeque<ConsensusMessage>> queues = new TreeMap<>();

    Kept(int perPeerMax) {
      this.perPeerMax = perPeerMax;
    }

    void add(Peer from, ConsensusMessage message) {
      ArrayDeque<ConsensusMessage> queue = queues.computeIfAbsent(from, _ -> new ArrayDeque<>());
      if (queue.size() == perPeerMax) {
        queue.removeFirst();
      }
      queue.addLast(message);
    }
  }

  /// Keeps a message; the oldest of its kind of the same peer gives way when there is no room. What
  /// is of no use when its time has come is not kept: it may have a mebibyte.
  void keep(Peer from, ConsensusMessage message) {
    switch (message) {
      case Proposal proposal -> proposals.add(from, proposal);
      case Vote vote -> votes.add(from, vote);
      case Certificate _, RoundChange _, RoundChangeCertificate _, ProposalRequest _ ->
          others.add(from, message);
      case Anchor _, Evidence _, TransactionsAhead _ -> {}
    }
  }

  /// Drops what a peer brought.
  void forget(Peer from) {
    all.forEach(kept -> kept.queues.remove(from));
  }

  /// Takes everything out; what still cannot be judged is kept again.
  List<Waiting> drain() {
    List<Waiting> waiting = new ArrayList<>();
    for (Kept kept : all) {
      kept.queues.forEach(
          (peer, queue) -> queue.forEach(message -> waiting.add(new Waiting(peer, message))));
      kept.queues.clear();
    }
    return waiting;
  }
}
